"""Before a rehearsal of a shelf: every linked product has its value, and the shelf was read just now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from cais.catalog.models import Listing
from cais.connections.models import Connection
from cais.shelves.looking import look
from cais.shelves.marks import mark_all
from cais.shelves.models import ShelfPublication, ShelfReading
from cais.shelves.reading import read_back_now, reads_back
from cais.shelves.telling import Facet

LATELY: Final = timedelta(minutes=15)


def is_planned(connection: Connection, facet: Facet[Any]) -> bool:
    """True when the plan can be made; works towards it, so it is to be asked again until then."""
    planned = facet.rows().filter(connection=connection).values("listing")
    if Listing.objects.filter(connection=connection).exclude(pk__in=planned).exists():
        mark_all(connection, facet.kind)
    while look(connection, facet):
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


def seen_lately(row: ShelfPublication) -> bool:
    """Whether what the store showed is young enough to plan from."""
    return row.shown_at is not None and timezone.now() - row.shown_at < LATELY
