"""*Rodadas*: a reading is written down while it goes on; one that has nothing to tell is folded into its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection as database
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections.models import Connection
from cais.intake.models import ORDERS, Cursor
from cais.journal.models import RunItem, SyncRun
from cais.ports.errors import ConfigurationError, VendorError

Outcome = RunItem.Outcome


def next_run_id() -> int:
    with database.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('journal_syncrun', 'id'))")
        found: int = cursor.fetchone()[0]
    return found


class Run:
    """One reading while it goes on. `id` is taken first, so that its exchanges can name it.

    A run that somebody asked for is there already (`ask_for_run`); any other is written as soon as it brings something.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        asked = Cursor.objects.filter(connection=connection, kind=ORDERS).values_list("asked_run", flat=True).first()
        self.is_asked = asked is not None
        self.id: int = asked if asked is not None else next_run_id()
        self.is_written = self.is_asked
        self.started_at = timezone.now()
        self.seen = self.listed = self.failed = self.pages = 0
        self.error = ""

    def take(self, seen: int, changed: Sequence[str]) -> None:
        """One page: so many orders, of which these are to be fetched."""
        self.seen, self.pages, self.listed = self.seen + seen, self.pages + 1, self.listed + len(changed)
        if not (changed or self.is_written):
            return
        self._write()
        group_id, store = self.connection.group_id, self.connection.pk
        RunItem.objects.bulk_create(
            [RunItem(group_id=group_id, run_id=self.id, connection_id=store, external_id=key) for key in changed],
            ignore_conflicts=True,
        )

    def fail(self, error: VendorError | ConfigurationError) -> None:
        self.failed += 1
        self.error = f"{error.words} {getattr(error, 'detail', '')}".strip() or type(error).__name__

    def close(self) -> None:
        """The reading is over; what it brought goes on. Nothing to tell is told together with the reading before."""
        if self.is_written or self.error:
            self._write(finished_at=timezone.now())
        elif not _fold(self.connection):
            self._write(finished_at=timezone.now(), kind=SyncRun.QUIET, rested_at=timezone.now())

    def _write(self, **facts: object) -> None:
        counted = {"seen": self.seen, "listed": self.listed, "error": self.error, **facts}
        if not self.is_written:
            SyncRun.objects.create(
                id=self.id,
                group_id=self.connection.group_id,
                connection_id=self.connection.pk,
                at=self.started_at,
                **{"kind": SyncRun.ORDERS, "failed": self.failed, **counted},
            )
            self.is_written = True
            return
        SyncRun.objects.filter(pk=self.id).update(failed=F("failed") + self.failed, **counted)
        self.failed = 0


def _fold(connection: Connection) -> bool:
    """Count this reading in the quiet run before it; False when the last run of the store had something to tell."""
    newest = SyncRun.objects.filter(group=connection.group_id, connection_id=connection.pk).first()
    if newest is None or newest.kind != SyncRun.QUIET or timezone.localdate(newest.at) != timezone.localdate():
        return False
    rows = SyncRun.objects.filter(pk=newest.pk)
    return bool(rows.update(readings=F("readings") + 1, finished_at=Now()))


def ask_for_run(connection: Connection, *, asked_by: str, asker_id: int | None) -> int:
    """The run that the next reading will be, for who asked; one that already waits is that one."""
    waiting = Cursor.objects.filter(connection=connection, kind=ORDERS).values_list("asked_run", flat=True).first()
    if waiting is not None:
        return waiting
    made = SyncRun.objects.create(
        group_id=connection.group_id,
        connection_id=connection.pk,
        kind=SyncRun.ORDERS,
        asked_by=asked_by[:120],
        asked_by_id=asker_id,
    )
    return made.pk


def came_of(connection_id: int, outcomes: Mapping[str, str]) -> None:
    """What came of listed orders, by their id in the store: every run that waits for one of them is told."""
    for outcome in set(outcomes.values()):
        keys = [key for key, told in outcomes.items() if told == outcome]
        rows = RunItem.objects.filter(connection_id=connection_id, external_id__in=keys, outcome="")
        rows.update(outcome=outcome)


def last_run(connection: Connection) -> int | None:
    """The id of the newest reading, under which later exchanges are filed."""
    return Cursor.objects.filter(connection=connection, kind=ORDERS).values_list("run_id", flat=True).first()


def add_to_run(connection: Connection, *, fetched: int = 0, recorded: int = 0, failed: int = 0) -> None:
    """Count what followed from the newest reading; nothing when that reading was not worth writing down."""
    run_id = last_run(connection)
    if run_id is not None and (fetched or recorded or failed):
        SyncRun.objects.filter(pk=run_id, kind=SyncRun.ORDERS).update(
            fetched=F("fetched") + fetched, recorded=F("recorded") + recorded, failed=F("failed") + failed
        )
