"""Invoices as the store keeps them: documented shapes, duplicates, overwriting, and Mercado Livre's own issuer."""

from typing import Any

import httpx
import pytest

from cais.connectors.tray.simulator import Scenario, SimulatedStore, TraySimulator
from cais.connectors.tray.simulator.records import Order
from cais.simkit import Clock
from tests.tray_simulator.conftest import NINE_O_CLOCK, Caller

KEY = "35260111222333000181550010000123451000000015"
OTHER_KEY = "35260111222333000181550010000123461000000012"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n<nfeProc versao="4.00"><xProd>Pão &amp; açúcar</xProd></nfeProc>'
NOTE = {
    "issue_date": "2026-01-08",
    "number": "000012345",
    "serie": "1",
    "value": "105.00",
    "key": KEY,
    "link": "https://nfe.example/danfe/35?a=1&b=2",
    "xml_danfe": XML,
}
CFOP = {"product_id": "100", "variation_id": "7", "cfop": "5102"}
FULL = NOTE | {"ProductCfop": [CFOP]}


def _post(caller: Caller, order: Order, body: Any) -> httpx.Response:
    return caller.ask("POST", f"/orders/{order.id}/invoices", body=body)


def _of(caller: Caller, order: Order) -> list[Any]:
    answer = caller.get(f"/orders/{order.id}/invoices")
    assert list(answer) == ["OrderInvoices"]
    found: list[Any] = answer["OrderInvoices"]
    return found


@pytest.fixture
def order(shop: SimulatedStore) -> Order:
    return shop.sell(1)[0]


def test_an_order_without_an_invoice_says_so_everywhere(caller: Caller, order: Order) -> None:
    assert _of(caller, order) == []
    assert caller.get("/orders/invoices")["OrderInvoices"] == []
    record = caller.complete(order.id)
    assert (record["has_invoice"], record["OrderInvoice"]) == ("0", [])


def test_an_invoice_is_created_and_reads_back_as_it_was_sent(caller: Caller, order: Order) -> None:
    reply = _post(caller, order, FULL)
    assert (reply.status_code, reply.json()) == (201, {"message": "Created", "id": "1", "code": 201})
    sent_back = NOTE | {"id": "1", "order_id": str(order.id)}
    assert _of(caller, order) == [{"OrderInvoice": sent_back, "ProductCfop": [CFOP | {"order_invoice_id": "1"}]}]


def test_one_invoice_still_lies_inside_the_list_key(caller: Caller, order: Order) -> None:
    _post(caller, order, FULL)
    _post(caller, order, FULL | {"key": OTHER_KEY})
    answer = caller.get(f"/orders/{order.id}/invoices/2/")
    assert list(answer) == ["OrderInvoices"]
    assert [one["OrderInvoice"]["key"] for one in answer["OrderInvoices"]] == [OTHER_KEY]


def test_the_list_over_all_orders_has_the_cfop_inside_and_the_newest_first(caller: Caller) -> None:
    first, second = caller.shop.sell(2)
    for one in (first, second):
        _post(caller, one, FULL)
    answer = caller.get("/orders/invoices", limit=1)
    assert answer["paging"] == {"total": 2, "page": 1, "offset": 0, "limit": 1, "maxLimit": 50}
    assert (answer["sort"], answer["availableFilters"]) == ([{"id": "desc"}], [])
    times = {"created": "2026-01-08 09:00:00", "updated": "2026-01-08 09:00:00"}
    expected = NOTE | times | {"id": "2", "order_id": str(second.id), "ProductCfop": [CFOP]}
    assert answer["OrderInvoices"] == [{"OrderInvoice": expected}]
    oldest = caller.get("/orders/invoices", sort="id_asc")["OrderInvoices"]
    assert [one["OrderInvoice"]["id"] for one in oldest] == ["1", "2"]


def test_an_invoice_marks_its_order_and_moves_its_time(caller: Caller, tray: TraySimulator) -> None:
    order, other = caller.shop.sell(2)
    tray.clock.advance(60)
    _post(caller, order, FULL)
    short = {"id": "1", "link": NOTE["link"]}
    rows = caller.get("/orders", has_invoice="1")["Orders"]
    assert [one["Order"]["id"] for one in rows] == [str(order.id)]
    for record in (rows[0]["Order"], caller.get(f"/orders/{order.id}")["Order"]):
        assert (record["has_invoice"], record["OrderInvoice"]) == ("1", [short])
        assert record["modified"] == "2026-01-08 09:01:00"
    assert caller.complete(other.id)["modified"] == "2026-01-08 09:00:00"


def test_the_complete_order_holds_the_whole_invoice(caller: Caller, order: Order) -> None:
    _post(caller, order, FULL)
    found = caller.complete(order.id)["OrderInvoice"]
    assert len(found) == 1
    assert {name: found[0][name] for name in NOTE} == NOTE
    assert (found[0]["id"], found[0]["order_id"]) == ("1", str(order.id))


def test_the_same_key_twice_makes_two_invoices(caller: Caller, order: Order) -> None:
    assert [_post(caller, order, FULL).json()["id"] for _ in range(2)] == ["1", "2"]
    assert [one["OrderInvoice"]["key"] for one in _of(caller, order)] == [KEY, KEY]


def test_an_invoice_is_written_over_under_its_number(caller: Caller, order: Order, tray: TraySimulator) -> None:
    _post(caller, order, FULL)
    tray.clock.advance(120)
    changed = FULL | {"key": OTHER_KEY, "ProductCfop": [CFOP | {"cfop": "6102"}]}
    reply = caller.ask("PUT", f"/orders/{order.id}/invoices/1", body=changed)
    assert (reply.status_code, reply.json()) == (200, {"message": "Saved", "id": "1", "code": 200})
    (only,) = caller.get("/orders/invoices")["OrderInvoices"]
    record = only["OrderInvoice"]
    assert (record["key"], record["ProductCfop"][0]["cfop"]) == (OTHER_KEY, "6102")
    assert (record["created"], record["updated"]) == ("2026-01-08 09:00:00", "2026-01-08 09:02:00")
    assert caller.complete(order.id)["modified"] == "2026-01-08 09:02:00"


def test_an_invoice_belongs_to_its_own_order(caller: Caller) -> None:
    first, second = caller.shop.sell(2)
    _post(caller, first, FULL)
    for method in ("GET", "PUT"):
        assert caller.ask(method, f"/orders/{second.id}/invoices/1", body=FULL).status_code == 404
        assert caller.ask(method, f"/orders/{first.id}/invoices/9", body=FULL).status_code == 404
    assert caller.ask("POST", "/orders/77/invoices", body=FULL).status_code == 404
    assert caller.ask("GET", "/orders/77/invoices").status_code == 404


def test_what_the_documentation_does_not_have_is_not_there(caller: Caller, order: Order) -> None:
    _post(caller, order, FULL)
    assert caller.ask("DELETE", f"/orders/{order.id}/invoices/1").status_code == 404
    assert caller.ask("GET", "/invoices").status_code == 404
    assert caller.ask("POST", "/invoices", body={"Invoice": FULL}).status_code == 404


def test_a_form_says_the_same_as_json(caller: Caller, order: Order) -> None:
    form = NOTE | {f"ProductCfop[0][{name}]": value for name, value in CFOP.items()}
    assert caller.ask("POST", f"/orders/{order.id}/invoices", form=form).status_code == 201
    assert _post(caller, order, FULL).status_code == 201
    by_form, by_json = _of(caller, order)
    assert by_form["OrderInvoice"] == by_json["OrderInvoice"] | {"id": "1"}
    assert by_form["ProductCfop"] == [CFOP | {"order_invoice_id": "1"}]


def test_numbers_are_taken_and_given_back_as_strings(caller: Caller, order: Order) -> None:
    _post(caller, order, {"number": 12345, "serie": 1, "value": 105, "ProductCfop": [CFOP | {"product_id": 100}]})
    (one,) = _of(caller, order)
    record = one["OrderInvoice"]
    assert (record["number"], record["serie"], record["value"]) == ("12345", "1", "105.00")
    assert (record["issue_date"], record["key"], record["xml_danfe"]) == ("0000-00-00", "", "")
    assert one["ProductCfop"] == [CFOP | {"order_invoice_id": "1"}]


def test_the_line_field_has_its_own_name_here(caller: Caller, order: Order) -> None:
    elsewhere = {"product_id": "100", "variant_id": "7", "cfop": "5102"}
    _post(caller, order, NOTE | {"ProductCfop": [elsewhere]})
    assert _of(caller, order)[0]["ProductCfop"][0]["variation_id"] == "0"
    caller.shop.choose(unknown_keys="refused")
    refused = _post(caller, order, NOTE | {"ProductCfop": [elsewhere]})
    assert (refused.status_code, list(refused.json()["causes"])) == (400, ["variant_id"])


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({"OrderInvoice": FULL}, "OrderInvoice"),
        ([FULL], "OrderInvoice"),
        ({}, "OrderInvoice"),
        (FULL | {"value": "105,00"}, "value"),
        (FULL | {"issue_date": "08/01/2026"}, "issue_date"),
        (FULL | {"issue_date": "2026-02-30"}, "issue_date"),
        (FULL | {"key": f"NFe{KEY}"}, "key"),
        (FULL | {"ProductCfop": CFOP}, "ProductCfop"),
        (FULL | {"ProductCfop": ["5102"]}, "ProductCfop"),
        (FULL | {"ProductCfop": [CFOP | {"cfop": "5.102"}]}, "cfop"),
        (FULL | {"ProductCfop": [{"cfop": "5102"}]}, "product_id"),
    ],
)
def test_a_bad_invoice_is_refused_and_nothing_is_kept(caller: Caller, order: Order, body: Any, cause: str) -> None:
    reply = _post(caller, order, body)
    assert (reply.status_code, list(reply.json()["causes"])) == (400, [cause])
    assert caller.complete(order.id)["has_invoice"] == "0"
    _post(caller, order, FULL)
    before = _of(caller, order)
    assert caller.ask("PUT", f"/orders/{order.id}/invoices/1", body=body).status_code == 400
    assert _of(caller, order) == before


def test_the_ledger_keeps_everything_that_was_sent(caller: Caller, order: Order, tray: TraySimulator) -> None:
    sent = FULL | {"remark": "unknown to the platform"}
    _post(caller, order, sent)
    caller.ask("PUT", f"/orders/{order.id}/invoices/1", body={"key": OTHER_KEY})
    facts = [entry.facts for entry in tray.ledger.entries(kind="invoice")]
    about = {"order_id": order.id, "invoice_id": 1, "by": "api"}
    assert facts == [
        about | {"act": "created", "sent": sent},
        about | {"act": "overwritten", "sent": {"key": OTHER_KEY}},
    ]


def test_an_answer_that_is_lost_leaves_the_invoice_in_the_store(caller: Caller, order: Order) -> None:
    caller.shop.faults.next("lost_after_commit", only="POST /web_api/orders")
    with pytest.raises(httpx.RemoteProtocolError):
        _post(caller, order, FULL)
    assert [one["OrderInvoice"]["key"] for one in _of(caller, order)] == [KEY]


def test_someone_else_may_have_written_the_invoice(caller: Caller, order: Order, tray: TraySimulator) -> None:
    control = f"{caller.shop.base_url}/_sim/invoice"
    answer = httpx.post(control, json={"order_id": order.id, "key": OTHER_KEY, "number": "77"}).json()
    assert answer["invoices"] == [{"id": 1, "key": OTHER_KEY, "link": ""}]
    assert caller.complete(order.id)["has_invoice"] == "1"
    (entry,) = tray.ledger.entries(kind="invoice")
    assert (entry.facts["by"], entry.facts["sent"]) == ("merchant", {"key": OTHER_KEY, "number": "77"})
    refused = httpx.post(control, json={"order_id": order.id, "value": "muito"})
    assert refused.status_code == 400
    assert "value" in refused.json()["error"]


@pytest.fixture
def market() -> Any:
    scenario = Scenario(seed=3, marketplace=1.0, pack=1.0)
    with TraySimulator(clock=Clock.standing(NINE_O_CLOCK), scenario=scenario) as tray:
        caller = Caller(tray, tray.stores[0])
        orders = caller.shop.sell(12)
        by_name = {one.marketplace.name: one for one in orders if one.marketplace}
        yield caller, by_name["Mercado Livre"], by_name["Magalu"]
        caller.http.close()


def test_mercado_livre_that_issues_itself_refuses_without_a_reason(market: Any) -> None:
    caller, mercado_livre, magalu = market
    caller.shop.faults.set("faturador", probability=1.0)
    refused = _post(caller, mercado_livre, FULL)
    assert (refused.status_code, refused.json()["name"]) == (400, "An error has occurred")
    assert not refused.json()["causes"]
    assert _of(caller, mercado_livre) == []
    assert _post(caller, magalu, FULL).status_code == 201
    assert caller.shop.faults.switches["faturador"].fired == 1


def test_the_faturador_is_switched_over_the_control_call(market: Any) -> None:
    caller, mercado_livre, _ = market
    control = f"{caller.shop.base_url}/_sim/faults"
    assert httpx.post(control, json={"name": "faturador", "next": 1}).json()["faturador"]["remaining"] == 1
    assert _post(caller, mercado_livre, FULL).status_code == 400
    assert _post(caller, mercado_livre, FULL).status_code == 201
    httpx.post(control, json={"name": "faturador", "probability": 1})
    assert httpx.post(control, json={"clear": True}).json()["faturador"]["probability"] == 0
    assert _post(caller, mercado_livre, FULL).status_code == 201
