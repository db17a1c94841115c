"""The moments at which Cais writes a status: their order, and when one may still be written (feature B3)."""

from __future__ import annotations

from typing import Final

from cais.core.effects import Meaning
from cais.orders.models import Order
from cais.statuses.models import StatusEntry, WriteBack

Moment = WriteBack.Moment
# A later moment is never overwritten by an earlier one. A cancellation is beside the way, and always the last word.
_RANK: Final[dict[str, int]] = {Moment.CAPTURED: 1, Moment.INVOICED: 2, Moment.SHIPPED: 3, Moment.DELIVERED: 4}
# How far the store itself says that an order is, on the same scale.
_STANDING: Final = {Meaning.PENDING: 0, Meaning.INVOICED: 2, Meaning.SHIPPED: 3, Meaning.FINISHED: 4}


def is_past(written: str, moment: str) -> bool:
    """Whether what was wished already belongs to a later moment than this."""
    return moment in _RANK and _RANK.get(written, 0) > _RANK[moment]


def fits(order: Order, moment: str, status: StatusEntry) -> bool:
    """Whether the order is still where the moment found it: a store that moved on wins, nothing goes backwards."""
    if moment == Moment.CANCELLED:
        return order.meaning == Meaning.CANCELLED
    if status.meaning == Meaning.CANCELLED or order.erp_state != "done" or not _has_come(order, moment):
        return False
    standing = _STANDING.get(Meaning(order.meaning)) if order.meaning else None
    return standing is not None and standing < _RANK[moment]


def _has_come(order: Order, moment: str) -> bool:
    match moment:
        case Moment.INVOICED:
            return order.is_invoiced
        case Moment.SHIPPED:
            return order.shipped_at is not None and not order.is_partly_invoiced
        case Moment.DELIVERED:
            return order.delivered_at is not None and not order.is_partly_invoiced
    return True


def reached(order: Order) -> list[WriteBack.Moment]:
    """The moments that a served order has come past, the earliest first."""
    return [each for each in (Moment.INVOICED, Moment.SHIPPED, Moment.DELIVERED) if _has_come(order, each)]
