"""Reading a store: list what changed, keep a row for each, fetch what is not fetched yet."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import Case, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.account import CLOCK
from cais.connections.models import Connection, Health
from cais.core.digest import digest_of_bytes
from cais.inbox import services as inbox
from cais.inbox.services import Cause, Subject
from cais.intake.models import ORDERS, Cursor, Document
from cais.intake.runs import Run, add_to_run, last_run
from cais.ports.capabilities import OrderPage, OrderRef, OrderSource, Window
from cais.ports.errors import (
    AccessRefused,
    ConfigurationError,
    NotFound,
    RateLimited,
    Unavailable,
    Unreadable,
    VendorError,
)
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.publishing.conversation import tell_connection
from cais.waiting.rows import LEASE

log = logging.getLogger(__name__)
POLL_SECONDS = 60.0
# An order read this soon after its last change may change again within the same second of the store's clock.
SETTLES_AFTER = timedelta(seconds=2)
_LOOK_AGAIN = 3.0
READING = LEASE * 4
_TRIES_OF_A_PASS = 3
_TRIES_OF_A_PAGE = 3
# The share of a day's calls that listing may use; fetching and writing need the rest.
_SHARE_FOR_LISTS = 0.25
# Into a new day the former one is read too: the store's day and ours may not end at the same instant.
_DAYS_OVERLAP_HOURS = 2
_LONG_WINDOW = timedelta(days=4)
_MOST_IN_A_PASS = 2000
_FETCH_BATCH = 20


@dataclass(slots=True)
class Pass:
    """What one reading of a window found. It is conclusive when nothing can have slipped between two pages."""

    seen: set[str]
    total: int | None = None
    shifted: bool = False

    def take(self, refs: Sequence[OrderRef], total: int | None) -> None:
        ids = [ref.external_id for ref in refs]
        if self.seen.intersection(ids) or (self.total is not None and total is not None and total < self.total):
            self.shifted = True
        self.seen.update(ids)
        self.total = total if total is not None else self.total

    @property
    def conclusive(self) -> bool:
        return not self.shifted and (self.total is None or len(self.seen) >= self.total)


def look_for_orders(connection: Connection) -> bool:
    """One reading of a connection whose time has come: list, then fetch. Returns whether it was tried.

    A reading that stops midway leaves rows that say what is still to be fetched, and a watermark that has not moved.
    """
    if not connection.does(Capability.IMPORT_ORDERS):
        return False
    run = Run(connection)
    account = account_for_work(connection, run_id=run.id)
    if account is None:
        return False
    taken = (
        Cursor.objects.filter(connection=connection, kind=ORDERS).select_related("connection").claim(1, lease=READING)
    )
    if not taken:
        return False
    cursor = taken[0]
    run.asked_by = cursor.asked_by
    try:
        conclusive = _list(connection, account, cursor, run)
    except (VendorError, ConfigurationError) as error:
        run.fail(error)
        tell_connection(connection, error)
        cursor.postpone(_pause(error), error=str(error), counted=not isinstance(error, RateLimited))
    else:
        _rest(cursor, conclusive, run)
        health.answered(connection)
    finally:
        run.close()
    return True


def _pause(error: Exception) -> float | None:
    return error.retry_after if isinstance(error, Unavailable) else CLOCK.real_seconds(POLL_SECONDS)


def _rest(cursor: Cursor, reached: bool, run: Run) -> None:
    """Due again after a while; soon when the reading was not conclusive, at once when somebody asked meanwhile."""
    wait = _interval(cursor.connection, run.pages) if reached else 2.0
    again_in = timedelta(seconds=max(1.0, CLOCK.real_seconds(wait)))
    cursor.settle(again_in=again_in, asked_by="", read_at=timezone.now(), run_id=run.id)
    Health.objects.filter(connection=cursor.connection_id).update(last_read_at=Now())


def _interval(connection: Connection, pages: int) -> float:
    """Seconds of the store's clock until the next reading: a minute, more where lists would eat up the day's calls."""
    limits = connection.manifest.limits(connection.modality)
    if limits is None:
        return POLL_SECONDS
    per_day = limits.calls_per_day(str(connection.settings.get("profile", "")))
    return max(POLL_SECONDS, pages * 86_400 / (per_day * _SHARE_FOR_LISTS))


def _window(connection: Connection, cursor: Cursor) -> Window:
    """From the day of the last conclusive pass, that day included, to today; fixed before the reading starts."""
    now = CLOCK.now().astimezone(ZoneInfo(connection.facts.time_zone))
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


def _list(connection: Connection, account: Account, cursor: Cursor, run: Run) -> bool:
    """Read the window, in parts where it holds too much, oldest first. False when rows kept moving while we read.

    The watermark follows each part, so that a reading cut short by the store's limit goes on where it was.
    """
    source, left = cast(OrderSource, connection.vendor), [_window(connection, cursor)]
    while left:
        window = left.pop(0)
        if _is_long(window) and (source.list_orders(account, window, 1).total or 0) > _MOST_IN_A_PASS:
            left = _halves(window) + left
            continue
        if not _read(connection, account, window, run):
            return False
        Cursor.objects.filter(pk=cursor.pk, lease=cursor.lease).update(
            watermark=window.last, lease_until=Now() + READING
        )
    return True


def _read(connection: Connection, account: Account, window: Window, run: Run) -> bool:
    """Pass over a window until a pass is conclusive, a few times."""
    for _ in range(_TRIES_OF_A_PASS):
        found = Pass(seen=set())
        for refs, total in _pages(connection, account, window):
            found.take(refs, total)
            run.seen, run.pages = run.seen + len(refs), run.pages + 1
            run.listed += _keep(connection, refs)
        if found.conclusive:
            return True
        log.info("connection %s: rows moved while reading, again", connection.pk)
    return False


def _pages(connection: Connection, account: Account, window: Window) -> Iterator[tuple[Sequence[OrderRef], int | None]]:
    page = 1
    while page:
        answer = _page(connection, account, window, page)
        yield answer.refs, answer.total
        page = answer.next_page


def _page(connection: Connection, account: Account, window: Window, page: int) -> OrderPage:
    """One page, asked for again at once after a hiccup: a pass of many pages must not start anew for each of them."""
    source = cast(OrderSource, connection.vendor)
    for _ in range(_TRIES_OF_A_PAGE - 1):
        try:
            return source.list_orders(account, window, page)
        except RateLimited:
            raise
        except (Unavailable, Unreadable) as error:
            log.info("connection %s, page %s: %s", connection.pk, page, error)
    return source.list_orders(account, window, page)


def _keep(connection: Connection, refs: Sequence[OrderRef]) -> int:
    """A row for each listed order; those whose list row is new or different need fetching. Returns how many."""
    known = dict(
        Document.objects.filter(
            connection=connection, kind=ORDERS, external_id__in=[ref.external_id for ref in refs]
        ).values_list("external_id", "listed_digest")
    )
    changed = {ref.external_id: ref for ref in refs if known.get(ref.external_id) != ref.digest}
    now = timezone.now()
    rows = [
        Document(
            group_id=connection.group_id,
            connection=connection,
            kind=ORDERS,
            external_id=ref.external_id,
            version=ref.version,
            listed_digest=ref.digest,
            changed_at=ref.changed_at,
            needs_fetch=True,
            due_at=now,
        )
        for ref in changed.values()
    ]
    Document.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "kind", "external_id"],
        update_fields=["version", "listed_digest", "changed_at", "needs_fetch", "due_at", "hold"],
    )
    return len(rows)


def ask_again(connection: Connection, external_id: str) -> None:
    """Somebody saw this order change: fetch it at once, whatever the list says."""
    Document.objects.filter(connection=connection, kind=ORDERS, external_id=external_id).update(
        needs_fetch=True, due_at=Now(), hold=""
    )


def fetch_orders(connection: Connection, *, limit: int = _FETCH_BATCH) -> int:
    """Fetch listed orders that are not fetched yet. Returns how many were taken. One bad order blocks no other."""
    if not connection.does(Capability.IMPORT_ORDERS):
        return 0
    account = account_for_work(connection, run_id=last_run(connection))
    if account is None:
        return 0
    rows = Document.objects.filter(connection=connection, kind=ORDERS, needs_fetch=True).claim(limit, lease=LEASE * 2)
    for at, row in enumerate(rows):
        if not _fetch(connection, account, row):
            for left in rows[at + 1 :]:
                left.postpone(1, error="", counted=False)
            break
    add_to_run(connection, fetched=Document.objects.filter(pk__in=[row.pk for row in rows], error="").count())
    return len(rows)


def _fetch(connection: Connection, account: Account, row: Document) -> bool:
    """Fetch one order. False when the connection as a whole must wait."""
    source = cast(OrderSource, connection.vendor)
    try:
        raw = source.fetch_order(account, row.external_id)
    except NotFound as error:
        _vanished(connection, row, error)
    except (RateLimited, AccessRefused, ConfigurationError) as error:
        tell_connection(connection, error)
        row.postpone(_pause(error), error=str(error), counted=False)
        return False
    except (Unavailable, Unreadable) as error:
        row.postpone(None, error=f"{error} {error.detail}")
        return _one_of_many(connection, row, error)
    except VendorError as error:
        row.postpone(None, error=f"{error} {error.detail}")
    else:
        health.answered(connection)
        _fetched(row, raw)
    return True


def _one_of_many(connection: Connection, row: Document, error: VendorError) -> bool:
    """A failure of one order is its own at first; when it is this order's second, the others still go on."""
    if row.attempts == 0 and isinstance(error, Unavailable):
        tell_connection(connection, error)
        return False
    return True


def _fetched(row: Document, raw: bytes) -> None:
    """Keep the bytes. What changed a moment ago is fetched once more, since it may change in the same second."""
    now, digest = CLOCK.now(), digest_of_bytes(raw)
    fresh = row.changed_at is not None and now - row.changed_at < SETTLES_AFTER
    again = timezone.now() + timedelta(seconds=max(1.0, CLOCK.real_seconds(_LOOK_AGAIN))) if fresh else None
    # Listed anew while we fetched: then what we hold is old already, and the row stays to be fetched.
    listed_anew = Case(When(listed_digest=row.listed_digest, then=Value(False)), default=Value(True))
    kept: dict[str, Any] = {"raw": raw, "digest": digest, "fetched_at": now, "needs_fetch": listed_anew}
    if digest == row.recorded_digest:
        row.settle(**{**kept, **due_again(again)})
    else:
        row.settle(**kept, fetch_again_at=again, due_at=Now())


def due_again(at: datetime | None) -> dict[str, Any]:
    """Facts of a recorded document that should be fetched once more at this time; none to leave it at rest."""
    return {} if at is None else {"needs_fetch": True, "fetch_again_at": None, "due_at": at}


def _vanished(connection: Connection, row: Document, error: NotFound) -> None:
    row.keep_for_a_person("order_vanished", digest=row.listed_digest, error=str(error))
    params = {"number": row.external_id, "store": connection.name}
    cause = Cause("order_vanished", f"document:{row.pk}", params, error.detail)
    inbox.sync(connection.group_id, {document_subject(row): (cause,)})


def document_subject(row: Document) -> Subject:
    """The payload as a row of the error inbox."""
    return Subject(kind="document", id=row.pk, label=row.external_id, connection_id=row.connection_id)
