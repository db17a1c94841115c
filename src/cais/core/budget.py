"""How an account's calls are spent: by the minute, by the day, and in the order of their priority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WINDOW = 60.0
# The vendor counts when a call arrives, we when it leaves: a call stays in our minute a little longer than in theirs.
MARGIN = 1.5

# Share of the minute and of the day that each priority may use; what is above is kept for those before it.
MINUTE_SHARE = (1.0, 1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)
DAY_SHARE = (1.0, 1.0, 0.98, 0.95, 0.8, 0.75, 0.7, 0.65)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What an account has used: instants (unix seconds) of the last minute's calls, and the day's count."""

    minute: tuple[float, ...]
    day: date | None
    day_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Either the new state, or how long to wait (seconds of the vendor's clock)."""

    spent: Spent
    wait: float = 0.0

    @property
    def given(self) -> bool:
        return self.wait == 0.0


def ask(spent: Spent, *, now: float, per_minute: int, per_day: int, priority: int, zone: str) -> Grant:
    """One call of this priority at `now`. Never more than `per_minute` in any minute, nor `per_day` in a day there."""
    local = datetime.fromtimestamp(now, ZoneInfo(zone))
    today = spent.day_calls if spent.day == local.date() else 0
    recent = tuple(at for at in spent.minute if at > now - WINDOW - MARGIN)
    kept = Spent(minute=recent, day=local.date(), day_calls=today)
    if today >= int(per_day * DAY_SHARE[priority]):
        return Grant(spent=kept, wait=max(1.0, until_midnight(local)))
    allowed = _share_of_minute(per_minute, priority)
    if len(recent) >= allowed:
        frees = sorted(recent)[len(recent) - allowed]
        return Grant(spent=kept, wait=max(0.05, frees + WINDOW + MARGIN - now))
    return Grant(spent=Spent(minute=(*recent, now), day=local.date(), day_calls=today + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Calls that one priority may still make at once, and in what is left of the vendor's day.

    `a_minute` is its share of every minute; `wait` how many seconds of the vendor's clock until the next call fits.
    """

    now: int
    today: int
    a_minute: int
    wait: float = 0.0

    @property
    def is_scarce(self) -> bool:
        """More than half of the minute is used: what can be saved is worth a thought."""
        return self.now < self.a_minute / 2


def room(spent: Spent, *, now: float, per_minute: int, per_day: int, priority: int, zone: str) -> Room:
    """What `ask` would still grant this priority if nobody else asked."""
    used = spent.day_calls if spent.day == datetime.fromtimestamp(now, ZoneInfo(zone)).date() else 0
    recent = sum(1 for at in spent.minute if at > now - WINDOW - MARGIN)
    today = max(0, int(per_day * DAY_SHARE[priority]) - used)
    a_minute = _share_of_minute(per_minute, priority)
    wait = ask(spent, now=now, per_minute=per_minute, per_day=per_day, priority=priority, zone=zone).wait
    return Room(now=min(today, max(0, a_minute - recent)), today=today, a_minute=a_minute, wait=wait)


def _share_of_minute(per_minute: int, priority: int) -> int:
    return max(1, int(per_minute * MINUTE_SHARE[priority]))


def until_midnight(local: datetime) -> float:
    """Seconds until the next day begins where `local` is."""
    tomorrow = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), local.tzinfo)
    return (tomorrow - local).total_seconds()
