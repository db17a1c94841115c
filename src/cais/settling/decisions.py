"""What a person decides about orders that wait: each word is written down, and the order looked at again."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now

from cais.catalog.hints import tell_linked
from cais.catalog.models import Listing, Product
from cais.core.effects import Meaning
from cais.core.values import ZERO
from cais.inbox.models import Pending
from cais.journal.services import note
from cais.movements import fulfilling
from cais.movements.models import Movement
from cais.nfe.models import InvoicePublication
from cais.orders.agreed import facts_of, fingerprint, fingerprint_of
from cais.orders.models import Order, OrderLine
from cais.orders.services import make_due
from cais.publishing.models import ErpOrderPublication, StatusPublication, TrackingPublication
from cais.publishing.wishes import wake

DISCOUNT, EXPENSE = "discount", "expense"
_KINDS = {DISCOUNT: "desconto", EXPENSE: "despesa"}


class NothingToAcceptError(ValueError):
    """The order closes to the cent, or its difference is another than the one that was shown."""


def kind_of(difference: Decimal) -> str:
    """Paid less than the parts: a discount. Paid more: an expense."""
    return DISCOUNT if difference < ZERO else EXPENSE


def accept_difference(order: Order, shown: Decimal, *, actor_name: str) -> None:
    """*Aceitar a diferença* (B6), as it was shown. Raises NothingToAcceptError when it is another by now."""
    with transaction.atomic():
        held = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if held.difference in (ZERO, held.accepted_difference) or held.difference != shown:
            raise NothingToAcceptError
        kind = kind_of(held.difference)
        Order.objects.filter(pk=held.pk).update(accepted_difference=held.difference, accepted_as=kind, due_at=Now())
        params = {"difference": str(held.difference), "kind": _KINDS[kind]}
        note(held.group_id, "order", [held.pk], "difference_accepted", params, actor_name=actor_name)


class AnotherChangeError(ValueError):
    """The store has changed the order once more since it was shown, or there is no sale that could fit it."""


def shown_of(order: Order) -> str:
    """What a person sees of an order when they say that its sale fits it."""
    return fingerprint(order, order.lines.filter(removed=False))


def erp_is_right(order: Order, *, shown: str, actor_name: str) -> None:
    """*O ERP já está certo*: the sale was adjusted there by hand, so it fits the order as it was `shown`.

    Raises AnotherChangeError.
    """
    with transaction.atomic():
        held = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if not held.erp_digest or shown != shown_of(held):
            raise AnotherChangeError
        facts = facts_of(held, held.lines.filter(removed=False))
        Order.objects.filter(pk=held.pk).update(erp_digest=fingerprint_of(facts), erp_facts=facts, due_at=Now())
        fulfilling.agree_anew(held)
        note(held.group_id, "order", [held.pk], "erp_confirmed", actor_name=actor_name)


def cancel_by_hand(order: Order, *, actor_name: str) -> bool:
    """*Dar por cancelado*: the store has no such order any more, so a person says what became of it.

    False, and nothing is done, when the store shows the order again.
    """
    with transaction.atomic():
        held = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if held.gone_at is None:
            return False
        Order.objects.filter(pk=held.pk).update(
            meaning=Meaning.CANCELLED,
            cancel_state=Order.Cancel.BY_HAND,
            reread_since=None,
            gone_at=None,
            due_at=Now(),
        )
        note(held.group_id, "order", [held.pk], "cancelled_by_hand", actor_name=actor_name)
        return True


def choose_product(line: OrderLine, product: Product, *, actor_name: str) -> int:
    """This store's product is that of ours, from now on (D5). Returns how many orders are looked at again.

    A line to which the store gave no product number speaks for itself only: there is nothing to link others by.
    """
    connection = line.order.connection
    with transaction.atomic():
        same = OrderLine.objects.filter(order__connection=connection, product=None)
        if line.product_external_id:
            _link(line, product)
            same = same.filter(
                product_external_id=line.product_external_id, variant_external_id=line.variant_external_id
            )
        else:
            same = same.filter(pk=line.pk)
        orders = sorted(set(same.values_list("order_id", flat=True)))
        if not line.product_external_id:
            same.update(product=product)
        params = {"name": line.name, "sku": product.sku}
        note(connection.group_id, "order", orders, "product_linked", params, actor_name=actor_name)
        return make_due(orders)


def _link(line: OrderLine, product: Product) -> None:
    connection = line.order.connection
    Listing.objects.update_or_create(
        connection=connection,
        external_id=line.product_external_id,
        variant_id=line.variant_external_id,
        defaults={"group": connection.group, "product": product, "reference": line.reference},
    )
    tell_linked(connection, [product.pk])


def reconsider(group_id: int, order_ids: Collection[int], *, actor_name: str) -> int:
    """*Conferir de novo*: look at these orders as if they had just arrived. History stays history."""
    with transaction.atomic():
        rows = Order.objects.filter(group=group_id, pk__in=order_ids, is_history=False)
        ids = list(rows.values_list("pk", flat=True))
        note(group_id, "order", ids, "asked_again", actor_name=actor_name)
        return make_due(ids)


def check_again(orders: Collection[int], *, group_id: int, actor_name: str) -> int:
    """The ERP is asked about the lines of these orders' movements at once."""
    with transaction.atomic():
        states = (Movement.State.PENDING_SYNC, Movement.State.ERROR)
        rows = Movement.objects.filter(group=group_id, order__in=orders, state__in=states)
        told = list(rows.values_list("order_id", flat=True))
        note(group_id, "order", told, "asked_to_check_again", actor_name=actor_name)
        return rows.update(due_at=Now(), attempts=0, hold="", held_digest="")


def send_again(orders: Collection[int], *, group_id: int, actor_name: str) -> int:
    """What the ERP refused, or left unanswered, is taken up again; in doubt it is looked for before it is sent."""
    with transaction.atomic():
        rows = ErpOrderPublication.objects.filter(group=group_id, fulfilment__order__in=orders).exclude(
            due_at=None, hold=""
        )
        told = list(rows.values_list("fulfilment__order_id", flat=True))
        note(group_id, "order", told, "asked_to_send_again", actor_name=actor_name)
        return wake(rows)


def wake_everything(group_id: int) -> int:
    """*Tentar tudo de novo* for what is held between orders and the outside. Returns how many rows wake."""
    waiting = Pending.objects.filter(group=group_id, subject="order", closed_at=None)
    woken = Order.objects.filter(pk__in=waiting.values("subject_id"), is_history=False).update(due_at=Now())
    woken += Movement.objects.filter(group=group_id, state=Movement.State.ERROR).update(due_at=Now(), attempts=0)
    for table in (StatusPublication, TrackingPublication, InvoicePublication):
        woken += table.objects.filter(group=group_id).awaken()
    return woken + wake(ErpOrderPublication.objects.filter(group=group_id).exclude(hold=""))
