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

from proofs.truth import Key

Row = Mapping[str, Any]
# A SKU and the company that has it; no company: promised to an order before anybody chose who serves it.
Place = tuple[str, str]
POOLED = ""
Units = Mapping[Key, Mapping[Place, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A row of the orders. `at` in unix seconds, of the database's clock."""

    key: Key
    at: float
    status: str
    total: Decimal
    quantities: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A sales order of the embedded back office. `units` by SKU; `parts` is what its amounts add up to."""

    company: str
    number: int
    key: Key
    is_open: bool
    total: Decimal
    parts: Decimal
    goods: Decimal
    freight: Decimal
    lines: Decimal
    units: Mapping[str, Decimal]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Everything a count needs. Of each order: `held` by its reservations, `promised` by the ledger's entries,
    `moved` by its movement's lines. `on_hand` is what came in."""

    orders: list[Recorded]
    sales: list[Sale]
    named_documents: frozenset[Key]
    named_orders: Mapping[Key, frozenset[str]]
    held: Units
    promised: Units
    moved: Units
    on_hand: Mapping[Place, Decimal]
    unequal_balances: int
    unequal_reservations: int


def read_books(connection: psycopg.Connection[Any]) -> Books:
    """One look at all of it, in one snapshot."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

        def ask(query: str) -> list[dict[str, Any]]:
            return cursor.execute(query).fetchall()

        return Books(
            orders=_orders(ask(_ORDERS), ask(_LINES)),
            sales=_sales(ask(_SALES), ask(_SALE_LINES)),
            named_documents=frozenset(_key(row) for row in ask(_NAMED_DOCUMENTS)),
            named_orders=_named(ask(_NAMED_ORDERS)),
            held=_units(ask(_HELD)),
            promised=_units(ask(_PROMISED)),
            moved=_units(ask(_MOVED)),
            on_hand={(row["sku"], row["company"]): row["units"] for row in ask(_ON_HAND)},
            unequal_balances=ask(_UNEQUAL_BALANCES)[0]["rows"],
            unequal_reservations=ask(_UNEQUAL_RESERVATIONS)[0]["rows"],
        )


_ORDERS = """
SELECT o.id, c.name AS store, o.external_id AS number, o.status_label, o.total,
       extract(epoch FROM o.recorded_at)::float8 AS at
FROM orders_order o JOIN connections_connection c ON c.id = o.connection_id ORDER BY o.id
"""
_LINES = "SELECT order_id, external_id, quantity FROM orders_orderline WHERE NOT removed"
# The tag is the store's name, as the merchant sees it on the sales order.
_SALES = """
SELECT s.id, f.name AS company, s.number, s.tag AS store, s.store_number, s.state = 'open' AS is_open, s.total,
       s.goods, s.freight, s.freight - s.discount + s.surcharge AS others, s.created_at
FROM backoffice_salesorder s JOIN companies_company f ON f.id = s.company_id ORDER BY f.id, s.number
"""
_SALE_LINES = "SELECT sales_order_id, sku, quantity, total FROM backoffice_salesorderline"
_NAMED_DOCUMENTS = """
SELECT c.name AS store, p.subject_label AS number
FROM inbox_pending p JOIN connections_connection c ON c.id = p.connection_id
WHERE p.subject = 'document' AND p.closed_at IS NULL
"""
_NAMED_ORDERS = """
SELECT c.name AS store, o.external_id AS number, p.reason
FROM inbox_pending p JOIN orders_order o ON o.id = p.subject_id JOIN connections_connection c ON c.id = o.connection_id
WHERE p.subject = 'order' AND p.closed_at IS NULL
"""
# Of each order and product: units, and the company whose warehouse they are in; '' where they are in a pool.
_UNITS = """
SELECT c.name AS store, o.external_id AS number, p.sku, coalesce(f.name, '') AS company, sum({units}) AS units
FROM {rows} JOIN orders_order o ON o.id = {order} JOIN connections_connection c ON c.id = o.connection_id
JOIN catalog_product p ON p.id = r.product_id
LEFT JOIN companies_warehouse w ON w.id = r.warehouse_id LEFT JOIN companies_company f ON f.id = w.company_id
{where} GROUP BY 1, 2, 3, 4
"""
_HELD = _UNITS.format(units="r.held", rows="movements_reservation r", order="r.order_id", where="")
_PROMISED = _UNITS.format(units="r.reserved", rows="stock_ledgerentry r", order="r.order_id", where="")
_MOVED = _UNITS.format(
    units="r.quantity",
    rows="movements_movementline r JOIN movements_movement m ON m.id = r.movement_id",
    order="m.order_id",
    where="WHERE m.state <> 'cancelled'",
)
_ON_HAND = """
SELECT p.sku, f.name AS company, sum(e.on_hand) AS units
FROM stock_ledgerentry e JOIN catalog_product p ON p.id = e.product_id
JOIN companies_warehouse w ON w.id = e.warehouse_id JOIN companies_company f ON f.id = w.company_id GROUP BY 1, 2
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


def _key(row: Row) -> Key:
    return row["store"], row["number"]


def _orders(rows: list[dict[str, Any]], lines: list[dict[str, Any]]) -> list[Recorded]:
    of_order: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for line in lines:
        of_order[line["order_id"]][line["external_id"]] = line["quantity"]
    return [
        Recorded(
            key=_key(row),
            at=row["at"],
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
            company=row["company"],
            number=row["number"],
            key=(row["store"], row["store_number"]),
            is_open=row["is_open"],
            total=row["total"],
            parts=row["goods"] + row["others"],
            goods=row["goods"],
            freight=row["freight"],
            lines=money[row["id"]],
            units=dict(units[row["id"]]),
            created_at=row["created_at"],
        )
        for row in rows
    ]


def _named(rows: list[dict[str, Any]]) -> dict[Key, frozenset[str]]:
    found: dict[Key, set[str]] = defaultdict(set)
    for row in rows:
        found[_key(row)].add(row["reason"])
    return {key: frozenset(reasons) for key, reasons in found.items()}


def _units(rows: list[dict[str, Any]]) -> dict[Key, dict[Place, Decimal]]:
    found: dict[Key, dict[Place, Decimal]] = defaultdict(dict)
    for row in rows:
        if row["units"]:
            found[_key(row)][row["sku"], row["company"]] = row["units"]
    return dict(found)
