"""*E se…*: what an order asks of all companies of its group, as a request to `core.allocate`; read without a lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db.models import Sum

from cais.companies.models import Warehouse
from cais.connections.models import Connection
from cais.core.allocation import Candidate, Component, Depot, Line, Policy, Request
from cais.core.values import ZERO
from cais.movements.models import Reservation
from cais.orders.models import Order, OrderLine
from cais.settling.goods import Goods, read_goods
from cais.stock.models import Balance

Held = Mapping[tuple[int | None, int | None, int], Decimal]
"""(warehouse, pool, product) → units that the order itself holds there."""


class UnnamedLineError(Exception):
    """An item of the order is no product of ours yet, or a kit without components: nobody can say who has it."""

    def __init__(self, line: OrderLine) -> None:
        super().__init__(line.name)
        self.line = line


def request_of(order: Order, *, policy: Policy, left_out: Collection[int] = ()) -> Request:
    """The order against the shelves of every company of the group, as if all of them served its store.

    What the order itself holds counts as free to it; what others were promised does not. Raises UnnamedLineError.
    """
    goods, _ = read_goods(order.connection, [order.pk])
    lines = tuple(_line(line, goods) for line in goods.lines.get(order.pk, ()) if line.quantity > ZERO)
    products = {part.product for line in lines for part in line.components}
    return Request(
        lines=lines,
        candidates=tuple(_candidates(order, products)),
        policy=policy,
        left_out=frozenset(left_out),
    )


def _line(line: OrderLine, goods: Goods) -> Line:
    product = line.product
    if product is None or not goods.parts(line):
        raise UnnamedLineError(line)
    if not product.is_kit:
        whole = Component(product=product.pk, counted=product.tracks_stock)
        return Line(key=line.pk, quantity=line.quantity, components=(whole,))
    parts = tuple(
        Component(product=part.product_id, per_unit=part.quantity, counted=part.product.tracks_stock)
        for part in goods.components[product.pk]
    )
    return Line(key=line.pk, quantity=line.quantity, components=parts)


def _candidates(order: Order, products: Collection[int]) -> list[Candidate]:
    """Companies with their active depots. What a company's stores promised without naming a depot yet is taken off its
    depots in their order, as a movement would take it."""
    held = _held(order)
    shelves = _shelves(order, products, held)
    promised = _promised(order, products, held)
    by_company: dict[int, list[Warehouse]] = defaultdict(list)
    priorities: dict[int, int] = {}
    for depot in Warehouse.objects.of(order.group).filter(active=True).select_related("company").order_by("pk"):
        by_company[depot.company_id].append(depot)
        priorities[depot.company_id] = depot.company.priority
    return [
        Candidate(company=key, priority=priorities[key], depots=_depots(own, products, shelves, promised[key]))
        for key, own in by_company.items()
    ]


def _depots(
    own: Collection[Warehouse],
    products: Collection[int],
    shelves: Mapping[tuple[int, int], Decimal],
    promised: dict[int, Decimal],
) -> tuple[Depot, ...]:
    """What is free in each depot; `promised` is used up on the way."""
    found: list[Depot] = []
    for rank, depot in enumerate(own):
        free: dict[int, Decimal | None] = {}
        for product in products:
            there = max(ZERO, shelves.get((depot.pk, product), ZERO))
            taken = min(there, promised.get(product, ZERO))
            promised[product] = promised.get(product, ZERO) - taken
            free[product] = there - taken
        found.append(Depot(warehouse=depot.pk, rank=rank, free=free))
    return tuple(found)


def _held(order: Order) -> Held:
    rows = Reservation.objects.filter(order=order).values_list("warehouse", "pool", "product").order_by()
    return {(warehouse, pool, product): units for warehouse, pool, product, units in rows.annotate(units=Sum("held"))}


def _shelves(order: Order, products: Collection[int], held: Held) -> dict[tuple[int, int], Decimal]:
    """(warehouse, product) → units there that nobody else was promised. What was never counted is none."""
    rows = Balance.objects.of(order.group).filter(product__in=products, warehouse__active=True)
    return {
        (warehouse, product): on_hand - reserved + held.get((warehouse, None, product), ZERO)
        for warehouse, product, on_hand, reserved in rows.values_list("warehouse", "product", "on_hand", "reserved")
    }


def _promised(order: Order, products: Collection[int], held: Held) -> dict[int, dict[int, Decimal]]:
    """Company → product → units that the pools of its stores promised to other orders."""
    owners = dict(Connection.objects.of(order.group).values_list("pk", "company"))
    found: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    rows = Balance.objects.of(order.group).filter(product__in=products, pool__isnull=False)
    for pool, product, reserved in rows.values_list("pool", "product", "reserved"):
        found[owners[pool]][product] += reserved - held.get((None, pool, product), ZERO)
    return found
