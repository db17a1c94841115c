"""An order's money along its movement: whoever serves what, the parts add up to the order, cent by cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cais.catalog.models import Product
from cais.companies.models import Company, Warehouse
from cais.movements.models import MovementLine
from cais.movements.shares import NotServedWholeError, shares_of
from cais.orders.agreed import amounts_of
from cais.orders.models import Order, OrderAdjustment, OrderLine

CENTS = st.integers(0, 300_000).map(lambda cents: Decimal(cents) / 100)
UNITS = st.integers(1, 90_000).map(lambda units: Decimal(units) / 10_000)
KINDS = ("freight", "discount", "other")


def _company(key: int) -> Company:
    return Company(pk=key, priority=key)


def _adjustment(kind: str, amount: Decimal, *, enters: bool) -> OrderAdjustment:
    return OrderAdjustment(kind=kind, amount=amount, enters_invoice=enters)


def _order(lines: list[OrderLine], adjustments: list[OrderAdjustment]) -> Order:
    order = Order(pk=1, lines_total=sum((line.total for line in lines), Decimal(0)))
    order._prefetched_objects_cache = {"adjustments": adjustments}
    return order


@st.composite
def moved(draw: st.DrawFn) -> tuple[Order, list[OrderLine], list[MovementLine]]:
    """Lines of one product, or kits of two, each cut among some of three companies; amounts beside them."""
    lines: list[OrderLine] = []
    served: list[MovementLine] = []
    for key in range(1, draw(st.integers(1, 4)) + 1):
        products = [Product(pk=10 * key + at, price=draw(CENTS)) for at in range(draw(st.integers(1, 2)))]
        cuts = draw(st.dictionaries(st.integers(1, 3), UNITS, min_size=1, max_size=3))
        own = products[0].pk if len(products) == 1 else 1000 + key
        total = sum(cuts.values(), Decimal(0))
        lines.append(OrderLine(pk=key, product_id=own, quantity=total, total=draw(CENTS)))
        served += [
            MovementLine(line_id=key, product=product, quantity=units, warehouse=Warehouse(company=_company(who)))
            for who, units in cuts.items()
            for product in products
        ]
    goods = sum((line.total for line in lines), Decimal(0))
    freight, more = draw(CENTS), draw(CENTS)
    less = min(goods, draw(CENTS))
    beside = [
        _adjustment("freight", freight, enters=True),
        _adjustment("discount", -less, enters=draw(st.booleans())),
        _adjustment("other", more, enters=draw(st.booleans())),
    ]
    return _order(lines, beside), lines, draw(st.permutations(served))


@settings(deadline=None, max_examples=150)
@given(moved())
def test_the_parts_add_up_to_the_order_to_the_cent(
    case: tuple[Order, list[OrderLine], list[MovementLine]],
) -> None:
    order, lines, served = case
    parts = shares_of(order, lines, served)
    for name, amount in amounts_of(order).items():
        assert sum((part.amounts[name] for part in parts), Decimal(0)) == amount, name
    for line in lines:
        sold = [row for part in parts for row in part.lines if row.line_id == line.pk]
        assert sum((row.total for row in sold), Decimal(0)) == line.total
    for part in parts:
        assert sum((row.total for row in part.lines), Decimal(0)) == part.amounts["goods"]
        assert all(amount >= 0 for amount in part.amounts.values())
    assert [part.company_id for part in parts] == sorted({row.warehouse.company_id for row in served})


def test_a_movement_that_serves_less_than_the_order_is_refused() -> None:
    line = OrderLine(pk=1, product_id=7, quantity=Decimal(3), total=Decimal(30))
    served = MovementLine(
        line_id=1, product=Product(pk=7), quantity=Decimal(2), warehouse=Warehouse(company=_company(1))
    )
    with pytest.raises(NotServedWholeError):
        shares_of(_order([line], []), [line], [served])
