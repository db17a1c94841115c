"""Recorded orders whose units nobody promised, because the register said something else when they were settled."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from cais.catalog.models import Listing
from cais.core.effects import Meaning
from cais.movements.models import Reservation
from cais.offering.kits import with_kits
from cais.orders.models import Order, OrderLine
from cais.orders.phase import WITHOUT_MOVEMENT

_OPEN = Q(meaning__in=("", Meaning.AWAITING_PAYMENT, Meaning.PENDING), is_history=False, erp_state="")
_UNTOLD = (*WITHOUT_MOVEMENT, "awaiting_sync", "movement_error")
_THINGS = {
    "connection": OuterRef("order__connection"),
    "external_id": OuterRef("product_external_id"),
    "variant_id": OuterRef("variant_external_id"),
}


def unpromised(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Of these, those that sold a thing which is linked by now, or a product whose stock is controlled by now."""
    of_order = OrderLine.objects.filter(order=OuterRef("pk"), removed=False)
    linked = of_order.filter(Exists(Listing.objects.filter(**_THINGS)), product=None)
    bare = of_order.filter(~Exists(Reservation.objects.filter(line=OuterRef("pk"))), product__tracks_stock=True)
    return orders.filter(Exists(linked) | (_OPEN & Exists(bare)))


def orders_to_promise(group_id: int, product_ids: Collection[int]) -> list[int]:
    """Open orders, of which no ERP knows yet, that want other units of these products than they were promised.

    Of a kit all of them are looked at: its components may be others.
    """
    lines = OrderLine.objects.filter(order=OuterRef("pk"), product__in=with_kits(product_ids), removed=False)
    promised = Exists(Reservation.objects.filter(line=OuterRef("pk")))
    wanting = lines.filter(Q(product__is_kit=True) | (Q(product__tracks_stock=True) & ~promised))
    # From the open orders, which are few and have an index: a product may stand on a great part of all lines.
    rows = Order.objects.filter(_OPEN, Exists(wanting), group=group_id, phase__in=_UNTOLD)
    return list(rows.order_by("pk").values_list("pk", flat=True))
