"""What should be said outside, derived from an order's facts: the only hand that writes desired values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from django.db.models import Q
from django.db.models.functions import Now

from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.core.digest import digest_of
from cais.core.effects import Meaning
from cais.core.parts import CANCELLED, REFUSED, WISHED
from cais.inbox import services as inbox
from cais.inbox.models import Pending
from cais.inbox.nfe_reasons import NFE_REASONS
from cais.movements.models import Fulfilment
from cais.movements.parts import parts_of, set_erp_state
from cais.orders.models import Order
from cais.orders.services import waiting_subject
from cais.ports.manifest import Capability
from cais.publishing.models import ErpOrderPublication, PublicationQuerySet, StatusPublication, TrackingPublication
from cais.publishing.moments import is_past, reached
from cais.publishing.telling import ERP_REASONS
from cais.statuses.models import StatusEntry, WriteBack

Wish = ErpOrderPublication.Wish


class NoErpError(Exception):
    """The company has no ERP connection: a set-up error, since the embedded back office is made with the company."""


def erp_of(company_id: int) -> Connection:
    """The ERP that keeps this company's sales. Raises NoErpError."""
    found = Connection.objects.filter(company=company_id, role="erp").order_by("pk").first()
    if found is None:
        raise NoErpError(f"company {company_id} has no ERP connection")
    return found


def place_erp_orders(fulfilments: Sequence[Fulfilment]) -> None:
    """Each fulfilment should have its ERP order. Asking again changes nothing."""
    erps = {company_id: erp_of(company_id) for company_id in {row.company_id for row in fulfilments}}
    ErpOrderPublication.objects.bulk_create(
        [
            ErpOrderPublication(
                group_id=row.group_id,
                fulfilment=row,
                connection=erps[row.company_id],
                desired_digest=digest_of([row.reference, Wish.PLACED.value]),
                due_at=Now(),
            )
            for row in fulfilments
        ],
        ignore_conflicts=True,
    )
    if _somebody_observes({erp.pk for erp in erps.values()} | {row.order.connection_id for row in fulfilments}):
        only_wished([row.order_id for row in fulfilments])


def _somebody_observes(connection_ids: Collection[int]) -> bool:
    return Connection.objects.filter(pk__in=connection_ids).exclude(mode=Connection.Mode.PUBLISH).exists()


def only_wished(order_ids: Collection[int]) -> None:
    """Where a connection observes, these parts of these orders are not being created: they wait."""
    held = ErpOrderPublication.objects.held_back().filter(fulfilment__order__in=order_ids, wish=Wish.PLACED)
    parts = Fulfilment.objects.filter(pk__in=held.values("fulfilment"), erp_state="creating")
    set_erp_state(dict.fromkeys(parts.values_list("pk", flat=True), WISHED), due=False)


def unsaid(orders: Sequence[Order]) -> set[int]:
    """Those of these locked orders whose whole sale is still only a wish; it stays one until the transaction ends."""
    wished = [order.pk for order in orders if order.erp_state == WISHED]
    if not wished:
        return set()
    living = ErpOrderPublication.objects.filter(fulfilment__order__in=wished).exclude(_OVER)
    rows = living.held_back().filter(Q(lease_until=None) | Q(lease_until__lt=Now()), in_flight=False)
    return _whole(rows.select_for_update(skip_locked=True, of=("self",)), living)


_OVER = Q(wish=Wish.CANCELLED, due_at=None)
"""An ERP order that is cancelled, or that was never to be made after all."""


def _whole(
    some: PublicationQuerySet[ErpOrderPublication], living: PublicationQuerySet[ErpOrderPublication]
) -> set[int]:
    """The orders all of whose living parts are among `some`."""
    found = Counter(some.values_list("fulfilment__order_id", flat=True))
    every = Counter(living.filter(fulfilment__order__in=list(found)).values_list("fulfilment__order_id", flat=True))
    return {key for key, parts in found.items() if parts == every[key]}


def begun(orders: Sequence[Order]) -> set[int]:
    """Orders whose sale is refused at one company and exists, or may exist, at another: half of it is made."""
    refused = [order.pk for order in orders if order.erp_state == REFUSED]
    if not refused:
        return set()
    nothing = (REFUSED, CANCELLED, "")
    return {key for key, parts in parts_of(refused).items() if any(part.erp_state not in nothing for part in parts)}


def follow(orders: Sequence[Order]) -> None:
    """After a cancellation the ERP order should be cancelled and the store told; after a change of mind, not.

    A sale whose note is authorised, or may be at this moment, stands until a person or SEFAZ has decided. Of history,
    and of what nobody chose, nothing is said (features B0, B1).
    """
    ours = [order for order in orders if order.is_ours]
    over = [o for o in ours if o.meaning == Meaning.CANCELLED and not (o.has_note or o.is_at_sefaz)]
    alive = [order for order in orders if order.meaning != Meaning.CANCELLED]
    told, undone = _with_a_sale(orders)
    _hold_back([order for order in orders if order.is_in_question and order.pk in told])
    _let_go([order for order in orders if not order.is_in_question and order.pk in told])
    _turn([order for order in over if order.pk in told], Wish.PLACED, Wish.CANCELLED)
    _turn([o for o in alive if o.pk in told and o.pk not in undone], Wish.CANCELLED, Wish.PLACED)
    _undo([order for order in alive if order.pk in undone])
    never_told = [o for o in over if o.erp_state in ("", "refused", "cancelled")]
    wish_status(never_told, WriteBack.Moment.CANCELLED)


def _with_a_sale(orders: Sequence[Order]) -> tuple[set[int], set[int]]:
    """Orders with an ERP order, wished or made: of those that just came in there is nothing to turn.

    Second, those whose sale is to be undone: somebody asked for it, or one company's part was cancelled by the time
    its order lived again. A sale is whole or it is not.
    """
    rows = ErpOrderPublication.objects.filter(fulfilment__order__in=orders)
    found = list(rows.values_list("fulfilment__order", "undo", "fulfilment__erp_state", "fulfilment__movement__state"))
    half = {key for key, undo, state, movement in found if undo or (state == CANCELLED and movement != CANCELLED)}
    return {key for key, *_ in found}, half


def _undo(orders: Sequence[Order]) -> None:
    """Whatever is left of these sales is cancelled, and what was never made is not made any more."""
    if not orders:
        return
    _turn(orders, Wish.PLACED, Wish.CANCELLED)
    living = ErpOrderPublication.objects.filter(fulfilment__order__in=orders, wish=Wish.CANCELLED).exclude(_OVER)
    living.filter(undo=False).update(undo=True)


def is_taken_back(order: Order) -> bool:
    """An ERP order of the sale is to be cancelled, or just was: nothing may be made of the sale any more."""
    sale = ErpOrderPublication.objects.filter(fulfilment__order=order, fulfilment__stands=True)
    return sale.filter(Q(wish=Wish.CANCELLED) | Q(undo=True)).exists()


IN_QUESTION = "in_question"


def _hold_back(orders: Sequence[Order]) -> None:
    """No sale is made of these orders now; one that may have been made already is still looked for."""
    if orders:
        rows = ErpOrderPublication.objects.filter(fulfilment__order__in=orders, wish=Wish.PLACED, in_flight=False)
        rows.filter(due_at__isnull=False, hold="").update(hold=IN_QUESTION)


def wake(rows: PublicationQuerySet[ErpOrderPublication]) -> int:
    """Take up again what is held of these; a sale of an order in question goes on waiting for its store's word.

    Returns how many rows there were.
    """
    found = list(rows.select_related("fulfilment__order"))
    waits = {r.pk for r in found if r.wish == Wish.PLACED and not r.in_flight and r.fulfilment.order.is_in_question}
    for keys, hold in (({row.pk for row in found} - waits, ""), (waits, IN_QUESTION)):
        again = ErpOrderPublication.objects.filter(pk__in=keys)
        again.update(due_at=Now(), attempts=0, hold=hold, held_digest="")
    return len(found)


def _let_go(orders: Sequence[Order]) -> None:
    if orders:
        rows = ErpOrderPublication.objects.filter(fulfilment__order__in=orders, hold=IN_QUESTION)
        rows.update(hold="", due_at=Now(), attempts=0)


def _turn(orders: Sequence[Order], was: str, wish: str) -> None:
    """Change the wish of these orders' ERP orders; one already cancelled there stays so."""
    if not orders:
        return
    rows = ErpOrderPublication.objects.filter(fulfilment__order__in=orders, wish=was).exclude(_OVER)
    for row in rows.select_related("fulfilment"):
        digest = digest_of([row.fulfilment.reference, wish])
        ErpOrderPublication.objects.filter(pk=row.pk).update(
            wish=wish, desired_digest=digest, due_at=Now(), hold="", held_digest="", attempts=0
        )


def take_back(orders: Sequence[Order]) -> list[Order]:
    """The sale of these orders is not to be made as it was wished. Returns those of which nothing has left yet,
    at no company.

    Who took such a row a moment ago loses its lease, and with it the right to call.
    """
    if not orders:
        return []
    living = ErpOrderPublication.objects.filter(fulfilment__order__in=orders).exclude(_OVER)
    unsaid = living.filter(wish=Wish.PLACED, in_flight=False, published_digest="")
    ids = _whole(unsaid.select_for_update(of=("self",)), living)
    unsaid.filter(fulfilment__order__in=ids).update(wish=Wish.CANCELLED, due_at=None, lease=None, lease_until=None)
    return [order for order in orders if order.pk in ids]


def forget(orders: Sequence[Order]) -> None:
    """These orders start anew: what an ERP refused or cancelled is over, and so is what waited because of it, such as
    a note of that sale that never left."""
    if not orders:
        return
    rows = ErpOrderPublication.objects.filter(fulfilment__order__in=orders)
    rows.update(wish=Wish.CANCELLED, due_at=None, hold="", held_digest="", undo=False)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(
        erp_state="",
        erp_number="",
        erp_digest="",
        erp_facts={},
        nfe_state="",
        shipped_at=None,
        delivered_at=None,
        written_status=None,
    )
    Fulfilment.objects.filter(order__in=orders).exclude(erp_state=CANCELLED).update(erp_state="")
    StatusPublication.objects.filter(order__in=orders).update(moment=WriteBack.Moment.CAPTURED)
    subjects = {waiting_subject(order): () for order in orders}
    inbox.sync(orders[0].group_id, subjects, among=(*ERP_REASONS, *NFE_REASONS))


def wish_status(orders: Sequence[Order], moment: WriteBack.Moment) -> None:
    """The store should show the status chosen for this moment, where one is chosen and the order does not show it."""
    if not orders:
        return
    found = WriteBack.objects.filter(connection__in={order.connection_id for order in orders}, moment=moment)
    rows_of_moment = [
        row for row in found.select_related("status", "connection") if row.connection.does(Capability.WRITE_STATUS)
    ]
    chosen = {row.connection_id: row.status for row in rows_of_moment}
    # What is only a wish is not ours yet: seen in the store, it is news.
    speaking = {row.connection_id for row in rows_of_moment if not row.connection.observes}
    told = {row.order_id: row for row in StatusPublication.objects.filter(order__in=orders)}
    wanted = [
        o for o in orders if o.connection_id in chosen and _is_news(o, chosen[o.connection_id], moment, told.get(o.pk))
    ]
    rows = [
        StatusPublication(
            group_id=order.group_id,
            order=order,
            connection_id=order.connection_id,
            status=chosen[order.connection_id],
            moment=moment,
            desired_digest=digest_of([order.external_id, chosen[order.connection_id].label]),
            due_at=Now(),
        )
        for order in wanted
    ]
    StatusPublication.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=["status", "moment", "desired_digest", "due_at", "hold", "held_digest", "attempts"],
    )
    said = [order for order in wanted if order.connection_id in speaking]
    update_each(Order, {order.pk: {"written_status": chosen[order.connection_id].pk} for order in said})


def _is_news(order: Order, status: StatusEntry, moment: WriteBack.Moment, told: StatusPublication | None) -> bool:
    """Whether writing is worth it: not for what a later moment went past, nor for what the store shows already.

    While another status is on its way what the store shows may change, so the wish is made all the same.
    """
    if told is not None and is_past(told.moment, moment):
        return False
    on_its_way = told is not None and told.due_at is not None and told.status_id != status.pk
    return on_its_way or status.pk not in (order.status_id, order.written_status_id)


def wish_tracking(orders: Sequence[Order]) -> None:
    """The store should show how these orders' parcels are followed, where it takes that (feature E7)."""
    rows = [
        TrackingPublication(
            group_id=order.group_id,
            order=order,
            connection_id=order.connection_id,
            desired_digest=digest_of([order.tracking_code, order.tracking_url, order.shipped_at]),
            due_at=Now(),
        )
        for order in orders
        if (order.tracking_code or order.tracking_url) and order.connection.does(Capability.WRITE_TRACKING)
    ]
    TrackingPublication.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=["desired_digest", "due_at", "hold", "held_digest", "attempts"],
    )


def wish_progress(order_ids: Collection[int], *, tracking_is_told: bool = False) -> None:
    """The status of the furthest moment that each order has reached, once note and tracking are in the store.

    A change of status may mail the buyer, so it comes last (Tray contract §11.4). Of moments that are due together
    only the latest is written: the rows of one order are one.
    """
    orders = list(Order.objects.filter(pk__in=order_ids).select_related("connection"))
    waiting = _invoice_comes_first(orders) | (set() if tracking_is_told else _tracking_comes_first(orders))
    by_moment: dict[WriteBack.Moment, list[Order]] = {}
    for order in orders:
        for moment in reached(order) if order.pk not in waiting else ():
            by_moment.setdefault(moment, []).append(order)
    for moment in sorted(by_moment, key=list(WriteBack.Moment).index):
        wish_status(by_moment[moment], moment)


def _invoice_comes_first(orders: Sequence[Order]) -> set[int]:
    """Orders whose note is still to be told; one that the store refused waits for a person, and nothing for it."""
    hearing = [o.pk for o in orders if o.has_note and o.connection.does(Capability.PUBLISH_INVOICE)]
    authorised = Fulfilment.objects.filter(order__in=hearing, nfe_state="authorised") if hearing else ()
    untold = {part.order_id for part in authorised}
    refused = Pending.objects.filter(subject="order", subject_id__in=untold, reason="invoice_refused", closed_at=None)
    return untold - set(refused.values_list("subject_id", flat=True))


def _tracking_comes_first(orders: Sequence[Order]) -> set[int]:
    telling = [order.pk for order in orders if order.connection.does(Capability.WRITE_TRACKING)]
    return set(TrackingPublication.objects.wished().filter(order__in=telling).values_list("order_id", flat=True))
