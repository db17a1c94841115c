"""The rows that one imported order leaves behind: where they are, and how a copy of them differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

_OURS = "(SELECT id FROM orders_order WHERE id = ANY(%(orders)s))"
_FULFILMENTS = "(SELECT id FROM movements_fulfilment WHERE order_id = ANY(%(orders)s))"
_SALES = (
    "(SELECT id FROM backoffice_salesorder WHERE reference IN"
    " (SELECT reference FROM movements_fulfilment WHERE order_id = ANY(%(orders)s)))"
)
_EARLIER = {"placed_at": "t.placed_at - k.k * interval '6 minutes'"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`mine` finds the rows of the orders `%(orders)s`. `keys` are moved by an offset in a copy; `marked` are texts
    that must be unique and get another; `order` names the column by which a row belongs to its order."""

    name: str
    mine: str
    order: str
    keys: tuple[str, ...] = ("id",)
    marked: tuple[str, ...] = ()
    stored: Mapping[str, str] = field(default_factory=dict)
    kept: bool = True

    def columns(self, connection: psycopg.Connection[Any]) -> list[str]:
        """What can be written: generated columns write themselves."""
        rows = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
            " AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [self.name],
        )
        return [name for (name,) in rows]

    def rows(self, connection: psycopg.Connection[Any], orders: list[int]) -> list[dict[str, Any]]:
        with connection.cursor(row_factory=dict_row) as cursor:
            query = f"SELECT ({self.order}) AS of_order, t.* FROM {self.name} t WHERE {self.mine} ORDER BY id"
            return cursor.execute(query, {"orders": orders}).fetchall()


def _of_order(name: str, *keys: str, **more: Any) -> Table:
    mine = "t.order_id = ANY(%(orders)s)"
    return Table(name=name, mine=mine, order="t.order_id", keys=("id", "order_id", *keys), **more)


# `stored`: what orders of former years look like. They are invoiced, so they hold no units; their payloads are gone.
TABLES = (
    Table(
        name="customers_customer",
        mine="t.id IN (SELECT customer_id FROM orders_order WHERE id = ANY(%(orders)s))",
        order="SELECT min(o.id) FROM orders_order o WHERE o.customer_id = t.id AND o.id = ANY(%(orders)s)",
        marked=("document",),
    ),
    Table(
        name="intake_document",
        mine="t.external_id IN (SELECT external_id FROM orders_order WHERE id = ANY(%(orders)s))",
        order="SELECT o.id FROM orders_order o WHERE o.external_id = t.external_id AND o.id = ANY(%(orders)s)",
        marked=("external_id",),
        stored={"raw": "''::bytea"},
    ),
    Table(
        name="orders_order",
        mine="t.id = ANY(%(orders)s)",
        order="t.id",
        keys=("id", "customer_id"),
        marked=("external_id", "number"),
        stored={"nfe_state": "'told'", **_EARLIER},
    ),
    _of_order("orders_buyer", stored=_EARLIER),
    _of_order("orders_orderline"),
    _of_order("orders_orderadjustment"),
    _of_order("orders_orderpayment"),
    _of_order("movements_reservation", "line_id", kept=False),
    _of_order("stock_ledgerentry"),
    _of_order("movements_movement"),
    Table(
        name="movements_movementline",
        mine="t.movement_id IN (SELECT id FROM movements_movement WHERE order_id = ANY(%(orders)s))",
        order="SELECT m.order_id FROM movements_movement m WHERE m.id = t.movement_id",
        keys=("id", "movement_id", "line_id"),
    ),
    _of_order("movements_fulfilment", "movement_id", marked=("reference",)),
    Table(
        name="movements_fulfilmentline",
        mine=f"t.fulfilment_id IN {_FULFILMENTS}",
        order="SELECT f.order_id FROM movements_fulfilment f WHERE f.id = t.fulfilment_id",
        keys=("id", "fulfilment_id", "line_id"),
    ),
    Table(
        name="publishing_erporderpublication",
        mine=f"t.fulfilment_id IN {_FULFILMENTS}",
        order="SELECT f.order_id FROM movements_fulfilment f WHERE f.id = t.fulfilment_id",
        keys=("id", "fulfilment_id"),
    ),
    _of_order("publishing_statuspublication"),
    Table(
        name="backoffice_salesorder",
        mine=f"t.id IN {_SALES}",
        order="SELECT f.order_id FROM movements_fulfilment f WHERE f.reference = t.reference",
        keys=("id", "customer_id"),
        marked=("reference",),
        stored={"content": "'{}'::jsonb"},
    ),
    Table(
        name="backoffice_salesorderline",
        mine=f"t.sales_order_id IN {_SALES}",
        order="SELECT f.order_id FROM movements_fulfilment f JOIN backoffice_salesorder s ON s.reference = f.reference"
        " WHERE s.id = t.sales_order_id",
        keys=("id", "sales_order_id"),
    ),
    Table(
        name="journal_note",
        mine=f"t.subject = 'order' AND t.subject_id IN {_OURS}",
        order="t.subject_id",
        keys=("id", "subject_id"),
    ),
)
SALES_ORDERS = "backoffice_salesorder"
