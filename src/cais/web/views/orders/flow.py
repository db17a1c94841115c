"""Fluxo de venda: the board of sales by stage; an order moves by what is done with it, never by being dragged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from cais.companies.models import Company
from cais.companies.roles import Action as May
from cais.orders.counts import phase_counts
from cais.orders.models import Order
from cais.orders.phase import STOPPED
from cais.web.access import GroupRequest, page
from cais.web.keyset import without_place
from cais.web.orders.filters import TABS, OrderFilter, chips, kept
from cais.web.orders.flow import WAITS_FOR, Standing, board
from cais.web.orders.situations import Situation, situations
from cais.web.parts import Action, FilterChip, Tab
from cais.web.patience import TooWideError, patience
from cais.web.status_words import StatusWord
from cais.web.wording import count_text, plural_text

_CHIPS = ("data", "loja", "origem", "empresa")
_BESIDE = ("cancelados", "fora")


@dataclass(frozen=True, slots=True)
class Card:
    """One order on the board."""

    order: Order
    url: str
    companies: str
    word: StatusWord
    waits: str
    action: Action | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One column on the board; `current` is the one that a narrow screen shows."""

    standing: Standing
    cards: Sequence[Card]
    url: str
    total: str
    current: bool


@page(May.VIEW)
def flow(request: GroupRequest) -> HttpResponse:
    chosen = OrderFilter.of(request.GET).without_stage()
    try:
        with patience():
            standing = board(request.group, chosen)
    except TooWideError:
        return render(request, "flow/flow.html", {**_frame(request, chosen), "too_wide": True}, status=503)
    columns = _columns(request, standing)
    context = {
        **_frame(request, chosen),
        "columns": columns,
        "tabs": [_tab(request, column) for column in columns],
        "is_empty": not any(column.standing.count for column in columns) and chosen == OrderFilter(),
    }
    return render(request, "flow/flow.html", context)


def _frame(request: GroupRequest, chosen: OrderFilter) -> dict[str, object]:
    slug = request.group.slug
    counts = phase_counts(list(chosen.stores) or None)
    found: list[FilterChip] = chips(request.group, request.GET, chosen)
    return {
        "chips": [chip for chip in found if chip.name in _CHIPS],
        "clear_url": reverse("flow", args=[slug]),
        "beside": [
            (TABS[tab][0].lower(), sum(counts.get(phase, 0) for phase in TABS[tab][1]), _list(request, aba=tab))
            for tab in _BESIDE
        ],
        "actions": [Action("Ver em lista", _list(request), icon="list-bullet")],
    }


def _list(request: GroupRequest, **changes: str | Sequence[str]) -> str:
    """The list of orders under the same filters."""
    query = request.GET.copy()
    for name in ("coluna", "aba", "situacao", "q"):
        query.pop(name, None)
    for name, value in changes.items():
        query.setlist(name, [value] if isinstance(value, str) else list(value))
    return f"{reverse('orders', args=[request.group.slug])}{without_place(query)}"


def _columns(request: GroupRequest, standing: Sequence[Standing]) -> list[Shown]:
    """The column that was asked for, else the first where something stands, is what a narrow screen shows."""
    codes = [one.column.code for one in standing]
    first = next((one.column.code for one in standing if one.count), codes[0])
    asked = request.GET.get("coluna", "")
    current = asked if asked in codes else first
    orders = [order for one in standing for order in one.orders]
    told = situations(request.group, orders)
    several = Company.objects.of(request.group).count() > 1
    return [
        Shown(
            one,
            [_card(request, order, told[order.pk], several=several) for order in one.orders],
            _list(request, situacao=one.column.phases),
            _total(one),
            one.column.code == current,
        )
        for one in standing
    ]


def _total(one: Standing) -> str:
    return f"mais de {count_text(one.count)} pedidos" if one.is_more else plural_text(one.count, "pedido", "pedidos")


def _tab(request: GroupRequest, column: Shown) -> Tab:
    one = column.standing
    return Tab(
        one.column.title,
        without_place(request.GET, coluna=one.column.code),
        count=None if one.is_more else one.count,
        tone="err" if one.column.phases == STOPPED else "",
        current=column.current,
    )


def _card(request: GroupRequest, order: Order, situation: Situation, *, several: bool) -> Card:
    names = dict.fromkeys(part.company.name for part in order.fulfilments.all())
    return Card(
        order=order,
        url=reverse("order", args=[request.group.slug, order.pk]),
        companies=" + ".join(names) if several else "",
        word=situation.word,
        waits=WAITS_FOR.get(order.phase, ""),
        action=_action(request, order, situation),
    )


def _action(request: GroupRequest, order: Order, situation: Situation) -> Action | None:
    """The one thing that takes this order to its next column, for who may do it."""
    slug = request.group.slug
    if order.phase in STOPPED and situation.causes:
        cause = situation.causes[0]
        return Action("Ver a causa", reverse("error", args=[slug, cause.id]))
    if order.phase == "awaiting_choice" and request.may(May.WORK_ORDERS):
        return Action("Escolher", reverse("orders_import", args=[slug]))
    if order.phase in ("awaiting_movement", "awaiting_sync") and request.may(May.WORK_ORDERS):
        label = "Movimentar" if order.phase == "awaiting_movement" else "Continuar"
        return Action(label, reverse("order_movement", args=[slug, order.pk]))
    if order.phase == "integrated" and request.may(May.ISSUE_NOTES):
        return Action("Gerar nota", f"{reverse('issue', args=[slug])}?pedido={order.pk}")
    if order.phase in ("invoiced", "invoice_told", "note_issued") and request.may(May.WORK_ORDERS):
        return Action("Registrar envio", f"{reverse('shipments', args=[slug])}?pedido={order.pk}")
    if order.phase == "shipped" and request.may(May.WORK_ORDERS):
        url = f"{reverse('delivered', args=[slug])}?{kept(request.GET)}"
        return Action("Entregue", url, "post", fields={"pedido": str(order.pk), "volta": "fluxo"})
    return None


urlpatterns = [path("fluxo/", flow, name="flow")]
