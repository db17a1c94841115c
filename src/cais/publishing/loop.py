"""The loop: claim what is due, plan it, speak with no transaction open, settle what was answered."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.models import Connection
from cais.ports.manifest import Ensure
from cais.ports.session import Account
from cais.publishing.conversation import End, attempt
from cais.publishing.kinds import Kind, Step
from cais.publishing.models import Publication

log = logging.getLogger(__name__)
FORGOTTEN: dict[str, Any] = {"allowed_digest": "", "planned_digest": ""}
"""A rehearsal's permission is used once."""


def publish(kind: Kind[Any], connection: Connection, *, limit: int | None = None) -> int:
    """Say what is due of one kind at one connection. Returns how many rows were taken.

    A row that crashes is pushed ahead with its error and does not stop the others. Before each of them a person's word
    is looked at anew: pausing the connection, or switching the function off, ends the batch.
    """
    account = account_for_work(connection) if kind.may_speak(connection) else None
    if account is None:
        return 0
    rows = kind.claim(connection, health.at_most(connection, limit or kind.batch(connection)))
    said = kind.say_together(connection, account, rows)
    heard = bool(said)
    alone = [row for row in rows if row.pk not in said]
    for at, row in enumerate(alone):
        if not _goes_on(kind, connection):
            for left in alone[at:]:
                left.give_back()
            break
        if not type(row).objects.filter(pk=row.pk).that_may_leave().exists():
            row.give_back()
            continue
        try:
            end = say(kind, connection, account, row)
        except Exception as error:  # the edge of the loop: the row is kept, with what happened
            log.exception("%s %s", kind.name, row.pk)
            row.postpone(None, error=repr(error), in_flight=row.in_flight)
            continue
        heard = heard or end in (End.DONE, End.REFUSED)
        if end is End.STOP:
            _put_back(alone[at + 1 :])
            return len(rows)
    if heard:
        health.answered(connection)
    return len(rows)


def _goes_on(kind: Kind[Any], connection: Connection) -> bool:
    connection.refresh_from_db(fields=("paused", "functions"))
    return not connection.paused and kind.may_speak(connection) and kind.goes_on()


def say(kind: Kind[Any], connection: Connection, account: Account, row: Any) -> End:
    """Speak for one claimed row."""
    step = kind.plan(row)
    doubt = row.in_flight
    if step is None:
        row.settle(**FORGOTTEN, **kind.at_rest(row))
        return End.LATER
    if row.planned_digest and not doubt and kind.source(row) != row.planned_digest:
        row.settle(again_in=timedelta(0), **FORGOTTEN)
        return End.LATER
    if doubt and connection.facts.ensures_by is Ensure.NOTHING and step.verb == "create":
        kind.in_doubt(row, "o sistema não permite conferir")
        row.keep_for_a_person("erp_unknown", digest=row.desired_digest, error="", in_flight=True)
        return End.LATER
    if not row.depart():
        return End.LATER
    heard = attempt(connection, row, lambda: step.speak(connection, account, doubt), doubt=doubt)
    if heard.end is End.DONE:
        _settle(kind, row, step, heard.answer)
    elif heard.end is End.REFUSED:
        with transaction.atomic():
            reason = kind.refused(row, heard.words, heard.detail)
            row.keep_for_a_person(reason, digest=row.desired_digest, error=heard.words)
    elif heard.end is End.DOUBT:
        kind.in_doubt(row, heard.detail)
    elif heard.end is End.ABSENT:
        kind.nothing_there(row)
    return heard.end


def _settle(kind: Kind[Any], row: Publication, step: Step, answer: Any) -> None:
    """Write what was SENT as published; when the wish moved meanwhile the row stays due."""
    with transaction.atomic():
        facts = kind.done(row, step, answer)
        said: dict[str, Any] = {"published_digest": row.desired_digest, "published_at": timezone.now()}
        kept = row.settle(**said, **FORGOTTEN, **facts)
        if not kept:
            transaction.set_rollback(True)


def _put_back(rows: list[Any]) -> None:
    """Rows that were claimed and not spoken for: due again at once, no attempt counted, any doubt kept."""
    for row in rows:
        row.postpone(1, error="", counted=False, in_flight=row.in_flight)
