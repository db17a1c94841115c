"""Estoque na loja: what a store is told, what waits and until when, and where it shows something else than we say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.models import Warehouse
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.offering.figures import offers
from cais.ports.manifest import Capability
from cais.rehearsals.functions import switch
from cais.rehearsals.models import Rehearsal
from cais.rehearsals.services import start
from cais.shelves import ages
from cais.shelves.drift import CannotAccept, accept_theirs, publish_ours
from cais.shelves.models import Drift, StockPublication
from cais.shelves.reading import read_back_now, reads_back
from cais.shelves.retry import retry_refused
from cais.shelves.stock import REFUSED, STOCK
from cais.web.access import GroupRequest, page
from cais.web.cuts import cut_tabs
from cais.web.keyset import count_up_to, page_of, searched, total_text
from cais.web.parts import Action
from cais.web.shelf_words import DRIFTS, drift_word, kpis_of, said_word, standing_text, switch_notice
from cais.web.status_words import StatusWord, Tone
from cais.web.views.connections import frame, own_connection
from cais.web.wording import plural_text

_CUTS: Final = (("", "Tudo"), ("esperam", "Esperam envio"), ("parados", "Parados"), ("sem", "Sem quantidade"))
_TONES: Final[dict[str, Tone]] = {"parados": "err"}


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One linked product; `why` says why there is no figure."""

    row: StockPublication
    word: StatusWord
    why: str


def _own(request: GroupRequest, pk: int) -> Connection:
    found = own_connection(request, pk)
    if not found.manifest.offers(found.modality, Capability.WRITE_STOCK):
        raise Http404
    return found


def _cut(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    match code:
        case "esperam":
            return ages.waiting(rows)
        case "parados":
            return rows.exclude(hold="")
        case "sem":
            return rows.filter(desired=None)
    return rows


@page(May.VIEW)
def shelf(request: GroupRequest, pk: int) -> HttpResponse:
    found, cut, text = _own(request, pk), request.GET.get("so", ""), searched(request.GET)
    rows = ages.rows_of(found, STOCK)
    listed_rows = _cut(rows, cut).filter(listing__product__sku__icontains=text)
    listed = page_of(listed_rows.select_related("listing__product"), request.GET, keys=("listing__product__sku", "id"))
    age = ages.age_of(found, STOCK)
    context = {
        **frame(request, found, "loja"),
        "kpis": kpis_of(age, url=_url(request, found)),
        "notice": switch_notice(found),
        "acts": _acts(request, found),
        "cuts": cut_tabs(
            request.GET, _CUTS, lambda code: count_up_to(_cut(rows, code)), current=cut, name="so", tones=_TONES
        ),
        "drifts_url": reverse("shelf_drifts", args=[request.group.slug, found.pk]),
        "open_drifts": Drift.objects.filter(connection=found, ended_at=None).count(),
        "page": listed,
        "rows": _shown(found, listed.rows),
        "summary": total_text(count_up_to(listed_rows), "produto", "produtos"),
        "text": text,
        "cut": cut,
        "is_empty": not age.linked,
    }
    return render(request, "shelf/shelf.html", context)


def _url(request: GroupRequest, found: Connection) -> str:
    return reverse("shelf", args=[request.group.slug, found.pk])


def _shown(found: Connection, rows: object) -> list[ShelfRow]:
    listed: list[StockPublication] = list(rows)  # type: ignore[call-overload]
    silent = [row.listing.product_id for row in listed if row.desired is None]
    why = offers(found, silent) if silent else {}
    return [
        ShelfRow(row, said_word(row), standing_text(why.get(row.listing.product_id)) if row.desired is None else "")
        for row in listed
    ]


def _acts(request: GroupRequest, found: Connection) -> list[Action]:
    slug, acts = request.group.slug, []
    if request.may(May.WORK_ORDERS):
        style = "plain" if found.does(Capability.WRITE_STOCK) else "primary"
        url = reverse("shelf_rehearse", args=[slug, found.pk])
        acts.append(Action("Ensaiar o estoque", url, "post", icon="eye", style=style))  # type: ignore[arg-type]
        if reads_back(found):
            url = reverse("shelf_read", args=[slug, found.pk])
            acts.append(Action("Conferir a loja", url, "post", icon="arrow-path"))
    if ages.rows_of(found, STOCK).filter(hold=REFUSED).exists() and request.may(May.RESOLVE_ERRORS):
        url = reverse("shelf_again", args=[slug, found.pk])
        acts.append(Action("Tentar de novo os recusados", url, "post", icon="arrow-uturn-right"))
    if request.may(May.CONFIGURE):
        on = found.does(Capability.WRITE_STOCK)
        url = reverse("shelf_switch", args=[slug, found.pk])
        label, icon = ("Parar de enviar", "pause") if on else ("Ligar o envio", "bolt")
        acts.append(Action(label, url, "post", icon=icon, fields={"ligar": "0" if on else "1"}))
    return acts


@page(May.WORK_ORDERS)
@require_POST
def shelf_rehearse(request: GroupRequest, pk: int) -> HttpResponse:
    """*Ensaiar o estoque*: what the store would be told, product by product; nothing is written."""
    found = _own(request, pk)
    if found.paused:
        messages.warning(request, f"{found.name} está pausada. Retome a conexão para ensaiar.")
        return redirect("shelf", request.group.slug, pk)
    made = start(found, asked_by=str(request.user), scope=Rehearsal.Scope.STOCK)
    return redirect("rehearsal", request.group.slug, made.pk)


@page(May.WORK_ORDERS)
@require_POST
def shelf_read(request: GroupRequest, pk: int) -> HttpResponse:
    """*Conferir a loja*: read back what it shows."""
    found = _own(request, pk)
    if reads_back(found):
        read_back_now(found, asked_by=str(request.user))
        messages.success(request, f"O Cais lê agora o que {found.name} mostra. As diferenças aparecem nesta página.")
    return redirect("shelf", request.group.slug, pk)


@page(May.RESOLVE_ERRORS)
@require_POST
def shelf_again(request: GroupRequest, pk: int) -> HttpResponse:
    """*Tentar de novo*: what the store refused is said once more."""
    found = _own(request, pk)
    woken = retry_refused(request.group, found)
    if woken:
        messages.success(request, f"{plural_text(woken, 'produto é enviado', 'produtos são enviados')} de novo agora.")
    else:
        messages.warning(request, "Nada foi recusado. O que espera por você está em Diferenças.")
    return redirect("shelf", request.group.slug, pk)


@page(May.CONFIGURE)
@require_POST
def shelf_switch(request: GroupRequest, pk: int) -> HttpResponse:
    """*Ligar o envio* or *Parar de enviar*."""
    found = _own(request, pk)
    on = request.POST.get("ligar") == "1"
    refusal = switch(found, Capability.WRITE_STOCK, on=on)
    if refusal:
        messages.warning(request, refusal)
    elif on:
        messages.success(request, f"{found.name} recebe agora o estoque que se pode vender, e cada mudança dele.")
    else:
        messages.success(request, f"{found.name} não recebe mais estoque. O que ela mostra fica como está.")
    return redirect("shelf", request.group.slug, pk)


@page(May.VIEW, post=May.EDIT_STOCK)
def shelf_drifts(request: GroupRequest, pk: int) -> HttpResponse:
    """*Diferenças*: where the store showed something else than we said, and what came of each."""
    found = _own(request, pk)
    if request.method == "POST":
        return _decide(request, found)
    all_of_them = request.GET.get("so") == "todas"
    rows = Drift.objects.filter(connection=found).select_related("listing__product")
    listed = page_of(rows if all_of_them else rows.filter(ended_at=None), request.GET, keys=("id",), descending=True)
    context = {
        **frame(request, found, "loja"),
        "page": listed,
        "rows": [(row, drift_word(row), DRIFTS[row.way].help if row.way else "") for row in listed.rows],
        "all_of_them": all_of_them,
        "may_decide": request.may(May.EDIT_STOCK),
        "warehouses": Warehouse.objects.of(request.group).filter(active=True).select_related("company"),
        "shelf_url": _url(request, found),
    }
    return render(request, "shelf/drifts.html", context)


def _decide(request: GroupRequest, found: Connection) -> HttpResponse:
    """Publish ours for the ticked ones, or accept theirs for one."""
    open_ones = Drift.objects.filter(connection=found, ended_at=None)
    back = redirect("shelf_drifts", request.group.slug, found.pk)
    if accepted := request.POST.get("aceitar"):
        drift = get_object_or_404(open_ones.select_related("listing__product", "connection"), pk=accepted)
        _accept(request, drift)
        return back
    chosen = open_ones if request.POST.get("todas") else open_ones.filter(pk__in=_ticked(request))
    done = publish_ours(found, list(chosen.values_list("listing", flat=True)), actor_name=str(request.user))
    if done:
        messages.success(request, f"O nosso estoque vai para a loja em {plural_text(done, 'produto', 'produtos')}.")
    else:
        messages.warning(request, "Marque ao menos um produto.")
    return back


def _ticked(request: GroupRequest) -> list[int]:
    return [int(value) for value in request.POST.getlist("diferenca") if value.isdigit()]


def _accept(request: GroupRequest, drift: Drift) -> None:
    active = Warehouse.objects.of(request.group).filter(active=True)
    warehouse = get_object_or_404(active, pk=request.POST.get("deposito") or 0)
    try:
        accept_theirs(drift, warehouse, actor_name=str(request.user))
    except CannotAccept as cannot:
        messages.warning(request, str(cannot))
    else:
        messages.success(request, f"O estoque de {drift.listing.product.sku} foi ajustado em {warehouse.name}.")


urlpatterns = [
    path("conectores/<int:pk>/loja/", shelf, name="shelf"),
    path("conectores/<int:pk>/loja/ensaiar/", shelf_rehearse, name="shelf_rehearse"),
    path("conectores/<int:pk>/loja/conferir/", shelf_read, name="shelf_read"),
    path("conectores/<int:pk>/loja/de-novo/", shelf_again, name="shelf_again"),
    path("conectores/<int:pk>/loja/ligar/", shelf_switch, name="shelf_switch"),
    path("conectores/<int:pk>/loja/diferencas/", shelf_drifts, name="shelf_drifts"),
]
