"""Rows of before, as the migrations find them that fill a column or a table of sums by SQL: worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from cais.backoffice.models import SalesOrder
from cais.intake.models import Cursor
from cais.movements.models import Fulfilment, Movement
from cais.orders.models import Buyer
from tests.ops.test_old_rows import DAY, D, Old, copy, migration, old

__all__ = ["copy", "old"]


def filling(sql: str) -> str:
    """The statement that fills, without the triggers before it, which the copy has already."""
    return sql[sql.rindex("INSERT INTO") :]


def test_a_buyer_bears_the_date_of_its_own_order(old: Old) -> None:
    store = old.store(old.company("Casa"))
    orders = [old.order(store, number) for number in ("7", "3", "5")]
    for order in orders:
        old.new(Buyer, order=order, placed_at=DAY, name=f"Comprador {order.number}")
    old.sql("SET CONSTRAINTS ALL IMMEDIATE")
    old.sql("ALTER TABLE orders_buyer ALTER COLUMN placed_at DROP NOT NULL")
    old.sql("UPDATE orders_buyer SET placed_at = NULL")
    old.sql(migration("orders.0019_buyers_by_date").FILL)
    filled = dict(Buyer.objects.using("owner").values_list("order__number", "placed_at"))
    assert filled == {number: DAY + timedelta(minutes=int(number)) for number in ("3", "5", "7")}
    with pytest.raises(Exception, match="null value"), transaction.atomic(using="owner"):
        old.sql("UPDATE orders_buyer SET placed_at = NULL")
    assert not old.sql("SELECT 1 FROM pg_proc WHERE proname = 'orders_placed'")


def test_a_part_of_a_cancelled_movement_stands_no_more_and_all_others_do(old: Old) -> None:
    casa, norte = old.company("Casa"), old.company("Norte")
    store = old.store(casa)
    for number, (state, company) in enumerate(
        [("cancelled", casa), ("done", casa), ("pending_sync", norte), ("cancelled", norte), ("error", norte)], start=1
    ):
        order = old.order(store, str(number))
        movement = old.new(Movement, order=order, connection=store, state=state)
        reference = f"CAIS-{number}"
        old.new(Fulfilment, movement=movement, order=order, company=company, reference=reference, stands=True)
    old.sql(migration("movements.0010_parts_that_stand").TELL)
    stands = Fulfilment.objects.using("owner").order_by("pk").values_list("stands", flat=True)
    assert list(stands) == [False, True, True, False, True]


def test_the_days_of_a_store_are_summed_in_the_shops_time_without_what_was_cancelled(old: Old) -> None:
    store = old.store(old.company("Casa"))
    facts = {"total": D("10.50"), "channel": "Loja virtual"}
    for number in ("1", "2"):
        old.order(store, number, **facts)
    late = old.order(store, "3", **facts)
    old.order(store, "4", total=D("99.00"), channel="Tray", marketplace="Mercado Livre")
    old.order(store, "5", **{**facts, "total": D("700.00"), "meaning": "cancelled"})
    # Half past one of the 4th at Greenwich is still the evening of the 3rd here, half past three the next day.
    old.sql("UPDATE orders_order SET placed_at = '2026-11-04 01:30+00' WHERE number = '2'")
    old.sql("UPDATE orders_order SET placed_at = '2026-11-04 03:30+00' WHERE id = %s", late.pk)
    old.sql("DELETE FROM orders_daysales")
    old.sql(filling(migration("orders.0013_day_sales").CREATE))
    sums = old.sql("SELECT day::text, origin, orders, revenue FROM orders_daysales ORDER BY 1, 2")
    assert sums == [
        ("2026-11-03", "Loja virtual", 2, D("21.00")),
        ("2026-11-03", "Mercado Livre", 1, D("99.00")),
        ("2026-11-04", "Loja virtual", 1, D("10.50")),
    ]


def test_the_days_of_a_company_are_summed_from_its_open_sales_orders(old: Old) -> None:
    casa, norte = old.company("Casa"), old.company("Norte")
    for number, (company, state, total) in enumerate(
        [(casa, "open", "10.00"), (casa, "open", "2.50"), (casa, "cancelled", "80.00"), (norte, "open", "7.00")],
        start=1,
    ):
        facts = {"reference": f"CAIS-{number}", "buyer_name": "Comprador", "placed_at": DAY, "total": D(total)}
        old.new(SalesOrder, company=company, number=number, state=state, **facts)
    old.sql("DELETE FROM backoffice_companydaysales")
    old.sql(filling(migration("backoffice.0003_day_sales").CREATE))
    sums = old.sql("SELECT company_id, day::text, orders, revenue FROM backoffice_companydaysales ORDER BY 1")
    assert sums == [(casa.pk, "2026-11-03", 2, D("12.50")), (norte.pk, "2026-11-03", 1, D("7.00"))]


def test_the_counters_of_the_list_are_made_anew_with_the_state_of_the_movement(old: Old) -> None:
    store = old.store(old.company("Casa"))
    for number, state in enumerate(("none", "none", "error"), start=1):
        old.order(store, str(number), movement_state=state)
    old.sql("DELETE FROM orders_phasecount")
    counted = "INSERT INTO orders_phasecount (group_id, connection_id, phase, movement_state, orders) VALUES "
    old.sql(counted + "(%s, %s, 'new', 'none', 9)", old.group.pk, store.pk)
    old.sql(migration("orders.0014_movement_counts").COUNT)
    sums = old.sql("SELECT movement_state, sum(orders) FROM orders_phasecount GROUP BY 1 ORDER BY 1")
    assert sums == [("error", 1), ("none", 2)]


def test_a_store_of_before_is_reviewed_and_its_gaps_are_looked_for(old: Old) -> None:
    casa = old.company("Casa")
    store = old.store(casa)
    erp = old.store(casa, "ERP")
    old.sql("UPDATE connections_connection SET role = 'erp' WHERE id = %s", erp.pk)
    (fill,) = [
        operation.sql
        for operation in migration("intake.0003_review_and_gaps").Migration.operations
        if hasattr(operation, "sql")
    ]
    newer = [
        name
        for (name,) in old.sql(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'intake_cursor'"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
        )
        if name not in fill
    ]
    for name in newer:
        old.sql(f'ALTER TABLE intake_cursor ALTER "{name}" DROP NOT NULL')
    old.sql(fill)
    made = Cursor.objects.using("owner").filter(due_at__isnull=False).values_list("connection", "kind")
    assert sorted(made) == [(store.pk, "gaps"), (store.pk, "review")]
