"""The imaginary store's shelf as a witness: who took a unit, who wrote a number, and what a stale list shows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest

from cais.connectors.imaginary.connector import CONNECTOR
from cais.connectors.imaginary.simulator import ImaginaryVendor
from cais.connectors.imaginary.simulator.store import CANCELLED
from cais.core.shelf import ShelfRef
from tests.contract.lending import account_for


@pytest.fixture
def vendor() -> Iterator[ImaginaryVendor]:
    with ImaginaryVendor() as running:
        running.shelf.put("IMG-001", stock="3")
        yield running


def moves(vendor: ImaginaryVendor) -> list[tuple[object, object, object]]:
    told = [event.details for event in vendor.ledger.of("stock")]
    return [(each["was"], each["is"], each["by"]) for each in told]


def test_a_sale_takes_its_units_and_a_cancellation_gives_them_back_once(vendor: ImaginaryVendor) -> None:
    order = vendor.store.sell(lines=[("IMG-001", "2", "10.00"), ("IMG-002", "1", "5.00")])
    assert vendor.shelf.stock_of("IMG-001") == 1
    vendor.store.cancel(order)
    vendor.store.set_status(order, CANCELLED)
    assert moves(vendor) == [("3", "1", "sale"), ("1", "3", "cancel")]


def test_a_buyer_gets_what_the_shelf_shows_and_not_a_unit_more(vendor: ImaginaryVendor) -> None:
    assert vendor.store.buy([("IMG-001", "3", "10.00")])
    assert vendor.store.buy([("IMG-001", "1", "10.00")]) == ""
    assert vendor.store.buy([("IMG-404", "1", "10.00")]) == ""
    assert vendor.shelf.stock_of("IMG-001") == 0
    assert len(vendor.ledger.sold()) == 1


def test_a_changed_order_takes_what_it_holds_now(vendor: ImaginaryVendor) -> None:
    order = vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    (line,) = vendor.store.orders[order]["lines"]  # type: ignore[misc,has-type]
    vendor.store.edit(order, lines=[{**line, "quantity": "1"}])
    assert vendor.shelf.stock_of("IMG-001") == 2


def test_a_line_of_an_order_names_the_thing_on_the_shelf(vendor: ImaginaryVendor) -> None:
    parent = vendor.shelf.put("FAMILIA")
    variant = vendor.shelf.put("IMG-002", product=parent[0])
    order = vendor.store.sell(lines=[("IMG-002", "1", "5.00")])
    account = account_for(vendor.settings())
    (line,) = CONNECTOR.read_order(CONNECTOR.fetch_order(account, order)).lines
    assert (line.product_id, line.variant_id) == variant


def test_a_stale_list_shows_what_was_and_the_thing_itself_what_is(vendor: ImaginaryVendor) -> None:
    account, ref = account_for(vendor.settings()), ShelfRef(external_id="p-img-001")
    CONNECTOR.write_stock(account, ref, Decimal(1))
    vendor.faults.next("shelf_stale")
    assert [row.stock for row in CONNECTOR.list_products(account, "").rows] == [3]
    assert CONNECTOR.current_stock(account, ref) == 1
    assert vendor.ledger.stock_told("IMG-001") == ["1"]


def test_a_renumbered_product_is_the_same_under_another_id(vendor: ImaginaryVendor) -> None:
    account = account_for(vendor.settings())
    key = vendor.shelf.renumber(("p-img-001", ""))
    (row,) = CONNECTOR.find_products(account, ["IMG-001"])
    assert (row.ref.external_id, row.ref.variant_id) == key != ("p-img-001", "")
    assert row.stock == 3


def test_another_process_fills_the_shelf_buys_from_it_and_reads_it(vendor: ImaginaryVendor) -> None:
    with httpx.Client(base_url=vendor.base_url) as http:
        http.post("/_sim/shelf", json={"products": [{"sku": "IMG-009", "stock": "1"}]}).raise_for_status()
        assert http.post("/_sim/buy", json={"lines": [["IMG-009", "1", "5.00"]]}).json()["sold"]
        assert http.post("/_sim/buy", json={"lines": [["IMG-009", "1", "5.00"]]}).json()["sold"] == ""
        shown = {row["sku"]: row["stock"] for row in http.get("/_sim/shelf").json()["products"]}
    assert shown == {"IMG-001": "3", "IMG-009": "0"}
