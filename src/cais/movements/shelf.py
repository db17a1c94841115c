"""What is free of each product, seen under the lock of its balances, while promises are made in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Sum

from cais.companies.models import Warehouse
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.movements.models import Reservation
from cais.stock import ledger

Lack = tuple[datetime, int, Decimal]


class Shelf:
    """The stock that one connection may sell from: the active warehouses of its company.

    Constructing it locks the balances of `product_ids` in key order; `take` and `give_back` keep the count while the
    caller prepares its ledger entries. Promises of every pool that draws on the same warehouses are subtracted.
    """

    def __init__(self, connection: Connection, product_ids: Collection[int]) -> None:
        self.warehouses = list(
            Warehouse.objects.filter(company=connection.company_id, active=True).values_list("pk", flat=True)
        )
        pools = set(Connection.objects.filter(company=connection.company_id).values_list("pk", flat=True))
        self._free: dict[int, Decimal] = defaultdict(lambda: ZERO)
        self._in_warehouse: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
        for row in ledger.lock(product_ids):
            if row.warehouse_id in self.warehouses:
                self._free[row.product_id] += row.on_hand - row.reserved
                self._in_warehouse[row.product_id, row.warehouse_id] = row.on_hand - row.reserved
            elif row.pool_id in pools:
                self._free[row.product_id] -= row.reserved

    def free(self, product_id: int) -> Decimal:
        """Units nobody was promised; never less than zero."""
        return max(ZERO, self._free[product_id])

    def take(self, product_id: int, wanted: Decimal, *, owed: Decimal = ZERO) -> Decimal:
        """Promise up to `wanted` units, leaving those `owed` to older orders. Returns how many were promised."""
        taken = min(wanted, max(ZERO, self.free(product_id) - owed))
        self._free[product_id] -= taken
        return taken

    def give_back(self, product_id: int, units: Decimal) -> None:
        self._free[product_id] += units

    def places(self, product_id: int, units: Decimal) -> list[tuple[int, Decimal]]:
        """From which warehouses `units` already promised to a pool come, first warehouse first."""
        found: list[tuple[int, Decimal]] = []
        for warehouse in self.warehouses:
            here = min(units, max(ZERO, self._in_warehouse[product_id, warehouse]))
            if here > ZERO:
                found.append((warehouse, here))
                self._in_warehouse[product_id, warehouse] -= here
                units -= here
        return found


def owed_before(connection: Connection, product_ids: Collection[int]) -> dict[int, list[Lack]]:
    """Per product, what orders waiting for the same warehouses lack: (placed_at, order id, units), oldest first."""
    rows = (
        Reservation.objects.filter(product__in=product_ids, held__lt=F("wanted"), pool__company=connection.company_id)
        .values("product_id", "placed_at", "order_id")
        .annotate(lack=Sum(F("wanted") - F("held")))
        .order_by("placed_at", "order_id")
    )
    owed: dict[int, list[Lack]] = defaultdict(list)
    for row in rows:
        owed[row["product_id"]].append((row["placed_at"], row["order_id"], row["lack"]))
    return owed
