"""*Importar pedidos*: what a person takes in, leaves out, or may not take in at all (features B0, B1, B5)."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from cais.connections.models import Connection
from cais.core.effects import SERVED_ELSEWHERE, Meaning
from cais.journal.services import note
from cais.orders.models import Order, OrderImport

# Orders that one deed takes: what the database writes well within the time a person waits for a page.
MOST: Final = 5000
_NOT_OURS = Q(is_history=True) | ~Q(choice=Order.Choice.NONE)
_JUDGED_BY = ("number", "is_history", "choice", "meaning", "marketplace_ships")
_NOTHING_TO_SERVE = [*sorted(SERVED_ELSEWHERE), Meaning.CANCELLED, Meaning.IGNORE]


class Refusal(StrEnum):
    """Why an order cannot be imported; the words are in `web.orders.import_rows`."""

    TAKEN = "taken"
    CANCELLED = "cancelled"
    SERVED = "served"
    IGNORED = "ignored"
    MARKETPLACE = "marketplace"


def refusal_of(order: Order) -> Refusal | None:
    """None when a person may take the order in."""
    if order.is_ours:
        return Refusal.TAKEN
    if order.meaning == Meaning.CANCELLED:
        return Refusal.CANCELLED
    if order.meaning in SERVED_ELSEWHERE:
        return Refusal.SERVED
    if order.meaning == Meaning.IGNORE:
        return Refusal.IGNORED
    return Refusal.MARKETPLACE if order.marketplace_ships else None


def importable(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those that `refusal_of` lets pass."""
    return orders.filter(_NOT_OURS, marketplace_ships=False).exclude(meaning__in=_NOTHING_TO_SERVE)


def awaiting_choice(connection: Connection) -> QuerySet[Order]:
    """Recorded and reserved, and going no further until a person says so."""
    return importable(Order.objects.filter(connection=connection, choice=Order.Choice.AWAITING))


def import_orders(connection: Connection, ids: Collection[int], *, actor_name: str) -> OrderImport:
    """From now on these are orders like any other, and the stages do the rest. An order is taken once, whoever asks.

    At most `MOST` of the ids are looked at; those that may not be taken are named by reason.
    """
    with transaction.atomic():
        rows = Order.objects.filter(connection=connection, pk__in=list(ids)[:MOST]).order_by("pk")
        fit: list[int] = []
        left: dict[str, list[str]] = {}
        for order in rows.only(*_JUDGED_BY).select_for_update(of=("self",)):
            refusal = refusal_of(order)
            if refusal is None:
                fit.append(order.pk)
            else:
                left.setdefault(refusal, []).append(order.number)
        made = OrderImport.objects.create(
            group_id=connection.group_id, connection=connection, actor_name=actor_name, taken=len(fit), left=left
        )
        Order.objects.filter(pk__in=fit).update(
            is_history=False, choice=Order.Choice.NONE, imported_in=made, due_at=Now()
        )
        note(connection.group_id, "order", fit, "imported", {"import": made.pk}, actor_name=actor_name)
        return made


def import_waiting(connection: Connection, *, actor_name: str) -> OrderImport:
    """All that wait for a choice, the oldest first, within the bound."""
    waiting = awaiting_choice(connection).order_by("placed_at", "pk")
    return import_orders(connection, list(waiting.values_list("pk", flat=True)[:MOST]), actor_name=actor_name)


def leave_out(connection: Connection, ids: Collection[int], *, actor_name: str) -> int:
    """*Deixar de fora*: a person frees the units of orders that wait for a choice. Returns how many.

    Each can still be imported later, as long as the store has not cancelled or served it.
    """
    with transaction.atomic():
        rows = Order.objects.filter(connection=connection, pk__in=list(ids)[:MOST], choice=Order.Choice.AWAITING)
        held = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        note(connection.group_id, "order", held, "left_out", actor_name=actor_name)
        return Order.objects.filter(pk__in=held).update(choice=Order.Choice.LEFT_OUT, due_at=Now())
