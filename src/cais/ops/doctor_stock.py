"""The part of `cais doctor` that adds the stock up again: every figure against the rows that it is the sum of."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from cais.ops import roles
from cais.ops.doctor_groups import Check, in_every_group


def _sum(text: str, query: bytes) -> Check:
    """`query` gives one row (product, place, kept, added up) for each figure that is not its sum."""
    named = b"SELECT p.sku, x.place, x.kept, x.added FROM (" + query + b") AS x (product_id, place, kept, added)"
    named += b" JOIN catalog_product p ON p.id = x.product_id ORDER BY p.sku, x.place"
    return Check(text, named, "{}, {}: kept {}, adds up to {}")


_PLACE = b"coalesce((SELECT name FROM companies_warehouse w WHERE w.id = warehouse_id), 'pool ' || pool_id)"
SUMS = (
    _sum(
        "stock on hand and promised is the sum of the ledger's entries",
        b"""
        SELECT product_id, """
        + _PLACE
        + b""", sum(h) || ' / ' || sum(r), sum(eh) || ' / ' || sum(er) FROM (
            SELECT product_id, warehouse_id, pool_id, on_hand AS h, reserved AS r, 0 AS eh, 0 AS er FROM stock_balance
            UNION ALL SELECT product_id, warehouse_id, pool_id, 0, 0, on_hand, reserved FROM stock_ledgerentry
        ) AS kept_and_added GROUP BY product_id, warehouse_id, pool_id HAVING sum(h) <> sum(eh) OR sum(r) <> sum(er)""",
    ),
    _sum(
        "what is promised is the sum of the reservations",
        b"""
        SELECT product_id, """
        + _PLACE
        + b""", sum(r)::text, sum(held)::text FROM (
            SELECT product_id, warehouse_id, pool_id, reserved AS r, 0 AS held FROM stock_balance
            UNION ALL SELECT product_id, warehouse_id, pool_id, 0, held FROM movements_reservation
        ) AS kept_and_added GROUP BY product_id, warehouse_id, pool_id HAVING sum(r) <> sum(held)""",
    ),
    _sum(
        "what left one warehouse for another arrived or is in transit",
        b"""
        SELECT product_id, 'in transit', sum(away)::text, (-sum(moved))::text FROM (
            SELECT product_id, on_hand AS moved, 0 AS away FROM stock_ledgerentry WHERE kind = 'transfer'
            UNION ALL SELECT l.product_id, 0, l.quantity FROM warehousing_transferline l
            JOIN warehousing_transfer t ON t.id = l.transfer_id WHERE t.state = 'sent'
        ) AS kept_and_added GROUP BY product_id HAVING sum(moved) <> -sum(away)""",
    ),
)


def stock_sums(connection: psycopg.Connection[roles.Row]) -> Iterator[tuple[bool, str]]:
    """For each sum whether it holds in every group, with the figures that do not named."""
    return in_every_group(connection, SUMS)
