"""From a fetched payload to an order: understand it, write it, settle it, in one transaction for many."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import cast

from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from cais.connections.account import CLOCK
from cais.connections.models import Connection, Health
from cais.core.effects import Meaning
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.intake.fetch import document_subject, due_again
from cais.intake.models import ORDERS, Document
from cais.intake.runs import add_to_run
from cais.journal.services import note
from cais.orders import services as orders
from cais.orders.services import Arrival, Saved
from cais.ports.capabilities import OrderSource
from cais.ports.errors import Unreadable
from cais.settling import services as settling

log = logging.getLogger(__name__)
BATCH = 50


def record_orders(connection: Connection, *, limit: int = BATCH) -> int:
    """Record the fetched orders that are not recorded yet. Returns how many documents were taken.

    The batch is one transaction; when the database refuses it, each order is tried alone, so one blocks no other.
    """
    rows = Document.objects.filter(connection=connection, kind=ORDERS, needs_fetch=False).claim(limit)
    understood = [(row, arrival) for row in rows if (arrival := _understand(connection, row)) is not None]
    if not understood:
        return len(rows)
    try:
        _record(connection, understood)
    except DatabaseError:
        log.exception("connection %s: a batch of %s orders, one by one now", connection.pk, len(understood))
        for pair in understood:
            _record_alone(connection, pair)
    Health.objects.filter(connection=connection).update(last_order_at=Now())
    add_to_run(connection, recorded=len(understood), failed=len(rows) - len(understood))
    return len(rows)


def _understand(connection: Connection, row: Document) -> Arrival | None:
    source = cast(OrderSource, connection.vendor)
    try:
        return Arrival(source.read_order(bytes(row.raw)), row.digest, row.fetched_at or CLOCK.now())
    except Unreadable as error:
        _hold(connection, row, error.words or str(error), error.detail)
    except Exception as error:  # the edge of the loop: the payload is kept, and shown with what happened
        log.exception("document %s", row.pk)
        _hold(connection, row, "O pedido veio numa forma que o Cais ainda não conhece.", repr(error))
    return None


def _hold(connection: Connection, row: Document, words: str, detail: str) -> None:
    """Kept raw, shown, and woken by the next different payload."""
    row.keep_for_a_person("order_unreadable", digest=row.digest, error=words)
    params = {"number": row.external_id, "store": connection.name, "words": words}
    cause = Cause("order_unreadable", f"document:{row.pk}", params, detail)
    inbox.sync(connection.group_id, {document_subject(row): (cause,)})


def _record_alone(connection: Connection, pair: tuple[Document, Arrival]) -> None:
    try:
        _record(connection, [pair])
    except DatabaseError as error:
        log.exception("document %s", pair[0].pk)
        _hold(connection, pair[0], "O pedido foi entendido, mas não pôde ser gravado.", repr(error))


def _record(connection: Connection, pairs: Sequence[tuple[Document, Arrival]]) -> None:
    with transaction.atomic():
        saved = orders.save(connection, [arrival for _, arrival in pairs])
        _tell(saved)  # before what follows from it, so that the timeline reads in its order
        freed = settling.settle(connection, saved.orders)
        orders.make_due(freed)
        for row, arrival in pairs:
            row.settle(recorded_digest=arrival.digest, **due_again(row.fetch_again_at))
        inbox.sync(connection.group_id, {document_subject(row): () for row, _ in pairs})


def _tell(saved: Saved) -> None:
    """The timeline: recorded, status changed, changed in the store."""
    if not saved.orders:
        return
    group_id = saved.orders[0].group_id
    note(group_id, "order", [o.pk for o in saved.orders if o.pk not in saved.was], "recorded")
    for order in saved.orders:
        was = saved.was.get(order.pk)
        if was is None:
            continue
        if was.status_id != order.status_id:
            params = {"was": was.status_label, "now": order.status_label}
            note(group_id, "order", [order.pk], "status_changed", params)
        if was.cancel_state != order.cancel_state and order.meaning != Meaning.CANCELLED:
            code = "cancel_asked" if order.cancel_state else "cancel_withdrawn"
            note(group_id, "order", [order.pk], code)
        if was.total != order.total:
            note(group_id, "order", [order.pk], "total_changed", {"was": str(was.total), "now": str(order.total)})
