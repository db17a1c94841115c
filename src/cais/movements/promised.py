"""Reservations as they are, and the ledger's words for one that grows or shrinks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from cais.core.values import ZERO
from cais.movements.models import Reservation
from cais.orders.models import Order
from cais.stock import ledger
from cais.stock.models import LedgerEntry


def reservations_of(orders: Collection[Order]) -> dict[int, list[Reservation]]:
    """By order, the oldest first; an order that nothing is promised to is absent until it is asked for."""
    found: dict[int, list[Reservation]] = defaultdict(list)
    for row in Reservation.objects.filter(order__in=orders).order_by("pk"):
        found[row.order_id].append(row)
    return found


def change(order: Order, row: Reservation, units: Decimal) -> ledger.Change:
    """Units (signed) promised, or promised no more, where the reservation lies."""
    return ledger.Change(
        group_id=row.group_id,
        product_id=row.product_id,
        warehouse_id=row.warehouse_id,
        pool_id=row.pool_id,
        kind=LedgerEntry.Kind.RESERVE if units > ZERO else LedgerEntry.Kind.RELEASE,
        reserved=units,
        order_id=order.pk,
        order_number=order.number,
    )
