"""Handing promises from one order to others where they lie: no unit is free for anybody in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cais.core.values import ZERO
from cais.movements.models import Reservation
from cais.movements.promised import change
from cais.orders.models import Order
from cais.stock import ledger


@dataclass(frozen=True, slots=True)
class Handing:
    """An order and what its lines want from now on: (line id, product id) → units."""

    order: Order
    wants: Mapping[tuple[int, int], Decimal]


def hand_over(giver: Handing, receivers: Sequence[Handing]) -> None:
    """Give the receivers what they want of what the giver has beyond its own wants.

    Orders and balances are locked by the caller. Asked twice it gives once. What the giver does not have is not made.
    """
    rows = list(Reservation.objects.filter(order=giver.order).order_by("pk"))
    changes: list[ledger.Change] = []
    for receiver in receivers:
        has = _wanted(Reservation.objects.filter(order=receiver.order))
        for key, units in receiver.wants.items():
            lack = units - has.get(key, ZERO)
            for row in rows:
                if lack <= ZERO:
                    break
                if row.product_id == key[1]:
                    lack -= _hand(giver, receiver, key, row, min(lack, _surplus(giver, rows, row)), changes)
    ledger.post(changes)


def _wanted(rows: Iterable[Reservation]) -> dict[tuple[int, int], Decimal]:
    found: dict[tuple[int, int], Decimal] = {}
    for row in rows:
        key = (row.line_id, row.product_id)
        found[key] = found.get(key, ZERO) + row.wanted
    return found


def _surplus(giver: Handing, rows: Sequence[Reservation], row: Reservation) -> Decimal:
    """How much this row may lose: its line wants so much less than it has."""
    key = (row.line_id, row.product_id)
    line_has = sum((other.wanted for other in rows if (other.line_id, other.product_id) == key), ZERO)
    return min(row.wanted, max(ZERO, line_has - giver.wants.get(key, ZERO)))


def _hand(
    giver: Handing,
    receiver: Handing,
    key: tuple[int, int],
    row: Reservation,
    units: Decimal,
    changes: list[ledger.Change],
) -> Decimal:
    """Move up to `units` of a row's promise, what is held first. Returns how many were moved."""
    if units <= ZERO:
        return ZERO
    held = min(units, row.held)
    taken = _at_the_same_place(receiver.order, key, row)
    handed = held if taken.pool_id == row.pool_id else ZERO  # companies of another pool may not have these units
    taken.wanted, taken.held = taken.wanted + units, taken.held + handed
    taken.save()
    row.wanted, row.held = row.wanted - units, row.held - held
    if row.wanted:
        row.save(update_fields=["wanted", "held"])
    else:
        Reservation.objects.filter(pk=row.pk).delete()
    if held:
        changes += [change(giver.order, row, -held)]
    if handed:
        changes += [change(receiver.order, row, handed)]
    return units


def _at_the_same_place(order: Order, key: tuple[int, int], row: Reservation) -> Reservation:
    own = Reservation.objects.filter(order=order, line=key[0], product=key[1])
    return next((known for known in own if known.warehouse_id == row.warehouse_id), None) or Reservation(
        group_id=row.group_id,
        order=order,
        line_id=key[0],
        product_id=key[1],
        warehouse_id=row.warehouse_id,
        pool_id=row.pool_id,
        wanted=ZERO,
        placed_at=order.placed_at,  # what is lacking waits in the line that its order stands in
    )
