"""Pedidos: the list with its tabs and filters, and what can be done with many orders at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.companies.saved_views import opening_of
from cais.connections.models import Connection
from cais.orders.counts import phase_counts
from cais.orders.models import Order
from cais.settling import decisions
from cais.web.access import GroupRequest, page
from cais.web.connections.store_choice import connect_first
from cais.web.connections.words import state_of
from cais.web.keyset import Page, total_text, without_place
from cais.web.orders.filters import ALL, TABS, OrderFilter, chips, kept
from cais.web.orders.list_page import listed, named_total
from cais.web.orders.saved_views import view_bar
from cais.web.orders.situations import Situation, is_note_ready, situations
from cais.web.orders.ticked import ticked
from cais.web.parts import Action, BulkAction, Tab
from cais.web.patience import TooWideError, patience
from cais.web.sheets import safe_cells
from cais.web.wording import origin_text, plural_text

EXPORTED = 10_000
_TONES = {"parados": "err"}


@page(May.VIEW)
def orders(request: GroupRequest) -> HttpResponse:
    if not request.GET and (opening := opening_of(request.group, request.user)):
        return redirect(f"{reverse('orders', args=[request.group.slug])}?{opening.query}")
    chosen = OrderFilter.of(request.GET)
    # What is joined is looked up for every order found, and leads the database away from the order of the list.
    rows = Order.objects.of(request.group).prefetch_related("connection", "buyer", "status")
    try:
        with patience():
            found, total = listed(chosen, rows, request.GET)
    except TooWideError:
        return _too_wide(request, chosen)
    return render(request, "orders/list.html", _context(request, chosen, found, total))


def _context(request: GroupRequest, chosen: OrderFilter, found: Page[Order], total: int | None) -> dict[str, object]:
    slug = request.group.slug
    stores = list(Connection.objects.of(request.group).filter(role="store").select_related("health", "stored_tokens"))
    return {
        **_frame(request, chosen),
        "rows": _rows(request, found.rows),
        "page": found,
        "summary": _summary(chosen, total),
        "total": _to_be_ticked(total) if found.next_url or found.previous_url else None,
        "total_url": _total_url(request) if total is None and chosen.searched else "",
        "verbs": _verbs(request),
        "stores": [(store, state_of(store)) for store in stores],
        "no_filter_url": f"{reverse('orders', args=[slug])}?aba={ALL}",
        "is_empty": not found.rows and chosen == OrderFilter() and not found.previous_url,
        "first_step": _first_step(request, stores),
        "back": kept(request.GET),
        "note_ready": {order.pk for order in found.rows if is_note_ready(order)},
    }


def _to_be_ticked(total: int | None) -> int | None:
    """How many orders *Selecionar todos* offers; none where there are more than one action takes."""
    return total if total and total <= EXPORTED else None


def _total_url(request: GroupRequest) -> str:
    return f"{reverse('order_total', args=[request.group.slug])}?{kept(request.GET)}"


def _summary(chosen: OrderFilter, total: int | None) -> str:
    if total is None:
        return "Muitos pedidos, os mais novos primeiro"
    counted = total_text(total, "pedido", "pedidos")
    if chosen.searched and chosen.searched.is_short:
        return f"{counted}. Muitos números começam com {chosen.text}: digite mais algarismos."
    return counted


def _frame(request: GroupRequest, chosen: OrderFilter) -> dict[str, object]:
    """What stays when a search was too wide: tabs, filters, and what was typed."""
    return {
        "tabs": _tabs(request, chosen),
        "counts_url": f"{reverse('order_counts', args=[request.group.slug])}?{kept(request.GET)}",
        "chips": chips(request.group, request.GET, chosen),
        "chosen": chosen,
        "views": view_bar(request),
        "actions": _actions(request),
    }


def _too_wide(request: GroupRequest, chosen: OrderFilter) -> HttpResponse:
    return render(request, "orders/list.html", {**_frame(request, chosen), "too_wide": True, "rows": []}, status=503)


def _rows(request: GroupRequest, found: Sequence[Order]) -> list[tuple[Order, Situation, str]]:
    shown = situations(request.group, found)
    query = kept(request.GET)
    tail = f"?{query}" if query else ""
    return [(order, shown[order.pk], reverse("order", args=[request.group.slug, order.pk]) + tail) for order in found]


def _tabs(request: GroupRequest, chosen: OrderFilter) -> list[Tab]:
    counts = phase_counts()
    url = reverse("orders", args=[request.group.slug])
    return [
        Tab(
            label,
            url + without_place(request.GET, aba=code or ALL),
            count=sum(counts.get(phase, 0) for phase in phases or counts),
            tone=_TONES.get(code, ""),  # type: ignore[arg-type]
            current=code == chosen.tab,
        )
        for code, (label, phases) in TABS.items()
    ]


def _actions(request: GroupRequest) -> list[Action]:
    slug = request.group.slug
    export = f"{reverse('orders_export', args=[slug])}?{kept(request.GET)}"
    found = [Action("Planilha", export, icon="arrow-down-tray", hide_narrow=True)]
    if request.may(May.WORK_ORDERS):
        found.append(
            Action("Importar envios", reverse("shipments_import", args=[slug]), icon="truck", hide_narrow=True)
        )
        found.append(Action("Sincronizar", reverse("sync_all", args=[slug]), "post", icon="arrow-path", key="s"))
    return found


def _verbs(request: GroupRequest) -> list[BulkAction]:
    slug, query = request.group.slug, kept(request.GET)
    verbs = []
    if request.may(May.ISSUE_NOTES):
        url = f"{reverse('issue', args=[slug])}?{query}"
        verbs.append(BulkAction("Gerar notas", url, icon="document-text", fits="note"))
    if request.may(May.WORK_ORDERS):
        again = f"{reverse('orders_again', args=[slug])}?{query}"
        verbs += [
            *_moving_verbs(slug, query),
            BulkAction("Registrar envio", f"{reverse('shipments', args=[slug])}?{query}", icon="truck", fits="ship"),
            BulkAction("Entregue", f"{reverse('delivered', args=[slug])}?{query}", icon="check", fits="deliver"),
            BulkAction("Reconsiderar", again, icon="arrow-path", fits="again"),
        ]
    verbs.append(BulkAction("Planilha", f"{reverse('orders_export', args=[slug])}?{query}", icon="arrow-down-tray"))
    return [replace(verbs[0], style="primary"), *verbs[1:]]


def _moving_verbs(slug: str, query: str) -> list[BulkAction]:
    """The three steps of *Movimentar*, for many."""
    steps = (
        ("Movimentar", "orders_move", "arrows-right-left", "move"),
        ("Sincronizar", "orders_check", "arrow-path", "check"),
        ("Criar pedido", "orders_create", "document-plus", "create"),
    )
    return [
        BulkAction(label, f"{reverse(name, args=[slug])}?{query}", icon=icon, fits=fits)
        for label, name, icon, fits in steps
    ]


def _first_step(request: GroupRequest, stores: Sequence[Connection]) -> Action | None:
    if not stores:
        return connect_first(request)
    if not request.may(May.CONFIGURE):
        return None
    return Action("Ver o dicionário de status", reverse("dictionary", args=[request.group.slug, stores[0].pk]))


@page(May.VIEW)
def order_counts(request: GroupRequest) -> HttpResponse:
    """The tabs alone, for the page that asks now and then."""
    chosen = OrderFilter.of(request.GET)
    context = {
        "tabs": _tabs(request, chosen),
        "counts_url": f"{reverse('order_counts', args=[request.group.slug])}?{kept(request.GET)}",
    }
    return render(request, "orders/tabs.html", context)


@page(May.VIEW)
def order_total(request: GroupRequest) -> HttpResponse:
    """How many orders bear the name that is searched for, for the page that is there already."""
    chosen = OrderFilter.of(request.GET)
    try:
        with patience():
            total = named_total(chosen)
    except TooWideError:
        total = None
    if total is None:
        return HttpResponse(status=204)
    context = {"summary": _summary(chosen, total), "total": _to_be_ticked(total)}
    return render(request, "orders/total.html", context)


@page(May.WORK_ORDERS)
@require_POST
def orders_again(request: GroupRequest) -> HttpResponse:
    """*Reconsiderar*: the ticked orders, or the whole filter, are looked at as if they had just arrived."""
    ids = ticked(request)
    done = decisions.reconsider(request.group.pk, ids, actor_name=str(request.user))
    skipped = len(ids) - done
    if done:
        words = f"{plural_text(done, 'pedido será conferido', 'pedidos serão conferidos')} de novo em instantes."
        messages.success(request, words)
    if skipped:
        words = plural_text(skipped, "pedido ficou de fora", "pedidos ficaram de fora")
        messages.warning(request, f"{words}: são de antes da ligação da loja, só para consulta.")
    if not ids:
        messages.warning(request, "Nenhum pedido estava marcado.")
    return redirect(f"{reverse('orders', args=[request.group.slug])}?{kept(request.GET)}")


@page(May.VIEW)
def orders_export(request: GroupRequest) -> HttpResponse:
    """*Planilha* of the ticked orders (POST) or of the filter (GET), ten thousand rows at most."""
    rows = Order.objects.of(request.group).prefetch_related("connection", "buyer")
    is_ticked = request.method == "POST"
    found = rows.filter(pk__in=ticked(request)) if is_ticked else OrderFilter.of(request.GET).apply(rows)
    try:
        with patience(20):
            text = _sheet(request, list(found.order_by("-placed_at", "-id")[:EXPORTED]))
    except TooWideError:
        messages.warning(request, "O filtro alcança pedidos demais. Escolha um período menor e tente de novo.")
        return redirect(f"{reverse('orders', args=[request.group.slug])}?{kept(request.GET)}")
    response = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="pedidos-{timezone.localdate():%Y-%m-%d}.csv"'
    return response


_COLUMNS = ("pedido", "loja", "origem", "cliente", "documento", "cidade", "uf", "data", "total")
_MORE_COLUMNS = ("status_na_loja", "situacao", "integrado", "pedido_no_erp")


def _sheet(request: GroupRequest, found: Sequence[Order]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow((*_COLUMNS, *_MORE_COLUMNS))
    shown = situations(request.group, found)
    for order in found:
        buyer = order.buyer
        writer.writerow(
            safe_cells(
                (
                    order.number,
                    order.connection.name,
                    origin_text(order.origin),
                    buyer.name,
                    buyer.document,
                    buyer.city,
                    buyer.state,
                    f"{timezone.localtime(order.placed_at):%d/%m/%Y %H:%M}",
                    f"{order.total:.2f}".replace(".", ","),
                    order.status_label,
                    shown[order.pk].word.label,
                    "sim" if order.is_integrated else "não",
                    order.erp_number,
                )
            )
        )
    return out.getvalue()


urlpatterns = [
    path("pedidos/", orders, name="orders"),
    path("pedidos/abas/", order_counts, name="order_counts"),
    path("pedidos/total/", order_total, name="order_total"),
    path("pedidos/reconsiderar/", orders_again, name="orders_again"),
    path("pedidos/planilha/", orders_export, name="orders_export"),
]
