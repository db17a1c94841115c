"""Marks: "look at this product", written with the change itself by one statement, and folded away by the next look."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import connection as database

from cais.connections.models import Connection
from cais.shelves.hints import shelves_marked
from cais.shelves.models import Mark

# What is told lies in a table of its kind.
_TOLD: Final = {Mark.Kind.STOCK: "shelves_stockpublication", Mark.Kind.PRICE: "shelves_pricepublication"}
# Only what is told somewhere is marked: a group whose stores are told nothing pays a look at an empty table.
# The products come first and the rest by index, whatever the size of the register.
_MARK: Final = """
INSERT INTO shelves_mark (group_id, connection_id, product_id, kind, moved)
SELECT DISTINCT l.group_id, l.connection_id, l.product_id, %(kind)s, l.connection_id IS NOT DISTINCT FROM %(mover)s
FROM (SELECT unnest(%(products)s::bigint[]) AS id
      UNION SELECT k.kit_id FROM catalog_kitcomponent k WHERE k.product_id = ANY (%(products)s::bigint[])) p
JOIN catalog_listing l ON l.product_id = p.id
JOIN {told} s ON s.listing_id = l.id
WHERE %(connection)s::bigint IS NULL OR l.connection_id = %(connection)s
RETURNING connection_id
"""
_MARK_EVERY: Final = """
INSERT INTO shelves_mark (group_id, connection_id, product_id, kind)
SELECT DISTINCT l.group_id, l.connection_id, l.product_id, %(kind)s
FROM {told} s JOIN catalog_listing l ON l.id = s.listing_id
WHERE l.group_id = %(group)s AND (%(connection)s::bigint IS NULL OR l.connection_id = %(connection)s)
RETURNING connection_id
"""
_MARK_LINKED: Final = """
INSERT INTO shelves_mark (group_id, connection_id, product_id, kind)
SELECT DISTINCT group_id, connection_id, product_id, %(kind)s FROM catalog_listing
WHERE connection_id = %(connection)s AND (%(products)s::bigint[] IS NULL OR product_id = ANY (%(products)s::bigint[]))
"""
_TAKE: Final = """
DELETE FROM shelves_mark WHERE id IN (
    SELECT id FROM shelves_mark WHERE connection_id = %s AND kind = %s ORDER BY id LIMIT %s FOR UPDATE {others}
) RETURNING product_id, moved
"""


def mark(
    group_id: int,
    product_ids: Collection[int] | None,
    *,
    connection_id: int | None = None,
    kind: Mark.Kind = Mark.Kind.STOCK,
    mover: int | None = None,
) -> None:
    """What stores show of these products, and of the kits that hold them, may be another value now; None is all.

    `mover` is the connection whose store changed them by itself.
    """
    facts = {"group": group_id, "connection": connection_id, "kind": kind, "mover": mover}
    with database.cursor() as cursor:
        if product_ids is None:
            cursor.execute(_MARK_EVERY.format(told=_TOLD[kind]), facts)
        else:
            cursor.execute(_MARK.format(told=_TOLD[kind]), {**facts, "products": sorted(product_ids)})
        marked = {row[0] for row in cursor.fetchall()}
    if marked:
        shelves_marked.send(Mark, group_id=group_id, connection_ids=marked, kind=kind)


def mark_all(
    connection: Connection, kind: Mark.Kind = Mark.Kind.STOCK, *, product_ids: Collection[int] | None = None
) -> None:
    """Look at what is linked at this connection, also at what was never told before; None is every product."""
    products = None if product_ids is None else sorted(product_ids)
    with database.cursor() as cursor:
        cursor.execute(_MARK_LINKED, {"kind": kind, "connection": connection.pk, "products": products})
        if not cursor.rowcount:
            return
    shelves_marked.send(Mark, group_id=connection.group_id, connection_ids={connection.pk}, kind=kind)


def take_marks(connection: Connection, kind: Mark.Kind, *, limit: int, wait: bool = False) -> list[tuple[int, bool]]:
    """The products of some marks, which are gone with the transaction, and whether the store moved them by itself.

    A product once for each of its marks. With `wait`, marks that somebody else folds at this moment are waited for:
    afterwards what they say is in the rows.
    """
    with database.cursor() as cursor:
        cursor.execute(_TAKE.format(others="" if wait else "SKIP LOCKED"), [connection.pk, kind, limit])
        return [(product, moved) for product, moved in cursor.fetchall()]


def hear_wants(sender: object, *, group_id: int, connection_id: int, product_ids: Collection[int], **_: Any) -> None:
    """The store sold, changed or gave back: other stores may show less or more, and it shows what we did not say."""
    mark(group_id, product_ids, mover=connection_id)


def hear_balances(sender: object, *, group_id: int, product_ids: Collection[int], **_: Any) -> None:
    mark(group_id, product_ids)


def hear_rules(
    sender: object, *, group_id: int, connection_id: int | None, product_ids: Collection[int] | None, **_: Any
) -> None:
    mark(group_id, product_ids, connection_id=connection_id)
