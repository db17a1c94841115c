"""How long many rows take under a vendor's limits: each costs a call, and the orders are read on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from cais.core.budget import DAY_SHARE, MARGIN, WINDOW, Room, until_midnight

DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Rows that may be said: in a minute where calls are the limit, in what is left of today, in a whole day."""

    a_minute: float
    today: int
    a_day: int


def pace_of(room: Room, *, per_day: int, priority: int, readings: float) -> Pace:
    """`readings`: calls a minute that go to reading instead of saying.

    A call stays in our minute a little longer than in the vendor's, so a minute's share takes a little more than that.
    """
    calls = room.a_minute * WINDOW / (WINDOW + MARGIN)
    rows = max(1.0, calls - readings)
    share = rows / max(calls, rows)
    return Pace(a_minute=rows, today=int(room.today * share), a_day=max(1, int(per_day * DAY_SHARE[priority] * share)))


def seconds_for(count: int, pace: Pace, *, now: float, zone: str) -> float:
    """Seconds of the vendor's clock until the last of so many is said, if nothing else comes in between.

    What the vendor's day does not hold goes on after midnight there.
    """
    left = count - pace.today
    if left <= 0:
        return count / pace.a_minute * WINDOW
    nights = ceil(left / pace.a_day) - 1
    last = left - nights * pace.a_day
    return until_midnight(datetime.fromtimestamp(now, ZoneInfo(zone))) + nights * DAY + last / pace.a_minute * WINDOW
