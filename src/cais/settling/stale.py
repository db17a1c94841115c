"""Movements that must not become a sale as they are, and the word that the order's story says of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Sum

from cais.core.effects import Effect
from cais.core.values import ZERO
from cais.inbox.services import Cause
from cais.movements.eligible import Eligibility, Terms
from cais.movements.models import Movement, MovementLine, Reservation
from cais.movements.unkept import moved_without
from cais.orders.models import Order
from cais.settling.goods import Goods, Units

CHANGED, HELD, MISPLACED, UNKEPT = (
    "movement_changed",
    "movement_held",
    "movement_misplaced",
    "movement_unkept",
)


def unfit(
    untold: Sequence[Order],
    eligibility: Eligibility,
    *,
    goods: Goods,
    wants: Mapping[int, Units],
    effects: Mapping[int, Effect],
) -> dict[int, str]:
    """Of these locked orders, which have a movement that no ERP knows of, those that it no longer fits: why not.

    The balances are locked by the caller.
    """
    promised, misplaced = _promised(untold, eligibility)
    otherwise = _served_otherwise(untold, goods)
    unkept = moved_without(untold)
    found: dict[int, str] = {}
    for order in untold:
        if not effects[order.pk].to_erp:
            found[order.pk] = HELD
        elif order.pk in otherwise or promised.get(order.pk, {}) != wants[order.pk]:
            found[order.pk] = CHANGED
        elif order.pk in misplaced:
            found[order.pk] = MISPLACED
        elif order.pk in unkept:
            found[order.pk] = UNKEPT
    return found


def to_be_held(orders: Sequence[Order], causes: Mapping[int, Sequence[Cause]]) -> list[Order]:
    """Orders that wait for something and that Cais moved by itself: the check of the movement would sell them.

    What a person moved waits for that person, who is shown the cause.
    """
    waiting = [o for o in orders if causes[o.pk] and o.movement_state != "none" and not o.erp_state]
    if not waiting:
        return []
    automatic = Movement.objects.filter(order__in=waiting, automatic=True).exclude(state=Movement.State.CANCELLED)
    found = set(automatic.values_list("order_id", flat=True))
    return [order for order in waiting if order.pk in found]


def _promised(untold: Sequence[Order], eligibility: Eligibility) -> tuple[dict[int, Units], set[int]]:
    """What each order was promised in depots; and orders promised where they may not be served any more."""
    promised: dict[int, Units] = {}
    misplaced: set[int] = set()
    of_order = {order.pk: order for order in untold}
    for row in Reservation.objects.filter(order__in=untold, warehouse__isnull=False).select_related("warehouse"):
        if not _may_serve(row, eligibility.of(of_order[row.order_id])):
            misplaced.add(row.order_id)
        own, key = promised.setdefault(row.order_id, {}), (row.line_id, row.product_id)
        own[key] = own.get(key, ZERO) + row.wanted
    return promised, misplaced


def _may_serve(row: Reservation, terms: Terms) -> bool:
    """The depot is in use still, and its company may serve the order."""
    return row.warehouse is None or (row.warehouse.active and row.warehouse.company_id in terms.queue)


def _served_otherwise(orders: Sequence[Order], goods: Goods) -> set[int]:
    """Orders whose movement takes other products or units than their lines ask for now; promises do not tell of all."""
    if not orders:
        return set()
    served: dict[int, Units] = {order.pk: {} for order in orders}
    rows = MovementLine.objects.filter(movement__order__in=orders).exclude(movement__state=Movement.State.CANCELLED)
    units = rows.values_list("movement__order", "line", "product").annotate(units=Sum("quantity")).order_by()
    for order_id, line, product, taken in units:
        served[order_id][line, product] = taken
    return {key for key, own in served.items() if own != goods.takes(key)}
