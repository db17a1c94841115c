"""What people do with rehearsals and with the mode of a connection, and the stage that works on them."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections.models import Connection
from cais.publishing.models import ErpOrderPublication, Publication
from cais.publishing.wishes import only_wished
from cais.rehearsals.applying import apply_some
from cais.rehearsals.making import read_some, start
from cais.rehearsals.models import GOOD_FOR, Rehearsal, RehearsalRow
from cais.waiting.rows import LEASE

KEPT_FOR = timedelta(days=60)

__all__ = [
    "CannotApply",
    "NotRehearsed",
    "apply",
    "drop_old_rehearsals",
    "has_seen",
    "held_back",
    "look_at",
    "observe",
    "rehearse",
    "start",
    "stop",
    "switch_on",
]


class CannotApply(ValueError):
    """The plan cannot be applied now; the message is the sentence for the person."""


class NotRehearsed(ValueError):
    """Nobody has seen what this connection would write; the message is the sentence for the person."""


def rehearse(connection: Connection) -> int:
    """Work on one plan of the connection that is read or applied. Returns whether there was one."""
    taken = Rehearsal.objects.filter(connection=connection).claim(1, lease=LEASE * 4)
    for found in taken:
        if found.state == Rehearsal.State.READING:
            read_some(found)
        elif found.state == Rehearsal.State.APPLYING:
            apply_some(found)
        else:
            found.settle()
    return len(taken)


def apply(found: Rehearsal, *, actor_name: str) -> None:
    """*Aplicar exatamente isto*. Raises CannotApply."""
    with transaction.atomic():
        held = Rehearsal.objects.select_for_update().get(pk=found.pk)
        if held.state != Rehearsal.State.READY:
            raise CannotApply("Este ensaio não está pronto para ser aplicado.")
        if held.is_expired:
            raise CannotApply("Este ensaio tem mais de um dia. Ensaie de novo antes de aplicar.")
        if not held.rows.filter(state=RehearsalRow.State.READY).exists():
            raise CannotApply("Não há nada neste ensaio para aplicar.")
        Rehearsal.objects.filter(pk=held.pk).update(
            state=Rehearsal.State.APPLYING,
            applied_at=Now(),
            applied_by=actor_name[:120],
            stopping=False,
            due_at=Now(),
        )


def stop(found: Rehearsal) -> None:
    """*Parar*: what was released is finished, the rest stays where it was."""
    Rehearsal.objects.filter(pk=found.pk, state=Rehearsal.State.APPLYING).update(stopping=True)


def switch_on(connection: Connection) -> None:
    """*Ligar*: from now on Cais writes there by itself, beginning with what waits. Raises NotRehearsed.

    A rehearsal of the last day must have been read to its end: nobody switches on what nobody has seen.
    """
    since = timezone.now() - GOOD_FOR
    plans = Rehearsal.objects.filter(connection=connection, scope=Rehearsal.Scope.ORDERS)
    if not plans.filter(ready_at__gte=since).exists():
        raise NotRehearsed("Ensaie esta conexão antes de ligar: assim você vê o que seria escrito.")
    connection.mode, connection.rehearsed_at = Connection.Mode.PUBLISH, timezone.now()
    connection.save(update_fields=["mode", "rehearsed_at"])


def observe(connection: Connection) -> None:
    """*Só observar*: from now on nothing new is said there. What had left already is finished."""
    with transaction.atomic():
        connection.mode = Connection.Mode.OBSERVE
        connection.save(update_fields=["mode"])
        rows = ErpOrderPublication.objects.held_back().of_connection(connection)
        only_wished(list(rows.values_list("fulfilment__order", flat=True)))


def look_at(found: Rehearsal) -> None:
    """A person has the plan before them; only what was read to its end counts as seen."""
    Rehearsal.objects.filter(pk=found.pk, seen_at=None, ready_at__isnull=False).update(seen_at=Now())


def has_seen(connection: Connection, scope: Rehearsal.Scope) -> bool:
    """Whether a person ever saw what would be written: the condition of feature A5."""
    return Rehearsal.objects.filter(connection=connection, scope=scope, seen_at__isnull=False).exists()


def held_back(connection: Connection) -> int:
    """How many wishes wait because this connection, or the other one they answer to, observes."""
    tables = [model for model in apps.get_models() if issubclass(model, Publication) and _is_on(connection, model)]
    return sum(model.objects.held_back().of_connection(connection).count() for model in tables)


def _is_on(connection: Connection, model: type[Publication]) -> bool:
    """A function that is off holds nothing back: nobody asked for it yet."""
    return not model.FUNCTION or model.FUNCTION in connection.functions


def drop_old_rehearsals() -> int:
    """Of the group in scope; returns how many plans were too old to keep."""
    old = Rehearsal.objects.filter(asked_at__lt=timezone.now() - KEPT_FOR, due_at=None)
    return old.delete()[1].get("rehearsals.Rehearsal", 0)
