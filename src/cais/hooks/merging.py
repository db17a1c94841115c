"""From what stores said to what is looked at: many notices become one look, our own echoes almost none.

A notice proves nothing and brings nothing. It moves the time of a reading that would come anyway: every order whose
list row changed is fetched after the next pass over the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.hooks.models import Listener, Notice
from cais.intake.sooner import LastLook, last_looks, look_sooner
from cais.nfe.models import InvoicePublication
from cais.publishing.models import Publication, StatusPublication, TrackingPublication

BATCH = 500
_WRITES: tuple[tuple[type[Publication], str], ...] = (
    (StatusPublication, "order"),
    (TrackingPublication, "order"),
    (InvoicePublication, "nfe__order"),
)
"""What Cais writes about an order into its store, and the way from there to the order."""
# Seconds of the store's clock.
DEBOUNCE = 15.0
"""An order that was read this lately is read once more after the burst is over, however many notices it brings."""
ECHO = 30.0
"""So soon after a write of ours a notice is most likely of that write."""
ECHO_WAITS = 90.0
"""Longer than the list takes to come round: it fetches the order once, and this look finds nothing left to do."""
_LONGEST_FETCH = 60.0
"""Real seconds: a fetch that ended later than this after a notice surely began after it."""


@dataclass(slots=True)
class Heard:
    """What was said of one order: the newest notice, and whether all of them only told that it is gone."""

    newest: datetime
    deleted: bool


def merge_notices(connection: Connection, *, limit: int = BATCH) -> int:
    """Act on the notices of a connection that nobody has acted on, in one transaction. Returns how many."""
    with transaction.atomic():
        rows = Notice.objects.filter(connection=connection, merged_at=None).order_by("pk")
        notices = list(rows.select_for_update(skip_locked=True, of=("self",))[:limit])
        heard = _by_order(notices)
        known, echoes = last_looks(connection, heard), written_lately(connection, heard)
        planned = {name: wait_of(each, known.get(name), is_echo=name in echoes) for name, each in heard.items()}
        waits = {name: wait for name, wait in planned.items() if wait is not None}
        asked = look_sooner(connection, waits)
        merged = [notice for notice in notices if notice.external_id in asked or notice.external_id not in waits]
        rows_of = {name: look.document_id for name, look in known.items()} | asked
        _mark(merged, rows_of, echoes)
        _count(connection, merged, looks=len(asked.keys() - echoes))
    return len(merged)


def _by_order(notices: Sequence[Notice]) -> dict[str, Heard]:
    heard: dict[str, Heard] = {}
    for notice in notices:
        so_far = heard.setdefault(notice.external_id, Heard(notice.received_at, deleted=True))
        so_far.newest = max(so_far.newest, notice.received_at)
        so_far.deleted &= notice.act == "delete"
    return heard


def wait_of(heard: Heard, known: LastLook | None, *, is_echo: bool) -> float | None:
    """Real seconds until the order is looked at; None when there is nothing to see that was not seen since."""
    if known is None:
        return None if heard.deleted else 0.0
    if known.seconds_ago is None:
        return 0.0
    age = (timezone.now() - heard.newest).total_seconds()
    if age > known.seconds_ago + _LONGEST_FETCH:
        return None
    if is_echo:
        return CLOCK.real_seconds(ECHO_WAITS)
    return max(0.0, CLOCK.real_seconds(DEBOUNCE) - known.seconds_ago)


def written_lately(connection: Connection, external_ids: Iterable[str]) -> set[str]:
    """The orders among these that we are writing to in the store, or wrote to a moment ago."""
    names = list(external_ids)
    since = timezone.now() - timedelta(seconds=CLOCK.real_seconds(ECHO))
    ours = Q(connection=connection) & (Q(in_flight=True) | Q(published_at__gte=since))
    found: set[str] = set()
    for model, to_order in _WRITES:
        rows = model._default_manager.filter(ours, **{f"{to_order}__external_id__in": names})
        found.update(rows.values_list(f"{to_order}__external_id", flat=True))
    return found


def _mark(merged: Sequence[Notice], rows_of: Mapping[str, int], echoes: AbstractSet[str]) -> None:
    now = timezone.now()
    for notice in merged:
        notice.merged_at, notice.echo = now, notice.external_id in echoes
        notice.document_id = rows_of.get(notice.external_id)
    Notice.objects.bulk_update(merged, ["merged_at", "document_id", "echo"])


def _count(connection: Connection, merged: Sequence[Notice], *, looks: int) -> None:
    """The counts of the connection's card; a new day begins from nothing."""
    if not merged:
        return
    today = timezone.localdate()
    told = {"heard": len(merged), "looks": looks, "echoes": sum(notice.echo for notice in merged)}
    newest = max(notice.received_at for notice in merged)
    Listener.objects.filter(connection=connection).update(
        **{name: Case(When(day=today, then=F(name) + more), default=Value(more)) for name, more in told.items()},
        day=today,
        last_at=Greatest(F("last_at"), Value(newest)),
        heard_ever=F("heard_ever") + len(merged),
    )
