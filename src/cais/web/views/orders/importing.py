"""Importar pedidos: every order of a store that Cais knows of, ticked to be taken in or left out (features B0, B5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.intake.models import ORDERS, Document
from cais.intake.services import read_now
from cais.orders.counts import integrated_count, phase_counts
from cais.orders.models import Order, OrderImport
from cais.settling import choosing
from cais.web.access import GroupRequest, page
from cais.web.connections.store_choice import chosen_store, connect_first, store_chips
from cais.web.connections.words import state_of
from cais.web.keyset import Page, count_up_to, page_of, total_text, without_place
from cais.web.orders.filters import OrderFilter, chips
from cais.web.orders.import_rows import import_progress, import_rows, left_sentences, ranked, unread_row
from cais.web.orders.situations import situations
from cais.web.parts import Action, BulkAction, Crumb, FilterChip, Tab
from cais.web.patience import TooWideError, patience
from cais.web.row_keys import keys_of
from cais.web.wording import plural_text

UNREAD: Final = "nao-lidos"
_IGNORED: Final = "ignored"
_CUTS: Final = {
    "": ("Não integrados", ~Q(erp_state="done") & ~Q(phase=_IGNORED)),
    "integrados": ("Integrados", Q(erp_state="done")),
    "ignorados": ("Ignorados", Q(phase=_IGNORED)),
    "todos": ("Todos", Q()),
}


def _stores(request: GroupRequest) -> list[Connection]:
    rows = Connection.objects.of(request.group).filter(role="store")
    return list(rows.select_related("health", "company", "group"))


def _store(request: GroupRequest) -> Connection | None:
    return chosen_store(request.GET, _stores(request))


def _cut(request: GroupRequest) -> str:
    asked = request.GET.get("aba", "")
    return asked if asked in _CUTS or asked == UNREAD else ""


def _filter(request: GroupRequest) -> OrderFilter:
    return replace(OrderFilter.of(request.GET), tab="", stores=())


def _found(request: GroupRequest, store: Connection) -> QuerySet[Order]:
    rows = Order.objects.of(request.group).filter(connection=store)
    return _filter(request).apply(rows.filter(_CUTS.get(_cut(request), _CUTS[""])[1]))


def _unread(store: Connection) -> QuerySet[Document]:
    """Listed by the store and not recorded: due, or held because it cannot be understood."""
    known = Order.objects.filter(connection=store, external_id=OuterRef("external_id"))
    rows = Document.objects.filter(connection=store, kind=ORDERS, due_at__isnull=False, recorded_digest="")
    return rows.filter(~Exists(known))


@page(May.VIEW)
def orders_import(request: GroupRequest) -> HttpResponse:
    stores = _stores(request)
    store = chosen_store(request.GET, stores)
    if store is None:
        return render(request, "imports/list.html", {"stores": [], "first_step": connect_first(request)})
    context = _frame(request, stores, store)
    try:
        with patience():
            listed = _list_unread(request, store) if _cut(request) == UNREAD else _list_orders(request, store)
    except TooWideError:
        return render(request, "imports/list.html", {**context, "too_wide": True}, status=503)
    return render(request, "imports/list.html", {**context, **listed})


def _list_orders(request: GroupRequest, store: Connection) -> dict[str, object]:
    found = _found(request, store)
    listed = page_of(found, request.GET, keys=("placed_at", "id"), descending=True)
    # The page first, then what belongs to its rows: joined before the cut, the whole list would be read.
    prefetch_related_objects(listed.rows, "buyer", "customer", "status")
    for order in listed.rows:
        order.connection = store
    total = _counts(store)[_cut(request)] if _filter(request) == OrderFilter() else count_up_to(found)
    return {
        "rows": import_rows(request, store, list(listed.rows)),
        "page": listed,
        "summary": total_text(total, "pedido", "pedidos"),
        "total": total if _is_longer(listed) and total <= choosing.MOST else None,
    }


def _list_unread(request: GroupRequest, store: Connection) -> dict[str, object]:
    listed = page_of(_unread(store), request.GET, keys=("id",), descending=True)
    words = total_text(count_up_to(_unread(store)), "pedido", "pedidos")
    return {"unread": [unread_row(row) for row in listed.rows], "page": listed, "summary": words}


def _is_longer(listed: Page[Order]) -> bool:
    return bool(listed.next_url or listed.previous_url)


def _frame(request: GroupRequest, stores: Sequence[Connection], store: Connection) -> dict[str, object]:
    slug, query = request.group.slug, request.GET.urlencode()
    chosen = _filter(request)
    here = reverse("orders_import", args=[slug])
    return {
        "stores": stores,
        "store": store,
        "state": state_of(store),
        "by_choice": store.capture == Connection.Capture.BY_CHOICE,
        "crumbs": [Crumb("Pedidos", reverse("orders", args=[slug])), Crumb("Importar pedidos")],
        "tabs": _tabs(request, store, here),
        "is_unread": _cut(request) == UNREAD,
        "is_mixed": _cut(request) == "todos",
        "chips": _chips(request, stores, store, chosen),
        "verbs": _verbs(slug, query) if request.may(May.WORK_ORDERS) else [],
        "actions": _actions(request, store, query),
        "no_filter_url": f"{here}?loja={store.pk}",
        "may_configure": request.may(May.CONFIGURE),
    }


def _tabs(request: GroupRequest, store: Connection, here: str) -> list[Tab]:
    counts = _counts(store) | {UNREAD: count_up_to(_unread(store))}
    words = {code: label for code, (label, _) in _CUTS.items()} | {UNREAD: "Ainda não lidos"}
    return [
        Tab(label, here + without_place(request.GET, aba=code), count=counts[code], current=code == _cut(request))
        for code, label in words.items()
    ]


def _counts(store: Connection) -> dict[str, int]:
    """From the counters that triggers keep: they cost the same with a million orders."""
    counts = phase_counts([store.pk])
    every, ignored = sum(counts.values()), counts.get(_IGNORED, 0)
    integrated = integrated_count(store.pk, counts)
    return {"": every - integrated - ignored, "integrados": integrated, "ignorados": ignored, "todos": every}


def _chips(
    request: GroupRequest, stores: Sequence[Connection], store: Connection, chosen: OrderFilter
) -> list[FilterChip]:
    found = [chip for chip in chips(request.group, request.GET, chosen) if chip.name not in ("loja", "integracao")]
    return [*store_chips(request.GET, stores, store, dropping=["status"]), *found]


def _verbs(slug: str, query: str) -> list[BulkAction]:
    take, leave = (f"{reverse(name, args=[slug])}?{query}" for name in ("import_now", "import_leave_out"))
    return [
        BulkAction("Importar", take, icon="arrow-down-on-square", fits="import", style="primary"),
        BulkAction("Deixar de fora", leave, icon="eye-slash", fits="leave"),
    ]


def _actions(request: GroupRequest, store: Connection, query: str) -> list[Action]:
    if not request.may(May.WORK_ORDERS) or store.paused:
        return []
    url = f"{reverse('import_read', args=[request.group.slug])}?{query}"
    return [Action("Ler de novo", url, "post", icon="arrow-path", key="s")]


def _back(request: GroupRequest) -> HttpResponse:
    return redirect(f"{reverse('orders_import', args=[request.group.slug])}?{request.GET.urlencode()}")


def _ticked(request: GroupRequest, store: Connection) -> list[int]:
    """The ticked orders, or all of the filter, the oldest first; a bounded number of them."""
    if request.POST.get("todos") == "1":
        found = choosing.importable(_found(request, store)).order_by("placed_at", "pk")
        return list(found.values_list("pk", flat=True)[: choosing.MOST])
    given = request.POST.getlist("pedido")[: choosing.MOST]
    return keys_of(given)


@page(May.WORK_ORDERS)
@require_POST
def import_now(request: GroupRequest) -> HttpResponse:
    store = _store(request)
    ids = _ticked(request, store) if store else []
    if store is None or not ids:
        messages.warning(request, "Nenhum pedido marcado pode ser importado.")
        return _back(request)
    made = choosing.import_orders(store, ids, actor_name=str(request.user))
    return redirect("order_import", request.group.slug, made.pk)


@page(May.WORK_ORDERS)
@require_POST
def import_leave_out(request: GroupRequest) -> HttpResponse:
    """*Deixar de fora*: the units go back to who needs them."""
    store = _store(request)
    ids = _ticked(request, store) if store else []
    done = choosing.leave_out(store, ids, actor_name=str(request.user)) if store else 0
    if done:
        words = plural_text(done, "pedido ficou de fora", "pedidos ficaram de fora")
        messages.success(request, f"{words}. O estoque reservado volta em instantes; ainda dá para importar depois.")
    if done < len(ids) or not ids:
        messages.warning(request, "Só sai quem espera a sua escolha; o resto dos marcados ficou como estava.")
    return _back(request)


@page(May.WORK_ORDERS)
@require_POST
def import_read(request: GroupRequest) -> HttpResponse:
    store = _store(request)
    if store is not None and not store.paused:
        read_now(store, asked_by=str(request.user))
        messages.success(request, f"{store.name} será lida em instantes.")
    return _back(request)


def _run(request: GroupRequest, pk: int) -> dict[str, object]:
    made = get_object_or_404(OrderImport.objects.of(request.group).select_related("connection"), pk=pk)
    rows = ranked(made).select_related("connection", "buyer")
    listed = page_of(rows, request.GET, keys=("rank", "placed_at", "id"), descending=True)
    shown = situations(request.group, listed.rows)
    slug = request.group.slug
    query = request.GET.urlencode()
    return {
        "made": made,
        "progress": import_progress(made),
        "left": left_sentences(made),
        "page": listed,
        "rows": [(order, shown[order.pk], reverse("order", args=[slug, order.pk])) for order in listed.rows],
        "poll_url": reverse("order_import_progress", args=[slug, made.pk]) + (f"?{query}" if query else ""),
    }


@page(May.VIEW)
def order_import(request: GroupRequest, pk: int) -> HttpResponse:
    """One import, while it goes on and afterwards."""
    found = _run(request, pk)
    made = found["made"]
    assert isinstance(made, OrderImport)
    url = f"{reverse('orders_import', args=[request.group.slug])}?loja={made.connection_id}"
    crumbs = [Crumb("Importar pedidos", url), Crumb(f"Importação {made.pk}")]
    return render(request, "imports/run.html", {**found, "crumbs": crumbs, "list_url": url})


@page(May.VIEW)
def order_import_progress(request: GroupRequest, pk: int) -> HttpResponse:
    """The part that the page asks for again."""
    return render(request, "imports/progress.html", _run(request, pk))


urlpatterns = [
    path("pedidos/importar/", orders_import, name="orders_import"),
    path("pedidos/importar/agora/", import_now, name="import_now"),
    path("pedidos/importar/deixar/", import_leave_out, name="import_leave_out"),
    path("pedidos/importar/ler/", import_read, name="import_read"),
    path("pedidos/importar/<int:pk>/", order_import, name="order_import"),
    path("pedidos/importar/<int:pk>/progresso/", order_import_progress, name="order_import_progress"),
]
