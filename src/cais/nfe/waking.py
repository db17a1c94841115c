"""Blocked notes wake by themselves: what barred them is mended, so nobody need press anything."""

from __future__ import annotations

import logging
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from cais.inbox.models import Pending
from cais.inbox.nfe_reasons import NFE_REASONS
from cais.nfe.issuing import problems_of
from cais.nfe.models import Nfe, State
from cais.nfe.signing import is_for_nothing, with_everything
from cais.nfe.telling import tell
from cais.orders.models import Order

log = logging.getLogger(__name__)
BLOCKED = NFE_REASONS[0]
# What only the attempt itself can judge (SEFAZ's clock, the schema, keys of this machine) waits for a person.
_UNSEEN: Final = frozenset(
    ["clock", "schema", "certificaterefused", "configurationerror", "noauthoriser", "noschemas", "vaulterror"]
)
CAUSES_AT_ONCE = 50
_NOTES_AT_ONCE = 100


def wake_mended(group_id: int) -> int:
    """Queue again the blocked notes against which nothing speaks any more. Returns how many.

    One note of each cause is judged; only where it is well are the others behind the same cause. No number was taken
    for any of them, and queueing takes none.
    """
    open_causes = Pending.objects.filter(group=group_id, reason=BLOCKED, subject="order", closed_at=None)
    causes = list(open_causes.order_by("?").values_list("cause", flat=True)[: CAUSES_AT_ONCE * 4])
    woken = 0
    for cause in list(dict.fromkeys(causes))[:CAUSES_AT_ONCE]:
        woken += _wake(_behind(group_id, cause))
    return woken


def has_blocked(group_id: int) -> bool:
    return Nfe.objects.filter(group=group_id, state=State.BLOCKED).exists()


def _behind(group_id: int, cause: str) -> QuerySet[Nfe]:
    orders = Pending.objects.filter(group=group_id, reason=BLOCKED, subject="order", cause=cause, closed_at=None)
    rows: QuerySet[Nfe] = with_everything().filter(order__in=orders.values("subject_id"), state=State.BLOCKED)
    return rows.order_by("pk")


def _wake(notes: QuerySet[Nfe]) -> int:
    woken = 0
    for nfe in notes[:_NOTES_AT_ONCE]:
        try:
            is_well = _is_well(nfe)
        except Exception:  # the edge of the loop: this note stays where it is, and the others are judged
            log.exception("note %s", nfe.pk)
            continue
        if not is_well:
            break
        woken += _queue(nfe)
    return woken


def _is_well(nfe: Nfe) -> bool:
    if nfe.order.hold or is_for_nothing(nfe, nfe.order):
        return False
    if any(problem.get("code") in _UNSEEN for problem in nfe.problems):
        return False
    return not problems_of(nfe.fulfilment)


def _queue(nfe: Nfe) -> int:
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=nfe.order_id)
        blocked = Nfe.objects.filter(pk=nfe.pk, state=State.BLOCKED)
        woken = blocked.update(state=State.QUEUED, due_at=Now(), attempts=0, lease=None, lease_until=None)
        if woken:
            tell(nfe, State.QUEUED)
    return woken
