"""Orders before stock (feature D6): a figure written over a sale that nobody read would sell its units twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.intake.fetch import fetch_orders
from cais.intake.models import ORDERS, Cursor, Document
from cais.intake.pull import look_for_orders
from cais.intake.record import record_orders
from cais.ports.manifest import Capability

_ROUNDS = 8
# An order that cannot be read by then has its own row in the error inbox; it must not stop the stock of all others.
_TRIES = 5


def _span(seconds: float) -> timedelta:
    """Of the store's clock, and never so short that no call fits in."""
    return timedelta(seconds=max(1.0, CLOCK.real_seconds(seconds)))


GOOD_FOR = _span(10)
"""How long after a reading began stock may be written: the window in which a sale of the store can be overlooked."""


def orders_known(connection: Connection) -> datetime | None:
    """When the reading began by which every order of the store is recorded here; None when that cannot be said now.

    Always reads the list, and records what it brings: a reading of a minute ago knows nothing of the last minute.
    """
    if not connection.does(Capability.IMPORT_ORDERS):
        return None
    asked_at = timezone.now()
    _hasten(connection)
    look_for_orders(connection)
    rows = Cursor.objects.filter(connection=connection, kind=ORDERS)
    read_at = rows.values_list("whole_at", flat=True).first()
    if read_at is None or read_at < asked_at:
        return None
    for _ in range(_ROUNDS):
        if not _unrecorded(connection).exists():
            return read_at
        if not fetch_orders(connection) + record_orders(connection):
            return None
    return None


def _hasten(connection: Connection) -> None:
    """The next reading is now, unless somebody reads already."""
    rows = Cursor.objects.filter(Q(lease_until=None) | Q(lease_until__lt=Now()), connection=connection, kind=ORDERS)
    rows.filter(due_at__gt=Now()).update(due_at=Now())


def _unrecorded(connection: Connection) -> QuerySet[Document]:
    """Orders that the store has told of, not recorded as told; those held for a person are not waited for."""
    behind = Q(needs_fetch=True) | ~Q(digest=F("recorded_digest"))
    news = Q(due_at__lte=Now()) | Q(recorded_digest="", due_at__isnull=False)
    return Document.objects.filter(behind, news, connection=connection, kind=ORDERS, hold="", attempts__lt=_TRIES)
