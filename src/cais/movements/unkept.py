"""Orders whose promise the shelves do not keep: a count found less, units went away, a depot lacks what it promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from cais.core.pooling import Supply
from cais.core.values import ZERO
from cais.movements.models import Reservation
from cais.movements.shelf import Shelf
from cais.orders.models import Order


def orders_without(group_id: int, product_ids: Collection[int]) -> list[Order]:
    """As it is at this moment, the oldest first."""
    rows = _promises(group_id, product_ids)
    shelf = Shelf.seen(group_id, {row.product_id for row in rows})
    return _named(_unkept(shelf, rows))


def orders_without_these(group_id: int, leaving: Collection[tuple[int, Decimal]], *, source: int) -> list[Order]:
    """Who would go without once these units (product, how many) had left the warehouse, the oldest first."""
    rows = _promises(group_id, [product for product, _ in leaving])
    shelf = Shelf.seen(group_id, {row.product_id for row in rows})
    before = _unkept(shelf, rows)
    for product, units in leaving:
        shelf.put(product, source, -units)
    return _named(_unkept(shelf, rows) - before)


def _promises(group_id: int, product_ids: Collection[int]) -> list[Reservation]:
    rows = Reservation.objects.filter(group=group_id, product__in=product_ids, held__gt=ZERO)
    return list(rows.order_by("placed_at", "order_id", "pk"))


def _named(order_ids: Collection[int]) -> list[Order]:
    return list(Order.objects.filter(pk__in=order_ids).order_by("placed_at", "pk"))


def _unkept(shelf: Shelf, rows: Iterable[Reservation]) -> set[int]:
    """What is left is for the older orders; in their turn, those for which nothing was left."""
    found: set[int] = set()
    of_product: dict[int, list[Reservation]] = defaultdict(list)
    in_depot: dict[tuple[int, int], list[Reservation]] = defaultdict(list)
    for row in rows:
        if row.warehouse_id is not None:
            in_depot[row.product_id, row.warehouse_id].append(row)
        else:
            of_product[row.product_id].append(row)
    for (product, depot), promised in in_depot.items():
        found |= _beyond(promised, shelf.overdrawn(product, depot))
    for product, promised in of_product.items():
        found |= _of_pools(shelf, shelf.supplies[product], promised)
    return found


def _beyond(promised: Iterable[Reservation], lacking: Decimal) -> set[int]:
    """The youngest orders, as many as it takes to lack these units."""
    found: set[int] = set()
    for row in reversed(list(promised)):
        if lacking <= ZERO:
            break
        found.add(row.order_id)
        lacking -= row.held
    return found


def _of_pools(shelf: Shelf, supply: Supply, promised: Iterable[Reservation]) -> set[int]:
    found: set[int] = set()
    left = supply.with_promises({})
    for row in promised:
        pool = shelf.sets[row.pool_id or 0]
        units = min(row.held, left.free(pool))
        left.promise(pool, units)
        if units < row.held:
            found.add(row.order_id)
    return found
