"""Kits of an order that was sold: their units are those of the day of the sale, whatever the register says since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from cais.core.digest import plain
from cais.movements.models import Movement, MovementLine, Reservation
from cais.orders.models import Order, OrderLine
from cais.settling.goods import Goods, Units

_OfLine = Mapping[int, Mapping[int, Decimal]]
"""Order line → product → units."""


def wants_as_sold(orders: Sequence[Order], goods: Goods, wants: Mapping[int, Units]) -> dict[int, Units]:
    """What orders want of which an ERP was told: of a kit, the components that its movement takes.

    They leave the shelf with the note, so nobody else may be promised them. Only where nothing but the kit's
    composition changed: a line of other units than were agreed, or promised otherwise, wants what the register says.
    """
    sold = [order for order in orders if order.erp_state and not order.has_note and wants[order.pk]]
    if not sold:
        return {}
    counted = MovementLine.objects.filter(movement__order__in=sold, product__tracks_stock=True)
    taken = _units(counted.exclude(movement__state=Movement.State.CANCELLED), "quantity")
    promised = _units(Reservation.objects.filter(order__in=sold), "wanted")
    return {
        order.pk: _kept(wants[order.pk], {line.pk: taken[line.pk] for line in standing})
        for order in sold
        if (standing := [line for line in _agreed(order, goods) if taken.get(line.pk, {}) == promised.get(line.pk)])
    }


def _units(rows: QuerySet[MovementLine] | QuerySet[Reservation], amount: str) -> _OfLine:
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for line, product, units in rows.values_list("line", "product").annotate(units=Sum(F(amount))).order_by():
        found[line][product] = units
    return found


def _agreed(order: Order, goods: Goods) -> Iterable[OrderLine]:
    """Lines of kits whose quantity is the one that was sold."""
    sold = order.erp_facts.get("lines", {})
    for line in goods.lines.get(order.pk, ()):
        agreed = sold.get(line.external_id, {})
        if line.product and line.product.is_kit and agreed.get("quantity") == plain(line.quantity):
            yield line


def _kept(wants: Units, standing: _OfLine) -> Units:
    kept = {key: units for key, units in wants.items() if key[0] not in standing}
    for line, products in standing.items():
        kept |= {(line, product): units for product, units in products.items()}
    return kept
