"""Holes between the numbers of a store that gives ascending ones: each is asked for once, found or remembered."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.db import connection as database
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.account import CLOCK
from cais.connections.calls import has_room
from cais.connections.models import Connection
from cais.core.digest import digest_of_bytes
from cais.intake.fetch import pause_after
from cais.intake.models import GAPS, ORDERS, Cursor, Document, Gap
from cais.intake.pull import READING
from cais.ports.capabilities import OrderSource
from cais.ports.errors import ConfigurationError, NotFound, RateLimited, VendorError
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.publishing.conversation import tell_connection

# A wider hole is a jump in the store's numbering, or a stretch before the history that we read.
WIDEST = 20
_EVERY = 600.0
_ROOM = 0.6
_PROBES = 5
# An order whose number was just given may show itself in the next list.
_YOUNG = timedelta(seconds=120)

_HOLES = """
WITH known AS (
    SELECT external_id::bigint AS number FROM orders_order
    WHERE connection_id = %s AND external_id ~ '^[0-9]{1,15}$' AND placed_at >= %s
), sides AS (SELECT number, lead(number) OVER (ORDER BY number) AS following FROM known)
SELECT number + 1, following - 1 FROM sides WHERE following - number BETWEEN 2 AND %s
"""


def look_for_gaps(connection: Connection) -> bool:
    """Note new holes, and ask the store for a few that stayed open. Returns whether it was tried."""
    if not (connection.does(Capability.IMPORT_ORDERS) and connection.facts.ids_ascend):
        return False
    taken = Cursor.objects.filter(connection=connection, kind=GAPS).claim(1, lease=READING)
    if not taken:
        return False
    cursor = taken[0]
    pause = timedelta(seconds=CLOCK.real_seconds(_EVERY))
    if _has_read_everything(connection):
        note_holes(connection)
        account = account_for_work(connection) if has_room(connection, share=_ROOM) else None
        try:
            _probe(connection, account, cursor)
        except (VendorError, ConfigurationError) as error:
            tell_connection(connection, error)
            cursor.postpone(pause_after(error), error=str(error), counted=not isinstance(error, RateLimited))
            return True
    cursor.settle(again_in=pause, read_at=timezone.now())
    return True


def _has_read_everything(connection: Connection) -> bool:
    """While the first reading goes on, what is not listed yet is no hole."""
    cursor = Cursor.objects.filter(connection=connection, kind=ORDERS).first()
    yesterday = (CLOCK.now() - timedelta(days=1)).date()
    return cursor is not None and cursor.watermark is not None and cursor.watermark >= yesterday


def note_holes(connection: Connection) -> int:
    """Write down the numbers between known ones that no document bears. Returns how many were found."""
    begin = connection.start_at - timedelta(days=connection.history_days)
    with database.cursor() as sql:
        sql.execute(_HOLES, [connection.pk, begin, WIDEST + 1])
        numbers = [number for first, last in sql.fetchall() for number in range(first, last + 1)]
    keys = [str(number) for number in numbers]
    own = Document.objects.filter(connection=connection, kind=ORDERS, external_id__in=keys)
    listed = set(own.values_list("external_id", flat=True))
    missing = [number for number in numbers if str(number) not in listed]
    rows = [Gap(group_id=connection.group_id, connection=connection, number=number) for number in missing]
    Gap.objects.bulk_create(rows, ignore_conflicts=True)
    return len(missing)


def _probe(connection: Connection, account: Account | None, cursor: Cursor) -> None:
    """Raises what the store says of the connection as a whole; the rest stays open."""
    if account is None:
        return
    old_enough = timezone.now() - timedelta(seconds=CLOCK.real_seconds(_YOUNG.total_seconds()))
    rows = Gap.objects.filter(connection=connection, state=Gap.State.OPEN, seen_at__lte=old_enough)
    for gap in rows.order_by("-number")[:_PROBES]:
        if not cursor.stay(READING):
            return
        _ask(connection, account, gap)
        health.answered(connection)


def _ask(connection: Connection, account: Account, gap: Gap) -> None:
    source = cast(OrderSource, connection.vendor)
    try:
        raw = source.fetch_order(account, str(gap.number))
    except NotFound:
        Gap.objects.filter(pk=gap.pk).update(state=Gap.State.ABSENT, asked_at=Now())
        return
    document = Document(
        group_id=connection.group_id,
        connection=connection,
        kind=ORDERS,
        external_id=str(gap.number),
        raw=raw,
        digest=digest_of_bytes(raw),
        fetched_at=CLOCK.now(),
        needs_fetch=False,
        due_at=Now(),
    )
    with transaction.atomic():
        Document.objects.bulk_create([document], ignore_conflicts=True)
        Gap.objects.filter(pk=gap.pk).update(state=Gap.State.FOUND, asked_at=Now())


def count_gaps(connection: Connection) -> dict[str, int]:
    """How many numbers are in each state: open, found, absent."""
    rows = Gap.objects.filter(connection=connection).order_by().values_list("state")
    return dict(rows.annotate(n=Count("pk")))
