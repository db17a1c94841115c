"""An order that the store divides among its centres: the simulator by the contract, and what the connector reads."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from cais.connectors.tray.connector import CONNECTOR
from cais.connectors.tray.simulator import SECOND_STORE, Scenario, TraySimulator
from cais.connectors.tray.simulator.dividing import divide
from cais.connectors.tray.simulator.errors import Refusal
from cais.connectors.tray.simulator.records import Order
from cais.core.documents import AdjustmentKind, OrderDoc
from tests.tray.conftest import shop_account


@pytest.fixture
def multi() -> Iterator[TraySimulator]:
    """A store with several centres; the other one has none."""
    with TraySimulator(stores=(SECOND_STORE,), scenario=Scenario.clean(seed=5)) as simulator:
        yield simulator


def _sold(simulator: TraySimulator, *, paid: bool = True) -> Order:
    """One plain order of 5 units at 20.00 with a discount of 10.00 and 8.00 of freight: 98.00."""
    (site,) = simulator.stores
    (order,) = site.sell(1)
    order.point_sale, order.marketplace, order.lines = "LOJA VIRTUAL", None, order.lines[:1]
    order.coupon, order.coupon_discount, order.payment_method_rate = "", Decimal(0), Decimal(0)
    order.total_slip = Decimal(0)
    order.lines[0].quantity, order.lines[0].price = 5, Decimal("20.00")
    order.discount, order.shipment_value = Decimal("10.00"), Decimal("8.00")
    if paid and not order.paid_at:
        site.store.book.pay(order, by="merchant")
    if not paid:
        order.paid_at = 0.0
    return order


def _read(simulator: TraySimulator, number: int) -> OrderDoc:
    return CONNECTOR.read_order(CONNECTOR.fetch_order(shop_account(simulator), str(number)))


def _discount(order: OrderDoc) -> Decimal:
    return sum((a.amount for a in order.adjustments if a.kind == AdjustmentKind.DISCOUNT), Decimal(0))


def test_parent_and_child_are_what_was_sold_to_the_unit_and_to_the_cent(multi: TraySimulator) -> None:
    """2 of 5 units leave: 2/5 of the discount of 10.00 is 4.00. 60 - 6 + 8 = 62 and 40 - 4 = 36; together 98."""
    order = _sold(multi)
    child = divide(multi.stores[0].store, order, {order.lines[0].id: 2})
    parent, part = _read(multi, order.id), _read(multi, child.id)
    assert ([line.quantity for line in parent.lines], [line.quantity for line in part.lines]) == ([3], [2])
    assert (_discount(parent), _discount(part)) == (Decimal("-6.00"), Decimal("-4.00"))
    assert (parent.total, part.total) == (Decimal("62.00"), Decimal("36.00"))
    assert (parent.difference, part.difference) == (0, 0)


@pytest.mark.parametrize("shape", ["records", "ids"])
def test_the_connector_says_who_belongs_to_whom(multi: TraySimulator, shape: str) -> None:
    multi.stores[0].choose(order_childs=shape)
    order = _sold(multi)
    child = divide(multi.stores[0].store, order, {order.lines[0].id: 2})
    parent, part = _read(multi, order.id), _read(multi, child.id)
    assert (parent.is_divided, parent.part_ids, parent.is_part) == (True, (str(child.id),), False)
    assert (part.is_part, part.parent_id, part.is_divided) == (True, str(order.id), False)
    assert part.is_paid


def test_a_store_that_does_not_name_the_children_still_marks_them_as_parts(multi: TraySimulator) -> None:
    multi.stores[0].choose(order_childs="absent")
    order = _sold(multi)
    child = divide(multi.stores[0].store, order, {order.lines[0].id: 2})
    assert not _read(multi, order.id).is_divided
    assert _read(multi, child.id).parent_id == str(order.id)


def test_the_stock_of_a_divided_order_is_taken_once(multi: TraySimulator) -> None:
    order = _sold(multi)
    store = multi.stores[0].store
    product = store.shelf.products[order.lines[0].product_id]
    before = store.shelf.stock(product)
    divide(store, order, {order.lines[0].id: 2})
    assert store.shelf.stock(product) == before


def test_neither_an_unpaid_order_nor_a_marketplaces_is_divided(multi: TraySimulator) -> None:
    store = multi.stores[0].store
    unpaid = _sold(multi, paid=False)
    with pytest.raises(Refusal):
        divide(store, unpaid, {unpaid.lines[0].id: 2})
    foreign = _sold(multi)
    foreign.point_sale = "MERCADO LIVRE"
    with pytest.raises(Refusal):
        divide(store, foreign, {foreign.lines[0].id: 2})


def test_a_store_without_several_centres_divides_nothing(shop: TraySimulator) -> None:
    order = _sold(shop)
    with pytest.raises(Refusal):
        divide(shop.stores[0].store, order, {order.lines[0].id: 2})
