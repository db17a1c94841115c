"""The companies of an order on its page: what each serves, its ERP order, its note and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse

from cais.backoffice.models import SalesOrder
from cais.companies.roles import Action as May
from cais.core.parts import REFUSED
from cais.core.values import ZERO
from cais.movements.fulfilling import sells_what_is_agreed
from cais.movements.models import Fulfilment, FulfilmentLine
from cais.movements.parts import parts_of
from cais.nfe.models import OVER, Nfe
from cais.orders.models import Order
from cais.publishing.asking import may_be_undone
from cais.web.access import GroupRequest
from cais.web.notes.words import number_text, state_word
from cais.web.orders.part_words import part_word
from cais.web.parts import Action
from cais.web.status_words import StatusWord
from cais.web.wording import quantity_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One company's part; `sale` and `note` lead to their pages where they have one."""

    company: str
    items: Sequence[str]
    sale: str
    sale_url: str
    state: StatusWord
    note: str
    note_url: str
    note_state: StatusWord | None
    total: Decimal


@dataclass(frozen=True, slots=True)
class Parts:
    """Empty while one company serves the whole order: then the page says it all without them."""

    rows: Sequence[Part] = field(default=())

    @property
    def total(self) -> Decimal:
        return sum((row.total for row in self.rows), ZERO)


def parts_shown(request: GroupRequest, order: Order, notes: Sequence[Nfe]) -> Parts:
    found = parts_of([order.pk]).get(order.pk, [])
    if len(found) < 2:
        return Parts()
    sales = _sales(request, found)
    items = _items(found)
    living = {nfe.fulfilment_id: nfe for nfe in reversed(notes)}
    living |= {nfe.fulfilment_id: nfe for nfe in reversed(notes) if nfe.state not in OVER}
    return Parts([_part(request, part, items[part.pk], sales, living.get(part.pk)) for part in found])


def _sales(request: GroupRequest, parts: Sequence[Fulfilment]) -> Mapping[str, str]:
    """Address of the back office's sales order by our reference; none for a sale in another ERP."""
    references = [part.reference for part in parts]
    rows = SalesOrder.objects.of(request.group).filter(reference__in=references)
    return {row.reference: reverse("sales_order", args=[request.group.slug, row.pk]) for row in rows}


def _items(parts: Sequence[Fulfilment]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {part.pk: [] for part in parts}
    rows = FulfilmentLine.objects.filter(fulfilment__in=parts).select_related("product")
    for row in rows.order_by("line__position", "pk"):
        found[row.fulfilment_id].append(f"{quantity_text(row.quantity)} × {row.product.name}")
    return found


def _part(
    request: GroupRequest, part: Fulfilment, items: Sequence[str], sales: Mapping[str, str], nfe: Nfe | None
) -> Part:
    return Part(
        company=part.company.name,
        items=items,
        sale=part.erp_number,
        sale_url=sales.get(part.reference, ""),
        state=part_word(part.erp_state),
        note=f"Nota {number_text(nfe)}" if nfe else "",
        note_url=reverse("note", args=[request.group.slug, nfe.pk]) if nfe else "",
        note_state=state_word(nfe) if nfe else None,
        total=part.total,
    )


def undo_action(request: GroupRequest, order: Order) -> Action | None:
    """*Refazer a venda*: where only half of it was made, or where the order is another than was sold by now."""
    if not request.may(May.RESOLVE_ERRORS) or not may_be_undone(order):
        return None
    parts = parts_of([order.pk]).get(order.pk, [])
    is_half = order.erp_state == REFUSED and any(part.erp_state != REFUSED for part in parts)
    if not is_half and (order.erp_state == REFUSED or sells_what_is_agreed(order)):
        return None
    return Action(
        "Refazer a venda",
        reverse("order_undo", args=[request.group.slug, order.pk]),
        "post",
        icon="arrow-path",
    )
