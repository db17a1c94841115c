"""Where an order lacks units, and a company that does not serve its store has them: proposals of a transfer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import F, Sum
from django.urls import reverse

from cais.catalog.models import Product
from cais.catalog.numerals import write_decimal
from cais.companies.models import Warehouse
from cais.movements.models import Reservation
from cais.movements.promises import reach_of
from cais.offering.rules import usable_warehouses
from cais.orders.models import Order
from cais.stock.models import Balance
from cais.warehousing.leaving import leaves
from cais.warehousing.models import Transfer
from cais.web.parts import Action


def transfer_actions(order: Order) -> list[Action]:
    """A button for each warehouse of another company that has something of what the order lacks.

    It leads to the proposal, already filled in; nothing moves before people send and receive.
    """
    lacks = _lacks(order)
    reach = reach_of(order.connection)
    targets = usable_warehouses(reach)
    if not lacks or not targets:
        return []
    rows = Balance.objects.of(order.group).filter(product__in=lacks, warehouse__active=True, on_hand__gt=F("reserved"))
    there: dict[Warehouse, list[Product]] = defaultdict(list)
    for row in rows.exclude(warehouse__company__in=reach.companies).select_related("warehouse__company", "product"):
        assert row.warehouse is not None
        there[row.warehouse].append(row.product)
    found = {source: _items(order, source, targets[0], products, lacks) for source, products in there.items()}
    return [_action(order, source, targets[0], items) for source, items in found.items() if items]


def _items(
    order: Order, source: Warehouse, target: Warehouse, products: list[Product], lacks: Mapping[int, Decimal]
) -> list[tuple[str, str]]:
    """What may leave the source and no other order notices, as far as this one lacks it."""
    free = leaves(Transfer(group=order.group, source=source, target=target), [product.pk for product in products])
    units = [(product.sku, min(lacks[product.pk], free[product.pk].free)) for product in products]
    return [pair for sku, more in units if more for pair in (("sku", sku), ("quantidade", write_decimal(more)))]


def _lacks(order: Order) -> dict[int, Decimal]:
    waiting = Reservation.objects.filter(order=order, held__lt=F("wanted"))
    return dict(waiting.values_list("product_id").annotate(units=Sum(F("wanted") - F("held"))).order_by())


def _action(order: Order, source: Warehouse, target: Warehouse, items: list[tuple[str, str]]) -> Action:
    query = [
        ("de", str(source.pk)),
        ("para", str(target.pk)),
        ("pedido", str(order.pk)),
        ("motivo", f"Falta para o pedido {order.number}"),
        *items,
    ]
    url = f"{reverse('new_transfer', args=[order.group.slug])}?{urlencode(query)}"
    return Action(f"Propor transferência de {source.company.name} / {source.name}", url, icon="arrows-right-left")
