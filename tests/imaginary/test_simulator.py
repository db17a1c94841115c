"""The imaginary vendor as a witness: its ledger tells what happened, its faults strike where they are aimed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from stdnum.br import cpf

from cais.connectors.imaginary.simulator import ImaginaryVendor
from cais.connectors.imaginary.simulator.store import CANCELLED, PAID, REMOVED, UNPAID
from cais.simkit import Clock

NOON = 1_772_722_800.0  # 2026-03-05 12:00 in Brasília
ORDER = {"reference": "R-1", "cnpj": "1", "lines": [{"sku": "A", "quantity": "2"}], "total": "10.00"}


class Caller:
    """A client without a line of ours."""

    def __init__(self, vendor: ImaginaryVendor) -> None:
        self.http = httpx.Client(base_url=vendor.base_url, timeout=5)
        self.vendor = vendor
        self.enter()

    def enter(self) -> None:
        answer = self.http.post("/access", json={"code": self.vendor.access.code}).json()
        self.token, self.refresh = answer["access_token"], answer["refresh_token"]

    def get(self, path: str, **query: object) -> httpx.Response:
        return self.http.get(path, params={"access_token": self.token, **query})

    def send(self, method: str, path: str, body: object = None) -> httpx.Response:
        return self.http.request(method, path, params={"access_token": self.token}, json=body)


@pytest.fixture
def vendor() -> Iterator[ImaginaryVendor]:
    with ImaginaryVendor(clock=Clock.standing(NOON)) as running:
        yield running


@pytest.fixture
def caller(vendor: ImaginaryVendor) -> Iterator[Caller]:
    made = Caller(vendor)
    yield made
    made.http.close()


def _ids(answer: httpx.Response) -> list[str]:
    return [row["id"] for row in answer.json()["orders"]]


def test_the_same_seed_sells_the_same() -> None:
    first, second = (ImaginaryVendor(clock=Clock.standing(NOON), seed=4) for _ in range(2))
    for vendor in (first, second):
        for _ in range(5):
            vendor.store.sell()
        vendor.stop()
    assert first.store.orders == second.store.orders


def test_buyers_have_a_valid_cpf(vendor: ImaginaryVendor) -> None:
    for _ in range(20):
        buyer = vendor.store.orders[vendor.store.sell()]["buyer"]
        assert isinstance(buyer, dict)
        assert cpf.is_valid(buyer["document"])


def test_a_total_is_the_lines_and_the_amounts(vendor: ImaginaryVendor) -> None:
    amounts = [("freight", "12.00"), ("discount", "-5.50")]
    order_id = vendor.store.sell(lines=[("A", "2", "10.25"), ("B", "0.5", "3.00")], amounts=amounts)
    # 20.50 + 1.50 + 12.00 − 5.50
    assert vendor.store.orders[order_id]["total"] == "28.50"


def test_changes_replace_and_remove_fields(vendor: ImaginaryVendor) -> None:
    order_id = vendor.store.sell(changes={"total": "ontem", "buyer": REMOVED})
    assert vendor.store.orders[order_id]["total"] == "ontem"
    assert "buyer" not in vendor.store.orders[order_id]


def test_a_window_holds_the_orders_changed_in_its_days(vendor: ImaginaryVendor, caller: Caller) -> None:
    old, changed = vendor.store.sell(), vendor.store.sell()
    vendor.clock.advance(86400)
    vendor.store.pay(changed)
    caller.enter()
    assert _ids(caller.get("/store/orders", first="2026-03-05", last="2026-03-05")) == [old]
    assert _ids(caller.get("/store/orders", first="2026-03-05", last="2026-03-06")) == [old, changed]


def test_pages_are_cut_by_growing_id(vendor: ImaginaryVendor, caller: Caller) -> None:
    vendor.choices.page_size = 2
    sold = [vendor.store.sell() for _ in range(5)]
    pages = [caller.get("/store/orders", page=page) for page in (1, 2, 3)]
    assert [_ids(page) for page in pages] == [sold[:2], sold[2:4], sold[4:]]
    assert [page.json()["next_page"] for page in pages] == [2, 3, 0]
    assert {page.json()["total"] for page in pages} == {5}


@pytest.mark.parametrize(
    ("fault", "pages"),
    [("page_skip", [[0, 1], [3, 4]]), ("page_repeat", [[0, 1], [1, 2]]), ("listed_twice", [[0, 1, 0], [2, 3]])],
)
def test_shifting_pages_lose_or_repeat_a_row(
    vendor: ImaginaryVendor, caller: Caller, fault: str, pages: list[list[int]]
) -> None:
    vendor.choices.page_size = 2
    sold = [vendor.store.sell() for _ in range(5)]
    vendor.faults.next(fault)
    shown = [_ids(caller.get("/store/orders", page=page)) for page in (1, 2)]
    assert shown == [[sold[index] for index in page] for page in pages]


def test_revision_and_time_grow_with_each_change(vendor: ImaginaryVendor) -> None:
    order_id = vendor.store.sell(paid=False)
    order = vendor.store.orders[order_id]
    assert (order["revision"], order["status_id"], order["paid"]) == (1, UNPAID, False)
    vendor.clock.advance(60)
    vendor.store.pay(order_id)
    assert (order["revision"], order["status_id"], order["paid"]) == (2, PAID, True)
    assert order["changed_at"] == "2026-03-05T12:01:00-03:00"
    vendor.store.cancel(order_id)
    assert (order["revision"], order["status_id"]) == (3, CANCELLED)
    assert [event.kind for event in vendor.ledger.events] == ["sold", "edited", "cancelled"]


def test_writing_the_same_status_again_changes_nothing_but_is_on_record(
    vendor: ImaginaryVendor, caller: Caller
) -> None:
    order_id = vendor.store.sell()
    for _ in range(2):
        assert caller.send("PUT", f"/store/orders/{order_id}/status", {"status_id": "4"}).status_code == 200
    assert vendor.store.orders[order_id]["revision"] == 2
    assert vendor.ledger.statuses_written(order_id) == ["4", "4"]
    assert [event.details["changed"] for event in vendor.ledger.of("status_written")] == [True, False]


def test_an_erp_that_knows_references_makes_one_and_one_that_does_not_makes_two(
    vendor: ImaginaryVendor, caller: Caller
) -> None:
    first, again = (caller.send("POST", "/erp/orders", ORDER) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert vendor.ledger.doubled_references() == []
    vendor.choices.ensure_by_reference = False
    caller.send("POST", "/erp/orders", ORDER)
    assert vendor.ledger.doubled_references() == ["R-1"]
    assert vendor.ledger.erp_references() == {"R-1": 2}


def test_a_young_order_is_not_found_until_the_index_has_caught_up(vendor: ImaginaryVendor, caller: Caller) -> None:
    vendor.choices.find_stale_seconds = 30
    caller.send("POST", "/erp/orders", ORDER)
    assert _ids(caller.get("/erp/orders", reference="R-1")) == []
    vendor.clock.advance(30)
    assert len(_ids(caller.get("/erp/orders", reference="R-1"))) == 1


def test_stock_leaves_with_an_order_and_returns_once(vendor: ImaginaryVendor, caller: Caller) -> None:
    vendor.erp.put_product("1", "A", quantity="5")
    made = caller.send("POST", "/erp/orders", ORDER).json()
    assert vendor.erp.stock("1", "A") == 3
    for _ in range(2):
        assert caller.send("POST", f"/erp/orders/{made['id']}/cancel").json()["status"] == "cancelled"
    assert vendor.erp.stock("1", "A") == 5
    assert caller.get("/erp/companies/1/products").json()["products"] == [{"sku": "A", "quantity": "5", "active": True}]


@pytest.mark.parametrize(
    ("quantity", "active", "words"),
    [
        (None, True, "Produto A não cadastrado."),
        ("9", False, "Produto A inativo."),
        ("1", True, "Produto A sem saldo."),
    ],
)
def test_a_strict_erp_refuses_and_makes_nothing(
    vendor: ImaginaryVendor, caller: Caller, quantity: str | None, active: bool, words: str
) -> None:
    vendor.choices.strict_products = True
    if quantity:
        vendor.erp.put_product("1", "A", quantity=quantity, active=active)
    refused = caller.send("POST", "/erp/orders", ORDER)
    assert (refused.status_code, refused.json()["message"]) == (422, words)
    assert not vendor.erp.orders
    assert len(vendor.ledger.of("rejected")) == 1


def _revision(caller: Caller, order_id: str) -> int:
    return int(caller.get(f"/store/orders/{order_id}").json()["order"]["revision"])


def test_the_same_key_told_twice_makes_two_invoices_and_the_ledger_says_so(
    vendor: ImaginaryVendor, caller: Caller
) -> None:
    order_id = vendor.store.sell()
    told = [caller.send("POST", f"/store/orders/{order_id}/invoices", {"key": "K"}) for _ in range(2)]
    assert [answer.status_code for answer in told] == [201, 201]
    assert told[0].json()["id"] != told[1].json()["id"]
    assert vendor.invoices.keys(order_id) == ["K", "K"]
    assert vendor.ledger.invoice_keys(order_id) == {"K": 2}


def test_an_invoice_changes_its_order_and_telling_the_same_again_does_not(
    vendor: ImaginaryVendor, caller: Caller
) -> None:
    order_id = vendor.store.sell()
    made = caller.send("POST", f"/store/orders/{order_id}/invoices", {"key": "K"}).json()["id"]
    assert _revision(caller, order_id) == 2
    path = f"/store/orders/{order_id}/invoices/{made}"
    for key in ("K", "L", "L"):
        assert caller.send("PUT", path, {"key": key}).json() == {"id": made}
    assert _revision(caller, order_id) == 3
    listed = caller.get(f"/store/orders/{order_id}/invoices").json()
    assert listed == {"invoices": [{"id": made, "key": "L"}]}


def test_an_invoice_without_a_key_or_without_an_order_is_kept_nowhere(vendor: ImaginaryVendor, caller: Caller) -> None:
    order_id = vendor.store.sell()
    assert caller.send("POST", f"/store/orders/{order_id}/invoices", {"number": "1"}).status_code == 422
    assert caller.send("POST", "/store/orders/1/invoices", {"key": "K"}).status_code == 404
    assert caller.send("PUT", f"/store/orders/{order_id}/invoices/9", {"key": "K"}).status_code == 404
    assert caller.get("/store/orders/1/invoices").status_code == 404
    with pytest.raises(KeyError):
        vendor.invoices.issue("1", "K")
    assert vendor.invoices.held == {}
    assert vendor.ledger.of("invoice") == []


def test_invoices_may_be_held_and_not_listed(vendor: ImaginaryVendor, caller: Caller) -> None:
    order_id = vendor.store.sell()
    vendor.invoices.issue(order_id, "K")
    vendor.faults.next("invoices_unlisted")
    seen = [caller.get(f"/store/orders/{order_id}/invoices").json()["invoices"] for _ in range(2)]
    assert [[each["key"] for each in listed] for listed in seen] == [[], ["K"]]
    assert vendor.ledger.invoice_keys(order_id) == {"K": 1}


def test_a_fault_strikes_only_where_it_is_aimed(vendor: ImaginaryVendor, caller: Caller) -> None:
    vendor.faults.next("lost_after_commit", only="POST /erp/orders")
    assert caller.get("/store/statuses").status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        caller.send("POST", "/erp/orders", ORDER)
    assert vendor.ledger.erp_references() == {"R-1": 1}
    vendor.faults.next("lost_before_commit", only="POST /erp/orders")
    with pytest.raises(httpx.RemoteProtocolError):
        caller.send("POST", "/erp/orders", {**ORDER, "reference": "R-2"})
    assert "R-2" not in vendor.ledger.erp_references()
    assert [call.fault for call in vendor.ledger.calls if call.fault] == ["lost_after_commit", "lost_before_commit"]


def test_a_pause_comes_with_and_without_its_length(vendor: ImaginaryVendor, caller: Caller) -> None:
    vendor.faults.next("error_429_wait", seconds=12)
    asked = caller.get("/info")
    assert (asked.status_code, asked.headers["retry-after"]) == (429, "12")
    vendor.faults.next("error_429")
    bare = caller.get("/info")
    assert bare.status_code == 429
    assert "retry-after" not in bare.headers


def test_a_wrong_shape_comes_after_the_work(vendor: ImaginaryVendor, caller: Caller) -> None:
    vendor.faults.next("wrong_shape")
    assert isinstance(caller.send("POST", "/erp/orders", ORDER).json(), list)
    assert vendor.ledger.erp_references() == {"R-1": 1}


def test_clearing_faults_clears_our_own_too(vendor: ImaginaryVendor, caller: Caller) -> None:
    vendor.faults.set("store_blocked", probability=1.0)
    assert caller.get("/info").status_code == 403
    vendor.faults.clear()
    assert caller.get("/info").status_code == 200
    with pytest.raises(KeyError):
        vendor.faults.next("no_such_fault")


def test_tokens_end_on_the_simulated_clock_and_a_renewal_kills_the_old_pair(
    vendor: ImaginaryVendor, caller: Caller
) -> None:
    vendor.clock.advance(10800)
    assert caller.get("/info").json()["error"] == "token_expired"
    renewed = caller.http.post("/access", json={"refresh_token": caller.refresh})
    assert renewed.status_code == 200
    assert caller.http.post("/access", json={"refresh_token": caller.refresh}).status_code == 401
    caller.token = renewed.json()["access_token"]
    assert caller.get("/info").status_code == 200


def test_another_process_can_do_all_of_it(vendor: ImaginaryVendor, caller: Caller) -> None:
    def tell(path: str, body: object) -> httpx.Response:
        return caller.http.post(f"/_sim{path}", json=body)

    sold = tell("/sell", {"count": 2, "lines": [["A", "1", "9.00"]], "paid": False}).json()["sold"]
    assert len(sold) == 2
    tell(f"/orders/{sold[0]}/pay", {})
    tell(f"/orders/{sold[1]}/cancel", {})
    tell(f"/orders/{sold[0]}/edit", {"buyer_note": "Portaria"})
    issued = tell(f"/orders/{sold[0]}/invoices", {"key": "K"}).json()["id"]
    assert vendor.invoices.held[sold[0]] == {issued: {"key": "K"}}
    assert caller.http.get(f"/_sim/orders/{sold[0]}/invoices").json() == {"invoices": [{"key": "K"}]}
    tell("/products", {"products": [{"cnpj": "1", "sku": "A", "quantity": "4"}]})
    tell("/choices", {"ensure_by_reference": False, "page_size": 3})
    tell("/faults", {"next": {"error_500": {"times": 1, "only": "GET /info"}}})
    tell("/expire", {})
    assert caller.get("/info").status_code == 500
    assert caller.get("/info").status_code == 401
    status = caller.http.get("/_sim/status").json()
    assert (status["sold"], status["calls"], status["faults_fired"]) == (2, 3, {"error_500": 1})
    assert status["choices"]["page_size"] == 3
    kinds = [event["kind"] for event in caller.http.get("/_sim/ledger").json()["events"]]
    assert kinds == ["token", "sold", "sold", "edited", "cancelled", "edited", "invoice"]
    assert [order["buyer_note"] for order in caller.http.get("/_sim/orders").json()["orders"]] == ["Portaria", ""]
    assert caller.http.get("/_sim/calls", params={"last": 1}).json()["calls"][0]["status"] == 401
    assert vendor.erp.stock("1", "A") == 4


@pytest.mark.parametrize(
    ("path", "body"),
    [("/choices", {"nothing": 1}), ("/faults", {"set": {"nothing": {}}}), ("/orders/1/pay", {}), ("/sell", [1])],
)
def test_a_command_that_makes_no_sense_is_told_so(caller: Caller, path: str, body: object) -> None:
    refused = caller.http.post(f"/_sim{path}", json=body)
    assert refused.status_code == 400
    assert refused.json()["message"]


def test_it_runs_as_a_process_of_its_own_and_keeps_its_ledger(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    command = [sys.executable, "-m", "cais.connectors.imaginary.simulator", "--sell", "3", "--ledger", str(ledger)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        httpx.post(f"{told['base_url']}/access", json={"code": told["code"]}, timeout=5).raise_for_status()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
    lines = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    assert [line["event"]["kind"] for line in lines if "event" in line] == ["sold", "sold", "sold", "token"]
    assert [line["call"]["path"] for line in lines if "call" in line] == ["/access"]
