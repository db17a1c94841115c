"""Reservations of many orders brought in line with what their lines want: from the moment an order is recorded."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter

from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.core.pooling import Pool, connected
from cais.core.values import ZERO
from cais.movements.eligible import Eligibility
from cais.movements.hints import wants_changed
from cais.movements.models import Reservation
from cais.movements.promised import change, reservations_of
from cais.movements.shelf import Lack, Shelf, lacks_of
from cais.orders.models import Order
from cais.stock import ledger

Wants = Mapping[tuple[int, int], Decimal]
"""(order line id, product id) → units; a kit's line has one entry per component."""


@dataclass(slots=True)
class Outcome:
    """Per order: units still lacking by product; and the orders whose turn came because units were given back."""

    lacking: dict[int, dict[int, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    freed: set[int] = field(default_factory=set)


def align(
    connection: Connection, wants: Sequence[tuple[Order, Wants]], *, eligibility: Eligibility | None = None
) -> Outcome:
    """Make the reservations of these orders say exactly what they want, as far as there are units.

    Order rows are locked by the caller; balances are locked here, in key order. Older orders come first: units that an
    older order still lacks, and could have, are not promised to a younger one. A promise whose order may be served by
    other companies than before moves to their pool, and keeps its units as far as those have them.
    """
    eligibility = eligibility or Eligibility(connection, [order for order, _ in wants])
    existing = reservations_of([order for order, _ in wants])
    products = {key[1] for _, want in wants for key in want}
    products |= {row.product_id for rows in existing.values() for row in rows}
    outcome = Outcome()
    if not products:
        return outcome
    work = _Work(eligibility, products)
    for order, want in sorted(wants, key=lambda pair: (pair[0].placed_at, pair[0].pk)):
        work.order(order, want, existing.get(order.pk, []), outcome)
    work.write()
    outcome.freed = work.waiting_for_freed({order.pk for order, _ in wants})
    return outcome


class _Work:
    """One pass over a batch of orders: decides under lock, writes at the end in few statements."""

    def __init__(self, eligibility: Eligibility, products: set[int]) -> None:
        self.eligibility = eligibility
        self.shelf = Shelf.locked(eligibility.connection.group_id, products)
        self.lacks = lacks_of(self.shelf, products)
        self.counted: set[tuple[int, int]] = set()
        self.changes: list[ledger.Change] = []
        self.fresh: list[Reservation] = []
        self.changed: dict[int, Reservation] = {}
        self.gone: list[int] = []
        self.moved: set[int] = set()
        self.given_back: dict[int, Pool] = {}

    def order(self, order: Order, want: Wants, rows: Sequence[Reservation], outcome: Outcome) -> None:
        by_key: dict[tuple[int, int], list[Reservation]] = defaultdict(list)
        for row in rows:
            by_key[row.line_id, row.product_id].append(row)
        for key, kept in by_key.items():
            self._shrink(order, kept, want.get(key, ZERO))
        for key, units in want.items():
            lack = self._grow(order, key, by_key.get(key, []), units)
            if lack > ZERO:
                lacking = outcome.lacking[order.pk]
                lacking[key[1]] = lacking.get(key[1], ZERO) + lack

    def _shrink(self, order: Order, rows: Sequence[Reservation], units: Decimal) -> None:
        """Give back what is held beyond `units`, what was not held yet first."""
        surplus = sum((row.wanted for row in rows), ZERO) - units
        for row in sorted(rows, key=lambda row: (row.held == row.wanted, row.pk)):
            cut = min(surplus, row.wanted)
            if cut <= ZERO:
                return
            surplus -= cut
            row.wanted -= cut
            self.moved.add(row.product_id)
            released = max(ZERO, row.held - row.wanted)
            if released:
                row.held -= released
                self._release(order, row, released)
            self._keep(row)

    def _release(self, order: Order, row: Reservation, units: Decimal) -> None:
        self.changes.append(change(order, row, -units))
        freed = self.shelf.give_back(row, units)
        self.given_back[row.product_id] = self.given_back.get(row.product_id, frozenset()) | freed

    def _grow(self, order: Order, key: tuple[int, int], rows: Sequence[Reservation], units: Decimal) -> Decimal:
        """Want up to `units`, hold what is free. Returns what is still lacking."""
        row = next((row for row in rows if row.pool_id is not None), None) or self._new(order, key)
        more = max(ZERO, units - sum((r.wanted for r in rows), ZERO))
        row.wanted += more
        if row.wanted == ZERO:
            return ZERO
        if more:
            self.moved.add(row.product_id)
        self._to_own_pool(order, row)
        pool, older = self.eligibility.of(order).pool, self._older(order, row.product_id)
        taken = self.shelf.take(row.product_id, row.wanted - row.held, pool, older=older)
        row.held += taken
        if taken:
            self.changes.append(change(order, row, taken))
        self._keep(row)
        lack = row.wanted - row.held
        self._now_lacks(order, row.product_id, lack)
        return lack

    def _to_own_pool(self, order: Order, row: Reservation) -> None:
        """Who may serve the order has changed: what it holds it keeps, as far as those companies have it."""
        own = self.eligibility.pool_id(order)
        if row.pool_id == own:
            return
        held = row.held
        self.moved.add(row.product_id)
        if held:
            self._release(order, row, held)
        row.pool_id = own
        row.held = self.shelf.take(row.product_id, held, self.eligibility.of(order).pool)
        if row.held:
            self.changes.append(change(order, row, row.held))

    def _keep(self, row: Reservation) -> None:
        if row.pk is None:
            self.fresh.append(row)
        elif row.wanted == ZERO:
            self.gone.append(row.pk)
            self.changed.pop(row.pk, None)
        else:
            self.changed[row.pk] = row

    def _new(self, order: Order, key: tuple[int, int]) -> Reservation:
        return Reservation(
            group_id=order.group_id,
            order=order,
            line_id=key[0],
            product_id=key[1],
            pool_id=self.eligibility.pool_id(order),
            wanted=ZERO,
            held=ZERO,
            placed_at=order.placed_at,
        )

    def _older(self, order: Order, product_id: int) -> list[tuple[Pool, Decimal]]:
        """What orders older than this one still lack of the product, in their turn."""
        waiting = self.lacks.get(product_id, [])
        mine = bisect_left(waiting, (order.placed_at, order.pk), key=_turn)
        return [(lack.pool, lack.units) for lack in waiting[:mine]]

    def _now_lacks(self, order: Order, product_id: int, lack: Decimal) -> None:
        """Younger orders of this batch must see what this one lacks now, over all its lines, not what it lacked."""
        known = self.lacks.get(product_id, [])
        own = [entry for entry in known if entry.order_id == order.pk and (product_id, order.pk) in self.counted]
        self.counted.add((product_id, order.pk))
        others = [entry for entry in known if entry.order_id != order.pk]
        if total := lack + sum((entry.units for entry in own), ZERO):
            insort(others, Lack(order.placed_at, order.pk, self.eligibility.of(order).pool, total), key=_turn)
        self.lacks[product_id] = others

    def write(self) -> None:
        Reservation.objects.filter(pk__in=self.gone).delete()
        update_each(
            Reservation, {pk: {"wanted": r.wanted, "held": r.held, "pool": r.pool_id} for pk, r in self.changed.items()}
        )
        Reservation.objects.bulk_create(self.fresh)
        ledger.post(self.changes)
        self._tell()

    def _tell(self) -> None:
        store = self.eligibility.connection
        if self.moved:
            facts = {"group_id": store.group_id, "connection_id": store.pk, "product_ids": frozenset(self.moved)}
            wants_changed.send(sender=Reservation, **facts)

    def waiting_for_freed(self, but: set[int]) -> set[int]:
        """Orders outside this batch that lack a product of which units were given back."""
        found: set[int] = set()
        for product, companies in self.given_back.items():
            waiting = self.lacks.get(product, [])
            near = {*connected(companies, {*self.shelf.sets.values()})}
            found |= {lack.order_id for lack in waiting if lack.pool in near}
        return found - but


_turn = attrgetter("turn")
