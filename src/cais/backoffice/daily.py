"""What each company sold on each day: the sums of its sales orders, read as changes and folded now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import connection as database
from django.db.models import Sum

from cais.backoffice.models import CompanyDaySales
from cais.companies.models import Group

# Only days that bear several changes are rewritten; the others are sums already.
_FOLD = """
WITH many AS (SELECT company_id, day FROM backoffice_companydaysales WHERE group_id = %(group)s
              GROUP BY 1, 2 HAVING count(*) > 1),
gone AS (DELETE FROM backoffice_companydaysales d USING many m
         WHERE d.group_id = %(group)s AND (d.company_id, d.day) = (m.company_id, m.day)
         RETURNING d.group_id, d.company_id, d.day, d.orders, d.revenue)
INSERT INTO backoffice_companydaysales (group_id, company_id, day, orders, revenue)
SELECT group_id, company_id, day, sum(orders), sum(revenue) FROM gone
GROUP BY 1, 2, 3 HAVING sum(orders) <> 0 OR sum(revenue) <> 0
"""
UNEQUAL: Final = """
SELECT count(*) FROM (
    SELECT 1 FROM (
        SELECT company_id, day, orders, revenue FROM backoffice_companydaysales
        UNION ALL
        SELECT company_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date, -1, -total
        FROM backoffice_salesorder WHERE state = 'open'
    ) both_ways GROUP BY company_id, day HAVING sum(orders) <> 0 OR sum(revenue) <> 0
) unequal
"""
"""How many days and companies of the current group have a summary that is not the sum of their sales orders."""


@dataclass(frozen=True, slots=True)
class CompanySold:
    """Sales orders and reais of one company on one day."""

    day: date
    company_id: int
    orders: int
    revenue: Decimal


def fold_company_days(group_id: int) -> None:
    """Replace the changes of each day by their sum. Rows written meanwhile stay as they are."""
    with database.cursor() as cursor:
        cursor.execute(_FOLD, {"group": group_id})


def companies_sold_since(group: Group, day: date) -> Sequence[CompanySold]:
    """What each company sold from this day on."""
    rows = CompanyDaySales.objects.of(group).filter(day__gte=day)
    sums = rows.values_list("day", "company_id").annotate(Sum("orders"), Sum("revenue")).order_by()
    return [CompanySold(*row) for row in sums if row[2]]
