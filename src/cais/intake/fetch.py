"""Fetching: the listed orders that are not fetched yet, byte for byte; one bad order blocks no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.account import CLOCK
from cais.connections.models import Connection, Health
from cais.core.digest import digest_of_bytes
from cais.inbox import services as inbox
from cais.inbox.services import Cause, Subject
from cais.intake.models import ORDERS, Document
from cais.intake.runs import Outcome, add_to_run, came_of, last_run
from cais.orders.models import Order
from cais.ports.capabilities import OrderSource
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

# An order read this soon after its last change may change again within the same second of the store's clock.
SETTLES_AFTER = timedelta(seconds=2)
_LOOK_AGAIN = 3.0
_FETCH_BATCH = 20
TRIES = 5
"""So often an order is asked for before it is taken to be one that the store cannot give."""
# An order that was announced and is in no list yet may not be readable at once.
_SHOWN_WITHIN = timedelta(seconds=CLOCK.real_seconds(3600))
_PAUSE = 60.0


def ask_again(connection: Connection, external_id: str) -> None:
    """Somebody saw this order change: fetch it at once, whatever the list says."""
    Document.objects.filter(connection=connection, kind=ORDERS, external_id=external_id).update(
        needs_fetch=True, due_at=Now(), asked_at=Now(), hold=""
    )


def fetch_orders(connection: Connection, *, limit: int = _FETCH_BATCH) -> int:
    """Fetch listed orders that are not fetched yet. Returns how many were taken. One bad order blocks no other."""
    if not connection.does(Capability.IMPORT_ORDERS):
        return 0
    account = account_for_work(connection, run_id=last_run(connection))
    if account is None:
        return 0
    waiting = Document.objects.filter(connection=connection, kind=ORDERS, needs_fetch=True)
    rows = waiting.claim(health.at_most(connection, limit), lease=LEASE * 2)
    for at, row in enumerate(rows):
        if why := _fetch(connection, account, row):
            for left in rows[at + 1 :]:
                left.postpone(1, error=why, counted=False)
            break
    add_to_run(connection, fetched=Document.objects.filter(pk__in=[row.pk for row in rows], error="").count())
    return len(rows)


def pause_after(error: Exception) -> float | None:
    """Real seconds until the store is asked again: what it said itself, else a minute of its clock."""
    return error.retry_after if isinstance(error, Unavailable) else CLOCK.real_seconds(_PAUSE)


def _fetch(connection: Connection, account: Account, row: Document) -> str:
    """Fetch one order. Returns why the connection as a whole must wait, nothing when it goes on."""
    source = cast(OrderSource, connection.vendor)
    try:
        raw = source.fetch_order(account, row.external_id)
    except NotFound as error:
        _vanished(connection, row, error)
    except (RateLimited, AccessRefused, ConfigurationError) as error:
        tell_connection(connection, error)
        row.postpone(pause_after(error), error=str(error), counted=False)
        return str(error)
    except (Unavailable, Unreadable) as error:
        _put_off(connection, row, error)
        return "" if _is_its_own(connection, row, error) else str(error)
    except VendorError as error:
        _put_off(connection, row, error)
    else:
        health.answered(connection)
        _fetched(row, raw)
    return ""


def _put_off(connection: Connection, row: Document, error: VendorError) -> None:
    """It is asked for again and again; a person is told when the store gives other orders and never this one."""
    row.postpone(None, error=f"{error} {error.detail}")
    gives_others = Health.objects.filter(connection=connection, last_order_at__gt=row.first_seen_at)
    if row.attempts + 1 >= TRIES and gives_others.exists():
        params = {"number": row.external_id, "store": connection.name, "words": str(error)}
        cause = Cause("order_not_given", f"document:{row.pk}", params, error.detail)
        inbox.sync(connection.group_id, {document_subject(row): (cause,)})


def _is_its_own(connection: Connection, row: Document, error: VendorError) -> bool:
    """A store that fails at an order is taken to be silent; when it is this order's second time, the others go on."""
    if row.attempts == 0 and isinstance(error, Unavailable):
        tell_connection(connection, error)
        return False
    return True


def _fetched(row: Document, raw: bytes) -> None:
    """Keep the bytes. What changed a moment ago is fetched once more, since it may change in the same second."""
    now, digest = CLOCK.now(), digest_of_bytes(raw)
    fresh = row.changed_at is not None and now - row.changed_at < SETTLES_AFTER
    again = timezone.now() + timedelta(seconds=max(1.0, CLOCK.real_seconds(_LOOK_AGAIN))) if fresh else None
    # Listed or asked for anew while we fetched: then what we hold may be old already, and the row stays to be fetched.
    same = When(listed_digest=row.listed_digest, asked_at=row.asked_at, then=Value(False))
    stale = Case(same, default=Value(True))
    kept: dict[str, Any] = {"raw": raw, "digest": digest, "fetched_at": now, "needs_fetch": stale}
    if digest != row.recorded_digest:
        row.settle(**kept, fetch_again_at=again, due_at=Now())
        return
    came_of(row.connection_id, {row.external_id: Outcome.SAME})
    if row.attempts:
        inbox.sync(row.group_id, {document_subject(row): ()})
    with transaction.atomic():
        if row.settle(**kept, fetch_again_at=again):
            fetch_once_more([row])


def fetch_once_more(rows: Sequence[Document]) -> None:
    """Those of the settled rows that should be fetched again to be sure; not what is to be fetched already."""
    settled = Document.objects.filter(pk__in=[row.pk for row in rows], fetch_again_at__isnull=False, needs_fetch=False)
    settled.update(needs_fetch=True, due_at=F("fetch_again_at"), fetch_again_at=None)


def _vanished(connection: Connection, row: Document, error: NotFound) -> None:
    """Tell, unless only a notice named it a moment ago: a store may announce an order before it shows it."""
    never_shown = not row.listed_digest and row.fetched_at is None
    if never_shown and timezone.now() - row.first_seen_at < _SHOWN_WITHIN:
        row.postpone(None, error=str(error))
        return
    row.keep_for_a_person("order_vanished", digest=row.listed_digest, error=str(error))
    came_of(connection.pk, {row.external_id: Outcome.GONE})
    if _is_gone(connection, row):
        return  # told of the order itself, with what waits behind it
    params = {"number": row.external_id, "store": connection.name}
    cause = Cause("order_vanished", f"document:{row.pk}", params, error.detail)
    inbox.sync(connection.group_id, {document_subject(row): (cause,)})


def _is_gone(connection: Connection, row: Document) -> bool:
    """An order that we hold is no more in the store: nothing new goes out for it until a person decides."""
    known = Order.objects.filter(connection=connection, external_id=row.external_id)
    return bool(known.update(gone_at=Now(), due_at=Now()))


def document_subject(row: Document) -> Subject:
    """The payload as a row of the error inbox."""
    return Subject(kind="document", id=row.pk, label=row.external_id, connection_id=row.connection_id)
