"""The stages of the way of an order: which rows wait for each, what each does, and which come after it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from cais.connections.expiry import waiting_for_renewal
from cais.connections.models import Connection
from cais.exporting.sending import products_waiting, send_products
from cais.hooks.merging import merge_notices
from cais.hooks.models import Notice
from cais.intake.fetch import fetch_orders
from cais.intake.gaps import look_for_gaps
from cais.intake.models import GAPS, ORDERS, REVIEW, Cursor, Document
from cais.intake.pull import look_for_orders
from cais.intake.record import record_orders
from cais.intake.renewal import renew_access
from cais.intake.reread import ask_for_rereading, to_reread
from cais.intake.review import review_orders
from cais.intake.statuses import STATUSES as STATUS_CURSOR
from cais.intake.statuses import read_statuses
from cais.movements.models import Movement
from cais.nfe.loop import at_sefaz, speak_with_sefaz
from cais.nfe.models import InvoicePublication
from cais.nfe.queue import notes_to_prepare, prepare_notes
from cais.nfe.store_invoice import INVOICES
from cais.orders.models import Order
from cais.publishing.checking import check_movements
from cais.publishing.kinds import ERP_ORDERS, STATUSES
from cais.publishing.loop import publish
from cais.publishing.models import ErpOrderPublication, StatusPublication, TrackingPublication
from cais.publishing.tracking import TRACKINGS
from cais.rehearsals.models import Rehearsal
from cais.rehearsals.services import rehearse
from cais.settling.services import advance
from cais.shelves.models import ShelfReading
from cais.shelves.prices import PRICES
from cais.shelves.reading import read_shelf
from cais.shelves.sending import again_in, prices_waiting, send_prices, send_stock, stock_waiting
from cais.shelves.stock import STOCK

# A pause this short is waited out, since a job that is queued is found no sooner; a few of them, for others wait too.
NAP_SECONDS, NAPS = 0.25, 4


@dataclass(frozen=True, slots=True)
class Stage:
    """`run` takes some of what is due at a connection and says how many rows; `waiting` finds connections with some.

    `again_in` says in how many real seconds a look will find what the last one had to leave; None when it left nothing.
    """

    name: str
    run: Callable[[Connection], int]
    waiting: Callable[[], Iterable[int]]
    then: tuple[str, ...] = ()
    again_in: Callable[[Connection], float | None] = lambda _: None


def _connections_of(rows: QuerySet[Any]) -> Iterable[int]:
    return rows.order_by().values_list("connection_id", flat=True).distinct()


STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage("hear", merge_notices, lambda: _connections_of(Notice.objects.unmerged()), then=("fetch",)),
        Stage(
            "pull",
            lambda connection: int(look_for_orders(connection)),
            lambda: _connections_of(Cursor.objects.due().filter(kind=ORDERS)),
            then=("fetch",),
        ),
        Stage(
            "fetch",
            fetch_orders,
            lambda: _connections_of(Document.objects.due().filter(needs_fetch=True)),
            then=("record",),
        ),
        Stage(
            "record",
            record_orders,
            lambda: _connections_of(Document.objects.due().filter(needs_fetch=False)),
            then=("check", "advance", "reread", "stock"),
        ),
        Stage(
            "reread",
            ask_for_rereading,
            lambda: _connections_of(to_reread()),
            then=("fetch",),
        ),
        Stage(
            "advance",
            advance,
            lambda: _connections_of(Order.objects.filter(due_at__lte=Now())),
            then=("check", "stock"),
        ),
        Stage(
            "check",
            check_movements,
            lambda: _connections_of(Movement.objects.due()),
            then=("erp_order",),
        ),
        Stage(
            "erp_order",
            lambda connection: publish(ERP_ORDERS, connection),
            lambda: _connections_of(ErpOrderPublication.objects.due()),
            then=("status", "nfe"),
        ),
        Stage(
            "nfe",
            prepare_notes,
            notes_to_prepare,
            then=("sefaz", "advance"),
        ),
        Stage(
            "sefaz",
            speak_with_sefaz,
            lambda: _connections_of(at_sefaz()),
            then=("invoice", "advance"),
        ),
        Stage(
            "invoice",
            lambda connection: publish(INVOICES, connection),
            lambda: _connections_of(InvoicePublication.objects.due()),
            then=("status",),
        ),
        Stage(
            "tracking",
            lambda connection: publish(TRACKINGS, connection),
            lambda: _connections_of(TrackingPublication.objects.due()),
            then=("status",),
        ),
        Stage(
            "status",
            lambda connection: publish(STATUSES, connection),
            lambda: _connections_of(StatusPublication.objects.due()),
        ),
        Stage("stock", send_stock, stock_waiting, again_in=lambda connection: again_in(connection, STOCK)),
        Stage("prices", send_prices, prices_waiting, again_in=lambda connection: again_in(connection, PRICES)),
        Stage(
            "product",
            send_products,
            products_waiting,
            then=("advance", "stock", "prices"),
        ),
        Stage(
            "read_back",
            read_shelf,
            lambda: _connections_of(ShelfReading.objects.due()),
            then=("stock", "prices", "rehearse"),
        ),
        Stage(
            "rehearse",
            rehearse,
            lambda: _connections_of(Rehearsal.objects.due()),
            then=("erp_order", "status", "invoice", "stock", "prices", "product", "read_back"),
        ),
        Stage(
            "statuses",
            lambda connection: int(read_statuses(connection)),
            lambda: _connections_of(Cursor.objects.due().filter(kind=STATUS_CURSOR)),
        ),
        Stage(
            "review",
            lambda connection: int(review_orders(connection)),
            lambda: _connections_of(Cursor.objects.due().filter(kind=REVIEW)),
            then=("fetch",),
        ),
        Stage(
            "gaps",
            lambda connection: int(look_for_gaps(connection)),
            lambda: _connections_of(Cursor.objects.due().filter(kind=GAPS)),
            then=("record",),
        ),
        Stage("access", renew_access, waiting_for_renewal),
    )
}


def run_stage(stage: Stage, connection: Connection, *, rounds: int = 40) -> int:
    """Repeat a stage until it finds nothing, a bounded number of times, so that other connections get their turn.

    Pausing the connection ends it.
    """
    total, naps = 0, NAPS
    for _ in range(rounds):
        connection.refresh_from_db(fields=("paused", "functions", "mode"))
        if connection.paused:
            break
        taken = stage.run(connection)
        total += taken
        if taken:
            continue
        pause = stage.again_in(connection)
        if not naps or not pause or pause > NAP_SECONDS:
            break
        naps -= 1
        time.sleep(pause)
    return total
