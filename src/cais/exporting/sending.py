"""The stage that gives a store its products: look at what changed, then speak while there are calls for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cais.connections.calls import room_for
from cais.connections.models import Connection
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
    """Fold the marks of one connection and say some of what differs. Returns how many rows moved."""
    looked = look_at_products(connection)
    calls = room_for(connection, Priority.CATALOGUE)
    most = _BATCH if calls is None else min(_BATCH, calls.now // CALLS_OF_ONE)
    return looked + (publish(ProductKind(), connection, limit=most) if most else 0)


def products_waiting() -> Iterable[int]:
    """Connections with something to look at or to say."""
    marked = Mark.objects.filter(kind=Mark.Kind.PRODUCT).values_list("connection_id", flat=True).distinct()
    due = ProductPublication.objects.due().order_by().values_list("connection_id", flat=True).distinct()
    return {*marked, *due}
