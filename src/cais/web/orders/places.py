"""Where the units of an order are promised, in words: a depot, or companies of which nobody chose one yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from cais.companies.models import Company, Warehouse
from cais.connections import serving
from cais.movements.models import MovementLine, Reservation
from cais.orders.models import Order
from cais.web.orders.division_words import listed

_MOST_NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class Places:
    """`company` is the only one that any unit of the order may come from; None where there are several."""

    company: Company | None
    of_pool: Mapping[int, Sequence[Company]]

    def words(self, promises: Sequence[Reservation], served: Sequence[MovementLine]) -> str:
        """Depósito principal; Sudeste, Depósito principal; em Casa ou Sudeste."""
        depots = [row.warehouse for row in promises if row.warehouse]
        pools = [row.pool_id for row in promises if row.pool_id]
        found = [self._depot(depot) for depot in depots or ([] if pools else [row.warehouse for row in served])]
        found += [self._pool(self.of_pool[pool]) for pool in pools]
        return "; ".join(dict.fromkeys(text for text in found if text))

    def _depot(self, depot: Warehouse) -> str:
        return depot.name if self.company else f"{depot.company.name}, {depot.name}"

    def _pool(self, companies: Sequence[Company]) -> str:
        """Two are named; of more their number says as much, in a column of a few words."""
        if self.company:
            return ""
        if len(companies) > _MOST_NAMED:
            return f"em uma de {len(companies)} empresas"
        return f"em {listed([company.name for company in companies], last='ou')}"


def places_of(order: Order, promises: Iterable[Reservation], served: Iterable[MovementLine]) -> Places:
    """`promises` come with warehouse, its company, and pool; `served` with warehouse and its company."""
    promised = list(promises)
    pools = {row.pool_id: row.pool.companies for row in promised if row.pool_id and row.pool}
    named = {company.pk: company for company in Company.objects.of(order.group).filter(pk__in=chain(*pools.values()))}
    of_pool = {key: [company for pk, company in named.items() if pk in members] for key, members in pools.items()}
    depots = {row.warehouse.company for row in promised if row.warehouse} | {row.warehouse.company for row in served}
    able = depots.union(named.values()) or set(serving.queue_of(order.connection))
    return Places(next(iter(able)) if len(able) == 1 else None, of_pool)
