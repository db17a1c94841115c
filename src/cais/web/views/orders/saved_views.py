"""Visões salvas: keeping the present filters of the order list, renaming, deleting, and opening with one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.models import SavedView
from cais.companies.roles import Action as May
from cais.companies.saved_views import MOST, NameTakenError, TooManyViewsError, give_to, keep, open_with, rename
from cais.web.access import GroupRequest, page
from cais.web.audit.done_before import say_done
from cais.web.audit.words import Record
from cais.web.orders.filters import ALL
from cais.web.orders.saved_views import filters_of, may_change

_LONGEST_NAME = 40
_LONGEST_QUERY = 1000
FULL = f"Já há {MOST} visões salvas. Apague uma que não usa mais."
NAMELESS = "Dê um nome à visão, de até quarenta letras."


@page(May.VIEW)
@require_POST
def saved_view_new(request: GroupRequest) -> HttpResponse:
    """*Salvar visão*, for oneself or for the whole group; the same name again keeps the new filters."""
    shared = request.POST.get("para") == "grupo"
    if shared and not request.may(May.WORK_ORDERS):
        raise PermissionDenied
    name, filters = _name(request), filters_of(QueryDict(request.POST.get("filtros", "")))
    if not name or not filters or len(filters) > _LONGEST_QUERY:
        messages.warning(request, NAMELESS if filters else "Escolha algum filtro antes de salvar a visão.")
        return _list(request, filters)
    try:
        keep(request.group, owner=None if shared else request.user, name=name, query=filters)
    except TooManyViewsError:
        messages.warning(request, FULL)
    else:
        whose = "Todo o grupo a vê." if shared else "Só você a vê."
        messages.success(request, f"A visão {name} está salva. {whose}")
    return _list(request, filters)


@page(May.VIEW)
@require_POST
def saved_view(request: GroupRequest, pk: int) -> HttpResponse:
    """Open with it or not any more, which is each person's own matter; rename, share or delete, for who may."""
    own = Q(user=None) | Q(user=request.user)
    rows = SavedView.objects.of(request.group)
    if not rows.filter(pk=pk).exists():
        say_done(request, Record("SavedView", pk), "Esta visão já foi apagada.")
        return _list(request, f"aba={ALL}")
    view = get_object_or_404(rows.filter(own), pk=pk)
    if "abrir" in request.POST:
        return _open(request, view, wanted=request.POST["abrir"] == "1")
    if not may_change(request, view):
        raise PermissionDenied
    if "apagar" in request.POST:
        view.delete()
        messages.success(request, f"A visão {view.name} foi apagada. Nenhum pedido mudou.")
        return _list(request, f"aba={ALL}")
    return _give(request, view) if "para" in request.POST else _rename(request, view)


def _open(request: GroupRequest, view: SavedView, *, wanted: bool) -> HttpResponse:
    open_with(request.group, request.user, view if wanted else None)
    said = f"Pedidos abre agora com a visão {view.name}." if wanted else "Pedidos abre agora com todos."
    messages.success(request, said)
    return _list(request, view.query)


def _give(request: GroupRequest, view: SavedView) -> HttpResponse:
    """*Mostrar a todo o grupo*, or *Deixar só para mim*."""
    shared = request.POST["para"] == "grupo"
    if not request.may(May.WORK_ORDERS):
        raise PermissionDenied
    try:
        give_to(view, None if shared else request.user)
    except NameTakenError:
        whose = "O grupo já tem" if shared else "Você já tem"
        messages.warning(request, f"{whose} uma visão chamada {view.name}. Mude o nome desta antes.")
    except TooManyViewsError:
        messages.warning(request, FULL)
    else:
        whose = "Todo o grupo vê" if shared else "Só você vê"
        messages.success(request, f"{whose} agora a visão {view.name}.")
    return _list(request, view.query)


def _rename(request: GroupRequest, view: SavedView) -> HttpResponse:
    name = _name(request)
    if not name:
        messages.warning(request, NAMELESS)
        return _list(request, view.query)
    try:
        rename(view, name)
    except NameTakenError:
        messages.warning(request, f"Já há uma visão chamada {name}. Escolha outro nome.")
    else:
        messages.success(request, f"A visão agora se chama {name}.")
    return _list(request, view.query)


def _name(request: GroupRequest) -> str:
    """Empty when there is none, or when it is longer than a chip."""
    name = " ".join(request.POST.get("nome", "").replace("\0", "").split())
    return name if len(name) <= _LONGEST_NAME else ""


def _list(request: GroupRequest, filters: str) -> HttpResponse:
    return redirect(f"{reverse('orders', args=[request.group.slug])}?{filters}")


urlpatterns = [
    path("pedidos/visoes/", saved_view_new, name="saved_view_new"),
    path("pedidos/visoes/<int:pk>/", saved_view, name="saved_view"),
]
