"""Waking what a store was not told: when a person asks, and when a failing connection answers again."""

from __future__ import annotations

from django.db.models.functions import Now

from cais.companies.models import Group
from cais.connections.models import Connection
from cais.shelves.models import ShelfReading, StockPublication
from cais.shelves.stock import REFUSED


def retry_refused(group: Group, connection: Connection | None = None) -> int:
    """Say once more what stores refused. What waits for a person's decision goes on waiting. Returns how many wake."""
    rows = StockPublication.objects.of(group).filter(hold=REFUSED)
    return (rows if connection is None else rows.filter(connection=connection)).awaken()


def go_on_telling(connection: Connection) -> None:
    """What the failures of this connection put off is due now."""
    for table in (StockPublication, ShelfReading):
        put_off = table.objects.filter(connection=connection, hold="", due_at__gt=Now()).exclude(error="")
        put_off.update(due_at=Now())
