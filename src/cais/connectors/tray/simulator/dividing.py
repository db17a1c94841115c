"""Multi-CD: a paid order divided among distribution centres; the parent is edited and children are made (§16)."""

import copy
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.errors import Refusal
from cais.connectors.tray.simulator.records import Line, Order
from cais.connectors.tray.simulator.store import Store
from cais.connectors.tray.simulator.wire import Json, moment

_CENT = Decimal("0.01")
# Only these are divided; a marketplace's orders go to the main centre.
_DIVIDED = ("LOJA VIRTUAL", "PARTICULAR")


def divide(store: Store, order: Order, leaving: Mapping[int, int]) -> Order:
    """Make a child that carries ``leaving`` (line id to units) away from its parent.

    Discounts are shared pro rata to the cent; freight and payments stay with the parent, and so does the stock that was
    taken: nothing is taken twice. Raises Refusal for a store without several centres, and for what is not divided.
    """
    _guard(store, order, leaving)
    before = order.partial_total
    child = copy.copy(order)
    child.id, child.payments, child.invoices, child.children = store.book.new_id("order"), [], [], []
    child.created = child.modified = store.clock.now()
    child.lines = [_cut(store, line, leaving[line.id]) for line in order.lines if leaving.get(line.id)]
    order.lines = [line for line in order.lines if line.quantity]
    order.children.append(child.id)
    child.parent_id, child.shipment_value, child.payment_method_rate, child.taxes = (
        order.id,
        Decimal(0),
        Decimal(0),
        Decimal(0),
    )
    child.external_code = f"{store.config.store_id}__{order.id}-{len(order.children)}"
    child.store_note = f"Pedido gerado a partir do pedido {order.id}"
    _share(order, child, before)
    store.book.place(child, by="division")
    store.book.edited(order, by="division")
    return child


def _guard(store: Store, order: Order, leaving: Mapping[int, int]) -> None:
    has = {line.id: line.quantity for line in order.lines}
    possible = leaving and all(0 < units <= has.get(line, 0) for line, units in leaving.items())
    if not (store.config.multi_cd and order.paid_at and order.point_sale in _DIVIDED and possible):
        raise Refusal(400, "Invalid data provided", causes={"Order": ["O pedido não pode ser dividido"]})


def _cut(store: Store, line: Line, units: int) -> Line:
    part = copy.copy(line)
    part.id, part.quantity = store.book.new_id("line"), units
    line.quantity -= units
    return part


def _share(order: Order, child: Order, before: Decimal) -> None:
    for name in ("discount", "coupon_discount"):
        whole = getattr(order, name)
        share = (whole * child.partial_total / before).quantize(_CENT, ROUND_DOWN) if before else Decimal(0)
        setattr(child, name, share)
        setattr(order, name, whole - share)


def division(order: Order, choices: Choices) -> Json:
    """What the whole record of an order says of its division; nothing for one that is not divided."""
    if order.parent_id:
        return {"DistributionCenter": _centre(order)}
    if not order.children or choices.order_childs == "absent":
        return {}
    ids = [str(child) for child in order.children]
    wrapped = [{"OrderChild": {"id": key, "order_id": str(order.id)}} for key in ids]
    return {"OrderChilds": ids if choices.order_childs == "ids" else wrapped}


def _centre(order: Order) -> Json:
    place = {"id": "2", "name": "CD Sul", "postal_code": "88010000", "country": "Brasil", "state": "SC"}
    sold = [
        {
            "product_id": str(line.product_id),
            "variant_id": str(line.variant_id),
            "product_sold_id": str(line.id),
            "quantity": str(line.quantity),
        }
        for line in order.lines
    ]
    package = {"id": f"P{order.id}", "created_at": moment(order.created).replace(" ", "T") + "Z"}
    return {
        "status": "1",
        "type": "child_order",
        "group_id": str(order.parent_id),
        "Package": {**package, "order_id": str(order.id), "DistributionCenter": place, "Products": sold},
    }
