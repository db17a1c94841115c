"""*Empresas* of a connection: who serves its orders, in which order, and which proposals go by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from cais.companies.models import Company, Warehouse
from cais.companies.roles import Action as May
from cais.connections import serving
from cais.connections.models import Connection
from cais.settling import sourcing
from cais.web.access import GroupRequest, page
from cais.web.queues import neighbours, place_asked
from cais.web.row_keys import keys_of
from cais.web.views.connections.pages import frame, own_connection

_POLICIES = (
    ("priority", "Prioridade", "Quem tem tudo serve tudo; senão, cada empresa dá o que tem, na ordem da fila."),
    ("fewest_parcels", "Menos volumes", "O pedido sai do menor número de empresas; entre iguais, vale a fila."),
)
_MOVES = (
    (Connection.Moves.WHOLE, "Quando uma empresa atende tudo", "Pedido dividido espera por você em Movimentar."),
    (Connection.Moves.ALWAYS, "Sempre", "Também o pedido dividido segue sozinho: uma venda por empresa."),
    (Connection.Moves.NEVER, "Nunca", "Todo pedido espera por você em Movimentar, com o estoque reservado."),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A company on this page. `position` is its place in the store's queue; None when it does not serve.

    `above` and `below` are the places that it may take from there.
    """

    company: Company
    warehouses: Sequence[str]
    position: int | None
    above: int | None = None
    below: int | None = None


@page(May.VIEW, post=May.CONFIGURE)
def connection_companies(request: GroupRequest, pk: int) -> HttpResponse:
    found = own_connection(request, pk)
    if request.method != "POST":
        return _page(request, found)
    chosen = _chosen(request, found)
    if not chosen:
        return _page(request, found, problem="Marque ao menos uma empresa: sem nenhuma, ninguém atenderia os pedidos.")
    sourcing.set_companies(found, chosen, reordered=serving.is_reordered(found))
    policy, moves = request.POST.get("regra", found.policy), request.POST.get("sozinho", found.moves)
    if policy in dict(Connection.POLICIES) and moves in Connection.Moves:
        sourcing.set_rules(found, policy=policy, moves=moves)
    messages.success(request, f"Salvo. Os pedidos abertos de {found.name} são vistos de novo agora.")
    return redirect("connection_companies", request.group.slug, found.pk)


def _chosen(request: GroupRequest, found: Connection) -> list[Company]:
    """What was ticked: those that serve already keep their places, new ones come after them by priority."""
    ticked = set(keys_of(request.POST.getlist("empresa")))
    queue = [company for company in serving.queue_of(found) if company.pk in ticked]
    known = {company.pk for company in queue}
    return [*queue, *Company.objects.of(request.group).filter(pk__in=ticked - known)]


@page(May.CONFIGURE)
@require_POST
def connection_company_move(request: GroupRequest, pk: int, company_pk: int) -> HttpResponse:
    """To a place of this store's queue; *Seguir a prioridade* is the companies' own order again."""
    found = own_connection(request, pk)
    company = get_object_or_404(Company.objects.of(request.group), pk=company_pk)
    if request.POST.get("para") == "prioridade":
        sourcing.set_companies(found, serving.queue_of(found), reordered=False)
        messages.success(request, f"{found.name} segue a prioridade das empresas.")
    elif (place := place_asked(request)) and sourcing.place(found, company, at=place - 1):
        messages.success(request, f"A fila de {found.name} mudou. Os pedidos abertos são vistos de novo agora.")
    return redirect("connection_companies", request.group.slug, found.pk)


def _page(request: GroupRequest, found: Connection, *, problem: str = "") -> HttpResponse:
    places = _places(request, found)
    context = {
        **frame(request, found, "empresas"),
        "places": places,
        "reordered": serving.is_reordered(found),
        "several": len(places) > 1,
        "may_edit": request.may(May.CONFIGURE),
        "policies": [(code, label, text, code == found.policy) for code, label, text in _POLICIES],
        "moves": [(code.value, label, text, code == found.moves) for code, label, text in _MOVES],
        "problem": problem,
    }
    return render(request, "connections/companies.html", context, status=422 if problem else 200)


def _places(request: GroupRequest, found: Connection) -> list[Place]:
    queue = serving.queue_of(found)
    serves = {company.pk for company in queue}
    others = Company.objects.of(request.group).exclude(pk__in=serves)
    names: dict[int, list[str]] = {}
    for row in Warehouse.objects.of(request.group).filter(active=True):
        names.setdefault(row.company_id, []).append(row.name)
    return [
        Place(company, names.get(company.pk, []), at, *neighbours(at, of=len(queue)))
        for at, company in enumerate(queue, 1)
    ] + [Place(company, names.get(company.pk, []), None) for company in others]


urlpatterns = [
    path("conectores/<int:pk>/empresas/", connection_companies, name="connection_companies"),
    path(
        "conectores/<int:pk>/empresas/<int:company_pk>/ordem/", connection_company_move, name="connection_company_move"
    ),
]
