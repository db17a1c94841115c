"""*Rodadas*: a reading is written down when it brought something, was asked for, or failed."""

from __future__ import annotations

from django.db import connection as database
from django.db.models import F
from django.utils import timezone

from cais.connections.models import Connection
from cais.intake.models import ORDERS, Cursor
from cais.journal.models import SyncRun
from cais.ports.errors import ConfigurationError, VendorError


class Run:
    """One reading while it goes on. `id` is taken first, so that its exchanges can name it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.asked_by = ""
        self.started_at = timezone.now()
        self.seen = self.listed = self.failed = self.pages = 0
        self.error = ""
        with database.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('journal_syncrun', 'id'))")
            self.id: int = cursor.fetchone()[0]

    def fail(self, error: VendorError | ConfigurationError) -> None:
        self.failed += 1
        self.error = f"{error.words} {getattr(error, 'detail', '')}".strip() or type(error).__name__

    def close(self) -> None:
        """Write the run, unless there is nothing to tell."""
        if not (self.asked_by or self.error or self.listed):
            return
        SyncRun.objects.create(
            id=self.id,
            group_id=self.connection.group_id,
            connection_id=self.connection.pk,
            at=self.started_at,
            kind="orders",
            asked_by=self.asked_by,
            finished_at=timezone.now(),
            seen=self.seen,
            listed=self.listed,
            failed=self.failed,
            error=self.error,
        )


def last_run(connection: Connection) -> int | None:
    """The id of the newest reading, under which later exchanges are filed."""
    return Cursor.objects.filter(connection=connection, kind=ORDERS).values_list("run_id", flat=True).first()


def add_to_run(connection: Connection, *, fetched: int = 0, recorded: int = 0, failed: int = 0) -> None:
    """Count what followed from the newest reading; nothing when that reading was not worth writing down."""
    run_id = last_run(connection)
    if run_id is not None and (fetched or recorded or failed):
        SyncRun.objects.filter(pk=run_id).update(
            fetched=F("fetched") + fetched, recorded=F("recorded") + recorded, failed=F("failed") + failed
        )
