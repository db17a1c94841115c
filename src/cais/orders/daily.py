"""What was sold on each day by store and origin: read as a sum of changes, folded now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import connection as database
from django.db.models import Sum

from cais.companies.models import Group
from cais.orders.models import DaySales

NOT_SALES: Final = ("cancelled", "cancelling", "ignored")
"""Situations of orders that nobody bought, as the trigger of migration 0013 knows them."""

# Only days that bear several changes are rewritten; the others are sums already.
_FOLD = """
WITH many AS (SELECT connection_id, day, origin FROM orders_daysales WHERE group_id = %(group)s
              GROUP BY 1, 2, 3 HAVING count(*) > 1),
gone AS (DELETE FROM orders_daysales d USING many m
         WHERE d.group_id = %(group)s AND (d.connection_id, d.day, d.origin) = (m.connection_id, m.day, m.origin)
         RETURNING d.group_id, d.connection_id, d.day, d.origin, d.orders, d.revenue)
INSERT INTO orders_daysales (group_id, connection_id, day, origin, orders, revenue)
SELECT group_id, connection_id, day, origin, sum(orders), sum(revenue) FROM gone
GROUP BY 1, 2, 3, 4 HAVING sum(orders) <> 0 OR sum(revenue) <> 0
"""
UNEQUAL: Final = """
SELECT count(*) FROM (
    SELECT 1 FROM (
        SELECT connection_id, day, origin, orders, revenue FROM orders_daysales
        UNION ALL
        SELECT connection_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date,
               coalesce(nullif(marketplace, ''), channel), -1, -total
        FROM orders_order WHERE phase NOT IN ('cancelled', 'cancelling', 'ignored')
    ) both_ways GROUP BY connection_id, day, origin HAVING sum(orders) <> 0 OR sum(revenue) <> 0
) unequal
"""
"""How many days, stores and origins of the current group have a summary that is not the sum of its orders."""


@dataclass(frozen=True, slots=True)
class Sold:
    """Orders and reais of one day, from one store and one origin; the empty origin is the store's own site."""

    day: date
    connection_id: int
    origin: str
    orders: int
    revenue: Decimal


def fold_days(group_id: int) -> None:
    """Replace the changes of each day by their sum. Rows written meanwhile stay as they are."""
    with database.cursor() as cursor:
        cursor.execute(_FOLD, {"group": group_id})


def sold_since(group: Group, day: date) -> Sequence[Sold]:
    """What was sold from this day on; a few rows for each day, however many orders there are."""
    rows = DaySales.objects.of(group).filter(day__gte=day)
    sums = rows.values_list("day", "connection_id", "origin").annotate(Sum("orders"), Sum("revenue")).order_by()
    return [Sold(*row) for row in sums if row[3]]
