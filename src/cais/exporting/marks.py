"""Marks of products: "this one changed, look at it where a store was given it", folded away by the next look."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import connection as database

from cais.connections.models import Connection
from cais.ports.manifest import Capability

_MARK: Final = """
INSERT INTO shelves_mark (group_id, connection_id, product_id, kind)
SELECT group_id, connection_id, product_id, 'product' FROM exporting_productpublication
WHERE product_id = ANY (%s::bigint[])
"""
_MARK_AT: Final = f"{_MARK} AND connection_id = %s"
_MARK_EVERY: Final = """
INSERT INTO shelves_mark (group_id, connection_id, product_id, kind)
SELECT group_id, connection_id, product_id, 'product' FROM exporting_productpublication WHERE connection_id = %s
"""


def mark_at(connection: Connection, product_ids: Collection[int]) -> None:
    """Look at these products at this store."""
    with database.cursor() as cursor:
        cursor.execute(_MARK_AT, [sorted(product_ids), connection.pk])


def look_at_every_product() -> None:
    """Of every store of the group in scope that is given products: with every mark lost, one is late by an hour."""
    with database.cursor() as cursor:
        for connection in Connection.objects.filter(functions__contains=[Capability.WRITE_PRODUCTS]):
            cursor.execute(_MARK_EVERY, [connection.pk])


def hear_products(sender: object, *, product_ids: Collection[int], **_: Any) -> None:
    with database.cursor() as cursor:
        cursor.execute(_MARK, [sorted(product_ids)])
