"""Rehearsals for the engine's tests: a plan read to its end, and applied to its end."""

from __future__ import annotations

from django.db.models.functions import Now

from cais.rehearsals.models import Rehearsal
from cais.rehearsals.services import apply, start
from tests.engine.house import House


def plan_of(home: House, scope: Rehearsal.Scope = Rehearsal.Scope.ORDERS) -> Rehearsal:
    """Asked for now, and read to its end."""
    return looked_at(home, start(home.store, asked_by="Rosana", scope=scope))


def looked_at(home: House, plan: Rehearsal) -> Rehearsal:
    """With all that it had to read outside."""
    _go_on(home, rounds=4)
    plan.refresh_from_db()
    assert plan.state == Rehearsal.State.READY
    return plan


def applied(home: House, plan: Rehearsal) -> None:
    apply(plan, actor_name="Rosana")
    _go_on(home, rounds=3)
    plan.refresh_from_db()


def _go_on(home: House, *, rounds: int) -> None:
    """What a plan put off for a while is due."""
    for _ in range(rounds):
        Rehearsal.objects.filter(due_at__isnull=False).update(due_at=Now())
        home.work()
