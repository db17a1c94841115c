"""Orders before stock (feature D6): a figure written over a sale that nobody read would sell its units twice."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from cais.connections.account import CLOCK
from cais.connections.models import Connection, Health
from cais.intake.fetch import TRIES, fetch_orders
from cais.intake.models import ORDERS, Cursor, Document
from cais.intake.newest import look_at_newest
from cais.intake.pull import look_for_orders
from cais.intake.record import record_orders
from cais.intake.reread import behind
from cais.orders.models import Order
from cais.ports.manifest import Capability
from cais.settling.services import advance
from cais.settling.unpromised import unpromised

_ROUNDS = 8
_MOMENT = 0.1


def _span(seconds: float) -> timedelta:
    """Of the store's clock, and never so short that no call fits in."""
    return timedelta(seconds=max(1.0, CLOCK.real_seconds(seconds)))


_SECONDS = 10
GOOD_FOR = _span(_SECONDS)
"""How long after a reading began stock may be written: the window in which a sale of the store can be overlooked."""
_ALONE_FOR = _span(900)
READINGS_A_MINUTE = 60 / _SECONDS
"""Calls that these readings take where much waits: one whenever the one before is no longer good."""


def orders_known(connection: Connection, *, anew: bool = True, whole: bool = False) -> datetime | None:
    """When the reading began by which every order of the store is recorded here; None when that cannot be said now.

    Reads the list, of a long one its end, and records what it brings; not `anew`, a reading that is still good for
    stock will do, whoever made it. Older ones never do: a reading of a minute ago knows nothing of the last minute.
    What was sold before its thing was linked, or its stock controlled, is promised too: else the first figure would
    sell those units again.
    `whole`: also of a long list everything, which may take longer than a reading is good for stock.
    """
    if not connection.does(Capability.IMPORT_ORDERS):
        return None
    since = timezone.now() if anew else timezone.now() - GOOD_FOR
    read_at = None if anew else _read_since(connection, since)
    if read_at is None and not whole:
        read_at = look_at_newest(connection)
    read_at = read_at or _read_whole(connection, since)
    if read_at is None:
        return None
    for _ in range(_ROUNDS):
        if _is_behind(connection):
            moved = fetch_orders(connection) + record_orders(connection)
        elif _unsettled(connection).exists():
            moved = advance(connection)
        else:
            return read_at
        if not moved:
            time.sleep(_MOMENT)  # another worker has them, or they cannot be had
    return None


def _read_whole(connection: Connection, since: datetime) -> datetime | None:
    _hasten(connection)
    look_for_orders(connection)
    rows = Cursor.objects.filter(connection=connection, kind=ORDERS, whole_at__gte=since)
    return rows.values_list("whole_at", flat=True).first()


def _read_since(connection: Connection, since: datetime) -> datetime | None:
    """When the last reading began that brought every new order, if that was not before."""
    rows = Cursor.objects.filter(connection=connection, kind=ORDERS).annotate(read=Greatest("whole_at", "newest_at"))
    return rows.filter(read__gte=since).values_list("read", flat=True).first()


def _hasten(connection: Connection) -> None:
    """The next reading is now, unless somebody reads already."""
    rows = Cursor.objects.filter(Q(lease_until=None) | Q(lease_until__lt=Now()), connection=connection, kind=ORDERS)
    rows.filter(due_at__gt=Now()).update(due_at=Now())


def _is_behind(connection: Connection) -> bool:
    """Whether the store has told of an order that is not recorded as told; those held for a person are not waited for.

    Of what is due later only what was never recorded, or could not be had just now, is news: the rest is fetched once
    more to be sure of it.
    """
    news = Q(due_at__lte=Now()) | Q(recorded_digest="") | ~Q(error="")
    unread = behind(connection).filter(news)
    return unread.filter(attempts__lt=TRIES).exists() or _gives_none(connection, unread)


def _gives_none(connection: Connection, failing: QuerySet[Document]) -> bool:
    """Whether the store lists its orders and gives none of them, rather than all but one that it cannot give.

    Then nothing came since these appeared, and all that was sold meanwhile is among them. Of one alone nobody can tell:
    it is waited for a quarter of an hour.
    """
    last = Health.objects.filter(connection=connection).values_list("last_order_at", flat=True).first()
    since = failing if last is None else failing.filter(first_seen_at__gt=last)
    seen = list(since.order_by("-first_seen_at").values_list("first_seen_at", flat=True)[:2])
    return len(seen) > 1 or any(at > timezone.now() - _ALONE_FOR for at in seen)


def _unsettled(connection: Connection) -> QuerySet[Order]:
    """Recorded orders that are to be looked at again, since their units were promised to nobody yet."""
    return unpromised(Order.objects.filter(connection=connection, due_at__lte=Now()))
