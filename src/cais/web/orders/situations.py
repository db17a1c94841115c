"""*Situação* of orders in words: the phase, or the reason that holds the order with its figures filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cais.companies.models import Group
from cais.inbox.causes import OpenCause, open_of
from cais.orders.models import Order
from cais.orders.phase import PARCEL, STOPPED
from cais.web.status_words import StatusWord, TrailTones, trail_of, word

TOLD_BY_REASON: Final = frozenset({"held", "short", "movement_error", "erp_refused"})
# Orders for which *Gerar notas* may be asked.
NOTE_READY: Final = ("integrated", "nfe_blocked", "nfe_rejected", "nfe_denied")


def is_note_ready(order: Order) -> bool:
    """Whether *Gerar notas* may be asked; a parcel that left without a note may still get one."""
    return order.phase in NOTE_READY or (order.phase in PARCEL and not order.nfe_state)


@dataclass(frozen=True, slots=True)
class Situation:
    word: StatusWord
    trail: TrailTones
    causes: Sequence[OpenCause] = ()


def situations(group: Group, orders: Sequence[Order]) -> dict[int, Situation]:
    """One query for the whole page: why each stopped order waits."""
    stopped = [order.pk for order in orders if order.phase in STOPPED]
    causes = open_of(group, "order", stopped) if stopped else {}
    return {order.pk: _situation(order, causes) for order in orders}


def situation_of(order: Order) -> Situation:
    """As `situations`, and with every cause, whatever the phase."""
    return _situation(order, open_of(order.group, "order", [order.pk]))


def _situation(order: Order, causes: Mapping[int, Sequence[OpenCause]]) -> Situation:
    own = causes.get(order.pk, ())
    shown = _word(order, own)
    trail = trail_of(order.phase)
    if order.phase == "held" and order.erp_state == "done":
        trail = TrailTones(movement="ok", erp=shown.tone)
    elif order.phase in ("held", "short"):
        trail = TrailTones(movement=shown.tone)
    return Situation(shown, trail, own)


def _word(order: Order, causes: Sequence[OpenCause]) -> StatusWord:
    plain = word("order", order.phase)
    if order.phase not in TOLD_BY_REASON or not causes:
        return plain
    # The hold that the order bears, unless it is newer than the rows we read.
    told = next((cause for cause in causes if cause.reason.code == order.hold), causes[0])
    reason = told.reason
    return replace(plain, tone=reason.tone, icon=reason.icon, label=told.short, help=told.cause)  # type: ignore[arg-type]
