"""*Conferência da noite*: everything that may still change, listed once a night and compared with what we hold.

It trusts no watermark: each day is listed anew, and what the list does not show is asked for by its id. A pass that
dies goes on with the day it was in, since `watermark` holds the last day done and every row says when it was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now, TruncDate
from django.utils import timezone

from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.account import CLOCK
from cais.connections.calls import has_room
from cais.connections.models import Connection
from cais.core.effects import Meaning
from cais.intake import listing
from cais.intake.fetch import pause_after
from cais.intake.listing import LeaseLostError
from cais.intake.models import ORDERS, REVIEW, Cursor, Document
from cais.intake.pull import READING
from cais.intake.reread import fetch_again
from cais.journal.models import SyncRun
from cais.orders.models import Order
from cais.ports.capabilities import OrderRef, Window
from cais.ports.errors import ConfigurationError, RateLimited, VendorError
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.publishing.conversation import tell_connection

# Returns and the seven days of regret end well within it (feature B1).
FINAL_FOR = timedelta(days=30)
# Many stores never finish an order: one that stood still for so long counts as final.
STANDS_STILL = timedelta(days=90)
_FINAL = (Meaning.FINISHED, Meaning.CANCELLED, Meaning.IGNORE)
_ROOM = 0.5
_NO_ROOM_PAUSE = 1800.0
_NIGHT_BEGINS = 2
_SPREAD_MINUTES = 120
_MOST_ASKED = 50


@dataclass(slots=True)
class Reading:
    """A pass while it goes on: its cursor under our lease, its run under `cursor.run_id`."""

    cursor: Cursor

    def goes_on(self) -> bool:
        return self.cursor.stay(READING)

    def take(self, refs: Sequence[OrderRef]) -> None:
        """Rows, and what is told of them, in one transaction: a page that is read twice tells nothing twice."""
        connection = self.cursor.connection
        with transaction.atomic():
            kept = listing.keep(connection, refs)
            seen = Document.objects.filter(connection=connection, kind=ORDERS)
            seen.filter(external_id__in=[ref.external_id for ref in refs]).update(reviewed_at=Now())
            _tell(self.cursor, missing=kept.missing, different=kept.different)


def review_orders(connection: Connection) -> bool:
    """Go on with tonight's pass of a connection, or begin it. Returns whether it was tried."""
    if not connection.does(Capability.IMPORT_ORDERS):
        return False
    taken = (
        Cursor.objects.filter(connection=connection, kind=REVIEW).select_related("connection").claim(1, lease=READING)
    )
    if not taken:
        return False
    cursor = taken[0]
    if not has_room(connection, share=_ROOM):
        cursor.postpone(CLOCK.real_seconds(_NO_ROOM_PAUSE), error="", counted=False)
        return True
    _begin(cursor)
    account = account_for_work(connection, run_id=cursor.run_id)
    if account is None:
        cursor.postpone(pause_after(ConfigurationError("")), error="", counted=False)
        return True
    try:
        conclusive = _list(account, cursor)
    except LeaseLostError:
        return True
    except (VendorError, ConfigurationError) as error:
        tell_connection(connection, error)
        cursor.postpone(pause_after(error), error=str(error), counted=not isinstance(error, RateLimited))
        return True
    health.answered(connection)
    if conclusive:
        _finish(cursor)
    else:
        cursor.postpone(2.0, error="", counted=False)
    return True


def _begin(cursor: Cursor) -> None:
    """A pass that somebody began goes on; else its run is written down first, so that exchanges can name it."""
    if cursor.begun_at is not None:
        return
    run = SyncRun.objects.create(
        group_id=cursor.group_id, connection_id=cursor.connection_id, kind=REVIEW, asked_by=cursor.asked_by
    )
    cursor.begun_at, cursor.run_id, cursor.watermark = timezone.now(), run.pk, None
    cursor.save(update_fields=["begun_at", "run_id", "watermark"])


def _list(account: Account, cursor: Cursor) -> bool:
    """List the days that are left, oldest first. False when the rows of one kept moving."""
    for day in days_to_review(cursor.connection):
        if cursor.watermark is not None and day <= cursor.watermark:
            continue
        if listing.read_window(cursor.connection, account, Window(first=day, last=day), Reading(cursor)) is None:
            return False
        cursor.watermark = day
        Cursor.objects.filter(pk=cursor.pk, lease=cursor.lease).update(watermark=day)
    return True


def days_to_review(connection: Connection) -> list[date]:
    """The last thirty days, and every earlier day on which an order that may still change was changed last."""
    zone = ZoneInfo(connection.facts.time_zone)
    today = CLOCK.now().astimezone(zone).date()
    begin = (connection.start_at - timedelta(days=connection.history_days)).astimezone(zone).date()
    first = max(today - FINAL_FOR, min(begin, today))
    recent = {first + timedelta(days=at) for at in range((today - first).days + 1)}
    older = may_still_change(connection).filter(changed_at__isnull=False)
    days = older.annotate(day=TruncDate("changed_at", tzinfo=zone)).order_by().values_list("day", flat=True)
    return sorted(recent | {day for day in days.distinct() if day <= today})


def may_still_change(connection: Connection) -> QuerySet[Document]:
    """Documents of orders that are not final, or not final for thirty days yet; history is only looked at."""
    now = timezone.now()
    own = Order.objects.filter(connection=OuterRef("connection"), external_id=OuterRef("external_id"))
    moving = ~Q(meaning__in=_FINAL) & Q(changed_at__gt=now - STANDS_STILL)
    living = own.filter(moving | Q(changed_at__gt=now - FINAL_FOR), is_history=False)
    return Document.objects.filter(Exists(living), connection=connection, kind=ORDERS)


def _finish(cursor: Cursor) -> None:
    """Ask by id for what no list showed, write the run, and rest until the next night."""
    connection = cursor.connection
    unseen = may_still_change(connection).filter(Q(reviewed_at=None) | Q(reviewed_at__lt=cursor.begun_at), hold="")
    with transaction.atomic():
        rows = unseen.order_by(F("reviewed_at").asc(nulls_first=True), "pk")
        ids = list(rows.values_list("external_id", flat=True)[:_MOST_ASKED])
        fetch_again(connection, ids)
        own = Document.objects.filter(connection=connection, kind=ORDERS)
        seen = own.filter(reviewed_at__gte=cursor.begun_at).count()
        own.filter(external_id__in=ids).update(reviewed_at=Now())
        _tell(cursor, asked=len(ids))
        _run_of(cursor).update(seen=seen, finished_at=timezone.now())
        cursor.settle(
            again_in=until_night(connection), asked_by="", read_at=timezone.now(), begun_at=None, watermark=None
        )


def _run_of(cursor: Cursor) -> QuerySet[SyncRun]:
    return SyncRun.objects.filter(pk=cursor.run_id or 0)


def _tell(cursor: Cursor, **counts: int) -> None:
    run = _run_of(cursor).select_for_update().get()
    run.found = {**run.found, **{name: run.found.get(name, 0) + more for name, more in counts.items()}}
    run.listed = run.found.get("missing", 0) + run.found.get("different", 0)
    run.save(update_fields=["found", "listed"])


def until_night(connection: Connection) -> timedelta:
    """Real time until the store's next night; stores are spread over two hours of it."""
    now = CLOCK.now().astimezone(ZoneInfo(connection.facts.time_zone))
    begins = now.replace(hour=_NIGHT_BEGINS, minute=0, second=0, microsecond=0)
    wanted: datetime = begins + timedelta(minutes=connection.pk * 7 % _SPREAD_MINUTES)
    if wanted <= now:
        wanted += timedelta(days=1)
    return timedelta(seconds=max(1.0, CLOCK.real_seconds((wanted - now).total_seconds())))
