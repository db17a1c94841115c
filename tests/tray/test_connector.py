"""The connector's own turns: addresses, lists of every habit, the fallback path, the chosen address, the check."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from cais.connectors import tray
from cais.connectors.tray.address import api_address, same_host
from cais.connectors.tray.connector import CONNECTOR
from cais.connectors.tray.simulator import TraySimulator
from cais.core.clock import BRASILIA
from cais.core.documents import StatusDoc
from cais.ports.capabilities import Check, OrderRef, Window
from cais.ports.errors import ConfigurationError, NotFound, OutcomeUnknown, Rejected, Unreadable
from cais.ports.manifest import Capability, Modality
from cais.ports.session import Account, Reach
from tests.tray.conftest import Heard, Meter, Reply, Script, account, refusal, shop_account, token_reply, tokens

FIXTURES = Path(tray.__file__).parent / "fixtures"
WINDOW = Window(first=date(2026, 1, 5), last=date(2026, 1, 7))


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / name).read_bytes())


def serve(script: Script, **answers: Any) -> None:
    """Answer by the end of the path; what is not named is unknown."""

    def answer(heard: Heard) -> Reply:
        for end, reply in answers.items():
            if heard.path.endswith(f"/{end}"):
                return reply if isinstance(reply, tuple) else (200, reply)
        return 404, {"code": 404, "name": "Not Found"}

    script.answer = answer


def page_of(first: int, count: int, **paging: Any) -> dict[str, Any]:
    rows = [{"Order": {"id": str(number), "modified": "2026-01-07 10:00:00"}} for number in range(first, first + count)]
    return {"paging": paging, "Orders": rows}


def read_all(of: Account, *, most: int = 20) -> list[OrderRef]:
    found: list[OrderRef] = []
    page = 1
    while page and len(found) < 1000:
        assert page <= most, "the pass does not end"
        got = CONNECTOR.list_orders(of, WINDOW, page)
        found += got.refs
        page = got.next_page
    return found


@pytest.mark.parametrize(
    "typed",
    ["loja.example", "https://loja.example/", "http://Loja.example/web_api", "loja.example/web_api/", " loja.example "],
)
def test_an_address_is_understood_in_every_form_and_always_encrypted(typed: str) -> None:
    assert api_address(typed, reach=Reach.NONE, field="store_url") == "https://loja.example/web_api"


@pytest.mark.parametrize(
    "typed", ["", "minha loja", "ftp://loja.example", "https://", "https://u:p@loja.example", "a:b:c"]
)
def test_what_is_no_address_names_its_field(typed: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        api_address(typed, reach=Reach.NONE, field="store_url")
    assert caught.value.field == "store_url"


def test_only_the_same_host_or_its_www_is_the_same_store() -> None:
    assert same_host("https://www.loja.example/web_api", "loja.example")
    assert not same_host("https://loja.example.mal.example", "loja.example")
    assert not same_host("https://loja.example:8443", "loja.example")
    assert not same_host("", "")


def test_the_list_asks_for_the_days_sorted_by_id(script: Script) -> None:
    serve(script, orders=fixture("order_list.json"))
    (ref,) = CONNECTOR.list_orders(account(script.url, tokens()), WINDOW, 3).refs
    query = {key: value for key, value in script.heard[0].query.items() if key != "access_token"}
    assert query == {"modified": "2026-01-05,2026-01-07", "sort": "id_asc", "limit": "50", "page": "3"}
    assert (ref.external_id, ref.version) == ("5", "2025-12-21 11:21:52")
    assert ref.changed_at == datetime(2025, 12, 21, 14, 21, 52, tzinfo=UTC)


def test_a_row_that_changes_anywhere_changes_its_digest(script: Script) -> None:
    of = account(script.url, tokens())
    listed = fixture("order_list.json")
    serve(script, orders=listed)
    (before,) = CONNECTOR.list_orders(of, WINDOW, 1).refs
    assert CONNECTOR.list_orders(of, WINDOW, 1).refs == (before,)
    listed["Orders"][0]["Order"]["has_payment"] = "1"
    (after,) = CONNECTOR.list_orders(of, WINDOW, 1).refs
    assert (before.version, before.digest == after.digest) == (after.version, False)


@pytest.mark.parametrize("honoured", [50, 30])
@pytest.mark.parametrize("tells_total", [True, False])
@pytest.mark.parametrize("past_the_end", ["empty", "unknown"])
@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize("count", [0, 1, 30, 50, 60, 71])
def test_every_order_is_listed_once_whatever_the_habits_of_the_server(
    script: Script, *, honoured: int, tells_total: bool, past_the_end: str, as_text: bool, count: int
) -> None:
    def answer(heard: Heard) -> Reply:
        number = int(heard.query["page"])
        offset = (number - 1) * honoured
        rows = max(min(honoured, count - offset), 0)
        if not rows and number > 1 and past_the_end == "unknown":
            return 404, {"code": 404, "name": "Not Found"}
        paging: dict[str, Any] = {"page": number, "offset": offset, "limit": honoured, "maxLimit": 50}
        if tells_total:
            paging["total"] = count
        if as_text:
            paging = {key: str(value) for key, value in paging.items()}
        return 200, page_of(1 + offset, rows, **paging)

    script.answer = answer
    found = read_all(account(script.url, tokens()))
    assert [ref.external_id for ref in found] == [str(number) for number in range(1, count + 1)]


def test_ids_come_as_numbers_too(script: Script) -> None:
    serve(script, orders={"paging": {}, "Orders": [{"Order": {"id": 5, "modified": "2026-01-07 10:00:00"}}]})
    (ref,) = CONNECTOR.list_orders(account(script.url, tokens()), WINDOW, 1).refs
    assert ref.external_id == "5"


@pytest.mark.parametrize(
    "body",
    [{"paging": {}}, {"paging": {}, "Orders": "0"}, {"Orders": [{"Order": {"modified": "x"}}]}, {"Orders": [[]]}, []],
)
def test_a_list_that_hides_orders_is_not_taken_for_an_empty_one(script: Script, body: object) -> None:
    serve(script, orders=body)
    with pytest.raises(Unreadable):
        CONNECTOR.list_orders(account(script.url, tokens()), WINDOW, 1)


def test_a_first_page_that_is_unknown_is_not_an_empty_store(script: Script) -> None:
    with pytest.raises(NotFound):
        CONNECTOR.list_orders(account(script.url, tokens()), WINDOW, 1)


def test_an_order_comes_byte_for_byte(script: Script) -> None:
    raw = (FIXTURES / "order_complete.json").read_bytes()
    serve(script, complete=(200, raw))
    assert CONNECTOR.fetch_order(account(script.url, tokens()), "15") == raw
    assert script.said == ["GET /web_api/orders/15/complete"]


def test_a_store_that_knows_only_the_other_path_is_read_by_it(script: Script) -> None:
    serve(script, full=fixture("order_complete.json"))
    raw = CONNECTOR.fetch_order(account(script.url, tokens()), "15")
    assert CONNECTOR.read_order(raw).external_id == "15"
    assert script.said == ["GET /web_api/orders/15/complete", "GET /web_api/orders/15/full"]


def test_an_order_unknown_by_both_paths_is_not_found(script: Script) -> None:
    with pytest.raises(NotFound):
        CONNECTOR.fetch_order(account(script.url, tokens()), "15")


@pytest.mark.parametrize("name", ["../auth", "15/complete", "", "15?x=1", "15%2f"])
def test_an_id_cannot_lead_to_another_path(script: Script, name: str) -> None:
    with pytest.raises(NotFound):
        CONNECTOR.fetch_order(account(script.url, tokens()), name)
    assert script.heard == []


def test_with_several_delivery_addresses_the_detail_is_read_too(script: Script) -> None:
    serve(
        script,
        complete=fixture("order_two_addresses.json"),
        **{"15": fixture("order_two_addresses_detail.json")},
    )
    order = CONNECTOR.read_order(CONNECTOR.fetch_order(account(script.url, tokens()), "15"))
    assert order.delivery.street == "Avenida do Farol"
    assert script.said[-1] == "GET /web_api/orders/15"


def test_a_page_instead_of_an_order_is_told_at_once(script: Script) -> None:
    serve(script, complete=(200, b"<html>volte logo</html>"))
    with pytest.raises(Unreadable) as caught:
        CONNECTOR.fetch_order(account(script.url, tokens()), "15")
    assert caught.value.kind == "html"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"causes": {"status_id": ["inválido", "desconhecido"]}}, "status_id: inválido; status_id: desconhecido"),
        ({"causes": ["um", "outro"]}, "um; outro"),
        ({"errors": "errado", "name": "Invalid"}, "errado"),
        ({"causes": [], "message": "não"}, "não"),
        ({"name": "Invalid data provided"}, "Invalid data provided"),
        ({}, "A loja recusou o pedido sem dizer por quê."),
    ],
)
def test_the_vendors_own_words_are_found_wherever_it_put_them(script: Script, body: object, words: str) -> None:
    script.answer = lambda _heard: (400, body)
    with pytest.raises(Rejected) as caught:
        CONNECTOR.write_status(account(script.url, tokens()), "15", StatusDoc(label="X", external_id="7"))
    assert caught.value.words == words


def test_a_status_without_a_number_is_not_sent(script: Script) -> None:
    with pytest.raises(Rejected):
        CONNECTOR.write_status(account(script.url, tokens()), "15", StatusDoc(label="ENVIADO"))
    assert script.heard == []


def test_a_write_answered_by_a_page_may_have_been_done(script: Script) -> None:
    script.answer = lambda _heard: (200, b"<html></html>")
    with pytest.raises(OutcomeUnknown):
        CONNECTOR.write_status(account(script.url, tokens()), "15", StatusDoc(label="X", external_id="7"))


def test_the_documented_status_list_is_read_page_by_page(script: Script) -> None:
    def answer(heard: Heard) -> Reply:
        number = int(heard.query["page"])
        listed = fixture("status_list.json")
        listed["paging"] |= {"page": number, "offset": number - 1}
        listed["OrderStatuses"] = [{"OrderStatus": {"status": f"SITUAÇÃO {number}", "id": str(number)}}][: 7 - number]
        return 200, listed

    script.answer = answer
    found = CONNECTOR.list_statuses(account(script.url, tokens()))
    assert [status.external_id for status in found] == ["1", "2", "3", "4", "5", "6"]


def test_the_approval_page_gets_the_key_and_never_the_secret() -> None:
    url = CONNECTOR.authorise_url(account("loja.example", reach=Reach.NONE), "https://cais.example/volta/abc")
    assert url.startswith("https://loja.example/auth.php?")
    query = dict(parse_qsl(urlsplit(url).query))
    assert query == {
        "response_type": "code",
        "consumer_key": "chave-do-app",
        "callback": "https://cais.example/volta/abc",
    }


def test_the_redirect_of_the_store_asked_becomes_settings() -> None:
    of = account("www.loja.example", reach=Reach.NONE)
    query = {"code": "c0de", "api_address": "https://loja.example/web_api/", "store": "391250", "adm_user": "x"}
    assert CONNECTOR.settings_from_callback(of, query) == {
        "code": "c0de",
        "api_address": "https://loja.example/web_api",
        "store_code": "391250",
    }
    assert "store_code" not in CONNECTOR.settings_from_callback(of, {**query, "store": "https://loja.example"})


@pytest.mark.parametrize("told", ["https://mal.example/web_api", "https://loja.example.mal.example", "http://10.0.0.1"])
def test_the_redirect_of_another_host_is_refused(told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        CONNECTOR.settings_from_callback(account("loja.example"), {"code": "c", "api_address": told})
    assert caught.value.field == "store_url"


def last(of: Account) -> Check:
    """The last line of the check, and every line in plain words."""
    lines = list(CONNECTOR.check(of))
    assert all(line.text.endswith(".") for line in lines)
    assert all(line.ok for line in lines[:-1])
    return lines[-1]


def test_a_good_connection_is_told_line_by_line(shop: TraySimulator) -> None:
    (site,) = shop.stores
    order = site.sell(2)[-1]
    of = shop_account(shop)
    lines = list(CONNECTOR.check(of))
    assert [line.ok for line in lines] == [True] * 5
    today = datetime.fromtimestamp(shop.clock.now(), BRASILIA)
    assert f"loja nº {site.store.config.store_id}" in lines[1].text
    assert f"o pedido {order.id}, de {today:%d/%m/%Y}" in lines[2].text
    assert f"{len(CONNECTOR.list_statuses(of))} situações" in lines[3].text
    assert "por mais 29 dias" in lines[4].text


def test_an_empty_store_is_no_failure(script: Script) -> None:
    serve(script, orders=page_of(1, 0, total=0), statuses=fixture("status_list.json") | {"paging": {"total": 1}})
    lines = list(CONNECTOR.check(account(script.url, tokens())))
    assert "ainda não tem pedidos" in lines[2].text
    assert lines[3].text == "A loja tem 1 situação de pedido."
    assert lines[-1].ok


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((404, b"<h1>404</h1>"), "wrong_address"),
        ((200, b"<h1>Loja</h1>"), "answer_html"),
        ((200, b"x" * (9 * 1024 * 1024)), "answer_too_large"),
        ((200, b'{"a":'), "answer_unreadable"),
        ((503, b""), "unavailable"),
        ((429, b""), "rate_limited"),
        (refusal(1001), "store_blocked"),
        (refusal(1002), "store_inactive"),
        (refusal(1003), "store_cancelled"),
        ((401, {"causes": ["consumer_key inválida"]}), "wrong_key"),
        (refusal(1000), "needs_authorisation"),
    ],
)
def test_each_failure_of_the_access_has_its_sentence_its_code_and_its_help(
    script: Script, answer: Reply, code: str
) -> None:
    script.answer = lambda _heard: answer
    for of in (account(script.url), account(script.url, tokens())):
        line = last(of)
        assert (line.ok, line.code) == (False, code)
        assert line.help.endswith(".")


@pytest.mark.parametrize(
    ("url", "reach", "code"),
    [
        ("http://192.168.0.7", Reach.LOOPBACK, "private_address"),
        ("127.0.0.1", Reach.NONE, "private_address"),
        (f"{'a' * 70}.example", Reach.NONE, "wrong_address"),
        ("minha loja", Reach.NONE, "wrong_address"),
        ("", Reach.NONE, "wrong_address"),
    ],
)
def test_each_wrong_address_has_its_sentence_its_code_and_its_help(url: str, reach: Reach, code: str) -> None:
    line = last(account(url, tokens(), reach=reach))
    assert (line.ok, line.code) == (False, code)
    assert line.help.endswith(".")


def test_a_store_never_authorised_is_not_told_that_it_expired() -> None:
    line = last(account("loja.example", code=""))
    assert (line.code, "ainda não foi autorizada" in line.text) == ("needs_authorisation", True)


def test_a_store_without_orders_of_its_own_path_is_a_wrong_address(script: Script) -> None:
    line = last(account(script.url, tokens()))
    assert (line.ok, line.code) == (False, "wrong_address")


def test_no_secret_of_the_account_is_ever_recorded(script: Script) -> None:
    def answer(heard: Heard) -> Reply:
        if heard.path.endswith("/auth"):
            return 200, token_reply("APP_ID-7-zzz", "refresh-7-zzz")
        told = f"chave-do-app segredo-do-app codigo-guardado {heard.query.get('access_token')}"
        return 400, {"causes": [told]}

    script.answer = answer
    of = account(script.url)
    with pytest.raises(Rejected):
        CONNECTOR.list_orders(of, WINDOW, 1)
    assert isinstance(of.meter, Meter)
    assert len(of.meter.kept) == 2
    whole = repr(of.meter.kept)
    for secret in ("chave-do-app", "segredo-do-app", "codigo-guardado", "APP_ID-7-zzz", "refresh-7-zzz"):
        assert secret not in whole


def test_the_manifest_offers_what_is_done_and_every_setting_explains_itself() -> None:
    manifest = CONNECTOR.manifest
    erp = {Capability.CREATE_ERP_ORDERS, Capability.CHECK_ERP_LINES}
    assert manifest.modalities[Modality.REST].capabilities == set(Capability) - erp
    limits = manifest.limits("rest")
    assert limits is not None
    assert (limits.per_minute, dict(limits.per_day)) == (180, {"standard": 10_000, "corporate": 50_000})
    assert {value for value, _ in manifest.setting("profile").choices} == set(limits.per_day)
    assert all(item.help and item.where for item in manifest.settings)
    assert {item.name for item in manifest.settings if item.secret} == {"consumer_secret", "code"}


def test_every_order_of_the_simulator_is_read_and_adds_up(shop: TraySimulator) -> None:
    (site,) = shop.stores
    sold = {str(order.id) for order in site.sell(60)}
    of = shop_account(shop)
    today = datetime.fromtimestamp(shop.clock.now(), BRASILIA).date()
    window = Window(first=today - timedelta(days=1), last=today + timedelta(days=1))
    first = CONNECTOR.list_orders(of, window, 1)
    second = CONNECTOR.list_orders(of, window, first.next_page)
    assert {ref.external_id for ref in (*first.refs, *second.refs)} == sold
    for ref in second.refs:
        order = CONNECTOR.read_order(CONNECTOR.fetch_order(of, ref.external_id))
        assert (order.external_id, order.version) == (ref.external_id, ref.version)
