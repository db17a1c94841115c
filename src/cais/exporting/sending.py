"""The stage that gives a store its products: look at what changed, then speak while there are calls for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cais.connections.calls import room_for
from cais.connections.models import Connection
from cais.connections.turns import GIVING_PRODUCTS, turn
from cais.exporting.looking import look_at_products
from cais.exporting.models import ProductPublication
from cais.exporting.products import ProductKind
from cais.ports.session import Priority
from cais.publishing.loop import publish
from cais.shelves.models import Mark

CALLS_OF_ONE: Final = 5
"""Finding it by its reference, reading it, writing it and reading it back."""
_BATCH: Final = 10


def send_products(connection: Connection) -> int:
    """Fold the marks of one connection and say some of what differs. Returns how many rows moved.

    One worker at a time gives a store its products. The calls of one product may outlive a lease where the store is
    slow, and a second worker that looked for it by its code meanwhile would find nothing and make another.
    """
    looked = look_at_products(connection)
    with turn(connection, GIVING_PRODUCTS) as mine:
        return looked + (_give(connection) if mine else 0)


def _give(connection: Connection) -> int:
    calls = room_for(connection, Priority.CATALOGUE)
    most = _BATCH if calls is None else min(_BATCH, calls.now // CALLS_OF_ONE)
    return publish(ProductKind(), connection, limit=most) if most else 0


def products_waiting() -> Iterable[int]:
    """Connections with something to look at or to say."""
    marked = Mark.objects.filter(kind=Mark.Kind.PRODUCT).values_list("connection_id", flat=True).distinct()
    due = ProductPublication.objects.due().order_by().values_list("connection_id", flat=True).distinct()
    return {*marked, *due}
