"""What every shelf must show at rest, by plain SQL over the ledger's entries: no model, no rule of the application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg

from proofs.showing import Reach
from proofs.worlds import Store, World

# A thing of a store: its product there, and its variant or nothing.
Thing = tuple[str, str]

_REACH = """
WITH firms AS (SELECT id FROM companies_company WHERE name = ANY (%(firms)s))
SELECT (SELECT id FROM connections_connection WHERE name = %(store)s),
       ARRAY(SELECT w.id FROM companies_warehouse w JOIN firms f ON f.id = w.company_id WHERE w.active),
       ARRAY(SELECT p.id FROM stock_pool p WHERE p.companies && ARRAY(SELECT f.id FROM firms f))
"""
_FIGURES = """
WITH law AS (SELECT * FROM offering_stockpolicy WHERE connection_id = %(connection)s),
own AS (
    SELECT w.id FROM unnest(%(warehouses)s::bigint[]) AS w (id)
    WHERE (SELECT warehouses FROM law) IS NULL OR w.id = ANY (SELECT unnest(warehouses) FROM law)),
there AS (
    SELECT product_id, sum(on_hand - reserved) AS units FROM stock_ledgerentry
    WHERE warehouse_id IN (SELECT id FROM own) GROUP BY 1),
promised AS (
    SELECT product_id, sum(reserved) AS units FROM stock_ledgerentry WHERE pool_id = ANY (%(pools)s) GROUP BY 1),
lacking AS (
    SELECT product_id, sum(wanted - held) AS units FROM movements_reservation WHERE pool_id = ANY (%(pools)s)
    GROUP BY 1),
rules AS (
    SELECT p.id, coalesce(e.buffer, (SELECT buffer FROM law), 0) AS buffer,
           coalesce(e.cap, (SELECT cap FROM law)) AS cap,
           coalesce(e.stopped, false) OR coalesce((SELECT stopped FROM law), false) AS stopped
    FROM catalog_product p
    LEFT JOIN offering_stockexception e ON e.product_id = p.id AND e.connection_id = %(connection)s)
SELECT l.external_id, l.variant_id, p.id, p.sku, p.is_kit,
       CASE WHEN r.stopped THEN 0 WHEN t.product_id IS NULL THEN NULL
            ELSE greatest(0, floor(least(r.cap, t.units - coalesce(o.units, 0) - coalesce(k.units, 0) - r.buffer))) END
FROM catalog_listing l JOIN catalog_product p ON p.id = l.product_id JOIN rules r ON r.id = p.id
LEFT JOIN there t ON t.product_id = p.id LEFT JOIN promised o ON o.product_id = p.id
LEFT JOIN lacking k ON k.product_id = p.id
WHERE l.connection_id = %(connection)s
"""
_PARTS = """
SELECT k.sku, p.sku, c.quantity FROM catalog_kitcomponent c
JOIN catalog_product k ON k.id = c.kit_id JOIN catalog_product p ON p.id = c.product_id
"""
_ORDERS = """
SELECT o.id, c.name, o.external_id FROM orders_order o JOIN connections_connection c ON c.id = o.connection_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A product at one store; `units` is None for a kit, and for what nobody counted."""

    product: int
    sku: str
    is_kit: bool
    units: Decimal | None


def reach_of(connection: psycopg.Connection[Any], store: Store) -> Reach:
    """By the proof's own words: who serves the store is not asked of the application."""
    row = connection.execute(_REACH, {"store": store.name, "firms": list(store.served_by)}).fetchone()
    assert row is not None
    return Reach(connection=row[0], warehouses=frozenset(row[1]), pools=frozenset(row[2]))


def reaches(connection: psycopg.Connection[Any], world: World) -> Mapping[str, Reach]:
    return {store.name: reach_of(connection, store) for store in world.stores}


def figures(connection: psycopg.Connection[Any], reach: Reach) -> dict[Thing, Linked]:
    """Everything linked at one store, with what it must show now."""
    asked = {
        "connection": reach.connection,
        "warehouses": sorted(reach.warehouses),
        "pools": sorted(reach.pools),
    }
    rows = connection.execute(_FIGURES, asked).fetchall()
    return {
        (external_id, variant_id): Linked(product=product, sku=sku, is_kit=is_kit, units=None if is_kit else units)
        for external_id, variant_id, product, sku, is_kit, units in rows
    }


def kits(connection: psycopg.Connection[Any]) -> dict[str, dict[str, Decimal]]:
    """Kit → its components and how many of each, by SKU."""
    found: dict[str, dict[str, Decimal]] = {}
    for kit, part, quantity in connection.execute(_PARTS).fetchall():
        found.setdefault(kit, {})[part] = quantity
    return found


def orders(connection: psycopg.Connection[Any]) -> dict[tuple[str, str], int]:
    """Store and number of each recorded order → its id."""
    return {(store, number): key for key, store, number in connection.execute(_ORDERS).fetchall()}
