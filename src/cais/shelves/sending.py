"""The stage that tells a store its stock: look, read the store's orders first, then speak for a short while."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from cais.connections.account import CLOCK
from cais.connections.calls import room_for
from cais.connections.models import Connection
from cais.connections.turns import TELLING_STOCK, turn
from cais.intake.before import GOOD_FOR, orders_known
from cais.ports.session import Priority
from cais.publishing.loop import publish
from cais.shelves.looking import look
from cais.shelves.models import Mark, StockPublication
from cais.shelves.stock import STOCK, StockKind

BATCH = 25
"""Rows said on one reading of the orders."""


def send_stock(connection: Connection) -> int:
    """Fold the marks of one connection and say some of what differs. Returns how many rows moved.

    No figure leaves while an order that the store lists is not recorded, nor later than `GOOD_FOR` after that list.
    The list is read anew for each batch; where calls are scarce it serves as long as it is good, or half of what is
    left of the minute would go to reading. One worker at a time tells a store: many changes must not take all workers.
    """
    looked = look(connection, STOCK)
    with turn(connection, TELLING_STOCK) as mine:
        return looked + (_tell(connection) if mine else 0)


def _tell(connection: Connection) -> int:
    calls = room_for(connection, Priority.STOCK)
    most = BATCH if calls is None else min(BATCH, calls.now)
    # Where no call is left for stock, asking for the orders would only use up theirs.
    if not most or not _due(connection).exists():
        return 0
    read_at = orders_known(connection, anew=calls is None or not calls.is_scarce)
    if read_at is None:
        return 0
    look(connection, STOCK)
    return publish(StockKind(until=read_at + GOOD_FOR), connection, limit=most)


def stock_again_in(connection: Connection) -> float | None:
    """Real seconds until the minute holds a call for what waits; None when nothing does, or not today."""
    calls = room_for(connection, Priority.STOCK)
    if calls is None or not calls.today or not _due(connection).exists():
        return None
    return CLOCK.real_seconds(calls.wait)


def _due(connection: Connection) -> QuerySet[StockPublication]:
    return StockPublication.objects.due().filter(connection=connection)


def stock_waiting() -> Iterable[int]:
    """Connections with something to look at or to say."""
    marked = Mark.objects.filter(kind=Mark.Kind.STOCK).values_list("connection_id", flat=True).distinct()
    due = StockPublication.objects.due().order_by().values_list("connection_id", flat=True).distinct()
    return {*marked, *due}
