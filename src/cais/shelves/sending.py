"""The stages that tell a store its stock and its prices: look, read orders before stock, speak for a while."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from cais.connections.account import CLOCK
from cais.connections.calls import room_for
from cais.connections.models import Connection
from cais.connections.turns import TELLING_PRICES, TELLING_STOCK, turn
from cais.core.budget import Room
from cais.intake.before import GOOD_FOR, orders_known
from cais.pricing.rules import store_day
from cais.publishing.loop import publish
from cais.shelves.looking import look
from cais.shelves.models import Mark, PriceDay
from cais.shelves.prices import PRICES, PriceKind
from cais.shelves.stock import STOCK, StockKind
from cais.shelves.telling import Facet

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
    calls, most = _most(connection, STOCK)
    # Where no call is left for stock, asking for the orders would only use up theirs.
    if not most:
        return 0
    read_at = orders_known(connection, anew=calls is None or not calls.is_scarce)
    if read_at is None:
        return 0
    look(connection, STOCK)
    return publish(StockKind(until=read_at + GOOD_FOR), connection, limit=most)


def send_prices(connection: Connection) -> int:
    """Fold the marks of one connection and say some of the prices that differ. Returns how many rows moved."""
    looked = look(connection, PRICES)
    with turn(connection, TELLING_PRICES) as mine:
        _, most = _most(connection, PRICES) if mine else (None, 0)
        return looked + (publish(PriceKind(), connection, limit=most) if most else 0)


def _most(connection: Connection, facet: Facet[Any]) -> tuple[Room | None, int]:
    """The room there is, and how many rows may be said now: none where none is due."""
    calls = room_for(connection, facet.priority)
    most = BATCH if calls is None else min(BATCH, calls.now)
    return calls, most if most and _due(connection, facet).exists() else 0


def again_in(connection: Connection, facet: Facet[Any]) -> float | None:
    """Real seconds until the minute holds a call for what waits; None when nothing does, or not today."""
    calls = room_for(connection, facet.priority)
    if calls is None or not calls.today or not _due(connection, facet).exists():
        return None
    return CLOCK.real_seconds(calls.wait)


def _due(connection: Connection, facet: Facet[Any]) -> QuerySet[Any]:
    return _all_due(facet).filter(connection=connection)


def _all_due(facet: Facet[Any]) -> QuerySet[Any]:
    rows: QuerySet[Any] = facet.table.objects.due()
    return rows


def stock_waiting() -> Iterable[int]:
    """Connections with something to look at or to say."""
    return _waiting(STOCK)


def prices_waiting() -> Iterable[int]:
    """Those, and connections whose day is another than when promotions were last followed."""
    days = PriceDay.objects.select_related("connection")
    return {*_waiting(PRICES), *(row.connection_id for row in days if row.day < store_day(row.connection))}


def _waiting(facet: Facet[Any]) -> set[int]:
    """The first row of each connection is enough: thousands may wait there."""
    here = OuterRef("pk")
    marks = Mark.objects.filter(kind=facet.kind, connection_id=here)
    due = _all_due(facet).filter(connection=here)
    return set(Connection.objects.filter(Exists(marks) | Exists(due)).values_list("pk", flat=True))
