"""The goods leave: the authorised note of one company turns its promises into an exit of the same units."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.db.models import QuerySet

from cais.core.parts import NOTED
from cais.core.values import ZERO
from cais.movements.models import Fulfilment, Reservation
from cais.stock import ledger
from cais.stock.models import LedgerEntry

Place = tuple[int, int | None, int | None]
"""(product id, warehouse id, pool id)"""


def ship(fulfilment: Fulfilment) -> None:
    """Post the exit of what this company's part serves and end its reservations, in the caller's transaction.

    The order is locked by the caller, who makes sure that this happens once. What leaves is what the movement says, as
    the note does. What was promised beyond all parts, because the store changed the order meanwhile, is given back with
    the last of them.
    """
    order = fulfilment.order
    served = fulfilment.movement.lines.filter(warehouse__company=fulfilment.company_id).select_related("product")
    promised = list(_promised(fulfilment))
    ledger.lock({line.product_id for line in served} | {row.product_id for row in promised})
    leaving: dict[Place, Decimal] = defaultdict(lambda: ZERO)
    released: dict[Place, Decimal] = defaultdict(lambda: ZERO)
    for line in served:
        if line.product.tracks_stock:
            leaving[line.product_id, line.warehouse_id, None] += line.quantity
    for row in promised:
        released[row.product_id, row.warehouse_id, row.pool_id] += row.held
    ledger.post(
        [
            ledger.Change(
                group_id=fulfilment.group_id,
                product_id=product_id,
                warehouse_id=warehouse_id,
                pool_id=pool_id,
                kind=LedgerEntry.Kind.SHIP if leaving[place] else LedgerEntry.Kind.RELEASE,
                on_hand=-leaving[place],
                reserved=-released[place],
                order_id=order.pk,
                order_number=order.number,
            )
            for place in sorted({*leaving, *released}, key=str)
            if leaving[place] or released[place]
            for product_id, warehouse_id, pool_id in (place,)
        ]
    )
    Reservation.objects.filter(pk__in=[row.pk for row in promised]).delete()


def _promised(fulfilment: Fulfilment) -> QuerySet[Reservation]:
    """What is promised in this company's warehouses; with the last part everything that the order still has."""
    rows = Reservation.objects.filter(order=fulfilment.order_id)
    waiting = Fulfilment.objects.filter(movement=fulfilment.movement_id).exclude(nfe_state__in=NOTED)
    if waiting.exclude(pk=fulfilment.pk).exists():
        return rows.filter(warehouse__company=fulfilment.company_id)
    return rows
