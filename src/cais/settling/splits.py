"""Orders that a store divided: nothing new goes out before the parent and its parts are what was sold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q

from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.core.wording import quantity_text
from cais.inbox.services import Cause
from cais.movements.handing import Handing, hand_over
from cais.movements.models import Reservation
from cais.orders.agreed import fingerprint
from cais.orders.models import Order, OrderLine
from cais.settling.goods import Goods

Wants = dict[tuple[int, int], Decimal]
_TOLD = ("creating", "unknown", "done")


@dataclass(slots=True)
class Family:
    """A divided order and its parts, as far as they were read. `waits` says in words what is not in place yet."""

    parent_ref: str
    parent: Order | None = None
    parts: list[Order] = field(default_factory=list)
    waits: str = ""

    @property
    def members(self) -> list[Order]:
        return [*([self.parent] if self.parent else []), *self.parts]


def gather(connection: Connection, orders: Sequence[Order]) -> list[Order]:
    """These locked orders and, locked too, whoever belongs to them by a division."""
    known = {order.pk for order in orders}
    refs = {order.parent_ref for order in orders if order.parent_ref}
    own = {order.external_id for order in orders}
    related = Q(external_id__in=refs) | Q(parent_ref__in=refs | own)
    rows = Order.objects.filter(related, connection=connection).exclude(pk__in=known)
    found = rows.select_related("connection", "customer", "buyer").order_by("pk").select_for_update(of=("self",))
    return [*orders, *found]


def families_of(orders: Sequence[Order], goods: Goods) -> list[Family]:
    """The families among these orders, each judged."""
    by_ref = {order.external_id: order for order in orders}
    found: dict[str, Family] = {}
    for order in orders:
        if order.is_part:
            ref = order.parent_ref or f"?{order.external_id}"
            found.setdefault(ref, Family(ref, by_ref.get(ref))).parts.append(order)
        elif order.is_divided:
            found.setdefault(order.external_id, Family(order.external_id, order))
    for family in found.values():
        family.waits = _waits(family, goods)
    return list(found.values())


def _waits(family: Family, goods: Goods) -> str:
    if family.parent is None:
        return "ainda falta ler na loja o pedido de que esta parte saiu"
    read = {part.external_id for part in family.parts}
    if missing := [ref for ref in family.parent.part_refs if ref not in read]:
        return f"ainda falta ler na loja: {', '.join(missing)}"
    if family.parent.is_divided and not family.parts:
        return "a loja não disse ainda quais são as partes"
    if wrong := _not_as_sold(family, goods):
        return "; ".join(wrong)
    parent = family.parent
    if parent.erp_state in _TOLD and fingerprint(parent, goods.lines.get(parent.pk, [])) != parent.erp_digest:
        return f"a venda {parent.erp_number or 'em criação'} ainda é do pedido inteiro"
    return ""


def _not_as_sold(family: Family, goods: Goods) -> list[str]:
    """Products whose units over parent and parts are not those that were sold; unknown when never read whole."""
    if family.parent is None or not family.parent.sold_units:
        return []
    found: dict[str, Decimal] = defaultdict(lambda: ZERO)
    names: dict[str, str] = {}
    for order in family.members:
        for line in goods.lines.get(order.pk, ()):
            found[unit_key(line)] += line.quantity
            names[unit_key(line)] = line.name
    sold = {key: Decimal(units) for key, units in family.parent.sold_units.items()}
    return [
        f"{names.get(key, key)}: vendidas {quantity_text(sold.get(key, ZERO))}, "
        f"nas partes {quantity_text(found.get(key, ZERO))}"
        for key in sorted({*sold, *found})
        if sold.get(key, ZERO) != found.get(key, ZERO)
    ]


def unit_key(line: OrderLine) -> str:
    """The product of a line as the store names it."""
    return f"{line.product_external_id}:{line.variant_external_id}:{line.reference}"


def write_states(families: Iterable[Family]) -> None:
    """What is not in place is asked for once more: each member that begins to wait is read again."""
    for family in families:
        state = Order.Split.WAITING if family.waits else Order.Split.SETTLED
        for order in family.members:
            if order.split_state == state:
                continue
            order.split_state = state
            facts: dict[str, object] = {"split_state": state}
            if family.waits:
                order.reread_since = facts["reread_since"] = order.reread_since or CLOCK.now()
            Order.objects.filter(pk=order.pk).update(**facts)


def cause_of(family: Family, order: Order) -> Cause:
    params = {"number": order.number, "parent": family.parent_ref.lstrip("?"), "words": family.waits}
    return Cause("split_waiting", f"split:{order.connection_id}:{family.parent_ref}", params)


def wants_of(family: Family, wants: Mapping[int, Wants]) -> dict[int, Wants]:
    """While a family waits its units are promised once: the parent keeps what it holds, the parts want nothing yet."""
    if not family.waits:
        return {}
    found: dict[int, Wants] = {part.pk: {} for part in family.parts}
    for part in family.parts:
        found[part.pk] = _held_by(part)
    if family.parent is not None:
        found[family.parent.pk] = _held_by(family.parent) or wants[family.parent.pk]
    return found


def _held_by(order: Order) -> Wants:
    held: Wants = {}
    for row in Reservation.objects.filter(order=order):
        key = (row.line_id, row.product_id)
        held[key] = held.get(key, ZERO) + row.wanted
    return held


def hand_to_parts(families: Iterable[Family], wants: Mapping[int, Wants]) -> None:
    """What the parent gives up goes to the parts that want it, without ever being free in between."""
    for family in families:
        if not family.waits and family.parent is not None:
            receivers = [Handing(part, wants[part.pk]) for part in family.parts]
            hand_over(Handing(family.parent, wants[family.parent.pk]), receivers)
