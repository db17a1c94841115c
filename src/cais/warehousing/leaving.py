"""How much of a product may leave a warehouse, and what it would take along that orders were promised."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from cais.core.values import ZERO
from cais.movements.shelf import Shelf
from cais.movements.unkept import orders_without_these
from cais.orders.models import Order
from cais.stock.models import Balance
from cais.warehousing.models import Transfer, TransferLine


@dataclass(frozen=True, slots=True)
class Leave:
    """Of one product. `free` units go and no order notices.

    Up to `movable` may go: the orders that count on them can be served from where they arrive, and wait until then.
    What is beyond stays: a movement counts on finding it here, or only the company here may serve those orders.
    """

    on_hand: Decimal = ZERO
    free: Decimal = ZERO
    movable: Decimal = ZERO

    @property
    def promised(self) -> Decimal:
        return max(ZERO, self.on_hand) - self.free

    def takes_along(self, units: Decimal) -> bool:
        """Whether orders would have to wait for the arrival of so many."""
        return self.free < units <= self.movable


def leaves(transfer: Transfer, product_ids: Collection[int], *, locked: bool = False) -> dict[int, Leave]:
    """By product. `locked`: the balances stay as they are until the transaction ends."""
    shelf = (Shelf.locked if locked else Shelf.seen)(transfer.group_id, product_ids)
    rows = Balance.objects.filter(warehouse=transfer.source_id, product__in=product_ids)
    return {product: Leave() for product in product_ids} | {
        row.product_id: _leave(shelf, transfer, row) for row in rows
    }


def waiting_for_arrival(transfer: Transfer, lines: Iterable[TransferLine]) -> list[Order]:
    """The orders that cannot be served while these units are on their way, the oldest first."""
    going = [(line.product_id, line.quantity) for line in lines]
    return orders_without_these(transfer.group_id, going, source=transfer.source_id)


def _leave(shelf: Shelf, transfer: Transfer, row: Balance) -> Leave:
    unnamed = max(ZERO, row.on_hand - row.reserved)
    if transfer.source_id not in shelf.company_of:  # out of use: no order counts on what lies there
        return Leave(row.on_hand, unnamed, unnamed)
    source, target = transfer.source.company_id, transfer.target.company_id
    supply = shelf.supplies[row.product_id]
    free = min(unnamed, supply.free(frozenset([source])))
    arrives = transfer.target_id in shelf.company_of
    movable = min(unnamed, supply.movable(source, target)) if arrives else free
    return Leave(row.on_hand, free, max(free, movable))
