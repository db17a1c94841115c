"""How true each store's shelf is: what waits, for how long, how many calls are left for it, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from cais.connections.account import CLOCK
from cais.connections.calls import room_for
from cais.connections.models import Connection
from cais.core.budget import Room
from cais.core.pace import pace_of, seconds_for
from cais.intake.before import READINGS_A_MINUTE
from cais.shelves.models import ShelfReading
from cais.shelves.telling import Facet


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfAge:
    """`ends_at` is None when nothing waits, or when nobody can say."""

    linked: int
    waiting: int
    unknown: int
    held: int
    oldest: datetime | None
    calls_today: int | None
    ends_at: datetime | None
    read_at: datetime | None


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
    room = room_for(connection, facet.priority)
    ends_at = timezone.now() + _time_for(connection, facet, sums["waiting"], room) if room and sums["waiting"] else None
    reading = ShelfReading.objects.filter(connection=connection).values_list("read_at", flat=True).first()
    return ShelfAge(**sums, calls_today=room.today if room else None, ends_at=ends_at, read_at=reading)


def _time_for(connection: Connection, facet: Facet[Any], count: int, room: Room) -> timedelta:
    """Until the last of them is told at the pace that the account allows, if nothing else comes in between."""
    limits = connection.manifest.limits(connection.modality)
    assert limits is not None  # else there is no room to speak of
    per_day = limits.calls_per_day(str(connection.settings.get("profile", "")))
    readings = READINGS_A_MINUTE if facet.follows_sales else 0
    pace = pace_of(room, per_day=per_day, priority=facet.priority, readings=readings)
    return timedelta(seconds=CLOCK.real_seconds(seconds_for(count, pace, now=CLOCK.timestamp(), zone=limits.time_zone)))
