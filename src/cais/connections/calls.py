"""The calls of an account: how many of the day's are used, and whether there is room for what can wait."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from cais.connections.account import CLOCK
from cais.connections.models import Budget, Connection
from cais.core.budget import Room, Spent, room
from cais.ports.session import Priority


def calls_today(connection: Connection) -> tuple[int | None, int | None]:
    """Calls used of those allowed in the vendor's day; none for a vendor without limits."""
    limits = connection.manifest.limits(connection.modality)
    if limits is None:
        return None, None
    profile = str(connection.settings.get("profile", ""))
    allowed = limits.calls_per_day(profile)
    budget: Budget | None = getattr(connection, "budget", None)
    today = CLOCK.now().astimezone(ZoneInfo(limits.time_zone)).date()
    return (budget.day_calls if budget and budget.day == today else 0), allowed


def room_for(connection: Connection, priority: Priority) -> Room | None:
    """The calls that this priority may still make; None for a vendor without limits."""
    limits = connection.manifest.limits(connection.modality)
    if limits is None:
        return None
    row = Budget.objects.filter(connection=connection).first() or Budget()
    return room(
        Spent(minute=tuple(row.minute), day=row.day, day_calls=row.day_calls),
        now=CLOCK.timestamp(),
        per_minute=limits.per_minute,
        per_day=limits.calls_per_day(str(connection.settings.get("profile", ""))),
        priority=priority,
        zone=limits.time_zone,
    )


def has_room(connection: Connection, *, share: float) -> bool:
    """True while less than this share of the day's calls is used: the rest belongs to what cannot wait."""
    used, allowed = calls_today(Connection.objects.select_related("budget").get(pk=connection.pk))
    return allowed is None or (used or 0) < allowed * share
