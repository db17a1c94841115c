"""Marks of products: "this one changed, look at it where a store was given it", folded away by the next look."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import connection as database

from cais.connections.models import Connection
from cais.ports.manifest import Capability
from cais.shelves.hints import shelves_marked
from cais.shelves.models import Mark

_MARK: Final = """
INSERT INTO shelves_mark (group_id, connection_id, product_id, kind)
SELECT group_id, connection_id, product_id, 'product' FROM exporting_productpublication
WHERE product_id = ANY (%s::bigint[]) AND (%s::bigint IS NULL OR connection_id = %s)
RETURNING connection_id
"""
_MARK_EVERY: Final = """
INSERT INTO shelves_mark (group_id, connection_id, product_id, kind)
SELECT group_id, connection_id, product_id, 'product' FROM exporting_productpublication WHERE connection_id = %s
"""


def mark_at(connection: Connection, product_ids: Collection[int]) -> None:
    """Look at these products at this store."""
    _mark(connection.group_id, product_ids, connection_id=connection.pk)


def look_at_every_product() -> None:
    """Of every store of the group in scope that is given products: with every mark lost, one is late by an hour."""
    with database.cursor() as cursor:
        for connection in Connection.objects.filter(functions__contains=[Capability.WRITE_PRODUCTS]):
            cursor.execute(_MARK_EVERY, [connection.pk])


def hear_products(sender: object, *, group_id: int, product_ids: Collection[int], **_: Any) -> None:
    _mark(group_id, product_ids)


def _mark(group_id: int, product_ids: Collection[int], *, connection_id: int | None = None) -> None:
    with database.cursor() as cursor:
        cursor.execute(_MARK, [sorted(product_ids), connection_id, connection_id])
        marked = {row[0] for row in cursor.fetchall()}
    if marked:
        shelves_marked.send(Mark, group_id=group_id, connection_ids=marked, kind=Mark.Kind.PRODUCT)
