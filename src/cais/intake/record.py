"""From a fetched payload to an order: understand it, write it, settle it, in one transaction for many."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import cast

from django.db import DatabaseError, OperationalError, transaction
from django.db.models.functions import Now

from cais.connections.account import CLOCK
from cais.connections.models import Connection, Health
from cais.core.digest import JSON
from cais.core.effects import Meaning
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.intake.fetch import document_subject, fetch_once_more
from cais.intake.models import ORDERS, Document
from cais.intake.runs import Outcome, add_to_run, came_of
from cais.journal.services import note_each
from cais.movements.hints import wants_changed
from cais.movements.models import Reservation
from cais.offering.kits import with_kits_and_parts
from cais.orders import services as orders
from cais.orders.models import Order, OrderLine
from cais.orders.services import Arrival, Saved
from cais.ports.capabilities import OrderSource
from cais.ports.errors import Unreadable
from cais.settling import services as settling
from cais.waiting.many import settle_together

log = logging.getLogger(__name__)
BATCH = 100


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
    came_of(connection.pk, {row.external_id: Outcome.UNREADABLE})


def _record_alone(connection: Connection, pair: tuple[Document, Arrival]) -> None:
    try:
        _record(connection, [pair])
    except OperationalError as error:  # no fault of the order: somebody else had locked what it needs, or had gone
        log.exception("document %s", pair[0].pk)
        pair[0].postpone(None, error=repr(error))
    except DatabaseError as error:
        log.exception("document %s", pair[0].pk)
        _hold(connection, pair[0], "O pedido foi entendido, mas não pôde ser gravado.", repr(error))


def _record(connection: Connection, pairs: Sequence[tuple[Document, Arrival]]) -> None:
    with transaction.atomic():
        saved = orders.save(connection, [arrival for _, arrival in pairs])
        _tell(saved)  # before what follows from it, so that the timeline reads in its order
        freed = settling.settle(connection, saved.orders)
        _tell_what_came_and_went(connection, saved)
        orders.make_free_ones_due(freed)
        _settle(pairs)
        inbox.sync(connection.group_id, {document_subject(row): () for row, _ in pairs})
        came_of(connection.pk, {order.external_id: _outcome(order, saved.was.get(order.pk)) for order in saved.orders})


def _tell_what_came_and_went(connection: Connection, saved: Saved) -> None:
    """The store has moved its shelf for orders that want nothing here: sold and taken back before anybody read them.

    What we said in between was said over the sale, and shows too much since the units were given back.
    """
    news = [order.pk for order in saved.orders if _is_news_of_the_shelf(order, saved.was.get(order.pk))]
    wanting = Reservation.objects.filter(order__in=news).values("order")
    lines = OrderLine.objects.filter(order__in=news, product__isnull=False).exclude(order__in=wanting)
    if products := with_kits_and_parts(lines.values_list("product", flat=True)) if news else set():
        facts = {"group_id": connection.group_id, "connection_id": connection.pk}
        wants_changed.send(sender=Order, product_ids=frozenset(products), **facts)


def _is_news_of_the_shelf(order: Order, was: Order | None) -> bool:
    if order.marketplace_ships:
        return False
    return not order.is_history if was is None else order.meaning == Meaning.CANCELLED != was.meaning


def _outcome(order: Order, was: Order | None) -> str:
    if was is None:
        return Outcome.BROUGHT
    is_over = order.meaning == Meaning.CANCELLED and was.meaning != Meaning.CANCELLED
    is_over = is_over or (bool(order.cancel_state) and not was.cancel_state)
    return Outcome.CANCELLED if is_over else Outcome.CHANGED


def _settle(pairs: Sequence[tuple[Document, Arrival]]) -> None:
    """What changed a moment ago is fetched once more; the rest rests."""
    rows = [row for row, _ in pairs]
    fetch_once_more(settle_together(rows, {row.pk: {"recorded_digest": arrival.digest} for row, arrival in pairs}))


def _tell(saved: Saved) -> None:
    """The timeline: recorded, status changed, changed in the store."""
    if not saved.orders:
        return
    told = [line for order in saved.orders for line in _lines(order, saved.was.get(order.pk))]
    note_each(saved.orders[0].group_id, "order", told)


def _lines(order: Order, was: Order | None) -> list[tuple[int, str, dict[str, JSON]]]:
    if was is None:
        return [(order.pk, "recorded", {})]
    found: list[tuple[int, str, dict[str, JSON]]] = []
    if was.status_id != order.status_id:
        found.append((order.pk, "status_changed", {"was": was.status_label, "now": order.status_label}))
    if was.cancel_state != order.cancel_state and order.meaning != Meaning.CANCELLED:
        found.append((order.pk, "cancel_asked" if order.cancel_state else "cancel_withdrawn", {}))
    if was.total != order.total:
        found.append((order.pk, "total_changed", {"was": str(was.total), "now": str(order.total)}))
    return found
