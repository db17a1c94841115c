"""How true each store's shelf is: what waits, for how long, how many calls are left for it, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from cais.connections.calls import room_for
from cais.connections.models import Connection
from cais.core.budget import DAY_SHARE, MINUTE_SHARE
from cais.shelves.models import ShelfReading
from cais.shelves.telling import Facet


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfAge:
    """`ends_at` is None when nothing waits, or when nobody can say; `days` is how many store days it takes."""

    linked: int
    waiting: int
    unknown: int
    held: int
    oldest: datetime | None
    calls_today: int | None
    ends_at: datetime | None
    read_at: datetime | None
    days: int = 0


def rows_of(connection: Connection, facet: Facet[Any]) -> QuerySet[Any]:
    return facet.rows().filter(connection=connection)


def waiting(rows: QuerySet[Any]) -> QuerySet[Any]:
    """What the store does not show yet and will be told by itself."""
    return rows.filter(due_at__isnull=False, hold="", desired__isnull=False)


def age_of(connection: Connection, facet: Facet[Any]) -> ShelfAge:
    known = Q(due_at__isnull=False, desired__isnull=False)
    sums = rows_of(connection, facet).aggregate(
        linked=Count("pk"),
        waiting=Count("pk", filter=known & Q(hold="")),
        unknown=Count("pk", filter=Q(desired=None)),
        held=Count("pk", filter=~Q(hold="")),
        oldest=Min("waits_since", filter=known),
    )
    calls = room_for(connection, facet.priority)
    ends_at, days = _end(connection, facet, sums["waiting"], calls.today if calls else None)
    reading = ShelfReading.objects.filter(connection=connection).values_list("read_at", flat=True).first()
    return ShelfAge(**sums, calls_today=calls.today if calls else None, ends_at=ends_at, days=days, read_at=reading)


def _end(connection: Connection, facet: Facet[Any], count: int, today: int | None) -> tuple[datetime | None, int]:
    """When the last of them is told at the pace that the account allows, if nothing else comes in between."""
    limits = connection.manifest.limits(connection.modality)
    if not count or limits is None:
        return None, 0
    a_minute = max(1, int(limits.per_minute * MINUTE_SHARE[facet.priority]))
    allowed = limits.calls_per_day(str(connection.settings.get("profile", "")))
    a_day = max(1, int(allowed * DAY_SHARE[facet.priority]))
    days = 0 if count <= (today or 0) else ceil((count - (today or 0)) / a_day)
    return timezone.now() + timedelta(days=days, minutes=count / a_minute if not days else 0), days
