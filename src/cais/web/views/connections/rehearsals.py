"""Ensaios: what would be written outside, field by field; applied exactly so, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.rehearsals import services as room
from cais.rehearsals.models import Rehearsal, RehearsalRow
from cais.web.access import GroupRequest, page
from cais.web.connections.mode import again_action, start_action, switch_on_action
from cais.web.connections.rehearsal_words import (
    ROWS,
    changed_since,
    headline,
    plan_word,
    progress_of,
    tab_counts,
    verb_of,
)
from cais.web.keyset import page_of
from cais.web.parts import Action, Crumb, Tab
from cais.web.status_words import StatusWord
from cais.web.views.connections.pages import own_connection
from cais.web.wording import plural_text


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row with its words: the first field in the line, the others folded under it."""

    row: RehearsalRow
    verb: str
    word: StatusWord
    was: str
    would: str
    more: list[tuple[str, str, str]]


@page(May.VIEW)
def rehearsals(request: GroupRequest) -> HttpResponse:
    rows = Rehearsal.objects.of(request.group).select_related("connection")
    listed = page_of(rows, request.GET, keys=("id",), descending=True)
    context = {
        "page": listed,
        "plans": [(plan, plan_word(plan), headline(plan)) for plan in listed.rows],
        "crumbs": [Crumb("Sincronização", reverse("sync", args=[request.group.slug])), Crumb("Ensaios")],
        "connections": _startable(request),
    }
    return render(request, "rehearsals/list.html", context)


def _startable(request: GroupRequest) -> list[Action]:
    if not request.may(May.WORK_ORDERS):
        return []
    slug = request.group.slug
    stores = Connection.objects.of(request.group).filter(role="store", paused=False)
    return [start_action(slug, store, label=f"Ensaiar {store.name}") for store in stores]


@page(May.WORK_ORDERS)
@require_POST
def rehearsal_start(request: GroupRequest, pk: int) -> HttpResponse:
    found = own_connection(request, pk)
    if found.paused:
        messages.warning(request, f"{found.name} está pausada. Retome a conexão para ensaiar.")
        return redirect("rehearsals", request.group.slug)
    made = room.start(found, asked_by=str(request.user))
    return redirect("rehearsal", request.group.slug, made.pk)


def _own(request: GroupRequest, pk: int) -> Rehearsal:
    return get_object_or_404(Rehearsal.objects.of(request.group).select_related("connection"), pk=pk)


@page(May.VIEW)
def rehearsal(request: GroupRequest, pk: int) -> HttpResponse:
    plan = _own(request, pk)
    room.look_at(plan)
    url = reverse("sync", args=[request.group.slug])
    crumbs = [
        Crumb("Sincronização", url),
        Crumb("Ensaios", reverse("rehearsals", args=[request.group.slug])),
        Crumb(f"Ensaio {plan.pk}"),
    ]
    context = {
        **_body(request, plan),
        "crumbs": crumbs,
        "word": plan_word(plan),
        "actions": _actions(request, plan),
    }
    return render(request, "rehearsals/plan.html", context)


@page(May.VIEW)
def rehearsal_progress(request: GroupRequest, pk: int) -> HttpResponse:
    """What the page asks for while the plan moves; when it stops, the whole page is drawn again."""
    plan = _own(request, pk)
    context = _body(request, plan)
    response = render(request, "rehearsals/progress.html", context)
    if context["progress"].is_over:  # type: ignore[attr-defined]
        response["HX-Refresh"] = "true"
    return response


def _body(request: GroupRequest, plan: Rehearsal) -> dict[str, object]:
    chosen = request.GET.get("so", "")
    rows = plan.rows.filter(state=chosen) if chosen in ROWS else plan.rows.all()
    listed = page_of(rows, request.GET, keys=("id",))
    changed = changed_since(plan)
    return {
        "plan": plan,
        "headline": headline(plan),
        "progress": progress_of(plan),
        "changed": changed,
        "is_of_orders": plan.scope == Rehearsal.Scope.ORDERS,
        "changed_title": f"{plural_text(changed, 'pedido mudou', 'pedidos mudaram')} na loja depois deste ensaio.",
        "page": listed,
        "rows": [_shown(row) for row in listed.rows],
        "tabs": _tabs(request, plan, chosen),
    }


def _shown(row: RehearsalRow) -> RowShown:
    first, *more = [(name, was, would) for name, was, would in row.fields] or [("", "", "")]
    return RowShown(row, verb_of(row), ROWS[row.state], first[1], first[2], more)


def _tabs(request: GroupRequest, plan: Rehearsal, chosen: str) -> list[Tab]:
    url = reverse("rehearsal", args=[request.group.slug, plan.pk])
    found = [Tab("Tudo", url, current=chosen not in ROWS)]
    for code, label, count in tab_counts(plan):
        found.append(Tab(label, f"{url}?so={code}", count=count, current=code == chosen))
    return found


def _actions(request: GroupRequest, plan: Rehearsal) -> list[Action]:
    if not request.may(May.WORK_ORDERS):
        return []
    slug = request.group.slug
    if plan.state == Rehearsal.State.APPLYING:
        reason = "Parando: o que já saiu termina." if plan.stopping else ""
        return [Action("Parar", reverse("rehearsal_stop", args=[slug, plan.pk]), "post", icon="stop", reason=reason)]
    if plan.state == Rehearsal.State.READING:
        return []
    found = [again_action(slug, plan)]
    if plan.scope == Rehearsal.Scope.ORDERS and plan.connection.observes and request.may(May.CONFIGURE):
        found.insert(0, switch_on_action(slug, plan.connection))
    can_apply = plan.state == Rehearsal.State.READY and not plan.is_expired
    if can_apply and plan.rows.filter(state=RehearsalRow.State.READY).exists():
        url = reverse("rehearsal_apply", args=[slug, plan.pk])
        found.append(Action("Aplicar exatamente isto", url, "post", icon="check", style="primary"))
    return found


@page(May.WORK_ORDERS)
@require_POST
def rehearsal_apply(request: GroupRequest, pk: int) -> HttpResponse:
    try:
        room.apply(_own(request, pk), actor_name=str(request.user))
    except room.CannotApply as cannot:
        messages.warning(request, str(cannot))
    return redirect("rehearsal", request.group.slug, pk)


@page(May.WORK_ORDERS)
@require_POST
def rehearsal_stop(request: GroupRequest, pk: int) -> HttpResponse:
    room.stop(_own(request, pk))
    messages.success(request, "Parando: o que já saiu termina, e o resto fica como está.")
    return redirect("rehearsal", request.group.slug, pk)


@page(May.CONFIGURE)
@require_POST
def connection_mode(request: GroupRequest, pk: int) -> HttpResponse:
    """*Ligar* or *Só observar*."""
    found = own_connection(request, pk)
    if request.POST.get("modo") != Connection.Mode.PUBLISH:
        room.observe(found)
        messages.success(request, f"{found.name} agora só observa: lê tudo e não escreve nada. Nada se perde.")
        return redirect("connection", request.group.slug, pk)
    try:
        room.switch_on(found)
    except room.NotRehearsed as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"{found.name} está ligada: o que esperava é escrito agora, e o que vier também.")
    return redirect("connection", request.group.slug, pk)


urlpatterns = [
    path("sync/ensaios/", rehearsals, name="rehearsals"),
    path("sync/ensaios/loja/<int:pk>/", rehearsal_start, name="rehearsal_start"),
    path("sync/ensaios/<int:pk>/", rehearsal, name="rehearsal"),
    path("sync/ensaios/<int:pk>/andamento/", rehearsal_progress, name="rehearsal_progress"),
    path("sync/ensaios/<int:pk>/aplicar/", rehearsal_apply, name="rehearsal_apply"),
    path("sync/ensaios/<int:pk>/parar/", rehearsal_stop, name="rehearsal_stop"),
    path("conectores/<int:pk>/modo/", connection_mode, name="connection_mode"),
]
