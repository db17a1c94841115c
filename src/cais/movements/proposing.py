"""*Criar movimentação*: who serves each order of a batch, decided under lock, then carried out (features C2, C8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Now

from cais.catalog.models import KitComponent
from cais.connections.models import Connection
from cais.core.allocate import allocate
from cais.core.allocation import Allocation, Line, Outcome, Part, Policy, Request
from cais.core.pooling import Pool
from cais.core.values import ZERO
from cais.movements import offers
from cais.movements.eligible import Eligibility, Terms
from cais.movements.explanation import to_json
from cais.movements.models import Movement, MovementLine, Reservation
from cais.movements.promised import change, reservations_of
from cais.movements.shelf import Shelf
from cais.orders.models import Order, OrderLine
from cais.stock import ledger

SERVED = frozenset({Outcome.WHOLE, Outcome.SPLIT})


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was decided of one order. `able` are the companies that might have served it; `is_taken`: it is to be done.

    `lost`: units promised around it are not there any more, so what it holds may be nobody's.
    """

    order: Order
    allocation: Allocation
    able: tuple[int, ...]
    is_taken: bool
    lost: bool


@dataclass(slots=True)
class Plan:
    """Proposals of a batch, each seeing what those before it took; nothing is written yet."""

    rows: Mapping[int, list[Reservation]]
    proposals: dict[int, Proposal] = field(default_factory=dict)

    @property
    def taken(self) -> list[Proposal]:
        return [proposal for proposal in self.proposals.values() if proposal.is_taken]


Accept = Callable[[Order, Allocation, Sequence[int]], bool]
"""Whether a proposal that serves the order is to be done; the companies are those that might have served it."""


def always(order: Order, allocation: Allocation, able: Sequence[int]) -> bool:
    return True


def plan(eligibility: Eligibility, orders: Sequence[Order], *, accept: Accept = always) -> Plan:
    """Decide who serves these locked orders, which hold all that they want; the oldest is asked first.

    Balances are locked here, in key order.
    """
    made = Plan(reservations_of(orders))
    lines = lines_of(orders)
    counted = {key: offers.products_of(own) for key, own in lines.items()}
    products = {row.product_id for rows in made.rows.values() for row in rows}.union(*counted.values())
    shelf = Shelf.locked(eligibility.connection.group_id, products)
    for order in sorted(orders, key=lambda order: (order.placed_at, order.pk)):
        rows = made.rows.get(order.pk, [])
        if any(row.held < row.wanted for row in rows) or not lines.get(order.pk):
            continue
        for row in rows:
            shelf.give_back(row, row.held)
        asking = _Asking(eligibility, shelf, order, lines[order.pk], counted[order.pk])
        allocation = asking.answer(but=[taken.order.pk for taken in made.taken])
        able = tuple(key for key in asking.terms.queue if shelf.depots_of(key))
        taken = allocation.outcome in SERVED and accept(order, allocation, able)
        if taken:
            _take(shelf, allocation.parts, counted[order.pk])
        else:
            for row in rows:
                shelf.give_back(row, -row.held)
        made.proposals[order.pk] = Proposal(order, allocation, able, taken, lost=asking.lost)
    return made


def lines_of(orders: Sequence[Order]) -> dict[int, tuple[Line, ...]]:
    """The living lines of the orders; of an order with one that nobody can name, none."""
    rows = list(OrderLine.objects.filter(order__in=orders, removed=False, quantity__gt=0).select_related("product"))
    kits = {row.product_id for row in rows if row.product and row.product.is_kit}
    components: dict[int, list[KitComponent]] = defaultdict(list)
    for part in KitComponent.objects.filter(kit__in=kits).select_related("product") if kits else ():
        components[part.kit_id].append(part)
    found: dict[int, list[Line]] = defaultdict(list)
    unnamed: set[int] = set()
    for row in rows:
        if row.product is None or (row.product.is_kit and not components[row.product.pk]):
            unnamed.add(row.order_id)
        else:
            found[row.order_id].append(offers.line_of(row, row.product, components[row.product.pk]))
    return {key: () if key in unnamed else tuple(lines) for key, lines in found.items()}


def _take(shelf: Shelf, parts: Iterable[Part], counted: set[int]) -> None:
    for part in parts:
        if part.product in counted:
            shelf.put(part.product, part.warehouse, -part.quantity)


class _Asking:
    """One order before the shelf, on which what it held itself is free."""

    def __init__(
        self, eligibility: Eligibility, shelf: Shelf, order: Order, lines: tuple[Line, ...], counted: set[int]
    ) -> None:
        self.terms: Terms = eligibility.of(order)
        self.lost = False
        self._connection = eligibility.connection
        self._asked = eligibility.queue
        self._shelf, self._order, self._lines, self._counted = shelf, order, lines, counted

    def answer(self, *, but: Sequence[int]) -> Allocation:
        """The proposal. `but` are orders that this batch has served already.

        Where units that were promised are gone, those that are left are for the older orders.
        """
        allocation = self._within_promises()
        pool = self.terms.pool
        self.lost = any(self._shelf.supplies[product].deficit(pool) for product in self._counted) or (
            allocation.outcome is Outcome.LACKING and self._was_short(pool)
        )
        if allocation.outcome is not Outcome.LACKING or not self.lost:
            return allocation
        kept = {product: self._shelf.supplies[product] for product in self._counted}
        older = _older_promises(self._shelf, self._order, self._counted, but)
        for product, supply in kept.items():
            self._shelf.supplies[product] = supply.with_promises(older.get(product, {}))
        try:
            return self._within_promises()
        finally:
            self._shelf.supplies.update(kept)

    def _was_short(self, pool: Pool) -> bool:
        """With its own promise the pools would promise more than there is."""
        wanted: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for line in self._lines:
            for part in line.components:
                wanted[part.product] += line.quantity * part.per_unit
        return any(self._shelf.supplies[product].free(pool) < wanted[product] for product in self._counted)

    def _within_promises(self) -> Allocation:
        """Each company by itself first; what they cannot give together is shared out in the order of the queue."""
        pool = self.terms.pool
        bounds = offers.bounds_of(self._shelf, self._counted, companies=self._asked, pool=pool)
        while True:
            allocation = allocate(self._request(bounds))
            given = offers.by_company(allocation.parts)
            too_much = [
                product
                for product in self._counted
                if len(given[product]) > 1 and not self._shelf.supplies[product].bears(given[product], pool)
            ]
            if not too_much:
                return allocation
            for product in too_much:
                bounds[product].update(self._shelf.supplies[product].shares(self.terms.queue, pool))

    def _request(self, bounds: offers.Bounds) -> Request:
        return Request(
            lines=self._lines,
            candidates=offers.candidates_of(self._shelf, bounds, queue=self._asked),
            policy=Policy(self._connection.policy),
            rule=self.terms.rule,
        )


def _older_promises(
    shelf: Shelf, order: Order, products: set[int], but: Sequence[int]
) -> dict[int, dict[Pool, Decimal]]:
    """Product → pool → units held there by orders placed before this one."""
    before = Q(placed_at__lt=order.placed_at) | Q(placed_at=order.placed_at, order__lt=order.pk)
    rows = Reservation.objects.filter(before, product__in=products, pool__isnull=False).exclude(order__in=but)
    found: dict[int, dict[Pool, Decimal]] = defaultdict(dict)
    for product, pool, units in rows.values_list("product", "pool").annotate(units=Sum("held")).order_by():
        found[product][shelf.sets[pool]] = units
    return found


def carry_out(connection: Connection, made: Plan, *, actor_name: str = "") -> list[Movement]:
    """Write the movements of the proposals that were taken: promises leave the pools for the depots that serve.

    Without `actor_name` a movement is automatic, and due; a person's is a draft that nothing happens to by itself.
    """
    taken = made.taken
    if not taken:
        return []
    movements = Movement.objects.bulk_create(
        Movement(
            group_id=proposal.order.group_id,
            order=proposal.order,
            connection=connection,
            automatic=not actor_name,
            created_by=actor_name,
            due_at=None if actor_name else Now(),
            explanation=to_json(proposal.allocation),
        )
        for proposal in taken
    )
    writing = Placing()
    for proposal, movement in zip(taken, movements, strict=True):
        own = made.rows.get(proposal.order.pk, [])
        writing.add(proposal.order, movement, parts=proposal.allocation.parts, rows=own)
    writing.write()
    Order.objects.filter(pk__in=[proposal.order.pk for proposal in taken]).update(
        movement_state=Movement.State.PENDING_SYNC
    )
    return movements


class Placing:
    """What movements take from which depot: their rows and promises, written in few statements."""

    def __init__(self) -> None:
        self.gone: list[int] = []
        self.fresh: list[Reservation] = []
        self.lines: list[MovementLine] = []
        self.changes: list[ledger.Change] = []

    def add(self, order: Order, movement: Movement, *, parts: Sequence[Part], rows: Sequence[Reservation]) -> None:
        """These parts shall serve the order; `rows` are all its promises, wherever they lie."""
        promised = {(row.line_id, row.product_id) for row in rows}
        wanted = {
            (part.line, part.product, part.warehouse): part.quantity
            for part in parts
            if (part.line, part.product) in promised
        }
        for row in rows:
            place = (row.line_id, row.product_id, row.warehouse_id or 0)
            if wanted.get(place) == row.held:
                del wanted[place]  # it lies there already
                continue
            self.gone.append(row.pk)
            self.changes.append(change(order, row, -row.held))
        for (line_id, product_id, warehouse_id), units in wanted.items():
            moved = Reservation(
                group_id=order.group_id,
                order=order,
                line_id=line_id,
                product_id=product_id,
                warehouse_id=warehouse_id,
                wanted=units,
                held=units,
                placed_at=order.placed_at,
            )
            self.fresh.append(moved)
            self.changes.append(change(order, moved, units))
        self.lines += [_movement_line(movement, part) for part in parts]

    def write(self) -> None:
        Reservation.objects.filter(pk__in=self.gone).delete()
        Reservation.objects.bulk_create(self.fresh)
        ledger.post(self.changes)
        MovementLine.objects.bulk_create(self.lines)


def _movement_line(movement: Movement, part: Part) -> MovementLine:
    return MovementLine(
        group_id=movement.group_id,
        movement=movement,
        line_id=part.line,
        product_id=part.product,
        warehouse_id=part.warehouse,
        quantity=part.quantity,
    )
