"""Making a rehearsal: a row for each wish of a connection, then one look outside for each."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models.functions import Now

from cais.connections.access import account_for_work
from cais.connections.models import Connection
from cais.ports.session import Account
from cais.publishing.conversation import End, attempt
from cais.publishing.models import PublicationQuerySet
from cais.rehearsals.models import Rehearsal, RehearsalRow
from cais.rehearsals.shapes import SHAPES, Seen, Shape

log = logging.getLogger(__name__)
MOST = 1000
"""Wishes in one plan: as many as a person can look through, and as a day's calls allow."""
_BATCH = 10
_SOON = timedelta(seconds=2)
State = RehearsalRow.State
_UNKNOWN = "Este envio não pôde ser montado."
_GONE = "Não há mais o que escrever: {what} mudou."
_MOVED = "A loja mostra outro status. O pedido é lido de novo, e o próximo ensaio o mostra."


def start(connection: Connection, *, asked_by: str, scope: Rehearsal.Scope = Rehearsal.Scope.ORDERS) -> Rehearsal:
    """*Ensaiar*: the plan with its rows, to be read in the background. One that is being read already is that one."""
    with transaction.atomic():
        Connection.objects.select_for_update().get(pk=connection.pk)
        plans = Rehearsal.objects.filter(connection=connection, scope=scope, state=Rehearsal.State.READING)
        if (running := plans.first()) is not None:
            return running
        made = Rehearsal.objects.create(
            group_id=connection.group_id,
            connection=connection,
            scope=scope,
            asked_by=asked_by[:120],
            is_listed=False,
            due_at=Now(),
        )
        if scope == Rehearsal.Scope.ORDERS and not _list(made):  # there is nothing to look at
            Rehearsal.objects.filter(pk=made.pk).update(state=Rehearsal.State.READY, ready_at=Now(), due_at=None)
    return made


def _list(made: Rehearsal) -> int:
    """Make the rows of a plan. Returns how many wishes there are."""
    rows = [row for shape in _shapes(made) for row in _rows(shape, made)]
    RehearsalRow.objects.bulk_create(rows[:MOST], ignore_conflicts=True)
    Rehearsal.objects.filter(pk=made.pk).update(left_out=max(0, len(rows) - MOST), is_listed=True)
    return len(rows)


def _shapes(made: Rehearsal) -> list[Shape[Any]]:
    return [shape for shape in SHAPES.values() if shape.scope == made.scope]


def _rows(shape: Shape[Any], made: Rehearsal) -> list[RehearsalRow]:
    rows = cast("PublicationQuerySet[Any]", shape.kind.rows())
    wishes = rows.wished().of_connection(made.connection).order_by("pk")
    found = []
    for wish in wishes[: MOST * 2]:
        order_id, number = shape.order_of(wish)
        found.append(
            RehearsalRow(
                group_id=made.group_id,
                rehearsal=made,
                kind=shape.kind.name,
                publication_id=wish.pk,
                order_id=order_id,
                label=number,
                desired_digest=wish.desired_digest,
            )
        )
    return found


def read_some(found: Rehearsal, *, limit: int = _BATCH) -> None:
    """Look outside for some rows of a claimed plan; it is ready when none is left. A failure outside puts it back."""
    if not found.is_listed:
        if not all(shape.prepare(found.connection) for shape in _shapes(found)):
            found.settle(again_in=_SOON)
            return
        _list(found)
    accounts: dict[int, Account | None] = {}
    for row in found.rows.filter(state=State.TO_READ)[:limit]:
        try:
            goes_on = _read(found, row, accounts)
        except Exception as error:  # the edge of the loop: this row says so, and the others are read
            log.exception("rehearsal row %s", row.pk)
            _write(row, state=State.UNREADABLE, words=f"{_UNKNOWN} {error!r}"[:500])
            goes_on = True
        if not goes_on:
            return
    if found.rows.filter(state=State.TO_READ).exists():
        found.settle(again_in=timedelta(0))
    else:
        found.settle(state=Rehearsal.State.READY, ready_at=Now())


def _read(found: Rehearsal, row: RehearsalRow, accounts: dict[int, Account | None]) -> bool:
    """False when the plan was put back and its turn is over."""
    shape = SHAPES[row.kind]
    wish = shape.kind.rows().filter(pk=row.publication_id, desired_digest=row.desired_digest).first()
    step = shape.kind.plan(wish) if wish else None
    if wish is None or step is None:
        _write(row, state=State.SAME, words=_GONE.format(what=shape.what))
        return True
    at: Connection = wish.connection
    if at.pk not in accounts:
        accounts[at.pk] = account_for_work(at)
    account = accounts[at.pk]
    if account is None:
        found.postpone(5, error="", counted=False)
        return False
    heard = attempt(at, found, lambda: shape.see(wish, account))
    if heard.end is End.REFUSED:
        _write(row, state=State.UNREADABLE, words=heard.words, verb=step.verb)
        return True
    if heard.end is not End.DONE or heard.answer is None:
        return False
    _keep(row, shape, heard.answer, verb=heard.answer.verb or step.verb, source=shape.kind.source(wish))
    return True


def _keep(row: RehearsalRow, shape: Shape[Any], seen: Seen, *, verb: str, source: str) -> None:
    state = State.MOVED if seen.has_moved else State.SAME if seen.is_same else State.READY
    words = _MOVED if seen.has_moved else ""
    calls = shape.calls if state is State.READY else 0
    fields = [list(field) for field in seen.fields]
    _write(row, state=state, words=words, verb=verb, calls=calls, source_digest=source, fields=fields)


def _write(row: RehearsalRow, **facts: object) -> None:
    RehearsalRow.objects.filter(pk=row.pk).update(**facts)
