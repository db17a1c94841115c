"""*Criar movimentação* by a person's hand, for one order or many: each becomes a draft that waits for *Sincronizar*."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction

from cais.connections.models import Connection
from cais.journal.services import note
from cais.movements import services as movements
from cais.orders.models import Order

BATCH = 100


def may_be_moved(order: Order) -> bool:
    """It goes to the ERP, nothing holds it, and it has no movement yet."""
    return order.may_be_sold and not order.hold and order.movement_state == "none" and not order.erp_state


def create_movements(group_id: int, order_ids: Collection[int], *, actor_name: str) -> set[int]:
    """Propose who serves each of these orders. Returns those that have a draft now.

    Left out are orders that may not be moved, and those that nobody can serve whole at this moment.
    """
    wanted = Order.objects.filter(group=group_id, pk__in=order_ids, movement_state="none")
    by_store: dict[int, list[int]] = defaultdict(list)
    for key, store in wanted.order_by("placed_at", "pk").values_list("pk", "connection_id"):
        by_store[store].append(key)
    stores = {store.pk: store for store in Connection.objects.filter(pk__in=by_store)}
    done: set[int] = set()
    for key, orders in by_store.items():
        for at in range(0, len(orders), BATCH):
            done |= _create(stores[key], orders[at : at + BATCH], actor_name)
    return done


def _create(store: Connection, order_ids: Collection[int], actor_name: str) -> set[int]:
    with transaction.atomic():
        rows = Order.objects.filter(pk__in=order_ids).select_related("connection", "sales_channel").order_by("pk")
        orders = [order for order in rows.select_for_update(of=("self",)) if may_be_moved(order)]
        made = {movement.order_id for movement in movements.propose(store, orders, actor_name=actor_name)}
        note(store.group_id, "order", sorted(made), "movement_begun", actor_name=actor_name)
    return made
