"""How a connection is: what the engine saw last, told to the row that screens and the tick read."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections.models import Connection, Health
from cais.core.clock import Clock
from cais.inbox.services import Cause, Subject, sync
from cais.waiting.rows import back_off

PROBE = timedelta(seconds=Clock.from_environment().real_seconds(900))
"""A quarter of an hour of the store's clock."""


SILENT = "store_silent"
# With the growing pauses between them, five failures in a row are about half a minute: no hiccup any more.
TOLD_AFTER = 5


def _row(connection: Connection) -> Health:
    row, _ = Health.objects.get_or_create(connection=connection, defaults={"group": connection.group})
    return row


def _subject(connection: Connection) -> Subject:
    return Subject(kind="connection", id=connection.pk, label=connection.name, connection_id=connection.pk)


def answered(connection: Connection) -> None:
    """The vendor understood us: access is well, and what was wrong with the connection is over."""
    healthy = Q(access="", failures=0, wait_until=None, limited_until=None, detail="")
    changed = (
        Health.objects.filter(connection=connection)
        .exclude(healthy)
        .update(access="", failures=0, wait_until=None, limited_until=None, detail="")
    )
    if changed:
        sync(connection.group_id, {_subject(connection): []})


def refused(connection: Connection, reason: str, *, detail: str) -> None:
    """The account refuses us: stop, tell, and look again now and then."""
    _row(connection)
    _stop(connection, reason, detail=detail, wait=PROBE)


def unreadable(connection: Connection, reason: str, *, detail: str) -> None:
    """The vendor answers and cannot be understood: most often for a moment, so look again soon, later each time."""
    wait = back_off(_row(connection).failures)
    _stop(connection, reason, detail=detail, wait=min(wait, PROBE))


def _stop(connection: Connection, reason: str, *, detail: str, wait: timedelta) -> None:
    Health.objects.filter(connection=connection).update(
        access=reason, detail=detail[:2000], wait_until=Now() + wait, failures=F("failures") + 1
    )
    _tell(connection, reason, detail=detail)


def _tell(connection: Connection, reason: str, *, detail: str) -> None:
    cause = Cause(reason, f"connection:{connection.pk}", {"store": connection.name}, detail)
    sync(connection.group_id, {_subject(connection): [cause]})


def unavailable(connection: Connection, *, detail: str, retry_after: float | None) -> None:
    """The vendor did not answer: everything of this connection waits a little, longer each time."""
    row = _row(connection)
    wait = back_off(row.failures) if retry_after is None else timedelta(seconds=retry_after)
    Health.objects.filter(connection=connection).update(
        failures=F("failures") + 1, detail=detail[:2000], wait_until=Now() + min(wait, PROBE)
    )
    if row.failures + 1 >= TOLD_AFTER:
        _tell(connection, SILENT, detail=detail)


def limited(connection: Connection, *, seconds: float) -> None:
    """The account's limit is reached: nothing of it is tried before."""
    _row(connection)
    Health.objects.filter(connection=connection).update(limited_until=Now() + timedelta(seconds=seconds))


def may_speak(connection: Connection) -> bool:
    """False while the connection is paused, waits after a failure, or has reached its limit."""
    if connection.paused:
        return False
    row = Health.objects.filter(connection=connection).first()
    if row is None:
        return True
    now = timezone.now()
    return not any(until and until > now for until in (row.wait_until, row.limited_until))


def try_again(connection: Connection) -> None:
    """A person mended something: do not wait for the next probe."""
    Health.objects.filter(connection=connection).update(wait_until=None)
