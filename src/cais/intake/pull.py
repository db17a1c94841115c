"""Reading a store: list what changed since the last conclusive pass, now and then, under a short lease."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, F, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.account import CLOCK
from cais.connections.models import Connection, Health
from cais.intake import listing
from cais.intake.fetch import pause_after
from cais.intake.listing import LeaseLostError
from cais.intake.models import ORDERS, Cursor
from cais.intake.runs import Run
from cais.ports.capabilities import OrderRef, Window
from cais.ports.errors import ConfigurationError, RateLimited, VendorError
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.publishing.conversation import tell_connection
from cais.waiting.rows import LEASE

POLL_SECONDS = 60.0
# Renewed before each question, so it need outlive one call only. Two readers at once would do no harm.
READING = min(LEASE, timedelta(seconds=70))
# The share of a day's calls that listing may use; fetching and writing need the rest.
_SHARE_FOR_LISTS = 0.25
# Into a new day the former one is read too: the store's day and ours may not end at the same instant.
_DAYS_OVERLAP_HOURS = 2
_LONG_WINDOW = timedelta(days=4)
_MOST_IN_A_PASS = 2000


@dataclass(slots=True)
class Reading:
    """One reading while it goes on: the cursor under our lease, and the run that says what it brought."""

    cursor: Cursor
    run: Run

    def goes_on(self) -> bool:
        return self.cursor.stay(READING)

    def take(self, refs: Sequence[OrderRef]) -> None:
        self.run.take(len(refs), listing.keep(self.cursor.connection, refs).changed)


def look_for_orders(connection: Connection) -> bool:
    """One reading of a connection whose time has come. Returns whether it was tried.

    A reading that stops midway leaves rows that say what is still to be fetched, and a watermark that has not moved.
    """
    if not connection.does(Capability.IMPORT_ORDERS):
        return False
    run = Run(connection)
    account = account_for_work(connection, run_id=run.id)
    if account is None:
        return False
    rows = Cursor.objects.filter(connection=connection, kind=ORDERS).select_related("connection")
    taken = rows.claim(1, lease=READING)
    if not taken:
        return False
    cursor, begun_at = taken[0], timezone.now()
    try:
        conclusive = _list(account, Reading(cursor, run))
    except LeaseLostError:
        return True  # the run goes on with whoever reads now
    except (VendorError, ConfigurationError) as error:
        run.fail(error)
        tell_connection(connection, error)
        run.close()
        Cursor.objects.filter(pk=cursor.pk).update(**_answered(cursor))
        cursor.postpone(pause_after(error), error=str(error), counted=not isinstance(error, RateLimited))
    else:
        run.close()
        _rest(cursor, conclusive, run, whole_at=begun_at if conclusive else cursor.whole_at)
        health.answered(connection)
    return True


def _answered(cursor: Cursor) -> dict[str, Any]:
    """Facts of a cursor whose asker has been served; who asked meanwhile still waits."""
    if cursor.asked_run is None:
        return {}
    run = Case(When(asked_run=cursor.asked_run, then=Value(None)), default=F("asked_run"))
    name = Case(When(asked_run=cursor.asked_run, then=Value("")), default=F("asked_by"))
    return {"asked_run": run, "asked_by": name}


def _rest(cursor: Cursor, reached: bool, run: Run, *, whole_at: datetime | None) -> None:
    """Due again after a while; soon when the reading was not conclusive, at once when somebody asked meanwhile."""
    wait = _interval(cursor.connection, run.pages) if reached else 2.0
    again_in = timedelta(seconds=max(1.0, CLOCK.real_seconds(wait)))
    read = {"read_at": timezone.now(), "whole_at": whole_at, "run_id": run.id}
    cursor.settle(again_in=again_in, **read, **_answered(cursor))
    Health.objects.filter(connection=cursor.connection_id).update(last_read_at=Now())


def _interval(connection: Connection, pages: int) -> float:
    """Seconds of the store's clock until the next reading: a minute, more where lists would eat up the day's calls."""
    limits = connection.manifest.limits(connection.modality)
    if limits is None:
        return POLL_SECONDS
    per_day = limits.calls_per_day(str(connection.settings.get("profile", "")))
    return max(POLL_SECONDS, pages * 86_400 / (per_day * _SHARE_FOR_LISTS))


def store_time(connection: Connection) -> datetime:
    """Now, on the store's clock and calendar."""
    return CLOCK.now().astimezone(ZoneInfo(connection.facts.time_zone))


def _window(connection: Connection, cursor: Cursor) -> Window:
    """From the day of the last conclusive pass, that day included, to today; fixed before the reading starts."""
    now = store_time(connection)
    begin = (connection.start_at - timedelta(days=connection.history_days)).astimezone(now.tzinfo).date()
    first = cursor.watermark or begin
    if now.hour < _DAYS_OVERLAP_HOURS and cursor.watermark:
        first -= timedelta(days=1)
    return Window(first=min(first, now.date()), last=now.date())


def _is_long(window: Window) -> bool:
    return window.last - window.first >= _LONG_WINDOW


def _halves(window: Window) -> list[Window]:
    middle = window.first + (window.last - window.first) // 2
    return [Window(first=window.first, last=middle), Window(first=middle + timedelta(days=1), last=window.last)]


def _list(account: Account, reading: Reading) -> bool:
    """Read the window, in parts where it holds too much, oldest first. False when rows kept moving while we read.

    The watermark follows each part, so that a reading cut short by the store's limit goes on where it was.
    """
    cursor, connection = reading.cursor, reading.cursor.connection
    left = [_window(connection, cursor)]
    while left:
        window = left.pop(0)
        if _is_long(window) and _holds_too_much(account, window, reading):
            left = _halves(window) + left
            continue
        found = listing.read_window(connection, account, window, reading)
        if found is None:
            return False
        read = {"listed_from": window.first, "pages": found.pages, "listed": len(found.seen)}
        Cursor.objects.filter(pk=cursor.pk, lease=cursor.lease).update(watermark=window.last, **read)
    return True


def _holds_too_much(account: Account, window: Window, reading: Reading) -> bool:
    first = listing.ask_page(reading.cursor.connection, account, window, reading, 1)
    return (first.total or 0) > _MOST_IN_A_PASS
