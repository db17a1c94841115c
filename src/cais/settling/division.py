"""*E se…*: what an order asks of all companies of its group, as a request to `core.allocate`; read without a lock."""

from __future__ import annotations

from collections.abc import Collection

from cais.companies.models import Company
from cais.core.allocation import Candidate, Line, Policy, Request
from cais.core.values import ZERO
from cais.movements import offers
from cais.movements.models import Reservation
from cais.movements.shelf import Shelf
from cais.orders.models import Order, OrderLine
from cais.settling.goods import Goods, read_goods


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
        candidates=_candidates(order, products),
        policy=policy,
        left_out=frozenset(left_out),
    )


def _line(line: OrderLine, goods: Goods) -> Line:
    product = line.product
    if product is None or not goods.parts(line):
        raise UnnamedLineError(line)
    return offers.line_of(line, product, goods.components.get(product.pk, ()))


def _candidates(order: Order, products: set[int]) -> tuple[Candidate, ...]:
    """Companies that have a depot, with what the order holds itself given back."""
    shelf = Shelf.seen(order.group_id, products)
    for row in Reservation.objects.filter(order=order):
        shelf.give_back(row, row.held)
    owners = set(shelf.company_of.values())
    queue = list(Company.objects.of(order.group).filter(pk__in=owners).values_list("pk", flat=True))
    bounds = offers.bounds_of(shelf, products, companies=queue, pool=frozenset(queue))
    return offers.candidates_of(shelf, bounds, queue=queue)
