"""What importing an order would bring along and what would stop it: judged as it is now, and nothing written."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from cais.connections.models import Connection
from cais.core.effects import Meaning, effect_of
from cais.core.values import ZERO
from cais.inbox.reasons import REASONS
from cais.inbox.services import Cause
from cais.movements.eligible import Eligibility
from cais.movements.models import Reservation
from cais.movements.shelf import Shelf, lacks_of
from cais.orders.models import Order
from cais.settling import newcomers
from cais.settling.causes import causes_of
from cais.settling.choosing import Refusal, refusal_of
from cais.settling.company_causes import Able
from cais.settling.goods import Goods, read_goods

_OF_A_NEW_PRODUCT = ("product_unknown", "product_conflict")


@dataclass(frozen=True, slots=True)
class Foresight:
    """`causes` are those that the order would wait for, the gravest first; `products` those it would bring along."""

    refusal: Refusal | None = None
    products: int = 0
    causes: Sequence[Cause] = ()


def foresee(connection: Connection, orders: Sequence[Order]) -> dict[int, Foresight]:
    """Of orders of one connection, read with buyer and customer, as if all of them were imported now.

    Stock is as it is at this moment: others may take it first.
    """
    refusals = {order.pk: refusal_of(order) for order in orders}
    open_ones = [_as_if_imported(order) for order in orders if refusals[order.pk] is None]
    goods, _ = read_goods(connection, [order.pk for order in open_ones])
    eligibility = Eligibility(connection, open_ones, only_looking=True)
    lacking = _lacking(eligibility, open_ones, goods)
    able = Able(eligibility)
    found = {order.pk: Foresight(refusals[order.pk]) for order in orders}
    return found | {order.pk: _judged(able, order, goods, lacking[order.pk]) for order in open_ones}


def _as_if_imported(order: Order) -> Order:
    chosen = copy.copy(order)
    chosen.is_history, chosen.choice = False, Order.Choice.NONE
    return chosen


def _judged(able: Able, order: Order, goods: Goods, lacking: Mapping[int, Decimal]) -> Foresight:
    effect = effect_of(Meaning(order.meaning) if order.meaning else None)
    causes = [*able.cause(order, effect), *causes_of(order, effect, goods, lacking)]
    brought = _brought(able.eligibility.connection, order, goods)
    if brought:
        made = {line for lines in brought.values() for line in lines}
        causes = [c for c in causes if c.reason not in _OF_A_NEW_PRODUCT or c.params.get("line") not in made]
    return Foresight(None, len(brought), sorted(causes, key=lambda cause: REASONS[cause.reason].rank))


def _brought(connection: Connection, order: Order, goods: Goods) -> dict[tuple[str, str], list[int]]:
    """The store's products that would be made, each with its lines."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    if connection.creates_products and order.meaning:
        for line in goods.lines.get(order.pk, ()):
            if newcomers.may_be_made(line, goods):
                found[line.product_external_id, line.variant_external_id].append(line.pk)
    return found


def _lacking(eligibility: Eligibility, orders: Sequence[Order], goods: Goods) -> dict[int, dict[int, Decimal]]:
    """Order → product → units: of what is reserved already what is not held, of the rest what they would not get.

    Those without a reservation are served as `movements.reservations` would serve them, the oldest first: from the
    companies that may serve each, after what older orders lack and what those before it took.
    """
    wanted: dict[int, dict[int, Decimal]] = {order.pk: _units(goods.wants(order.pk)) for order in orders}
    found = _reserved(wanted)
    rest = sorted((order for order in orders if order.pk not in found), key=lambda order: (order.placed_at, order.pk))
    products = {product for order in rest for product in wanted[order.pk]}
    shelf = Shelf.seen(eligibility.connection.group_id, products)
    lacks = lacks_of(shelf, products)
    for order in rest:
        found[order.pk] = {}
        for product, need in wanted[order.pk].items():
            older = [(lack.pool, lack.units) for lack in lacks[product] if lack.turn < (order.placed_at, order.pk)]
            missing = need - shelf.take(product, need, eligibility.of(order).pool, older=older)
            if missing > ZERO:
                found[order.pk][product] = missing
    return found


def _units(wants: Mapping[tuple[int, int], Decimal]) -> dict[int, Decimal]:
    units: dict[int, Decimal] = defaultdict(Decimal)
    for (_, product), need in wants.items():
        units[product] += need
    return units


def _reserved(order_ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """What is lacking to the orders that have reservations; an order that lacks nothing has an empty entry."""
    rows = Reservation.objects.filter(order__in=list(order_ids)).order_by()
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for order_id, product, lack in rows.values_list("order_id", "product_id").annotate(
        lack=Sum(F("wanted") - F("held"))
    ):
        found[order_id].update({product: lack} if lack > ZERO else {})
    return dict(found)
