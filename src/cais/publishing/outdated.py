"""A movement that does not serve what its order says now: no sale is made of it, and a person is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db.models.functions import Now

from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.journal.services import note
from cais.movements.fulfilling import Outdated
from cais.movements.models import Movement
from cais.orders.models import Order
from cais.orders.services import waiting_subject

# Mended from outside the movement, such as a register: the check looks again after this.
LOOK_AGAIN: Final = timedelta(minutes=15)


def tell(found: Iterable[Outdated]) -> None:
    """The movements rest with an error until they are divided anew; their orders are locked and settled again."""
    for one in found:
        order = one.movement.order
        Movement.objects.filter(pk=one.movement.pk).update(state=Movement.State.ERROR, due_at=Now() + LOOK_AGAIN)
        Order.objects.filter(pk=order.pk).update(movement_state=Movement.State.ERROR, due_at=Now())
        params = {"number": order.number, "items": one.items}
        cause = Cause("movement_outdated", f"order:{order.pk}", params)
        inbox.sync(order.group_id, {waiting_subject(order): (cause,)}, among=("movement_outdated",))
        note(order.group_id, "order", [order.pk], "movement_outdated", {"items": one.items})
