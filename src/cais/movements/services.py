"""*Movimentação*: propose who serves an order, and take it back; `movements.fulfilling` is what follows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.movements.eligible import Eligibility
from cais.movements.models import Movement, Reservation
from cais.movements.parts import end_movements
from cais.movements.promised import change
from cais.movements.proposing import carry_out, plan
from cais.orders.models import Order
from cais.stock import ledger


def propose(connection: Connection, orders: Sequence[Order], *, actor_name: str = "") -> list[Movement]:
    """The movement of each order that can be served now, by one company or several: its promises leave the pool.

    Orders are locked, fully reserved and without a living movement. With `actor_name` empty the movement is automatic;
    a person's is a draft until they synchronise it. An order that nobody can serve whole gets none.
    """
    if not orders:
        return []
    eligibility = Eligibility(connection, orders)
    # The first lock waits for who writes at this moment, so that the second sees a pool's very first promise.
    ledger.lock(set(Reservation.objects.filter(order__in=orders).values_list("product_id", flat=True)))
    return carry_out(connection, plan(eligibility, orders), actor_name=actor_name)


def withdraw(connection: Connection, orders: Sequence[Order], *, eligibility: Eligibility | None = None) -> None:
    """Cancel the living movements of these locked orders and bring their reservations back to the pool.

    What lay in a depot whose company may not serve any more is promised anew by `reservations.align`. A line that grew
    after its movement has some of its units in the pool already: they become one with those.
    """
    if not orders:
        return
    terms = eligibility or Eligibility(connection, orders)
    numbers = {order.pk: order for order in orders}
    rows = list(Reservation.objects.filter(order__in=orders).select_related("warehouse").order_by("pk"))
    placed = [row for row in rows if row.warehouse_id is not None]
    back = {(row.line_id, row.product_id): row for row in rows if row.warehouse_id is None}
    changes: list[ledger.Change] = []
    ledger.lock({row.product_id for row in placed})
    for row in placed:
        order = numbers[row.order_id]
        key = (row.line_id, row.product_id)
        pooled = back.setdefault(key, _in_pool(order, row, terms.pool_id(order)))
        changes.append(change(order, row, -row.held))
        pooled.wanted += row.wanted
        if _stays_promised(row, terms, pooled.pool_id):
            changes.append(change(order, pooled, row.held))
            pooled.held += row.held
    Reservation.objects.filter(pk__in=[row.pk for row in placed]).delete()
    Reservation.objects.bulk_create(row for row in back.values() if row.pk is None)
    grown = {row.pk: {"wanted": row.wanted, "held": row.held} for row in back.values() if row.pk is not None}
    update_each(Reservation, grown)
    ledger.post(changes)
    end_movements(list(numbers))
    Order.objects.filter(pk__in=list(numbers)).update(movement_state="none")


def left_to_people(orders: Collection[Order]) -> set[int]:
    """Orders of which a person discarded the last movement: the next one is a person's to make."""
    last = Movement.objects.filter(order__in=orders).order_by("order_id", "-pk").distinct("order_id")
    return {movement.order_id for movement in last.only("order_id", "discarded") if movement.discarded}


def _stays_promised(row: Reservation, terms: Eligibility, pool_id: int | None) -> bool:
    """The pool's companies have the units; else they are promised again as far as others have them, in their turn."""
    depot = row.warehouse
    return (
        depot is not None
        and depot.active
        and any(depot.company_id in companies for companies, key in terms.pools.items() if key == pool_id)
    )


def _in_pool(order: Order, row: Reservation, pool_id: int) -> Reservation:
    """The same promise with nobody chosen, of no units yet."""
    return Reservation(
        group_id=row.group_id,
        order=order,
        line_id=row.line_id,
        product_id=row.product_id,
        pool_id=pool_id,
        wanted=ZERO,
        held=ZERO,
        placed_at=row.placed_at,
    )
