"""Everything that a store may be told of its linked products."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from cais.connections.models import Connection
from cais.shelves.marks import mark_all
from cais.shelves.prices import PRICES
from cais.shelves.stock import STOCK
from cais.shelves.telling import Facet

FACETS: Final[tuple[Facet[Any], ...]] = (STOCK, PRICES)


def facets_of(connection: Connection) -> list[Facet[Any]]:
    """Those that this connection can be told."""
    return [facet for facet in FACETS if facet.offered(connection)]


def look_at_everything() -> None:
    """Of every connection of the group in scope, at all that it is told."""
    for facet in FACETS:
        for connection in Connection.objects.filter(functions__contains=[facet.capability]):
            mark_all(connection, facet.kind)


def hear_links(sender: object, *, connection: Connection, product_ids: Collection[int], **_: Any) -> None:
    """These were linked just now: all that the store is told of its products begins for them."""
    for facet in FACETS:
        if connection.does(facet.capability):
            mark_all(connection, facet.kind, product_ids=product_ids)
