"""A store's shelf as a merchant puts it into Cais's hands: linked over the wire, rehearsed, seen, switched on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cais.connections.models import Connection

PATIENCE = 60.0


def tell_stock(store: Connection, rules: Mapping[str, Any], *, actor_name: str) -> None:
    """`rules`: the SKUs that are `kept`, with the `buffer` and the `cap` of each. Raises TimeoutError."""
    from cais.catalog.models import Product
    from cais.offering.services import ExceptionDraft, set_exception
    from cais.ports.manifest import Capability
    from cais.rehearsals.functions import switch
    from cais.rehearsals.models import Rehearsal
    from cais.rehearsals.services import look_at, start
    from cais.shelves.models import ShelfReading
    from cais.shelves.reading import read_back_now

    draft = ExceptionDraft(buffer=Decimal(rules["buffer"]), cap=Decimal(rules["cap"]))
    for product in Product.objects.of(store.group).filter(sku__in=rules["kept"]):
        set_exception(store, product, draft)
    read_back_now(store, asked_by=actor_name)
    _work_until(store, ShelfReading.objects.filter(connection=store, read_at__isnull=False).exists)
    plan = start(store, asked_by=actor_name, scope=Rehearsal.Scope.STOCK)
    _work_until(store, Rehearsal.objects.filter(pk=plan.pk, state=Rehearsal.State.READY).exists)
    look_at(plan)
    if refusal := switch(store, Capability.WRITE_STOCK, on=True):
        raise ValueError(refusal)


def _work_until(store: Connection, is_done: Callable[[], bool]) -> None:
    from cais.rehearsals.services import rehearse
    from cais.shelves.reading import read_shelf

    deadline = time.monotonic() + PATIENCE
    while not is_done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{store.name}: its shelf could not be opened")
        if not read_shelf(store) + rehearse(store):
            time.sleep(0.1)
