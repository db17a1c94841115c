"""Writing orders as the store tells them: many at once, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.core.digest import plain
from cais.core.documents import LineDoc, OrderDoc
from cais.core.effects import Meaning
from cais.core.values import money
from cais.customers import services as customers
from cais.inbox.services import Subject
from cais.mappings import services as mappings
from cais.mappings.services import Learnt
from cais.orders.bearers import write_adjustments
from cais.orders.cancelling import judge
from cais.orders.dividing import division_of
from cais.orders.models import Buyer, Order, OrderLine, OrderPayment
from cais.statuses import services as statuses
from cais.statuses.models import StatusEntry

_FROM_STORE = (
    "number",
    "version",
    "digest",
    "placed_at",
    "changed_at",
    "customer",
    "status_label",
    "status",
    "channel",
    "marketplace",
    "marketplace_order",
    "marketplace_document",
    "intermediary_document",
    "shipping_method",
    "freight_method",
    "sales_channel",
    "buyer_note",
    "is_paid",
    "lines_total",
    "total",
    "difference",
    "meaning",
    "cancel_state",
    "reread_since",
    "gone_at",
    "parent_ref",
    "is_part",
    "is_divided",
    "part_refs",
    "sold_units",
    "pack",
)
_LINE = (
    "position",
    "product_external_id",
    "variant_external_id",
    "reference",
    "gtin",
    "name",
    "variant_text",
    "kit_group",
    "is_gift",
    "quantity",
    "unit_price",
    "list_price",
    "total",
    "note",
    "removed",
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An order as understood, with the digest of what was received and when (the store's clock) it was."""

    doc: OrderDoc
    digest: str
    read_at: datetime = field(default_factory=CLOCK.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """`orders` were written and are locked; `was` are their former facts; `stale` arrivals were older than ours."""

    orders: list[Order]
    was: Mapping[int, Order]
    stale: list[str]


def save(connection: Connection, arrivals: Sequence[Arrival]) -> Saved:
    """Insert or update these orders of one connection. An older version never overwrites a newer.

    The status that we wrote ourselves does not change the meaning (feature B3): seeing it come back is an echo.
    """
    known = _lock(connection, [arrival.doc.external_id for arrival in arrivals])
    fresh = [a for a in arrivals if not _is_older(a.doc, known.get(a.doc.external_id))]
    stale = [a.doc.external_id for a in arrivals if _is_older(a.doc, known.get(a.doc.external_id))]
    if not fresh:
        return Saved(orders=[], was={}, stale=stale)
    entries = statuses.learn(connection, [arrival.doc.status for arrival in fresh])
    learnt = mappings.learn(connection, [arrival.doc for arrival in fresh])
    people = customers.register(connection.group_id, {a.doc.external_id: (a.doc.buyer, a.doc.billing) for a in fresh})
    rows = [_row(connection, arrival, entries, people, known.get(arrival.doc.external_id)) for arrival in fresh]
    for row, arrival in zip(rows, fresh, strict=True):
        row.freight_method, row.sales_channel = learnt.freight_of(arrival.doc), learnt.channel_of(arrival.doc)
    orders = Order.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["connection", "external_id"], update_fields=_FROM_STORE
    )
    _write_parts(orders, {arrival.doc.external_id: arrival.doc for arrival in fresh}, learnt)
    ids = [order.pk for order in orders]
    locked = (
        Order.objects.filter(pk__in=ids)
        .select_related("connection", "customer", "buyer")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    was = {row.pk: row for row in known.values()}
    return Saved(orders=list(locked), was=was, stale=stale)


def _lock(connection: Connection, external_ids: Collection[str]) -> dict[str, Order]:
    rows = Order.objects.filter(connection=connection, external_id__in=external_ids).order_by("pk")
    return {row.external_id: row for row in rows.select_for_update(of=("self",))}


def _is_older(doc: OrderDoc, known: Order | None) -> bool:
    return known is not None and doc.version < known.version


def _row(
    connection: Connection,
    arrival: Arrival,
    entries: Mapping[str, StatusEntry],
    people: Mapping[str, int],
    known: Order | None,
) -> Order:
    """Whether it is history, and waits for a choice, counts for a new row only: afterwards a person decides it."""
    doc = arrival.doc
    is_history = doc.placed_at < connection.start_at
    entry = entries[statuses.key_of(doc.status)]
    # A cancellation is written only where the order is cancelled already; seen in a living one it is news.
    is_echo = known is not None and known.written_status_id == entry.pk and entry.meaning != Meaning.CANCELLED
    meaning = known.meaning if known is not None and is_echo else entry.meaning
    verdict = judge(known, meaning, read_at=arrival.read_at)
    market = doc.marketplace
    return Order(
        group_id=connection.group_id,
        connection=connection,
        external_id=doc.external_id,
        number=doc.number,
        version=doc.version,
        digest=arrival.digest,
        placed_at=doc.placed_at,
        changed_at=timezone.now(),
        customer_id=people[doc.external_id],
        status_label=doc.status.label,
        status=entry,
        meaning=verdict.meaning,
        cancel_state=verdict.state,
        reread_since=verdict.reread_since,
        channel=doc.channel[:60],
        marketplace=market.name[:60] if market else "",
        marketplace_order=market.order_id[:60] if market else "",
        marketplace_document=market.document[:14] if market else "",
        intermediary_document=market.payment_document[:14] if market else "",
        shipping_method=doc.shipping_method[:100],
        buyer_note=doc.buyer_note,
        pack=market.pack[:60] if market else "",
        **division_of(doc, known),
        is_paid=doc.is_paid,
        lines_total=doc.lines_total,
        total=money(doc.total),
        difference=doc.difference,
        is_history=is_history,
        choice=_first_choice(connection, is_history=is_history),
    )


def _first_choice(connection: Connection, *, is_history: bool) -> Order.Choice:
    if is_history or connection.capture != Connection.Capture.BY_CHOICE:
        return Order.Choice.NONE
    return Order.Choice.AWAITING


def _write_parts(orders: Sequence[Order], docs: Mapping[str, OrderDoc], learnt: Learnt) -> None:
    pairs = [(order, docs[order.external_id]) for order in orders]
    _write_buyers(pairs)
    _write_lines(pairs)
    _write_payments(pairs, learnt)
    write_adjustments(pairs, learnt)


def _write_payments(pairs: Sequence[tuple[Order, OrderDoc]], learnt: Learnt) -> None:
    OrderPayment.objects.filter(order__in=[order.pk for order, _ in pairs]).delete()
    OrderPayment.objects.bulk_create(
        OrderPayment(
            group_id=order.group_id,
            order=order,
            method=item.method[:100],
            method_id=item.method_id[:40],
            kind=item.kind[:40],
            payment_method=learnt.payment_of(item),
            amount=item.amount,
            paid_at=item.paid_at,
            instalments=item.instalments,
        )
        for order, doc in pairs
        for item in mappings.payments_of(doc)
    )


def _write_buyers(pairs: Sequence[tuple[Order, OrderDoc]]) -> None:
    rows = [
        Buyer(
            group_id=order.group_id,
            order=order,
            placed_at=order.placed_at,
            name=doc.buyer.name[:300],
            document=doc.buyer.document[:20],
            is_company=doc.buyer.is_company,
            email=doc.buyer.email[:254],
            phone=doc.buyer.phone[:30],
            state_registration=doc.buyer.state_registration[:20],
            city=doc.delivery.city[:200],
            state=doc.delivery.state[:2],
            delivery=plain(doc.delivery),
            billing=plain(doc.billing),
        )
        for order, doc in pairs
    ]
    fields = [
        "placed_at",
        "name",
        "document",
        "is_company",
        "email",
        "phone",
        "state_registration",
        "city",
        "state",
        "delivery",
        "billing",
    ]
    Buyer.objects.bulk_create(rows, update_conflicts=True, unique_fields=["order"], update_fields=fields)


def _write_lines(pairs: Sequence[tuple[Order, OrderDoc]]) -> None:
    """Upsert the lines and mark those the store took out; a line keeps its row, and with it its reservation."""
    rows = [_line(order, at, line) for order, doc in pairs for at, line in enumerate(doc.lines)]
    OrderLine.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["order", "external_id"], update_fields=_LINE
    )
    kept = {(row.order_id, row.external_id) for row in rows}
    existing = OrderLine.objects.filter(order__in=[order.pk for order, _ in pairs], removed=False)
    gone = [
        pk for pk, order_id, key in existing.values_list("pk", "order_id", "external_id") if (order_id, key) not in kept
    ]
    if gone:
        OrderLine.objects.filter(pk__in=gone).update(removed=True)


def _line(order: Order, at: int, line: LineDoc) -> OrderLine:
    return OrderLine(
        group_id=order.group_id,
        order=order,
        position=at,
        external_id=line.external_id,
        product_external_id=line.product_id,
        variant_external_id=line.variant_id,
        reference=line.reference[:120],
        gtin=line.gtin[:120],
        name=line.name[:300],
        variant_text=line.variant_text[:200],
        kit_group=line.kit_group[:60],
        is_gift=line.is_gift,
        quantity=line.quantity,
        unit_price=line.unit_price,
        list_price=line.list_price,
        total=line.total,
        note=line.note,
        removed=False,
    )


def waiting_subject(order: Order) -> Subject:
    """The order as a row of the error inbox."""
    return Subject(kind="order", id=order.pk, label=order.number, connection_id=order.connection_id, amount=order.total)


def make_due(order_ids: Iterable[int]) -> int:
    """Ask that these orders be looked at again: something they depend on has changed."""
    return make_these_due(Order.objects.filter(pk__in=list(order_ids)))


def make_these_due(rows: QuerySet[Order]) -> int:
    """As `make_due`. They are locked in key order, as by everybody, so that two who change many at once both end."""
    with transaction.atomic():
        in_order = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
        return Order.objects.filter(pk__in=list(in_order.values_list("pk", flat=True))).update(due_at=Now())


def make_free_ones_due(order_ids: Iterable[int]) -> None:
    """As `make_due`, by who has balances locked: orders that somebody works on at this moment are left out.

    Orders are locked before balances, so waiting for one here could be for ever. Who works on it reads the balances
    after us; else the next sweep finds it.
    """
    rows = Order.objects.filter(pk__in=list(order_ids)).order_by("pk")
    free = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True).values_list("pk", flat=True))
    Order.objects.filter(pk__in=free).update(due_at=Now())
