"""How a connection is: what the engine saw last, told to the row that screens and the tick read.

Failures in a row make all of a connection's rows wait, longer each time. From `OPEN_AFTER` of them on the breaker is
open: when the wait is over one worker tries with one row, the others go on waiting. The first answer closes it.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections.hints import came_back
from cais.connections.models import Connection, Health
from cais.core.clock import Clock
from cais.inbox.access_reasons import ENDING_REASONS
from cais.inbox.reasons import REASONS
from cais.inbox.services import Cause, Subject, sync
from cais.ports.errors import AccessState
from cais.ports.session import Side
from cais.waiting.rows import back_off

PROBE = timedelta(seconds=Clock.from_environment().real_seconds(900))
"""A quarter of an hour of the store's clock."""
SILENT = "store_silent"
# With the growing pauses between them, five failures in a row are about half a minute: no hiccup any more.
OPEN_AFTER = 5
# How long the one that tries an open connection is left alone, should it die; longer than most calls.
_ALONE = timedelta(seconds=20)
_OWN = tuple(code for code in REASONS if code not in ENDING_REASONS)


def _row(connection: Connection) -> Health:
    row, _ = Health.objects.get_or_create(connection=connection, defaults={"group": connection.group})
    return row


def subject_of(connection: Connection) -> Subject:
    """The connection as a row of the error inbox."""
    return Subject(kind="connection", id=connection.pk, label=connection.name, connection_id=connection.pk)


def answered(connection: Connection) -> None:
    """The vendor understood us: access is well, and what was wrong with the connection is over."""
    healthy = {"access": "", "failures": 0, "wait_until": None, "limited_until": None, "detail": ""}
    ill = Health.objects.filter(connection=connection).exclude(**healthy, disconnected=False)
    was = ill.values("failures", "access").first()
    if was is None or not ill.update(**healthy, disconnected=False):
        return
    sync(connection.group_id, {subject_of(connection): []}, among=_OWN)
    if was["access"] or was["failures"] >= OPEN_AFTER:
        came_back.send(Health, connection=connection)


def refused(connection: Connection, reason: str, *, detail: str) -> None:
    """The account refuses us: stop, tell, and look again now and then; never again at one that is no more."""
    _row(connection)
    _stop(connection, reason, detail=detail, wait=PROBE)
    if reason == AccessState.STORE_CANCELLED:
        Health.objects.filter(connection=connection).update(disconnected=True, wait_until=None)


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
    side = Side.ERP if connection.role == "erp" else Side.STORE
    params = {"store": connection.name, "the": side.value}
    cause = Cause(reason, f"connection:{connection.pk}", params, detail)
    sync(connection.group_id, {subject_of(connection): [cause]}, among=_OWN)


def unavailable(connection: Connection, *, detail: str, retry_after: float | None) -> None:
    """The vendor did not answer: everything of this connection waits a little, longer each time."""
    row = _row(connection)
    wait = back_off(row.failures) if retry_after is None else timedelta(seconds=retry_after)
    Health.objects.filter(connection=connection).update(
        failures=F("failures") + 1, detail=detail[:2000], wait_until=Now() + min(wait, PROBE)
    )
    if row.failures + 1 >= OPEN_AFTER:
        _tell(connection, SILENT, detail=detail)


def limited(connection: Connection, *, seconds: float) -> None:
    """The account's limit is reached: nothing of it is tried before."""
    _row(connection)
    Health.objects.filter(connection=connection).update(limited_until=Now() + timedelta(seconds=seconds))


def may_speak(connection: Connection) -> bool:
    """False while the connection is paused, disconnected, waits after a failure, or has reached its limit.

    While the breaker is open, True is said to one who asks, and to nobody else until that one is heard of.
    """
    if connection.paused:
        return False
    row = Health.objects.filter(connection=connection).first()
    if row is None:
        return True
    now = timezone.now()
    if row.disconnected or any(until and until > now for until in (row.wait_until, row.limited_until)):
        return False
    return row.failures < OPEN_AFTER or _first_to_try(row)


def _first_to_try(row: Health) -> bool:
    rested = Q(wait_until=None) | Q(wait_until__lte=Now())
    open_still = Health.objects.filter(rested, pk=row.pk, failures__gte=OPEN_AFTER)
    return bool(open_still.update(wait_until=Now() + _ALONE))


def at_most(connection: Connection, limit: int) -> int:
    """How many rows to take at once: one while the breaker is open."""
    is_open = Health.objects.filter(connection=connection, failures__gte=OPEN_AFTER).exists()
    return 1 if is_open else limit


def try_again(connection: Connection) -> None:
    """A person mended something: do not wait for the next probe."""
    Health.objects.filter(connection=connection).update(wait_until=None, disconnected=False)
