"""What the database says, read by plain SQL as its owner: no model and no rule of the application takes part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A row of the orders."""

    id: int
    external_id: str
    status: str
    total: Decimal
    quantities: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A sales order of the embedded back office. `units` by SKU."""

    number: int
    store_number: str
    is_open: bool
    total: Decimal
    parts: Decimal
    goods: Decimal
    lines: Decimal
    units: Mapping[str, Decimal]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Everything a count needs. Stock figures by SKU; `held` by external id, then SKU."""

    orders: list[Recorded]
    sales: list[Sale]
    named_documents: frozenset[str]
    named_orders: Mapping[str, frozenset[str]]
    held: Mapping[str, Mapping[str, Decimal]]
    on_hand: Mapping[str, Decimal]
    promised: Mapping[str, Decimal]
    unequal_balances: int
    unequal_reservations: int


def read_books(connection: psycopg.Connection[Any]) -> Books:
    """One look at all of it, in one snapshot."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

        def ask(query: str) -> list[dict[str, Any]]:
            return cursor.execute(query).fetchall()

        stock = ask(_STOCK)
        return Books(
            orders=_orders(ask(_ORDERS), ask(_LINES)),
            sales=_sales(ask(_SALES), ask(_SALE_LINES)),
            named_documents=frozenset(row["subject_label"] for row in ask(_NAMED_DOCUMENTS)),
            named_orders=_named(ask(_NAMED_ORDERS)),
            held=_held(ask(_HELD)),
            on_hand={row["sku"]: row["on_hand"] for row in stock},
            promised={row["sku"]: row["reserved"] for row in stock},
            unequal_balances=ask(_UNEQUAL_BALANCES)[0]["rows"],
            unequal_reservations=ask(_UNEQUAL_RESERVATIONS)[0]["rows"],
        )


_ORDERS = "SELECT id, external_id, status_label, total FROM orders_order ORDER BY id"
_LINES = "SELECT order_id, external_id, quantity FROM orders_orderline WHERE NOT removed"
_SALES = """
SELECT id, number, store_number, state = 'open' AS is_open, total, goods, freight - discount + surcharge AS others,
       created_at
FROM backoffice_salesorder ORDER BY number
"""
_SALE_LINES = "SELECT sales_order_id, sku, quantity, total FROM backoffice_salesorderline"
_NAMED_DOCUMENTS = "SELECT subject_label FROM inbox_pending WHERE subject = 'document' AND closed_at IS NULL"
_NAMED_ORDERS = """
SELECT o.external_id, p.reason FROM inbox_pending p JOIN orders_order o ON o.id = p.subject_id
WHERE p.subject = 'order' AND p.closed_at IS NULL
"""
_HELD = """
SELECT o.external_id, p.sku, sum(r.held) AS held
FROM movements_reservation r JOIN orders_order o ON o.id = r.order_id JOIN catalog_product p ON p.id = r.product_id
GROUP BY 1, 2
"""
_STOCK = """
SELECT p.sku, sum(e.on_hand) AS on_hand, sum(e.reserved) AS reserved
FROM stock_ledgerentry e JOIN catalog_product p ON p.id = e.product_id GROUP BY 1
"""
_UNEQUAL_BALANCES = """
WITH entries AS (
    SELECT product_id, warehouse_id, pool_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved
    FROM stock_ledgerentry GROUP BY 1, 2, 3
)
SELECT count(*) AS rows FROM stock_balance b FULL JOIN entries e
  ON e.product_id = b.product_id AND coalesce(e.warehouse_id, 0) = coalesce(b.warehouse_id, 0)
 AND coalesce(e.pool_id, 0) = coalesce(b.pool_id, 0)
WHERE coalesce(b.on_hand, 0) <> coalesce(e.on_hand, 0) OR coalesce(b.reserved, 0) <> coalesce(e.reserved, 0)
"""
_UNEQUAL_RESERVATIONS = """
WITH held AS (
    SELECT product_id, warehouse_id, pool_id, sum(held) AS held FROM movements_reservation GROUP BY 1, 2, 3
)
SELECT count(*) AS rows FROM stock_balance b FULL JOIN held h
  ON h.product_id = b.product_id AND coalesce(h.warehouse_id, 0) = coalesce(b.warehouse_id, 0)
 AND coalesce(h.pool_id, 0) = coalesce(b.pool_id, 0)
WHERE coalesce(b.reserved, 0) <> coalesce(h.held, 0)
"""


def _orders(rows: list[dict[str, Any]], lines: list[dict[str, Any]]) -> list[Recorded]:
    of_order: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for line in lines:
        of_order[line["order_id"]][line["external_id"]] = line["quantity"]
    return [
        Recorded(
            id=row["id"],
            external_id=row["external_id"],
            status=row["status_label"],
            total=row["total"],
            quantities=of_order[row["id"]],
        )
        for row in rows
    ]


def _sales(rows: list[dict[str, Any]], lines: list[dict[str, Any]]) -> list[Sale]:
    units: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    money: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        units[line["sales_order_id"]][line["sku"]] += line["quantity"]
        money[line["sales_order_id"]] += line["total"]
    return [
        Sale(
            number=row["number"],
            store_number=row["store_number"],
            is_open=row["is_open"],
            total=row["total"],
            parts=row["goods"] + row["others"],
            goods=row["goods"],
            lines=money[row["id"]],
            units=dict(units[row["id"]]),
            created_at=row["created_at"],
        )
        for row in rows
    ]


def _named(rows: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row["external_id"]].add(row["reason"])
    return {key: frozenset(reasons) for key, reasons in found.items()}


def _held(rows: list[dict[str, Any]]) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        found[row["external_id"]][row["sku"]] = row["held"]
    return found
