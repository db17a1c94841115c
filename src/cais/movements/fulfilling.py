"""What follows a checked movement: its fulfilments, and the day it is done or over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Prefetch, prefetch_related_objects
from django.db.models.functions import Now

from cais.companies.writing import update_each
from cais.movements.models import Fulfilment, Movement
from cais.orders.agreed import amounts_of, facts_of, fingerprint_of
from cais.orders.models import Order, OrderLine


def finish(movements: Sequence[Movement]) -> list[Fulfilment]:
    """*Finalizar*: these movements are checked; each company's part becomes a fulfilment. Asked twice it makes one.

    One company per connection here, so the part is the whole order. `movement.order` is locked; must run in a
    transaction.
    """
    if not movements:
        return []
    orders = [movement.order for movement in movements]
    prefetch_related_objects(orders, "adjustments", "buyer", Prefetch("lines", OrderLine.objects.filter(removed=False)))
    known = {row.movement_id: row for row in Fulfilment.objects.filter(movement__in=movements)}
    fresh = [_fulfilment(movement) for movement in movements if movement.pk not in known]
    known |= {row.movement_id: row for row in Fulfilment.objects.bulk_create(fresh)}
    Movement.objects.filter(pk__in=[movement.pk for movement in movements]).update(state=Movement.State.VALIDATED)
    facts = {order.pk: facts_of(order, order.lines.all()) for order in orders}
    told = {pk: {"erp_digest": fingerprint_of(each), "erp_facts": each} for pk, each in facts.items()}
    update_each(Order, told, how={"movement_state": f"'{Movement.State.VALIDATED}'", "erp_state": "'creating'"})
    return [known[movement.pk] for movement in movements]


def _fulfilment(movement: Movement) -> Fulfilment:
    return Fulfilment(
        group_id=movement.group_id,
        movement=movement,
        company_id=movement.connection.company_id,
        order=movement.order,
        reference=f"CAIS-{movement.order_id}-{movement.pk}",
        **amounts_of(movement.order),
    )


def close(order_ids: Iterable[int]) -> None:
    """*Cancelado*: the ERP order is cancelled, or never will be."""
    ids = list(order_ids)
    living = Movement.objects.filter(order__in=ids).exclude(state=Movement.State.CANCELLED)
    living.update(state=Movement.State.CANCELLED, finished_at=Now(), due_at=None)
    Order.objects.filter(pk__in=ids).update(movement_state=Movement.State.CANCELLED)


def mark_done(order_ids: Iterable[int]) -> None:
    """*Realizado*: the ERP order exists. The orders themselves are the caller's to write."""
    living = Movement.objects.filter(order__in=list(order_ids)).exclude(state=Movement.State.CANCELLED)
    living.update(state=Movement.State.DONE, finished_at=Now())
