"""Waking what a store was not told: when a person asks, and when a failing connection answers again."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from cais.companies.models import Group
from cais.connections.models import Connection
from cais.publishing.models import PublicationQuerySet
from cais.shelves.facets import FACETS
from cais.shelves.models import ShelfReading
from cais.shelves.telling import Facet


def retry_refused(group: Group, connection: Connection | None = None, *, facet: Facet[Any] | None = None) -> int:
    """Say once more what stores refused. What waits for a person's decision goes on waiting. Returns how many wake."""
    return sum(_retry(group, connection, each) for each in (FACETS if facet is None else (facet,)))


def _retry(group: Group, connection: Connection | None, facet: Facet[Any]) -> int:
    rows: PublicationQuerySet[Any] = facet.table.objects.of(group).filter(hold=facet.refused)
    return (rows if connection is None else rows.filter(connection=connection)).awaken()


def go_on_telling(connection: Connection) -> None:
    """What the failures of this connection put off is due now."""
    tables: list[type[Any]] = [ShelfReading, *(facet.table for facet in FACETS)]
    for table in tables:
        put_off = table.objects.filter(connection=connection, hold="", due_at__gt=Now()).exclude(error="")
        put_off.update(due_at=Now())
