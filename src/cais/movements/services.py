"""*Movimentação*: propose who serves an order, and take it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models.functions import Now

from cais.catalog.models import KitComponent
from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.core.values import ZERO, quantity
from cais.movements.models import Movement, MovementLine, Reservation
from cais.movements.shelf import Shelf
from cais.orders.models import Order, OrderLine
from cais.stock import ledger
from cais.stock.models import LedgerEntry

Kind = LedgerEntry.Kind


def propose(connection: Connection, orders: Sequence[Order], *, actor_name: str = "") -> list[Movement]:
    """Create the movement of each order: its reservations leave the pool for the warehouses that will serve it.

    Orders are locked, fully reserved and without a living movement. With `actor_name` empty the movement is automatic.
    """
    if not orders:
        return []
    by_order = _reservations(orders)
    shelf = Shelf(connection, {row.product_id for rows in by_order.values() for row in rows})
    movements = Movement.objects.bulk_create(
        Movement(
            group_id=order.group_id,
            order=order,
            connection=connection,
            automatic=not actor_name,
            created_by=actor_name,
            due_at=Now(),
        )
        for order in orders
    )
    changes: list[ledger.Change] = []
    placed: list[Reservation] = []
    for order in orders:
        for row in by_order.get(order.pk, ()):
            if row.pool_id is None:
                placed.append(row)
                continue
            for warehouse_id, units in shelf.places(row.product_id, row.held):
                placed.append(_elsewhere(row, units, warehouse_id=warehouse_id))
                changes += _carry(order, row, warehouse_id, units)
    Reservation.objects.filter(order__in=orders, pool__isnull=False).delete()
    Reservation.objects.bulk_create([row for row in placed if row.pk is None])
    ledger.post(changes)
    _write_lines(movements, orders, placed, shelf)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(movement_state=Movement.State.PENDING_SYNC)
    return movements


def _reservations(orders: Sequence[Order]) -> Mapping[int, list[Reservation]]:
    found: dict[int, list[Reservation]] = defaultdict(list)
    for row in Reservation.objects.filter(order__in=orders).order_by("pk"):
        found[row.order_id].append(row)
    return found


def _elsewhere(
    row: Reservation, units: Decimal, *, warehouse_id: int | None = None, pool_id: int | None = None
) -> Reservation:
    """The same promise at another place."""
    return Reservation(
        group_id=row.group_id,
        order_id=row.order_id,
        line_id=row.line_id,
        product_id=row.product_id,
        warehouse_id=warehouse_id,
        pool_id=pool_id,
        wanted=units,
        held=units,
        placed_at=row.placed_at,
    )


def _carry(order: Order, row: Reservation, warehouse_id: int, units: Decimal) -> list[ledger.Change]:
    """The same units, promised by the pool no more and by the warehouse from now on."""
    return [
        _change(order, row, Kind.RELEASE, -units, pool_id=row.pool_id),
        _change(order, row, Kind.RESERVE, units, warehouse_id=warehouse_id),
    ]


def _write_lines(
    movements: Sequence[Movement], orders: Sequence[Order], placed: Sequence[Reservation], shelf: Shelf
) -> None:
    """One line per reservation; a product without stock control is served by the first warehouse."""
    of_order = {movement.order_id: movement for movement in movements}
    rows = [
        MovementLine(
            group_id=row.group_id,
            movement=of_order[row.order_id],
            line_id=row.line_id,
            product_id=row.product_id,
            warehouse_id=row.warehouse_id,
            quantity=row.wanted,
        )
        for row in placed
        if row.warehouse_id is not None
    ]
    covered = {row.line_id for row in placed}
    for line in OrderLine.objects.filter(order__in=orders, removed=False).exclude(pk__in=covered):
        rows += _always_available(of_order[line.order_id], line, shelf.warehouses[0])
    MovementLine.objects.bulk_create(rows)


def _always_available(movement: Movement, line: OrderLine, warehouse_id: int) -> list[MovementLine]:
    parts = [
        (part.product_id, quantity(line.quantity * part.quantity))
        for part in KitComponent.objects.filter(kit=line.product_id)
    ]
    if not parts and line.product_id is not None:
        parts = [(line.product_id, line.quantity)]
    return [
        MovementLine(
            group_id=line.group_id,
            movement=movement,
            line=line,
            product_id=product_id,
            warehouse_id=warehouse_id,
            quantity=units,
        )
        for product_id, units in parts
    ]


def withdraw(connection: Connection, orders: Sequence[Order]) -> None:
    """Cancel the living movements of these locked orders and bring their reservations back to the pool.

    A line that grew after its movement has some of its units in the pool already: they become one with those.
    """
    if not orders:
        return
    movements = Movement.objects.filter(order__in=orders).exclude(state=Movement.State.CANCELLED)
    numbers = {order.pk: order for order in orders}
    rows = list(Reservation.objects.filter(order__in=orders).order_by("pk"))
    placed = [row for row in rows if row.warehouse_id is not None]
    back = {(row.line_id, row.product_id): row for row in rows if row.warehouse_id is None}
    changes: list[ledger.Change] = []
    ledger.lock({row.product_id for row in placed})
    for row in placed:
        order = numbers[row.order_id]
        changes += [
            _change(order, row, Kind.RELEASE, -row.held, warehouse_id=row.warehouse_id),
            _change(order, row, Kind.RESERVE, row.held, pool_id=connection.pk),
        ]
        pooled = back.setdefault((row.line_id, row.product_id), _elsewhere(row, ZERO, pool_id=connection.pk))
        pooled.wanted += row.wanted
        pooled.held += row.held
    Reservation.objects.filter(pk__in=[row.pk for row in placed]).delete()
    Reservation.objects.bulk_create(row for row in back.values() if row.pk is None)
    grown = {row.pk: {"wanted": row.wanted, "held": row.held} for row in back.values() if row.pk is not None}
    update_each(Reservation, grown)
    ledger.post(changes)
    movements.update(state=Movement.State.CANCELLED, finished_at=Now(), due_at=None, lease=None, lease_until=None)
    Order.objects.filter(pk__in=list(numbers)).update(movement_state="none")


def _change(
    order: Order,
    row: Reservation,
    kind: LedgerEntry.Kind,
    reserved: Decimal,
    *,
    warehouse_id: int | None = None,
    pool_id: int | None = None,
) -> ledger.Change:
    return ledger.Change(
        group_id=row.group_id,
        product_id=row.product_id,
        kind=kind,
        warehouse_id=warehouse_id,
        pool_id=pool_id,
        reserved=reserved,
        order_id=order.pk,
        order_number=order.number,
    )
