"""The sums that the charts read are those of the orders, whatever happens to them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection

from cais.backoffice import daily as companies
from cais.backoffice.models import CompanyDaySales, SalesOrder
from cais.backoffice.services import cancel
from cais.core.effects import Meaning
from cais.orders import daily
from cais.orders.models import DaySales, Order
from tests.engine.house import House


def unequal() -> int:
    """Days whose summary is not the plain sum over the rows, of orders and of sales orders."""
    with connection.cursor() as cursor:
        found = 0
        for query in (daily.UNEQUAL, companies.UNEQUAL):
            cursor.execute(query)
            found += cursor.fetchone()[0]
    return found


def sold(home: House) -> dict[tuple[date, str], tuple[int, Decimal]]:
    rows = daily.sold_since(home.group, date(2020, 1, 1))
    return {(row.day, row.origin): (row.orders, row.revenue) for row in rows}


def three_orders(home: House) -> list[Order]:
    """25.00 of goods each, and the freight of the imaginary store, 15.90."""
    home.product("XIC-200", units="50", price="12.50")
    made = [home.vendor.store.sell(lines=[("XIC-200", "2", "12.50")]) for _ in range(3)]
    home.read()
    return [home.order(str(external_id)) for external_id in made]


def test_every_order_is_in_the_sum_of_its_day_once(home: House) -> None:
    orders = three_orders(home)
    assert sum(count for count, _ in sold(home).values()) == 3
    assert sum(money for _, money in sold(home).values()) == Decimal("122.70")
    assert {row.company_id for row in companies.companies_sold_since(home.group, date(2020, 1, 1))} == {home.company.pk}
    assert sum(row.revenue for row in companies.companies_sold_since(home.group, date(2020, 1, 1))) == sum(
        order.total for order in orders
    )
    assert unequal() == 0


def test_a_cancelled_order_leaves_the_sums_and_its_sales_order_too(home: House) -> None:
    order = three_orders(home)[0]
    Order.objects.filter(pk=order.pk).update(meaning=Meaning.CANCELLED)
    cancel(home.group, SalesOrder.objects.get(store_number=order.number).pk)
    assert sum(count for count, _ in sold(home).values()) == 2
    assert sum(row.orders for row in companies.companies_sold_since(home.group, date(2020, 1, 1))) == 2
    assert unequal() == 0


def test_the_day_is_the_buyers_and_not_that_of_greenwich(home: House) -> None:
    order = three_orders(home)[0]
    # Two in the morning in Greenwich is eleven at night of the day before in São Paulo.
    Order.objects.filter(pk=order.pk).update(placed_at=datetime(2026, 3, 2, 2, tzinfo=UTC), marketplace="Feira")
    assert sold(home)[(date(2026, 3, 1), "Feira")] == (1, Decimal("40.90"))
    assert unequal() == 0


def test_folding_keeps_the_sums_and_leaves_one_row_for_each(home: House) -> None:
    three_orders(home)
    before = sold(home)
    Order.objects.update(total=Decimal("10"))
    Order.objects.update(total=Decimal("40.90"))
    assert DaySales.objects.count() > len(before)
    daily.fold_days(home.group.pk)
    companies.fold_company_days(home.group.pk)
    assert sold(home) == before
    assert DaySales.objects.count() == len(before)
    assert CompanyDaySales.objects.count() == 1
    assert unequal() == 0


def test_what_changes_no_sum_writes_nothing(home: House) -> None:
    three_orders(home)
    before = DaySales.objects.count()
    Order.objects.update(hold="stock_short", meaning=Meaning.AWAITING_PAYMENT)
    assert DaySales.objects.count() == before


def test_an_order_that_is_deleted_is_taken_out(home: House) -> None:
    order = three_orders(home)[0]
    bare = Order.objects.create(
        group=order.group,
        connection=order.connection,
        external_id="à mão",
        number="à mão",
        placed_at=order.placed_at,
        status=order.status,
        total=Decimal("7.00"),
    )
    assert sum(count for count, _ in sold(home).values()) == 4
    bare.delete()
    assert sum(count for count, _ in sold(home).values()) == 3
    assert unequal() == 0


def test_a_sum_that_went_wrong_is_found(home: House) -> None:
    three_orders(home)
    DaySales.objects.update(revenue=Decimal("1"))
    assert unequal() == 1
