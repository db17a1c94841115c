"""What a person sees of an order when they divide it by hand: who may serve, what is free there, what is served now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cais.core.allocation import Line, Part, Policy, Request
from cais.core.digest import digest_of
from cais.core.placing import Problem, Wanted, Wrong, WrongDivisionError, place
from cais.core.pooling import Pool
from cais.core.values import ZERO, quantity
from cais.movements import offers
from cais.movements.eligible import Eligibility
from cais.movements.models import Movement, MovementLine, Reservation
from cais.movements.proposing import lines_of
from cais.movements.shelf import Shelf
from cais.orders.models import Order

_OPEN = (Movement.State.PENDING_SYNC, Movement.State.ERROR, Movement.State.VALIDATED)


@dataclass(frozen=True, slots=True)
class Desk:
    """One order before the shelves of those that may serve it; what it holds itself is free to it.

    Nothing is promised by looking. `request.candidates` stand in the order of the queue.
    """

    request: Request
    rows: Sequence[Reservation]
    shelf: Shelf
    pool: Pool

    def parts(self, wanted: Sequence[Wanted]) -> tuple[Part, ...]:
        """The division laid out on depots. Raises WrongDivisionError, also where others' promises would break."""
        parts = place(self.request, wanted)
        given = offers.by_company(parts)
        counted = offers.products_of(self.request.lines)
        broken = [
            product
            for product in counted
            if len(given[product]) > 1 and not self.shelf.supplies[product].bears(given[product], self.pool)
        ]
        if broken:
            raise WrongDivisionError([Problem(wrong=Wrong.PROMISED, product=product) for product in broken])
        return parts


def desk_of(eligibility: Eligibility, order: Order, *, locked: bool = False) -> Desk:
    """With `locked` the balances are locked, in key order; the order is locked by the caller then."""
    lines = lines_of([order]).get(order.pk, ())
    rows = list(Reservation.objects.filter(order=order).order_by("pk"))
    counted = offers.products_of(lines)
    products = counted | {row.product_id for row in rows}
    shelf = (Shelf.locked if locked else Shelf.seen)(order.group_id, products)
    for row in rows:
        shelf.give_back(row, row.held)
    terms = eligibility.of(order)
    bounds = offers.bounds_of(shelf, counted, companies=terms.queue, pool=terms.pool)
    request = Request(
        lines=lines,
        candidates=offers.candidates_of(shelf, bounds, queue=terms.queue),
        policy=Policy(eligibility.connection.policy),
        rule=terms.rule,
    )
    return Desk(request, rows, shelf, terms.pool)


def is_open(movement: Movement, order: Order) -> bool:
    """It may still be another: no ERP was told of the order."""
    return movement.state in _OPEN and not order.erp_state


def seen_of(lines: Iterable[MovementLine]) -> str:
    """What a form carries to say which division it shows: two who edit at once do not overwrite each other."""
    rows = sorted((row.line_id, row.product_id, row.warehouse_id, row.quantity) for row in lines)
    return digest_of([list(row) for row in rows])


def served_now(lines: Sequence[Line], served: Iterable[MovementLine]) -> list[Wanted]:
    """The movement as a person would have asked for it. `served` come with their warehouse.

    A kit is counted in kits by company; a product by depot, so that asking for the same again moves nothing.
    """
    units: dict[tuple[int, int, int], Decimal] = defaultdict(lambda: ZERO)
    depots: dict[tuple[int, int, int], Decimal] = defaultdict(lambda: ZERO)
    for row in served:
        units[row.line_id, row.warehouse.company_id, row.product_id] += row.quantity
        depots[row.line_id, row.warehouse.company_id, row.warehouse_id] += row.quantity
    return [
        *(one for line in lines if line.is_kit for one in _kits(line, units)),
        *(
            Wanted(line=line.key, company=company, quantity=amount, warehouse=warehouse)
            for line in lines
            if not line.is_kit
            for (key, company, warehouse), amount in depots.items()
            if key == line.key
        ),
    ]


def _kits(line: Line, units: Mapping[tuple[int, int, int], Decimal]) -> list[Wanted]:
    first = line.components[0]
    # A fraction of a kit is at one company, and its components were cut to four places: they do not divide back.
    whole = quantity(line.quantity * first.per_unit)
    return [
        Wanted(
            line=line.key,
            company=company,
            quantity=line.quantity if amount == whole else quantity(amount / first.per_unit),
        )
        for (key, company, product), amount in units.items()
        if key == line.key and product == first.product
    ]
