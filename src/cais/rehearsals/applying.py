"""*Aplicar exatamente isto*: release the wishes of a plan, row by row, and follow what becomes of them.

Nothing is said here. A released wish goes through the same loop as every other, which looks at its source once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from cais.publishing.models import Publication
from cais.rehearsals.models import Rehearsal, RehearsalRow
from cais.rehearsals.shapes import SHAPES

State = RehearsalRow.State
_BATCH = 25
_SOON, _LATER = timedelta(seconds=1), timedelta(seconds=15)
_CHANGED = (
    "Isto mudou depois do ensaio: {what} já é outro. Nada foi escrito; ensaie de novo para ver como ficaria agora."
)
_NOT_NEEDED = "Não era mais preciso: {what} já seguiu."


def apply_some(found: Rehearsal) -> None:
    """Release some rows of a claimed plan and look at those released; it is over when nothing is on its way."""
    if not found.stopping:
        for row in found.rows.filter(state=State.READY)[:_BATCH]:
            release(row)
    follow(found)
    waiting = found.rows.filter(state=State.READY).exists() and not found.stopping
    if waiting or found.rows.filter(state=State.RELEASED).exists():
        is_young = found.applied_at is None or timezone.now() - found.applied_at < timedelta(minutes=2)
        found.settle(again_in=_SOON if is_young else _LATER)
    elif found.rows.filter(state=State.READY).exists():
        found.settle(state=Rehearsal.State.READY, stopping=False)
    else:
        found.settle(state=Rehearsal.State.OVER, stopping=False, finished_at=Now())


def release(row: RehearsalRow) -> bool:
    """Allow exactly the wish that was seen; refused, by name, when what it is made of has moved since."""
    shape = SHAPES[row.kind]
    kind = shape.kind
    with transaction.atomic():
        held = kind.rows().filter(pk=row.publication_id).select_for_update(of=("self",)).first()
        if held is None or not _is_as_seen(kind, held, row):
            _write(row, state=State.MOVED, words=_CHANGED.format(what=shape.what))
            return False
        type(held).objects.filter(pk=held.pk).update(
            allowed_digest=row.desired_digest, planned_digest=row.source_digest, due_at=Now(), attempts=0
        )
        _write(row, state=State.RELEASED, released_at=Now())
    return True


def _is_as_seen(kind: Any, held: Publication, row: RehearsalRow) -> bool:
    return (
        held.due_at is not None
        and not held.hold
        and held.desired_digest == row.desired_digest
        and kind.source(held) == row.source_digest
    )


def follow(found: Rehearsal) -> None:
    """Write down what became of the released rows."""
    rows = list(found.rows.filter(state=State.RELEASED))
    for kind in {row.kind for row in rows}:
        own = [row for row in rows if row.kind == kind]
        _follow(own, SHAPES[kind].kind.rows().in_bulk([row.publication_id for row in own]))


def _follow(rows: Sequence[RehearsalRow], wishes: dict[int, Publication]) -> None:
    for row in rows:
        outcome = _outcome(row, wishes.get(row.publication_id))
        if outcome is not None:
            state, words = outcome
            _write(row, state=state, words=words.format(what=SHAPES[row.kind].what))


def _outcome(row: RehearsalRow, wish: Publication | None) -> tuple[str, str] | None:
    """What came of it; None while it is on its way."""
    if wish is None:
        return State.MOVED, _CHANGED
    said = wish.published_at is not None and row.released_at is not None and wish.published_at >= row.released_at
    if said and wish.published_digest == row.desired_digest:
        return State.APPLIED, ""
    if wish.hold:
        return State.REFUSED, wish.error
    if wish.in_flight or wish.allowed_digest == row.desired_digest:
        return None
    return State.MOVED, _NOT_NEEDED if wish.due_at is None else _CHANGED


def _write(row: RehearsalRow, **facts: object) -> None:
    RehearsalRow.objects.filter(pk=row.pk).update(**facts)
