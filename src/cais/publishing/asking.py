"""What a person asks of movements: *Sincronizar*, *Criar pedido no ERP*, and a sale undone to be made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models.functions import Now

from cais.core.effects import Meaning
from cais.journal.services import note
from cais.movements import fulfilling
from cais.movements.models import Movement
from cais.orders.models import Order
from cais.publishing import outdated
from cais.publishing.models import ErpOrderPublication
from cais.publishing.wishes import place_erp_orders

_CHECKABLE = (Movement.State.PENDING_SYNC, Movement.State.ERROR, Movement.State.VALIDATED)


def synchronise(movements: Iterable[Movement], *, actor_name: str) -> set[int]:
    """*Sincronizar*: each company's ERP is asked about its lines. Returns the orders that will be looked at.

    Asking again asks the ERP again; a movement whose ERP orders are on their way, or made, is left alone.
    """
    with transaction.atomic():
        rows = _with_locked_orders(movements, _CHECKABLE)
        asked = {row.order_id for row in rows if not row.order.erp_state}
        due = Movement.objects.filter(pk__in=[row.pk for row in rows if row.order_id in asked])
        due.update(state=Movement.State.PENDING_SYNC, due_at=Now(), attempts=0, hold="", held_digest="")
        Order.objects.filter(pk__in=asked).update(movement_state=Movement.State.PENDING_SYNC)
        _write_down(rows, asked, "asked_to_check_again", actor_name)
    return asked


def create_erp_orders(movements: Iterable[Movement], *, actor_name: str) -> set[int]:
    """*Criar pedido no ERP*: one for each company of these validated movements. Returns the orders it was done for.

    Left out are movements that are not validated or no longer fit their orders, orders that wait for something or may
    not go to the ERP, and those whose sale is being made already: asking twice makes one.
    """
    with transaction.atomic():
        rows = _with_locked_orders(movements, (Movement.State.VALIDATED,))
        parts, unfit = fulfilling.finish([row for row in rows if _is_ready(row.order)])
        place_erp_orders(parts)
        outdated.tell(unfit)
        asked = {part.order_id for part in parts}
        _write_down(rows, asked, "asked_to_create", actor_name)
    return asked


def undo_sales(orders: Iterable[Order], *, actor_name: str) -> set[int]:
    """Cancel every company's ERP order of these orders, which live on in their store: the sale is made anew.

    Returns the orders it was begun for; not those with a note, authorised or on its way, nor those without a sale.
    """
    with transaction.atomic():
        rows = Order.objects.filter(pk__in=[order.pk for order in orders]).order_by("pk")
        locked = list(rows.select_for_update(of=("self",)))
        begun = {order.pk for order in locked if may_be_undone(order)}
        sales = ErpOrderPublication.objects.filter(fulfilment__order__in=begun)
        sales.filter(fulfilment__movement__state__in=("validated", "done")).update(undo=True)
        Order.objects.filter(pk__in=begun).update(due_at=Now())
        for order in locked:
            if order.pk in begun:
                note(order.group_id, "order", [order.pk], "sale_undone", actor_name=actor_name)
    return begun


def may_be_undone(order: Order) -> bool:
    """It has a sale, or half of one, no cancellation of its own, and no note that works or is authorised."""
    has_sale = order.erp_state in ("done", "refused") and order.meaning != Meaning.CANCELLED
    return has_sale and not order.has_note and order.nfe_state in ("", "blocked", "rejected", "denied")


def _is_ready(order: Order) -> bool:
    return order.may_be_sold and not order.hold and not order.erp_state


def _with_locked_orders(movements: Iterable[Movement], states: Collection[str]) -> list[Movement]:
    """Those of these movements that are in one of these states, each with its order, which is locked in key order."""
    keys = [movement.pk for movement in movements]
    orders = Order.objects.filter(movements__in=keys).select_related("connection").order_by("pk")
    locked = {order.pk: order for order in orders.select_for_update(of=("self",))}
    rows = list(Movement.objects.filter(pk__in=keys, state__in=states).select_related("connection").order_by("pk"))
    for row in rows:
        row.order = locked[row.order_id]
    return rows


def _write_down(rows: Collection[Movement], orders: set[int], code: str, actor_name: str) -> None:
    told = [row for row in rows if row.order_id in orders]
    if told:
        note(told[0].group_id, "order", [row.order_id for row in told], code, actor_name=actor_name)
