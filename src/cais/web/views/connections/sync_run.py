"""One *rodada*: its progress while it goes on, the orders it brought, and what was exchanged for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.intake.models import REVIEW
from cais.intake.progress import Outcome, items_of
from cais.journal.models import Exchange, RunItem, SyncRun
from cais.orders.models import Order
from cais.web.access import GroupRequest, page
from cais.web.connections.reading_ages import review_sentence
from cais.web.connections.run_progress import RunShown, shown
from cais.web.keyset import page_of
from cais.web.parts import Crumb, Fact, Tab
from cais.web.status_words import StatusWord
from cais.web.wording import count_text, duration_text, plural_text

_EXCHANGES_SHOWN = 200
_ERRORS = (Outcome.UNREADABLE, Outcome.GONE)
_TABS = {
    "": ("Tudo", ()),
    "erros": ("Com erro", _ERRORS),
    "trazidos": ("Trazidos", (Outcome.BROUGHT,)),
    "atualizados": ("Atualizados", (Outcome.CHANGED,)),
    "cancelados": ("Cancelados", (Outcome.CANCELLED,)),
}
OUTCOMES = {
    "": StatusWord("", "run", "arrow-path", "Buscando", "Está na lista da loja e ainda não foi registrado."),
    Outcome.BROUGHT: StatusWord("brought", "ok", "arrow-down-tray", "Trazido", "Entrou no Cais nesta rodada."),
    Outcome.CHANGED: StatusWord("changed", "ok", "arrow-path", "Atualizado", "Mudou na loja e foi lido de novo."),
    Outcome.CANCELLED: StatusWord("cancelled", "off", "x-circle", "Cancelado", "A loja cancelou o pedido."),
    Outcome.SAME: StatusWord("same", "off", "check", "Sem mudança", "Foi lido de novo e veio igual."),
    Outcome.UNREADABLE: StatusWord("unreadable", "err", "exclamation-circle", "Ilegível", "Está na Caixa de erros."),
    Outcome.GONE: StatusWord("gone", "err", "exclamation-circle", "Sumiu da loja", "Está na Caixa de erros."),
}


@dataclass(frozen=True, slots=True)
class ItemShown:
    item: RunItem
    order: Order | None
    word: StatusWord


@page(May.VIEW)
def run(request: GroupRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    mine = shown(found)
    if mine.is_over and found.asked_by_id == request.user.pk and found.told_at is None:
        SyncRun.objects.filter(group=request.group, pk=found.pk).update(told_at=timezone.now())
    store = Connection.objects.of(request.group).filter(pk=found.connection_id).first()
    context = {
        **_body(request, found, mine),
        "store": store,
        "name": store.name if store else "loja retirada",
        "length": length_of(found),
        "exchanges": _exchanges(request, found)[:_EXCHANGES_SHOWN],
        "asked": found.asked_by or "sozinha, no horário",
        "crumbs": [Crumb("Sincronização", reverse("sync", args=[request.group.slug])), Crumb(f"Rodada {found.pk}")],
    }
    return render(request, "sync/run.html", context)


@page(May.VIEW)
def run_progress(request: GroupRequest, pk: int) -> HttpResponse:
    """What the page asks for while the run goes on; when it is over, the whole page is drawn again."""
    found = _own(request, pk)
    mine = shown(found)
    response = render(request, "sync/run_progress.html", _body(request, found, mine))
    if mine.is_over:
        response["HX-Refresh"] = "true"
    return response


@page(May.VIEW)
def pulse(request: GroupRequest) -> HttpResponse:
    """The pulse alone, for pages that are open while a run of this person goes on."""
    return render(request, "components/pulse.html")


def _own(request: GroupRequest, pk: int) -> SyncRun:
    return get_object_or_404(SyncRun.objects.filter(group=request.group), pk=pk)


def length_of(found: SyncRun) -> str:
    return duration_text(found.finished_at - found.at) if found.finished_at else ""


def review_words(found: SyncRun) -> str:
    """What a review says of itself; empty for a run that is none."""
    over = found.finished_at is not None
    return review_sentence(found.seen, found.found, is_over=over) if found.kind == REVIEW else ""


def _exchanges(request: GroupRequest, found: SyncRun) -> QuerySet[Exchange]:
    """Those that name the run; a quiet run stands for many readings, so its exchanges are those of its time."""
    which = Q(run_id=found.pk)
    if found.kind == SyncRun.QUIET and found.finished_at:
        which |= Q(connection_id=found.connection_id, at__gte=found.at, at__lte=found.finished_at)
    return Exchange.objects.filter(which, group=request.group).order_by("at", "id")


def _body(request: GroupRequest, found: SyncRun, mine: RunShown) -> dict[str, object]:
    chosen = request.GET.get("so", "")
    outcomes = _TABS.get(chosen, _TABS[""])[1]
    items = items_of(found).filter(outcome__in=outcomes) if outcomes else items_of(found)
    listed = page_of(items, request.GET, keys=("id",))
    failed = [] if outcomes else list(items_of(found).filter(outcome__in=_ERRORS)[:20])
    return {
        "run": found,
        "mine": mine,
        "page": listed,
        "rows": _shown(found, listed.rows),
        "failed": _shown(found, failed),
        "tabs": _tabs(request, found, mine, chosen),
        "facts": [*mine.facts, Fact("Vistos na lista", count_text(found.seen))],
        "review": review_words(found),
        "quiet_words": plural_text(found.readings, "leitura sem novidade", "leituras sem novidade"),
    }


def _shown(found: SyncRun, items: Sequence[RunItem]) -> list[ItemShown]:
    keys = [item.external_id for item in items]
    rows = Order.objects.filter(connection=found.connection_id, external_id__in=keys)
    orders = {order.external_id: order for order in rows}
    return [ItemShown(item, orders.get(item.external_id), OUTCOMES[item.outcome]) for item in items]


def _tabs(request: GroupRequest, found: SyncRun, mine: RunShown, chosen: str) -> list[Tab]:
    url = reverse("run", args=[request.group.slug, found.pk])
    tabs = [Tab("Tudo", url, count=mine.found.total, current=chosen not in _TABS or not chosen)]
    for code, (label, outcomes) in _TABS.items():
        if code and (count := mine.found.of(*outcomes)):
            tone = "err" if code == "erros" else ""
            tabs.append(Tab(label, f"{url}?so={code}", count=count, tone=tone, current=code == chosen))  # type: ignore[arg-type]
    return tabs


urlpatterns = [
    path("sync/rodadas/<int:pk>/", run, name="run"),
    path("sync/rodadas/<int:pk>/andamento/", run_progress, name="run_progress"),
    path("sync/pulso/", pulse, name="pulse"),
]
