"""The part of `cais doctor` that reads sales again: what is kept twice against its source, and each part's own sum."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from cais.ops import roles
from cais.ops.doctor_groups import Check, in_every_group


def _copy(text: str, query: bytes) -> Check:
    """`query` gives one row (order's number, kept, source) for each row that is not as its source says."""
    return Check(text, query + b" ORDER BY o.number", "order {}: kept {}, its source says {}")


COPIES = (
    _copy(
        "a company's part of a sale stands as long as its movement does",
        b"""
        SELECT o.number, f.reference || CASE WHEN f.stands THEN ' stands' ELSE ' is over' END, 'movement ' || m.state
        FROM movements_fulfilment f JOIN movements_movement m ON m.id = f.movement_id
        JOIN orders_order o ON o.id = f.order_id WHERE f.stands <> (m.state <> 'cancelled')""",
    ),
    _copy(
        "a buyer bought when the order was placed",
        b"""
        SELECT o.number, b.placed_at::text, o.placed_at::text
        FROM orders_buyer b JOIN orders_order o ON o.id = b.order_id WHERE b.placed_at <> o.placed_at""",
    ),
    _copy(
        "a company's part of a sale is worth what its lines and charges come to",
        b"""
        SELECT o.number, f.reference || ': ' || f.goods || ' in all ' || f.total,
               l.worth || ' in all ' || l.worth + f.freight - f.discount + f.surcharge
        FROM movements_fulfilment f JOIN orders_order o ON o.id = f.order_id
        JOIN (SELECT fulfilment_id, sum(total) AS worth FROM movements_fulfilmentline GROUP BY 1) l
        ON l.fulfilment_id = f.id
        WHERE f.goods <> l.worth OR f.total <> f.goods + f.freight - f.discount + f.surcharge""",
    ),
    _copy(
        "an authorised note says what its part of the sale is worth",
        b"""
        SELECT o.number, 'note ' || n.series || '/' || n.number || ': ' || n.total, f.total::text
        FROM nfe_nfe n JOIN movements_fulfilment f ON f.id = n.fulfilment_id JOIN orders_order o ON o.id = n.order_id
        WHERE n.state = 'authorised' AND n.total <> f.total""",
    ),
)


def sales_agree(connection: psycopg.Connection[roles.Row]) -> Iterator[tuple[bool, str]]:
    """For each copy whether it is as its source in every group, with the orders named where it is not."""
    return in_every_group(connection, COPIES)
