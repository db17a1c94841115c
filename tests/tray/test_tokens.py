"""The ladder of the access: each rung, its end, and two workers on it at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from cais.connectors.tray.connector import CONNECTOR
from cais.connectors.tray.simulator import TraySimulator
from cais.core.documents import StatusDoc
from cais.ports.errors import AccessRefused, AccessState, Unavailable
from cais.ports.session import Account
from tests.tray.conftest import (
    LOST,
    Heard,
    Reply,
    Script,
    Shelf,
    account,
    refusal,
    shop_account,
    token_reply,
    tokens,
)

EMPTY_LIST = {"paging": {"total": 0, "page": 1, "offset": 0, "limit": 50}, "OrderStatuses": []}


def shelf(of: Account) -> Shelf:
    assert isinstance(of.tokens, Shelf)
    return of.tokens


def ladder(script: Script, *, refresh: list[Reply], code: Reply) -> None:
    """Script the two rungs; any other call wants the token that the last good rung gave."""
    left = list(refresh)

    def answer(heard: Heard) -> Reply:
        if not heard.path.endswith("/auth"):
            return 200, EMPTY_LIST
        return left.pop(0) if heard.method == "GET" else code

    script.answer = answer


def refused(of: Account) -> AccessState:
    with pytest.raises(AccessRefused) as caught:
        CONNECTOR.list_statuses(of)
    assert caught.value.words.endswith(".")
    return caught.value.state


def test_a_token_with_minutes_left_is_used_as_it_is(script: Script) -> None:
    script.answer = lambda _heard: (200, EMPTY_LIST)
    CONNECTOR.list_statuses(account(script.url, tokens(minutes=6)))
    assert script.said == ["GET /web_api/orders/statuses"]
    assert script.heard[0].query["access_token"] == "A1"


def test_a_token_about_to_end_is_renewed_saved_and_used(script: Script) -> None:
    ladder(script, refresh=[(200, token_reply())], code=refusal(1000))
    of = account(script.url, tokens(minutes=4))
    CONNECTOR.list_statuses(of)
    renewal, call = script.heard
    assert renewal.query == {
        "refresh_token": "R1",
        "consumer_key": "chave-do-app",
        "consumer_secret": "segredo-do-app",
    }
    assert call.query["access_token"] == "A2"
    new = shelf(of).saved[-1]
    assert (new.access, new.refresh, new.account_id) == ("A2", "R2", "391250")
    assert timedelta(hours=2, minutes=59) < new.access_expires_at - of.clock.now() <= timedelta(hours=3)


def test_the_new_pair_is_saved_before_its_first_use(script: Script) -> None:
    of = account(script.url, tokens(minutes=1))
    saved_at_use: list[str] = []

    def answer(heard: Heard) -> Reply:
        if heard.path.endswith("/auth"):
            return 200, token_reply()
        saved_at_use.append(shelf(of).saved[-1].access)
        return 200, EMPTY_LIST

    script.answer = answer
    CONNECTOR.list_statuses(of)
    assert saved_at_use == ["A2"]


def test_a_refused_refresh_falls_to_the_stored_code(script: Script) -> None:
    ladder(script, refresh=[refusal(1000)], code=(201, token_reply("A3", "R3")))
    of = account(script.url, tokens(minutes=1))
    CONNECTOR.list_statuses(of)
    assert script.said[:2] == ["GET /web_api/auth", "POST /web_api/auth"]
    assert "code=codigo-guardado" in script.heard[1].body
    assert shelf(of).saved[-1].access == "A3"


def test_a_refresh_past_its_day_is_not_even_tried(script: Script) -> None:
    ladder(script, refresh=[], code=(200, token_reply()))
    CONNECTOR.list_statuses(account(script.url, tokens(minutes=-1, days=-1)))
    assert script.said[0] == "POST /web_api/auth"


def test_a_lost_renewal_is_asked_once_more_then_falls_to_the_code(script: Script) -> None:
    ladder(script, refresh=[LOST, refusal(1000)], code=(200, token_reply()))
    CONNECTOR.list_statuses(account(script.url, tokens(minutes=1)))
    assert script.said == [
        "GET /web_api/auth",
        "GET /web_api/auth",
        "POST /web_api/auth",
        "GET /web_api/orders/statuses",
    ]


def test_when_every_answer_is_lost_the_ladder_ends_and_may_be_tried_later(script: Script) -> None:
    ladder(script, refresh=[LOST, (500, b"")], code=LOST)
    of = account(script.url, tokens(minutes=1))
    with pytest.raises(Unavailable):
        CONNECTOR.list_statuses(of)
    assert len(script.heard) == 3
    assert len(shelf(of).saved) == 1


def test_without_a_code_a_person_must_authorise_again(script: Script) -> None:
    ladder(script, refresh=[refusal(1000)], code=refusal(1000))
    assert refused(account(script.url, tokens(minutes=1), code="")) is AccessState.NEEDS_AUTHORISATION
    assert refused(account(script.url, code="")) is AccessState.NEEDS_AUTHORISATION


def test_a_refused_code_needs_a_person(script: Script) -> None:
    ladder(script, refresh=[], code=refusal(1000, "Código inválido"))
    assert refused(account(script.url)) is AccessState.NEEDS_AUTHORISATION


@pytest.mark.parametrize("status", [400, 401])
def test_a_refusal_that_names_the_key_is_a_wrong_key(script: Script, status: int) -> None:
    body = {"code": status, "name": "Invalid", "causes": {"consumer_secret": ["não confere"]}}
    ladder(script, refresh=[(status, body)], code=(status, body))
    assert refused(account(script.url, tokens(minutes=1))) is AccessState.WRONG_KEY
    assert script.said == ["GET /web_api/auth"]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (1001, AccessState.STORE_BLOCKED),
        (1002, AccessState.STORE_INACTIVE),
        (1003, AccessState.STORE_CANCELLED),
    ],
)
def test_a_closed_store_is_named_at_once_in_renewals_and_in_calls(
    script: Script, code: int, state: AccessState
) -> None:
    script.answer = lambda _heard: refusal(code, "…")
    assert refused(account(script.url, tokens(minutes=1))) is state
    assert refused(account(script.url, tokens())) is state
    assert len(script.heard) == 2


@pytest.mark.parametrize(("code", "state"), [(1000, AccessState.NEEDS_AUTHORISATION), (1099, AccessState.UNEXPLAINED)])
def test_a_call_refused_twice_ends_after_one_renewal(script: Script, code: int, state: AccessState) -> None:
    def answer(heard: Heard) -> Reply:
        return (200, token_reply()) if heard.path.endswith("/auth") else refusal(code)

    script.answer = answer
    assert refused(account(script.url, tokens())) is state
    assert [line.split()[1].rsplit("/", 1)[1] for line in script.said] == ["statuses", "auth", "statuses"]


def test_a_refused_write_is_said_again_with_the_new_token(script: Script) -> None:
    def answer(heard: Heard) -> Reply:
        if heard.path.endswith("/auth"):
            return 200, token_reply()
        fresh = heard.query["access_token"] == "A2"
        return (200, {"message": "Saved", "id": "15", "code": 200}) if fresh else refusal(1000)

    script.answer = answer
    done = CONNECTOR.write_status(account(script.url, tokens()), "15", StatusDoc(label="ENVIADO", external_id="7"))
    assert done.external_id == "15"
    assert [heard.body for heard in script.heard if heard.method == "PUT"] == ['{"Order":{"status_id":"7"}}'] * 2


def test_a_refusal_hidden_under_http_200_is_seen(script: Script) -> None:
    def answer(heard: Heard) -> Reply:
        if heard.path.endswith("/auth"):
            return 200, token_reply()
        return (200, EMPTY_LIST) if heard.query["access_token"] == "A2" else (200, refusal(1000)[1])

    script.answer = answer
    assert CONNECTOR.list_statuses(account(script.url, tokens())) == ()


def test_a_token_renewed_by_another_worker_is_taken_over(script: Script) -> None:
    of = account(script.url, tokens())

    def answer(heard: Heard) -> Reply:
        if heard.query["access_token"] == "A1":
            with of.tokens.renewing():
                of.tokens.save(tokens("A9", "R9"))
            return refusal(1000)
        return 200, EMPTY_LIST

    script.answer = answer
    CONNECTOR.list_statuses(of)
    assert [heard.query["access_token"] for heard in script.heard] == ["A1", "A9"]


def test_an_authorisation_of_another_store_is_refused_and_not_saved(script: Script) -> None:
    script.answer = lambda _heard: (200, token_reply(store_id="999999"))
    of = account(script.url, store_code="391250")
    with pytest.raises(AccessRefused) as caught:
        CONNECTOR.redeem(of)
    assert caught.value.state is AccessState.NEEDS_AUTHORISATION
    assert "999999" in caught.value.words
    assert shelf(of).saved == []


def test_an_api_host_that_nobody_confirmed_is_not_called(script: Script) -> None:
    script.answer = lambda heard: (
        (200, token_reply(api_host="http://127.0.0.1:9/web_api")) if heard.path.endswith("/auth") else (200, EMPTY_LIST)
    )
    of = account(script.url)
    CONNECTOR.list_statuses(of)
    assert shelf(of).saved[-1].base_url == f"{script.url}/web_api"
    assert script.said[-1] == "GET /web_api/orders/statuses"


def test_two_workers_at_once_renew_once_in_a_store_where_the_former_refresh_dies(shop: TraySimulator) -> None:
    of = shop_account(shop)
    CONNECTOR.redeem(of)
    spent = shelf(of).saved[-1]
    with shop.stores[0].store.lock:
        shop.stores[0].store.tokens.revoke_access()
    ready, failures = threading.Barrier(2), []

    def work() -> None:
        ready.wait(5)
        try:
            CONNECTOR.list_statuses(of)
        except Exception as error:  # noqa: BLE001  a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert [pair.access == spent.access for pair in shelf(of).saved] == [True, False]


@pytest.mark.parametrize("old_refresh_token", ["dies", "lives"])
@pytest.mark.parametrize("refresh_needs", ["nothing", "key", "key_and_secret"])
def test_renewal_works_whichever_source_is_right(
    shop: TraySimulator, old_refresh_token: str, refresh_needs: str
) -> None:
    shop.stores[0].choose(old_refresh_token=old_refresh_token, refresh_needs=refresh_needs)
    of = shop_account(shop)
    CONNECTOR.redeem(of)
    for _ in range(2):
        with shop.stores[0].store.lock:
            shop.stores[0].store.tokens.revoke_access()
        CONNECTOR.list_statuses(of)
    assert len({pair.refresh for pair in shelf(of).saved}) == 3
