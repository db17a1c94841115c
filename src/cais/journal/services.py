"""Writing the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection as database

from cais.core.digest import JSON
from cais.journal.models import Exchange, Note
from cais.ports.session import Exchange as SpokenExchange

MONTHS_AHEAD = 3
# Exchanges hold what buyers wrote, masked as far as we know: they help for weeks and are kept no longer (LGPD).
MONTHS_OF_EXCHANGES = 2


def keep_exchange(group_id: int, connection_id: int, spoken: SpokenExchange, *, run_id: int | None) -> None:
    """Write one exchange; it comes redacted from the wire. Characters PostgreSQL cannot keep are marked."""
    Exchange.objects.create(
        group_id=group_id,
        connection_id=connection_id,
        run_id=run_id,
        method=spoken.method,
        url=_storable(spoken.url),
        status=spoken.status,
        seconds=spoken.seconds,
        request_body=_storable(spoken.request_body),
        response_body=_storable(spoken.response_body),
        error=_storable(spoken.error),
    )


def _storable(text: str) -> str:
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def note(
    group_id: int,
    subject: str,
    subject_ids: Sequence[int],
    code: str,
    params: Mapping[str, JSON] | None = None,
    *,
    actor_name: str = "",
) -> None:
    """One line in the timeline of each record. `code` is a key of `journal.words.NOTES`."""
    note_each(group_id, subject, [(key, code, params or {}) for key in subject_ids], actor_name=actor_name)


def note_each(
    group_id: int, subject: str, told: Iterable[tuple[int, str, Mapping[str, JSON]]], *, actor_name: str = ""
) -> None:
    """Lines in the timelines of many records, each (id, code, params) with words of its own."""
    Note.objects.bulk_create(
        Note(
            group_id=group_id,
            subject=subject,
            subject_id=subject_id,
            code=code,
            params=dict(params),
            actor_name=actor_name,
        )
        for subject_id, code, params in told
    )


def make_partitions() -> int:
    """Make the journal's months ahead; returns how many were missing. Safe to call at any time."""
    with database.cursor() as cursor:
        cursor.execute("SELECT journal_make_partitions(%s)", [MONTHS_AHEAD])
        return int(cursor.fetchone()[0])


def drop_old_exchanges() -> int:
    """Drop the months of exchanges that are over for longer than they may be kept; returns how many."""
    with database.cursor() as cursor:
        cursor.execute("SELECT journal_drop_exchanges(%s)", [MONTHS_OF_EXCHANGES])
        return int(cursor.fetchone()[0])
