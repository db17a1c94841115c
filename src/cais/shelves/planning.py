"""Before a rehearsal of the stock: every linked product has its figure, and the shelf was read just now."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone

from cais.catalog.models import Listing
from cais.connections.models import Connection
from cais.shelves.looking import look_at_stock
from cais.shelves.marks import mark_all
from cais.shelves.models import ShelfReading, StockPublication
from cais.shelves.reading import read_back_now, reads_back

LATELY: Final = timedelta(minutes=15)


def is_planned(connection: Connection) -> bool:
    """True when the plan can be made; works towards it, so it is to be asked again until then."""
    if Listing.objects.filter(connection=connection, stock_publication=None).exists():
        mark_all(connection)
    while look_at_stock(connection):
        pass
    if not reads_back(connection):
        return True
    found = ShelfReading.objects.filter(connection=connection).first()
    if found is not None and found.read_at and timezone.now() - found.read_at < LATELY:
        return True
    is_under_way = found is not None and found.due_at is not None and found.due_at <= timezone.now()
    if not is_under_way:
        read_back_now(connection, asked_by="ensaio")
    return False


def seen_lately(row: StockPublication) -> bool:
    """Whether what the store showed is young enough to plan from."""
    return row.shown_at is not None and timezone.now() - row.shown_at < LATELY
