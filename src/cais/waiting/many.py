"""Rows that were claimed together, departing and settled together: what each would do alone, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from cais.companies.writing import Facts, update_each
from cais.waiting.rows import LEASE, WaitingRow

Row = TypeVar("Row", bound=WaitingRow)

_OURS = "t.lease = v.lease"
_REST: Mapping[str, str] = {
    "due_at": "CASE WHEN t.due_at = v.due_at THEN NULL ELSE t.due_at END",
    "lease": "NULL",
    "lease_until": "NULL",
    "in_flight": "false",
    "attempts": "0",
    "error": "''",
    "hold": "''",
}


def depart_together(rows: Sequence[Row]) -> list[Row]:
    """`WaitingRow.depart` for all. Returns those that may call."""
    departing = {row.pk: {"lease": row.lease} for row in rows}
    until = f"statement_timestamp() + interval '{LEASE.total_seconds()} seconds'"
    gone = _update(rows, departing, how={"in_flight": "true", "lease_until": until})
    for row in gone:
        row.in_flight = True
    return gone


def settle_together(rows: Sequence[Row], facts: Mapping[int, Facts]) -> list[Row]:
    """`WaitingRow.settle` for all, each with facts of its own: by row id, the same fields for every row.

    A `due_at` among them is written as it is. Returns those whose lease was still ours; of the others nothing is
    written.
    """
    said = {row.pk: {"lease": row.lease, "due_at": row.due_at, **facts[row.pk]} for row in rows}
    given = {name for row in rows for name in facts[row.pk]}
    return _update(rows, said, how={column: rest for column, rest in _REST.items() if column not in given})


def _update(rows: Sequence[Row], facts: Mapping[int, Facts], *, how: Mapping[str, str]) -> list[Row]:
    if not rows:
        return []
    written = update_each(type(rows[0]), facts, how=how, only=_OURS)
    return [row for row in rows if row.pk in written]
