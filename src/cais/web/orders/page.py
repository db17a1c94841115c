"""What the page of one order shows, gathered from the rooms that know it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse

from cais.backoffice.models import SalesOrder
from cais.companies.roles import Action as May
from cais.inbox.causes import OpenCause, open_of
from cais.inbox.edit_reasons import CHANGED
from cais.inbox.nfe_reasons import INVOICE_REASONS, NFE_REASONS
from cais.intake.models import ORDERS, Document
from cais.journal.models import Note
from cais.journal.words import sentence
from cais.movements.models import Movement
from cais.orders.models import Order
from cais.orders.phase import STOPPED
from cais.settling.choosing import refusal_of
from cais.settling.decisions import shown_of
from cais.web.access import GroupRequest
from cais.web.inbox.links import action_of
from cais.web.orders.division import division_action
from cais.web.orders.filters import OrderFilter, kept
from cais.web.orders.matrix import matrix_of
from cais.web.orders.money import closing, money_facts, offer, payment_lines
from cais.web.orders.movement_page import movement_action
from cais.web.orders.note import issue_action, mending_of_note, note_facts, note_steps, notes_of
from cais.web.orders.parcel import parcel_facts, shipping_actions
from cais.web.orders.served_parts import parts_shown, undo_action
from cais.web.orders.situations import situation_of
from cais.web.orders.steps import quiet_of, steps_of
from cais.web.parts import Action, Crumb, Event

_NOTES_SHOWN = 200
_RELATIVES = 20
_RAW_SHOWN = 200_000


@dataclass(frozen=True, slots=True)
class Neighbours:
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Why the order waits, and the button that mends it."""

    cause: OpenCause
    action: Action | None


def order_context(request: GroupRequest, order: Order) -> dict[str, object]:
    situation = situation_of(order)
    movement = Movement.objects.filter(order=order).exclude(state=Movement.State.CANCELLED).first()
    lines = order.lines.filter(removed=False).count()
    document = Document.objects.filter(connection=order.connection, kind=ORDERS, external_id=order.external_id).first()
    quiet = quiet_of(order)
    notes = list(notes_of(order))
    around = neighbours(request, order)
    return {
        "order": order,
        "buyer": order.buyer,
        "situation": situation,
        "crumbs": _crumbs(request, order),
        "around": around,
        "steps": [] if quiet else steps_of(order, situation, movement, lines=lines, notes=note_steps(order, notes)),
        "notes": note_facts(request, notes),
        "parts": parts_shown(request, order, notes),
        "quiet": quiet,
        "quiet_action": _channel(request, order) if order.phase == "marketplace_ships" else None,
        "waits": _waits(request, order, situation.causes, document),
        "matrix": matrix_of(order, movement),
        "parcel": parcel_facts(order),
        "money": money_facts(order, rules_url=_rules_url(request, order)),
        "closing": closing(order),
        "changes": _changes(situation.causes),
        "offer": offer(order) if request.may(May.WORK_ORDERS) else "",
        "payments": payment_lines(list(order.payments.all())),
        "addresses": _addresses(order),
        "events": _events(order),
        "sales_orders": _sales_orders(request, order),
        "twins": Order.objects.of(request.group)
        .filter(number=order.number)
        .exclude(pk=order.pk)
        .select_related("connection")[:5],
        "family": _family(order),
        "pack": _pack(order),
        "document": document,
        "mask": not request.may(May.EDIT_CUSTOMERS),
        "raw": _raw(document) if request.may(May.WORK_ORDERS) else "",
        "actions": _all_actions(request, order),
    }


def _channel(request: GroupRequest, order: Order) -> Action | None:
    """To the row that says who ships: that is where a wrong word is set right."""
    if not request.may(May.CONFIGURE):
        return None
    url = reverse("mapping", args=[request.group.slug, order.connection_id, "canais", order.sales_channel_id])
    return Action("Abrir o canal", url)


def _family(order: Order) -> list[Order]:
    """The other orders of a division: the one it came from, and its parts."""
    if not (order.is_part or order.is_divided):
        return []
    ref = order.parent_ref if order.is_part else order.external_id
    rows = Order.objects.filter(Q(external_id=ref) | Q(parent_ref=ref), connection=order.connection_id)
    return list(rows.exclude(pk=order.pk).order_by("placed_at", "pk")[:_RELATIVES]) if ref else []


def _pack(order: Order) -> list[Order]:
    """Other orders that the marketplace sends in the same parcel; each goes its own way."""
    rows = Order.objects.filter(pack=order.pack, connection=order.connection_id).exclude(pk=order.pk)
    return list(rows.order_by("placed_at", "pk")[:_RELATIVES]) if order.pack else []


def _rules_url(request: GroupRequest, order: Order) -> str:
    """Where the rules of the store's discounts are; nowhere for who may not change them."""
    if not request.may(May.CONFIGURE):
        return ""
    return reverse("mappings", args=[request.group.slug, order.connection_id, "descontos"])


def _changes(causes: Sequence[OpenCause]) -> list[tuple[str, str, str]]:
    """Field by field: what the sale was made from, and what the store says now."""
    found = next((cause for cause in causes if cause.reason.code in CHANGED), None)
    return [(field, was, now) for field, was, now in found.params.get("fields", ())] if found else []


def _crumbs(request: GroupRequest, order: Order) -> list[Crumb]:
    query = kept(request.GET)
    url = reverse("orders", args=[request.group.slug])
    return [Crumb("Pedidos", f"{url}?{query}" if query else url), Crumb(order.number)]


def neighbours(request: GroupRequest, order: Order) -> Neighbours:
    """The orders before and after this one in the list it was opened from."""
    rows = OrderFilter.of(request.GET).apply(Order.objects.of(request.group))
    at, pk = order.placed_at, order.pk
    newer = rows.filter(Q(placed_at__gt=at) | Q(placed_at=at, pk__gt=pk)).order_by("placed_at", "pk")
    older = rows.filter(Q(placed_at__lt=at) | Q(placed_at=at, pk__lt=pk)).order_by("-placed_at", "-pk")
    return Neighbours(_first_url(request, newer), _first_url(request, older))


def _first_url(request: GroupRequest, rows: QuerySet[Order]) -> str:
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        return ""
    query = kept(request.GET)
    return reverse("order", args=[request.group.slug, found]) + (f"?{query}" if query else "")


def _waits(request: GroupRequest, order: Order, causes: Sequence[OpenCause], document: Document | None) -> list[Wait]:
    """Causes of the order, and of its payload when a newer one could not be read."""
    found = list(causes)
    if document is not None:
        found += open_of(order.group, "document", [document.pk]).get(document.pk, [])
    return [Wait(cause, _mending(request, order, cause)) for cause in found]


def _mending(request: GroupRequest, order: Order, cause: OpenCause) -> Action | None:
    """On the order's own page its button does the thing instead of leading here."""
    if cause.reason.code in CHANGED and request.may(May.RESOLVE_ERRORS):
        return Action(
            "O ERP já está certo",
            reverse("order_confirm", args=[request.group.slug, order.pk]),
            "post",
            style="primary",
            fields={"visto": shown_of(order)},
        )
    if cause.reason.code == "order_gone" and request.may(May.RESOLVE_ERRORS):
        return Action("Dar por cancelado", reverse("order_cancel", args=[request.group.slug, order.pk]), "post")
    if cause.reason.code in (*NFE_REASONS, *INVOICE_REASONS):
        return mending_of_note(request, order)
    if cause.reason.target == "order":
        return None
    return action_of(request, cause)


def _actions(request: GroupRequest, order: Order) -> list[Action]:
    if not request.may(May.WORK_ORDERS):
        return []
    if not order.is_ours:
        return _taking_in(request, order)
    slug = request.group.slug
    found = [
        Action(
            "Ler de novo na loja",
            reverse("order_read", args=[slug, order.pk]),
            "post",
            icon="arrow-down-tray",
            hide_narrow=True,
        )
    ]
    if order.phase in STOPPED and not order.nfe_state:
        found.append(
            Action(
                "Conferir de novo", reverse("order_again", args=[slug, order.pk]), "post", icon="arrow-path", key="s"
            )
        )
    return found


def _taking_in(request: GroupRequest, order: Order) -> list[Action]:
    """What *Importar pedidos* offers for this order."""
    if refusal_of(order) is not None:
        return []
    url = f"{reverse('import_now', args=[request.group.slug])}?loja={order.connection_id}"
    fields = {"pedido": str(order.pk)}
    return [Action("Importar", url, "post", icon="arrow-down-on-square", style="primary", fields=fields)]


def _all_actions(request: GroupRequest, order: Order) -> list[Action]:
    """What the work of orders offers, then the note: each for who may."""
    to_issue, to_undo = issue_action(request, order), undo_action(request, order)
    what_if, moving = division_action(order), movement_action(request, order)
    return [
        *([what_if] if what_if else []),
        *([moving] if moving else []),
        *_actions(request, order),
        *([to_undo] if to_undo else []),
        *shipping_actions(request, order),
        *([to_issue] if to_issue else []),
    ]


def _addresses(order: Order) -> list[tuple[str, Mapping[str, str]]]:
    """Delivery, and billing when it is another place."""
    delivery, billing = order.buyer.delivery, order.buyer.billing
    found = [("Entrega", delivery)] if delivery.get("street") or delivery.get("city") else []
    if billing != delivery and (billing.get("street") or billing.get("city")):
        found.append(("Cobrança", billing))
    return found


def _events(order: Order) -> list[Event]:
    notes = Note.objects.filter(subject="order", subject_id=order.pk).order_by("-at", "-id")[:_NOTES_SHOWN]
    # Written in one transaction, its arrival and its movement bear the same instant: arriving comes first.
    told = sorted(notes, key=lambda note: note.code == "recorded")
    return [Event(note.at, sentence(note.code, note.params), who=note.actor_name) for note in told]


def _sales_orders(request: GroupRequest, order: Order) -> list[tuple[SalesOrder, str]]:
    references = order.fulfilments.values_list("reference", flat=True)
    found = SalesOrder.objects.of(request.group).filter(reference__in=list(references)).order_by("number")
    return [(row, reverse("sales_order", args=[request.group.slug, row.pk])) for row in found]


def _raw(document: Document | None) -> str:
    """The payload as received, indented when it is JSON; whatever else it is, as text."""
    return "" if document is None else pretty(bytes(document.raw))


def pretty(raw: bytes) -> str:
    came = raw.decode("utf-8", errors="replace")
    try:
        text = json.dumps(json.loads(came), ensure_ascii=False, indent=2)
    except ValueError:
        text = came
    return text if len(text) <= _RAW_SHOWN else f"{text[:_RAW_SHOWN]}\n[cortado]"
