"""Orders whose promise the shelves do not keep: a count found less, units went away, a depot lacks what it promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Final

from django.db.models import Case, F, When

from cais.core.pooling import Supply
from cais.core.values import ZERO
from cais.movements.models import Reservation
from cais.movements.shelf import Shelf
from cais.orders.models import Order
from cais.stock.models import Balance

# What was sold keeps its units before what was not; then the older order before the younger.
_TURN: Final = (Case(When(order__erp_state="", then=1), default=0), "placed_at", "order_id", "pk")


def orders_without(group_id: int, product_ids: Collection[int]) -> list[Order]:
    """As it is at this moment, the oldest first. What was sold goes without only when nothing else is left to."""
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


def moved_without(orders: Collection[Order]) -> set[int]:
    """Those of these locked orders whose movement takes units from a depot that has not so many any more.

    The balances are locked by the caller.
    """
    own = Reservation.objects.filter(order__in=orders, warehouse__isnull=False, held__gt=ZERO)
    places = set(own.values_list("product_id", "warehouse_id"))
    overdrawn = Balance.objects.filter(
        product__in={product for product, _ in places},
        warehouse__in={depot for _, depot in places},
        reserved__gt=F("on_hand"),
    )
    found: set[int] = set()
    for row in overdrawn if places else ():
        rows = Reservation.objects.filter(product=row.product_id, warehouse=row.warehouse_id, held__gt=ZERO)
        found |= _beyond(rows.order_by(*_TURN), row.reserved - row.on_hand)
    return found & {order.pk for order in orders}


def _promises(group_id: int, product_ids: Collection[int]) -> list[Reservation]:
    rows = Reservation.objects.filter(group=group_id, product__in=product_ids, held__gt=ZERO)
    return list(rows.order_by(*_TURN))


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
