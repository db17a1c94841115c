"""Looking sooner at single orders: somebody says that they changed, and the list has not been read yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.intake.models import ORDERS, Document


@dataclass(frozen=True, slots=True)
class LastLook:
    """The row of a record, and how long ago it was last fetched, in real seconds; None when never."""

    document_id: int
    seconds_ago: float | None


def last_looks(connection: Connection, external_ids: Iterable[str]) -> dict[str, LastLook]:
    """What is known of these orders; unknown ones are left out."""
    rows = Document.objects.filter(connection=connection, kind=ORDERS, external_id__in=list(external_ids))
    now = CLOCK.now()
    return {
        name: LastLook(key, None if fetched is None else CLOCK.real_seconds((now - fetched).total_seconds()))
        for key, name, fetched in rows.values_list("pk", "external_id", "fetched_at")
    }


def look_sooner(connection: Connection, waits: Mapping[str, float]) -> dict[str, int]:
    """Fetch these orders once more, each after so many real seconds at the latest. Unknown ones get their row.

    Never later than it was due already, and a row that waits after a failure keeps its pause. Returns the row of each;
    one that somebody else is writing at this moment is passed over and left out: ask again.
    """
    now = timezone.now()
    with transaction.atomic():
        Document.objects.bulk_create(
            [
                Document(
                    group_id=connection.group_id,
                    connection=connection,
                    kind=ORDERS,
                    external_id=name,
                    due_at=now + timedelta(seconds=wait),
                    asked_at=now,
                )
                for name, wait in sorted(waits.items(), key=_as_listed)
            ],
            ignore_conflicts=True,
        )
        rows = Document.objects.filter(connection=connection, kind=ORDERS, external_id__in=list(waits))
        known = list(rows.select_for_update(skip_locked=True, of=("self",)))
        for row in known:
            _ask(row, now, now + timedelta(seconds=waits[row.external_id]))
        Document.objects.bulk_update(known, ["due_at", "needs_fetch", "asked_at", "hold"])
    return {row.external_id: row.pk for row in known}


def _as_listed(item: tuple[str, float]) -> tuple[int, str]:
    """By growing number, as lists come: two writers that go the same way do not wait for each other."""
    return len(item[0]), item[0]


def _ask(row: Document, now: datetime, due: datetime) -> None:
    pausing = row.attempts > 0 and not row.hold
    row.due_at = due if row.due_at is None or row.hold else row.due_at if pausing else min(row.due_at, due)
    row.needs_fetch, row.asked_at, row.hold = True, now, ""
