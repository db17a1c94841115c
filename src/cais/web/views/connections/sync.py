"""Sincronização: a card per store, and every *rodada*; readings without news are folded into one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.intake.models import ORDERS, Cursor, Document
from cais.intake.services import read_now, review_now
from cais.journal.models import SyncRun
from cais.rehearsals.services import held_back
from cais.web.access import GroupRequest, page
from cais.web.connections.mode import start_action
from cais.web.connections.reading_ages import reading_facts
from cais.web.connections.words import state_of, system_of
from cais.web.keyset import page_of
from cais.web.parts import Action, Fact, Tab
from cais.web.status_words import StatusWord
from cais.web.views.connections.pages import own_connection
from cais.web.views.connections.sync_run import length_of, review_words
from cais.web.wording import count_text

_TABS = {
    "": ("Todas as rodadas", Q()),
    "erros": ("Com erro", ~Q(error="") | Q(failed__gt=0)),
    "novidades": ("Com novidade", Q(listed__gt=0)),
}


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
    chosen = request.GET.get("so", "")
    runs = SyncRun.objects.filter(_TABS.get(chosen, _TABS[""])[1], group=request.group)
    listed = page_of(runs, request.GET, keys=("at", "id"), descending=True)
    context = {
        **_cards(request, stores),
        "page": listed,
        "runs": _named(listed.rows, stores),
        "tabs": _tabs(request, chosen),
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
    return [(run, names.get(run.connection_id, "loja retirada"), length_of(run), review_words(run)) for run in rows]


def _tabs(request: GroupRequest, chosen: str) -> list[Tab]:
    url = reverse("sync", args=[request.group.slug])
    return [
        Tab(label, f"{url}?so={code}" if code else url, current=code == (chosen if chosen in _TABS else ""))
        for code, (label, _) in _TABS.items()
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
    run_id = read_now(found, asked_by=str(request.user), asker_id=request.user.pk)
    return redirect("run", request.group.slug, run_id)


@page(May.WORK_ORDERS)
@require_POST
def sync_all(request: GroupRequest) -> HttpResponse:
    """Every store that is not paused."""
    stores = list(Connection.objects.of(request.group).filter(role="store", paused=False))
    asked = [read_now(store, asked_by=str(request.user), asker_id=request.user.pk) for store in stores]
    if len(asked) == 1:
        return redirect("run", request.group.slug, asked[0])
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


urlpatterns = [
    path("sync/", sync, name="sync"),
    path("sync/lojas/", sync_cards, name="sync_cards"),
    path("sync/tudo/", sync_all, name="sync_all"),
    path("sync/lojas/<int:pk>/", sync_now, name="sync_now"),
    path("sync/lojas/<int:pk>/conferir/", sync_review, name="sync_review"),
]
