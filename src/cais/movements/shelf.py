"""What is free of each product, seen under the lock of its balances, while promises are made in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Sum

from cais.companies.models import Warehouse
from cais.core.pooling import Pool, Supply
from cais.core.values import ZERO
from cais.movements.models import Reservation
from cais.stock import ledger
from cais.stock.models import Balance
from cais.stock.pools import sets_of


@dataclass(frozen=True, slots=True)
class Lack:
    """What an order still waits for; older ones come first."""

    placed_at: datetime
    order_id: int
    pool: Pool
    units: Decimal

    @property
    def turn(self) -> tuple[datetime, int]:
        return self.placed_at, self.order_id


class Shelf:
    """The units of some products in the active depots of a group, and what its pools promised of them.

    It keeps the count while the caller prepares ledger entries; nothing is written here.
    """

    def __init__(self, group_id: int, balances: Iterable[Balance]) -> None:
        active = Warehouse.objects.filter(group=group_id, active=True)
        self.company_of = dict(active.values_list("pk", "company_id"))
        self.sets = sets_of(group_id)
        self.supplies: dict[int, Supply] = defaultdict(Supply)
        self._in_depot: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
        for row in balances:
            if row.pool_id is not None:
                self.supplies[row.product_id].promise(self.sets[row.pool_id], row.reserved)
            elif row.warehouse_id in self.company_of:
                self._count(row.product_id, row.warehouse_id, row.on_hand - row.reserved)

    @classmethod
    def locked(cls, group_id: int, product_ids: Collection[int]) -> Shelf:
        """Locks the balances in key order.

        A pool's first promise is a new row, which only a statement begun after its writer ended can see: whoever
        decides about promises has locked these balances before.
        """
        return cls(group_id, ledger.lock(product_ids))

    @classmethod
    def seen(cls, group_id: int, product_ids: Collection[int]) -> Shelf:
        """As it is at this moment, for a look that promises nothing."""
        return cls(group_id, Balance.objects.filter(group=group_id, product__in=product_ids))

    def depots_of(self, company: int) -> list[int]:
        """Its active depots, the first one first."""
        return [depot for depot, owner in self.company_of.items() if owner == company]

    def in_depot(self, product_id: int, depot: int) -> Decimal:
        return max(ZERO, self._in_depot[product_id, depot])

    def overdrawn(self, product_id: int, depot: int) -> Decimal:
        """Units that an active depot promised and does not have."""
        return max(ZERO, -self._in_depot[product_id, depot])

    def take(
        self, product_id: int, wanted: Decimal, pool: Pool, *, older: Iterable[tuple[Pool, Decimal]] = ()
    ) -> Decimal:
        """Promise the pool up to `wanted` units. Returns how many were promised.

        `older` is what orders before this one lack, in their turn: as far as they could be served now, it is left to
        them.
        """
        supply = self.supplies[product_id]
        if wanted <= ZERO or not supply.free(pool):
            return ZERO
        left: dict[Pool, Decimal] = defaultdict(lambda: ZERO)
        dry: set[Pool] = set()
        for other, lack in older:
            units = ZERO if other in dry else min(lack, supply.free(other))
            if units < lack:
                dry.add(other)
            supply.promise(other, units)
            left[other] += units
        taken = min(wanted, supply.free(pool))
        for other, units in left.items():
            supply.promise(other, -units)
        supply.promise(pool, taken)
        return taken

    def give_back(self, row: Reservation, units: Decimal) -> Pool:
        """What a reservation held is free again where it was. Returns the companies of which it is."""
        if row.pool_id is not None:
            companies = self.sets[row.pool_id]
            self.supplies[row.product_id].promise(companies, -units)
            return companies
        return self.put(row.product_id, row.warehouse_id, units)

    def put(self, product_id: int, depot: int | None, units: Decimal) -> Pool:
        """Units (signed) that nobody was promised are in the depot. Out of use it sells nothing."""
        if depot is None or depot not in self.company_of:
            return frozenset()
        self._count(product_id, depot, units)
        return frozenset([self.company_of[depot]])

    def _count(self, product_id: int, depot: int, units: Decimal) -> None:
        self._in_depot[product_id, depot] += units
        self.supplies[product_id].add(self.company_of[depot], units)


def lacks_of(shelf: Shelf, product_ids: Collection[int]) -> dict[int, list[Lack]]:
    """Per product, what orders of the group that wait lack, the oldest first."""
    rows = (
        Reservation.objects.filter(product__in=product_ids, held__lt=F("wanted"), pool__isnull=False)
        .values("product_id", "placed_at", "order_id", "pool_id")
        .annotate(lack=Sum(F("wanted") - F("held")))
        .order_by("placed_at", "order_id")
    )
    found: dict[int, list[Lack]] = defaultdict(list)
    for row in rows:
        pool = shelf.sets[row["pool_id"]]
        found[row["product_id"]].append(Lack(row["placed_at"], row["order_id"], pool, row["lack"]))
    return found
