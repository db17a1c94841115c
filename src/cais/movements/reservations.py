"""Reservations of many orders brought in line with what their lines want: from the moment an order is recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.movements.models import Reservation
from cais.movements.shelf import Shelf, owed_before
from cais.orders.models import Order
from cais.stock import ledger
from cais.stock.models import LedgerEntry

Wants = Mapping[tuple[int, int], Decimal]
"""(order line id, product id) → units; a kit's line has one entry per component."""


@dataclass(slots=True)
class Outcome:
    """Per order: units still lacking by product; and the orders whose turn came because units were given back."""

    lacking: dict[int, dict[int, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    freed: set[int] = field(default_factory=set)


def align(connection: Connection, wants: Sequence[tuple[Order, Wants]]) -> Outcome:
    """Make the reservations of these orders say exactly what they want, as far as there are units.

    Order rows are locked by the caller; balances are locked here, in key order, once. Older orders come first:
    units that an older order still lacks are not promised to a younger one.
    """
    existing = _existing([order.pk for order, _ in wants])
    products = {key[1] for _, want in wants for key in want}
    products |= {row.product_id for rows in existing.values() for row in rows}
    outcome = Outcome()
    if not products:
        return outcome
    work = _Work(connection, products)
    for order, want in sorted(wants, key=lambda pair: (pair[0].placed_at, pair[0].pk)):
        work.order(order, want, existing.get(order.pk, []), outcome)
    work.write()
    outcome.freed = work.waiting_for_freed({order.pk for order, _ in wants})
    return outcome


def _existing(order_ids: Sequence[int]) -> dict[int, list[Reservation]]:
    found: dict[int, list[Reservation]] = defaultdict(list)
    for row in Reservation.objects.filter(order__in=order_ids).order_by("pk"):
        found[row.order_id].append(row)
    return found


class _Work:
    """One pass over a batch of orders: decides under lock, writes at the end in few statements."""

    def __init__(self, connection: Connection, products: set[int]) -> None:
        self.connection = connection
        self.shelf = Shelf(connection, products)
        self.owed = owed_before(connection, products)
        self.changes: list[ledger.Change] = []
        self.fresh: list[Reservation] = []
        self.changed: dict[int, Reservation] = {}
        self.gone: list[int] = []
        self.given_back: set[int] = set()

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
            released = max(ZERO, row.held - row.wanted)
            if released:
                row.held -= released
                self._post(order, row, -released)
                self.shelf.give_back(row.product_id, released)
                self.given_back.add(row.product_id)
            self._keep(row)

    def _grow(self, order: Order, key: tuple[int, int], rows: Sequence[Reservation], units: Decimal) -> Decimal:
        """Want up to `units`, hold what is free. Returns what is still lacking."""
        row = next((row for row in rows if row.pool_id is not None), None) or self._new(order, key)
        row.wanted += max(ZERO, units - sum((r.wanted for r in rows), ZERO))
        if row.wanted == ZERO:
            return ZERO
        taken = self.shelf.take(row.product_id, row.wanted - row.held, owed=self._owed(order, row.product_id))
        row.held += taken
        if taken:
            self._post(order, row, taken)
        self._keep(row)
        lack = row.wanted - row.held
        self._now_lacks(order, row.product_id, lack)
        return lack

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
            pool=self.connection,
            wanted=ZERO,
            held=ZERO,
            placed_at=order.placed_at,
        )

    def _owed(self, order: Order, product_id: int) -> Decimal:
        """What orders older than this one still lack of the product."""
        mine = (order.placed_at, order.pk)
        return sum((lack for at, pk, lack in self.owed.get(product_id, ()) if (at, pk) < mine), ZERO)

    def _now_lacks(self, order: Order, product_id: int, lack: Decimal) -> None:
        """Younger orders of this batch must see what this one lacks now, not what it lacked before."""
        others = [entry for entry in self.owed.get(product_id, []) if entry[1] != order.pk]
        self.owed[product_id] = [*others, (order.placed_at, order.pk, lack)] if lack else others

    def _post(self, order: Order, row: Reservation, units: Decimal) -> None:
        self.changes.append(
            ledger.Change(
                group_id=order.group_id,
                product_id=row.product_id,
                warehouse_id=row.warehouse_id,
                pool_id=row.pool_id,
                kind=LedgerEntry.Kind.RESERVE if units > ZERO else LedgerEntry.Kind.RELEASE,
                reserved=units,
                order_id=order.pk,
                order_number=order.number,
            )
        )

    def write(self) -> None:
        Reservation.objects.filter(pk__in=self.gone).delete()
        update_each(Reservation, {pk: {"wanted": r.wanted, "held": r.held} for pk, r in self.changed.items()})
        Reservation.objects.bulk_create(self.fresh)
        ledger.post(self.changes)

    def waiting_for_freed(self, but: set[int]) -> set[int]:
        """Orders outside this batch that lack a product of which units were given back."""
        waiting = {pk for product in self.given_back for _, pk, _ in self.owed.get(product, ())}
        return waiting - but
