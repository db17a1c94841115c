"""How many orders are in each situation, and in each state of the movement: read as sums, folded now and then."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection as database
from django.db.models import Q, Sum

from cais.orders.models import Order, PhaseCount
from cais.orders.phase import IN_ERP, NOT_IN_ERP, WITHOUT_MOVEMENT

_FOLD = """
WITH gone AS (DELETE FROM orders_phasecount WHERE group_id = %s RETURNING *)
INSERT INTO orders_phasecount (group_id, connection_id, phase, movement_state, orders)
SELECT group_id, connection_id, phase, movement_state, sum(orders) FROM gone GROUP BY 1, 2, 3, 4 HAVING sum(orders) <> 0
"""


def fold_counts(group_id: int) -> None:
    """Replace the changes by their sums. Rows written meanwhile stay as they are."""
    with database.cursor() as cursor:
        cursor.execute(_FOLD, [group_id])


def phase_counts(connection_ids: list[int] | None = None, *, moved: bool = False) -> dict[str, int]:
    """Orders per situation in the current group; zero where there is none is left out. `moved`: with a movement."""
    rows = PhaseCount.objects.exclude(movement_state="none") if moved else PhaseCount.objects.all()
    if connection_ids is not None:
        rows = rows.filter(connection__in=connection_ids)
    sums = rows.values_list("phase").annotate(Sum("orders"))
    return {phase: count for phase, count in sums if count}


def movement_counts() -> dict[str, int]:
    """Orders of the current group per state of the movement (feature C1).

    *Sem movimentação* (`none`) counts those that may still get one; an order out of the way has none for good.
    """
    waiting = Q(phase__in=WITHOUT_MOVEMENT) | ~Q(movement_state="none")
    sums = PhaseCount.objects.filter(waiting).values_list("movement_state").annotate(Sum("orders"))
    return {state: count for state, count in sums if count}


def integrated_count(connection_id: int, counts: Mapping[str, int]) -> int:
    """How many orders of a connection are in the ERP, given its `phase_counts`; few are looked at one by one."""
    sure = sum(number for phase, number in counts.items() if phase in IN_ERP)
    open_phases = [phase for phase in counts if phase not in IN_ERP | NOT_IN_ERP]
    if not open_phases:
        return sure
    return sure + Order.objects.filter(connection=connection_id, phase__in=open_phases, erp_state="done").count()
