"""*E se…*: what an order asks of all companies of its group, as a request to `core.allocate`; it only reads."""

from __future__ import annotations

from collections.abc import Collection

from cais.companies.models import Company
from cais.core.allocation import Candidate, Line, Policy, Request
from cais.core.values import ZERO
from cais.movements import offers
from cais.movements.eligible import Eligibility
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
    """As the order's proposal is made, by its channel's rule; and behind its store's queue the group's other companies,
    as if they served the store too.

    What the order itself holds counts as free to it; what others were promised does not. Raises UnnamedLineError.
    """
    goods, _ = read_goods(order.connection, [order.pk])
    lines = tuple(_line(line, goods) for line in goods.lines.get(order.pk, ()) if line.quantity > ZERO)
    products = {part.product for line in lines for part in line.components}
    eligibility = Eligibility(order.connection, [order], only_looking=True)
    return Request(
        lines=lines,
        candidates=_candidates(order, eligibility, products),
        policy=policy,
        rule=eligibility.of(order).rule,
        left_out=frozenset(left_out),
    )


def _line(line: OrderLine, goods: Goods) -> Line:
    product = line.product
    if product is None or not goods.parts(line):
        raise UnnamedLineError(line)
    return offers.line_of(line, product, goods.components.get(product.pk, ()))


def _candidates(order: Order, eligibility: Eligibility, products: set[int]) -> tuple[Candidate, ...]:
    """With what the order holds itself given back. Who does not serve the store is asked where it has a depot."""
    shelf = Shelf.seen(order.group_id, products)
    for row in Reservation.objects.filter(order=order):
        shelf.give_back(row, row.held)
    owners = set(shelf.company_of.values()) - set(eligibility.queue)
    others = Company.objects.of(order.group).filter(pk__in=owners).values_list("pk", flat=True)
    queue = [*eligibility.queue, *others]
    bounds = offers.bounds_of(shelf, products, companies=queue, pool=eligibility.of(order).pool)
    return offers.candidates_of(shelf, bounds, queue=queue)
