"""Sincronização: a card per store, the readings that brought something or failed, and what each one exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.intake.models import ORDERS, REVIEW, Cursor, Document
from cais.intake.services import read_now, review_now
from cais.journal.models import Exchange, SyncRun
from cais.rehearsals.services import held_back
from cais.web.access import GroupRequest, page
from cais.web.connection_mode import start_action
from cais.web.connection_words import state_of, system_of
from cais.web.keyset import page_of
from cais.web.parts import Action, Crumb, Fact, Tab
from cais.web.reading_ages import reading_facts, review_sentence
from cais.web.status_words import StatusWord
from cais.web.views.connections import own_connection
from cais.web.wording import count_text, duration_text

_EXCHANGES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class StoreCard:
    connection: Connection
    system: str
    state: StatusWord
    facts: list[Fact]
    next_at: datetime | None
    actions: list[Action]
    is_busy: bool


@page(May.VIEW)
def sync(request: GroupRequest) -> HttpResponse:
    stores = list(Connection.objects.of(request.group).filter(role="store").select_related("health", "stored_tokens"))
    only_failed = request.GET.get("so") == "erros"
    runs = SyncRun.objects.filter(group=request.group)
    listed = page_of(runs.exclude(error="") if only_failed else runs, request.GET, keys=("at", "id"), descending=True)
    context = {
        **_cards(request, stores),
        "page": listed,
        "runs": _named(listed.rows, stores),
        "tabs": _tabs(request, only_failed=only_failed),
        "actions": _actions(request, stores),
        "new_url": reverse("new_connection", args=[request.group.slug]) if request.may(May.CONFIGURE) else "",
    }
    return render(request, "sync/sync.html", context)


@page(May.VIEW)
def sync_cards(request: GroupRequest) -> HttpResponse:
    """The cards alone, for the page that asks now and then: often while something is on its way."""
    stores = list(Connection.objects.of(request.group).filter(role="store").select_related("health", "stored_tokens"))
    return render(request, "sync/cards.html", _cards(request, stores))


def _cards(request: GroupRequest, stores: list[Connection]) -> dict[str, object]:
    cards = [_card(request, store) for store in stores]
    return {"cards": cards, "is_busy": any(card.is_busy for card in cards)}


def _card(request: GroupRequest, store: Connection) -> StoreCard:
    cursor = Cursor.objects.filter(connection=store, kind=ORDERS).first()
    queued = dict(
        Document.objects.filter(connection=store, due_at__isnull=False)
        .order_by()
        .values_list("needs_fetch")
        .annotate(rows=Count("pk"))
    )
    facts = [
        Fact("A buscar na loja", count_text(queued.get(True, 0))),
        Fact("A registrar", count_text(queued.get(False, 0))),
        *reading_facts(store),
    ]
    if waiting := held_back(store):
        facts.append(Fact("Esperam o ensaio", count_text(waiting), tone="warn"))
    may = request.may(May.WORK_ORDERS) and not store.paused
    url = reverse("sync_now", args=[request.group.slug, store.pk])
    review_url = reverse("sync_review", args=[request.group.slug, store.pk])
    actions = [
        Action("Sincronizar", url, "post", icon="arrow-path"),
        Action("Conferir tudo", review_url, "post", icon="shield-check"),
        start_action(request.group.slug, store),
    ]
    return StoreCard(
        store,
        system_of(store),
        state_of(store),
        facts,
        cursor.due_at if cursor and not store.paused else None,
        actions if may else [],
        is_busy=bool(queued) or bool(cursor and cursor.asked_by),
    )


def _named(rows: Sequence[SyncRun], stores: list[Connection]) -> list[tuple[SyncRun, str, str, str]]:
    """Each run with its store, its length, and what a review says of itself."""
    names = {store.pk: store.name for store in stores}
    return [(run, names.get(run.connection_id, "loja retirada"), _length(run), review_words(run)) for run in rows]


def review_words(run: SyncRun) -> str:
    """Empty for a run that is no review."""
    is_over = run.finished_at is not None
    return review_sentence(run.seen, run.found, is_over=is_over) if run.kind == REVIEW else ""


def _length(run: SyncRun) -> str:
    return duration_text(run.finished_at - run.at) if run.finished_at else ""


def _tabs(request: GroupRequest, *, only_failed: bool) -> list[Tab]:
    url = reverse("sync", args=[request.group.slug])
    return [
        Tab("Todas as rodadas", url, current=not only_failed),
        Tab("Com erro", f"{url}?so=erros", current=only_failed),
    ]


def _actions(request: GroupRequest, stores: list[Connection]) -> list[Action]:
    if not stores or not request.may(May.WORK_ORDERS):
        return []
    url = reverse("sync_all", args=[request.group.slug])
    return [Action("Sincronizar", url, "post", icon="arrow-path", style="primary", key="s")]


@page(May.WORK_ORDERS)
@require_POST
def sync_now(request: GroupRequest, pk: int) -> HttpResponse:
    found = own_connection(request, pk)
    if found.paused:
        messages.warning(request, f"{found.name} está pausada. Retome a conexão para ler a loja.")
        return redirect("sync", request.group.slug)
    read_now(found, asked_by=str(request.user))
    messages.success(request, f"{found.name} será lida em instantes. Pode sair desta página.")
    return redirect("sync", request.group.slug)


@page(May.WORK_ORDERS)
@require_POST
def sync_all(request: GroupRequest) -> HttpResponse:
    """Every store that is not paused."""
    stores = list(Connection.objects.of(request.group).filter(role="store", paused=False))
    for store in stores:
        read_now(store, asked_by=str(request.user))
    if stores:
        messages.success(request, "As lojas serão lidas em instantes. Pode sair desta página.")
    else:
        messages.warning(request, "Nenhuma loja ligada para ler.")
    return redirect("sync", request.group.slug)


@page(May.WORK_ORDERS)
@require_POST
def sync_review(request: GroupRequest, pk: int) -> HttpResponse:
    """*Conferir tudo*: what the night does, now."""
    found = own_connection(request, pk)
    if found.paused:
        messages.warning(request, f"{found.name} está pausada. Retome a conexão para conferir a loja.")
        return redirect("sync", request.group.slug)
    review_now(found, asked_by=str(request.user))
    messages.success(request, f"{found.name} será conferida em instantes. O resultado aparece nas rodadas.")
    return redirect("sync", request.group.slug)


@page(May.VIEW)
def run(request: GroupRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SyncRun.objects.filter(group=request.group), pk=pk)
    store = Connection.objects.of(request.group).filter(pk=found.connection_id).first()
    exchanges = Exchange.objects.filter(group=request.group, run_id=found.pk).order_by("at", "id")
    name = store.name if store else "loja retirada"
    context = {
        "run": found,
        "store": store,
        "name": name,
        "length": _length(found),
        "exchanges": exchanges[:_EXCHANGES_SHOWN],
        "facts": [
            *([Fact("Conferência da noite", review_words(found))] if found.kind == REVIEW else []),
            Fact("Pedidos vistos na lista", count_text(found.seen)),
            Fact("Pedidos buscados", count_text(found.fetched)),
            Fact("Falhas", count_text(found.failed), tone="err" if found.failed else ""),
            Fact("Pedida por", found.asked_by or "sozinha, no horário"),
        ],
        "crumbs": [Crumb("Sincronização", reverse("sync", args=[request.group.slug])), Crumb(f"Rodada {found.pk}")],
    }
    return render(request, "sync/run.html", context)


urlpatterns = [
    path("sync/", sync, name="sync"),
    path("sync/lojas/", sync_cards, name="sync_cards"),
    path("sync/tudo/", sync_all, name="sync_all"),
    path("sync/lojas/<int:pk>/", sync_now, name="sync_now"),
    path("sync/lojas/<int:pk>/conferir/", sync_review, name="sync_review"),
    path("sync/rodadas/<int:pk>/", run, name="run"),
]
