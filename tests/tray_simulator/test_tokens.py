"""Authorisation: the consent page, the token pair, how long it lives, and how it is refused."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from cais.connectors.tray.simulator import SimulatedStore, TraySimulator
from tests.tray_simulator.conftest import Caller

HOUR = 3600
DAY = 24 * HOUR


def _consent(shop: SimulatedStore, **changed: str) -> dict[str, str]:
    asked = {
        "response_type": "code",
        "consumer_key": "chave-do-aplicativo",
        "callback": "https://hub.exemplo.com.br/retorno?sinal=abc",
    }
    return asked | changed


def test_the_consent_page_asks_once_and_then_redirects_at_once(shop: SimulatedStore) -> None:
    address = f"{shop.base_url}/auth.php"
    first = httpx.get(address, params=_consent(shop))
    assert first.status_code == 200
    assert "Autorizar" in first.text
    approved = httpx.post(address, params=_consent(shop), data={"approve": "1"})
    again = httpx.get(address, params=_consent(shop))
    assert (approved.status_code, again.status_code) == (302, 302)
    sent = parse_qs(urlsplit(approved.headers["location"]).query)
    assert set(sent) == {"sinal", "code", "api_address", "store", "store_host", "adm_user"}
    assert len(sent["code"][0]) == 64
    assert sent["api_address"] == [shop.api_address]
    assert sent["store"] == ["391250"]


def test_declining_gives_no_code(shop: SimulatedStore) -> None:
    reply = httpx.post(f"{shop.base_url}/auth.php", params=_consent(shop), data={"approve": "0"})
    assert reply.status_code == 400
    assert httpx.get(f"{shop.base_url}/auth.php", params=_consent(shop)).status_code == 200


def test_the_consent_page_does_not_know_strangers(shop: SimulatedStore) -> None:
    asked = _consent(shop, consumer_key="outra")
    assert httpx.get(f"{shop.base_url}/auth.php", params=asked).status_code == 400
    asked = _consent(shop, callback="javascript:alert(1)")
    assert httpx.get(f"{shop.base_url}/auth.php", params=asked).status_code == 400


def test_a_code_becomes_a_pair_in_brasilia_time(caller: Caller) -> None:
    tokens = caller.tokens
    assert tokens["message"] == "Created tokens"
    assert tokens["code"] == "200"
    assert tokens["access_token"].startswith("APP_ID-718-STORE_ID-391250-")
    assert tokens["date_activated"] == "2026-01-08 09:00:00"
    assert tokens["date_expiration_access_token"] == "2026-01-08 12:00:00"
    assert tokens["date_expiration_refresh_token"] == "2026-02-07 09:00:00"
    assert tokens["api_host"] == caller.shop.api_address
    assert tokens["store_id"] == "391250"


def test_a_code_may_be_sent_as_json_too(caller: Caller) -> None:
    app = caller.tray.app
    sent = {"consumer_key": app.consumer_key, "consumer_secret": app.consumer_secret, "code": caller.shop.install()}
    assert caller.http.post("/auth/", json=sent).status_code == 200


def test_a_wrong_secret_and_a_missing_field_are_refused(caller: Caller) -> None:
    code = caller.shop.install()
    wrong = caller.exchange(code, consumer_secret="errado")
    assert (wrong.status_code, wrong.json()["error_code"]) == (401, 1000)
    missing = caller.exchange(code, consumer_secret="")
    assert (missing.status_code, list(missing.json()["causes"])) == (400, ["consumer_secret"])


def test_the_access_token_dies_after_three_hours(caller: Caller, tray: TraySimulator) -> None:
    tray.clock.advance(3 * HOUR - 1)
    assert caller.ask("GET", "/orders").status_code == 200
    tray.clock.advance(1)
    reply = caller.ask("GET", "/orders")
    assert reply.status_code == 401
    assert reply.json() == {
        "code": 401,
        "url": "//orders",
        "name": "Unauthorized access",
        "error_code": 1000,
        "causes": ["Token inválido ou expirado"],
    }


def test_the_refresh_token_lives_thirty_days(caller: Caller, tray: TraySimulator) -> None:
    tray.clock.advance(30 * DAY - 1)
    renewed = caller.renew(caller.tokens["refresh_token"])
    assert renewed.json()["message"] == "Refreshed tokens"
    assert caller.ask("GET", "/orders", access_token=renewed.json()["access_token"]).status_code == 200
    tray.clock.advance(30 * DAY)
    assert caller.renew(renewed.json()["refresh_token"]).status_code == 401


def test_a_token_counts_only_in_the_query(caller: Caller) -> None:
    token = caller.tokens["access_token"]
    assert caller.http.get("/orders", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert caller.http.post("/orders", json={"access_token": token}).status_code == 401


@pytest.mark.parametrize("error_code", [1000, 1001, 1002, 1003, 1099])
def test_a_store_in_trouble_refuses_every_call_with_its_code(caller: Caller, error_code: int) -> None:
    httpx.post(f"{caller.shop.base_url}/_sim/trouble", json={"error_code": error_code})
    for reply in (caller.ask("GET", "/orders"), caller.renew(caller.tokens["refresh_token"])):
        assert (reply.status_code, reply.json()["error_code"]) == (401, error_code)
    httpx.post(f"{caller.shop.base_url}/_sim/trouble", json={"error_code": 0})
    assert caller.ask("GET", "/orders").status_code == 200


def test_tokens_are_not_in_the_ledger(caller: Caller, tray: TraySimulator) -> None:
    caller.get("/orders", limit=1)
    caller.renew(caller.tokens["refresh_token"])
    written = str([entry.plain() for entry in tray.ledger.entries(kind="call")])
    assert "limit=1" in written
    assert caller.tokens["access_token"] not in written
    assert caller.tokens["refresh_token"] not in written


def test_the_secret_faults_can_expire_a_token_in_the_middle_of_work(caller: Caller) -> None:
    caller.shop.faults.next("token_revoked")
    assert caller.ask("GET", "/orders").status_code == 401
    assert caller.renew(caller.tokens["refresh_token"]).status_code == 200
