"""Estoque na loja, Preços na loja: what a store is told, what waits and until when, and where it shows otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from cais.companies.models import Warehouse
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.rehearsals.functions import switch
from cais.rehearsals.services import start
from cais.shelves import ages
from cais.shelves.accepting import accept_units
from cais.shelves.drift import CannotAccept, publish_ours
from cais.shelves.models import Drift, PriceDrift, ShelfPublication
from cais.shelves.price_drift import accept_price
from cais.shelves.reading import read_back_now, reads_back
from cais.shelves.retry import retry_refused
from cais.web.access import GroupRequest, page
from cais.web.cuts import cut_tabs
from cais.web.goods.shelf_sides import PRICE_SIDE, STOCK_SIDE, Side, why_silent
from cais.web.goods.shelf_words import drift_word, kpis_of, said_word, switch_notice
from cais.web.keyset import count_up_to, page_of, searched, total_text
from cais.web.parts import Action
from cais.web.row_keys import key_of, keys_of
from cais.web.status_words import StatusWord, Tone
from cais.web.views.connections.pages import frame, own_connection
from cais.web.wording import plural_text

_TONES: Final[dict[str, Tone]] = {"parados": "err"}


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One linked product: what we say, what the store shows; `why` says why there is nothing to say."""

    row: ShelfPublication
    word: StatusWord
    says: str
    shows: str
    why: str


def _own(request: GroupRequest, pk: int, side: Side) -> Connection:
    found = own_connection(request, pk)
    if not side.facet.offered(found):
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
def shelf(request: GroupRequest, pk: int, side: Side) -> HttpResponse:
    found, cut, text = _own(request, pk, side), request.GET.get("so", ""), searched(request.GET)
    rows = ages.rows_of(found, side.facet)
    listed_rows = _cut(rows, cut)
    if text:
        listed_rows = listed_rows.filter(listing__product__sku__icontains=text)
    listed = page_of(listed_rows.select_related("listing__product"), request.GET, keys=("listing__product__sku", "id"))
    age, notice = ages.age_of(found, side.facet), switch_notice(found, side)
    cuts = (("", "Tudo"), ("esperam", "Esperam envio"), ("parados", "Parados"), ("sem", side.silent))
    context = {
        **frame(request, found, side.tab),
        "side": side,
        "kpis": kpis_of(age, side, url=_url(request, found, side), goes=notice is None),
        "notice": notice,
        "acts": _acts(request, found, side),
        "cuts": cut_tabs(
            request.GET, cuts, lambda code: count_up_to(_cut(rows, code)), current=cut, name="so", tones=_TONES
        ),
        "drifts_url": reverse(f"{side.page}_drifts", args=[request.group.slug, found.pk]),
        "open_drifts": side.facet.open_drifts().filter(connection=found).count(),
        "page": listed,
        "rows": _shown(found, listed.rows, side),
        "summary": total_text(count_up_to(listed_rows), "produto", "produtos"),
        "is_empty": not age.linked,
    }
    return render(request, "shelf/shelf.html", context)


def _url(request: GroupRequest, found: Connection, side: Side) -> str:
    return reverse(side.page, args=[request.group.slug, found.pk])


def _shown(found: Connection, rows: Iterable[Any], side: Side) -> list[ShelfRow]:
    listed: list[ShelfPublication] = list(rows)
    why = why_silent(found, side, [row.listing for row in listed if row.desired is None])
    text = side.value_text
    return [
        ShelfRow(
            row,
            said_word(row),
            text(row.desired),
            text(row.published),
            why.get(row.listing_id, ""),
        )
        for row in listed
    ]


def _acts(request: GroupRequest, found: Connection, side: Side) -> list[Action]:
    slug, acts, is_on = request.group.slug, [], found.does(side.facet.capability)
    if request.may(May.WORK_ORDERS):
        style = "plain" if is_on else "primary"
        url = reverse(f"{side.page}_rehearse", args=[slug, found.pk])
        acts.append(Action(f"Ensaiar {side.noun}", url, "post", icon="eye", style=style))  # type: ignore[arg-type]
        if reads_back(found):
            url = reverse(f"{side.page}_read", args=[slug, found.pk])
            acts.append(Action("Conferir a loja", url, "post", icon="arrow-path"))
    refused = ages.rows_of(found, side.facet).filter(hold=side.facet.refused)
    if refused.exists() and request.may(May.RESOLVE_ERRORS):
        url = reverse(f"{side.page}_again", args=[slug, found.pk])
        acts.append(Action("Tentar de novo os recusados", url, "post", icon="arrow-uturn-right"))
    if request.may(May.CONFIGURE):
        url = reverse(f"{side.page}_switch", args=[slug, found.pk])
        label, icon = ("Parar de enviar", "pause") if is_on else ("Ligar o envio", "bolt")
        acts.append(Action(label, url, "post", icon=icon, fields={"ligar": "0" if is_on else "1"}))
    return acts


@page(May.WORK_ORDERS)
@require_POST
def shelf_rehearse(request: GroupRequest, pk: int, side: Side) -> HttpResponse:
    """*Ensaiar*: what the store would be told, product by product; nothing is written."""
    found = _own(request, pk, side)
    if found.paused:
        messages.warning(request, f"{found.name} está pausada. Retome a conexão para ensaiar.")
        return redirect(side.page, request.group.slug, pk)
    made = start(found, asked_by=str(request.user), scope=side.scope)
    return redirect("rehearsal", request.group.slug, made.pk)


@page(May.WORK_ORDERS)
@require_POST
def shelf_read(request: GroupRequest, pk: int, side: Side) -> HttpResponse:
    """*Conferir a loja*: read back what it shows."""
    found = _own(request, pk, side)
    if reads_back(found):
        read_back_now(found, asked_by=str(request.user))
        messages.success(request, f"O Cais lê agora o que {found.name} mostra. As diferenças aparecem nesta página.")
    return redirect(side.page, request.group.slug, pk)


@page(May.RESOLVE_ERRORS)
@require_POST
def shelf_again(request: GroupRequest, pk: int, side: Side) -> HttpResponse:
    """*Tentar de novo*: what the store refused is said once more."""
    found = _own(request, pk, side)
    woken = retry_refused(request.group, found, facet=side.facet)
    if woken:
        messages.success(request, f"{plural_text(woken, 'produto é enviado', 'produtos são enviados')} de novo agora.")
    else:
        messages.warning(request, "Nada foi recusado. O que espera por você está em Diferenças.")
    return redirect(side.page, request.group.slug, pk)


_ON: Final = {
    STOCK_SIDE.page: "{store} recebe agora o estoque que se pode vender, e cada mudança dele.",
    PRICE_SIDE.page: "{store} recebe agora os preços da regra dela, e cada mudança deles.",
}


@page(May.CONFIGURE)
@require_POST
def shelf_switch(request: GroupRequest, pk: int, side: Side) -> HttpResponse:
    """*Ligar o envio* or *Parar de enviar*."""
    found = _own(request, pk, side)
    on = request.POST.get("ligar") == "1"
    refusal = switch(found, side.facet.capability, on=on)
    if refusal:
        messages.warning(request, refusal)
    elif on:
        messages.success(request, _ON[side.page].format(store=found.name))
    else:
        messages.success(request, f"{found.name} não recebe mais {side.of_noun}. O que ela mostra fica como está.")
    return redirect(side.page, request.group.slug, pk)


@page(May.VIEW, post=May.EDIT_STOCK)
def shelf_drifts(request: GroupRequest, pk: int) -> HttpResponse:
    """*Diferenças* of the stock; to accept theirs adjusts ours in a warehouse."""
    return _drifts(request, pk, STOCK_SIDE)


@page(May.VIEW, post=May.EDIT_CATALOG)
def price_drifts(request: GroupRequest, pk: int) -> HttpResponse:
    """*Diferenças* of the prices; to accept theirs makes it the product's own price there."""
    return _drifts(request, pk, PRICE_SIDE)


def _drifts(request: GroupRequest, pk: int, side: Side) -> HttpResponse:
    """Where the store showed something else than we said, and what came of each."""
    found = _own(request, pk, side)
    if request.method == "POST":
        return _decide(request, found, side)
    all_of_them = request.GET.get("so") == "todas"
    every = side.facet.drifts.objects.all() if all_of_them else side.facet.open_drifts()
    rows = every.filter(connection=found).select_related("listing__product")
    listed = page_of(rows, request.GET, keys=("id",), descending=True)
    text = side.value_text
    context = {
        **frame(request, found, side.tab),
        "side": side,
        "page": listed,
        "rows": [(row, drift_word(row), text(row.shown), text(row.ours)) for row in listed.rows],
        "all_of_them": all_of_them,
        "may_decide": request.may(May.EDIT_STOCK if side is STOCK_SIDE else May.EDIT_CATALOG),
        "warehouses": _active_warehouses(request) if side is STOCK_SIDE else (),
        "shelf_url": _url(request, found, side),
    }
    return render(request, "shelf/drifts.html", context)


def _active_warehouses(request: GroupRequest) -> QuerySet[Warehouse]:
    return Warehouse.objects.of(request.group).filter(active=True).select_related("company")


def _decide(request: GroupRequest, found: Connection, side: Side) -> HttpResponse:
    """Publish ours for the ticked ones, or accept theirs for one."""
    open_ones = side.facet.open_drifts().filter(connection=found)
    back = redirect(f"{side.page}_drifts", request.group.slug, found.pk)
    if accepted := request.POST.get("aceitar"):
        drift = open_ones.filter(pk=key_of(accepted)).select_related("listing__product", "connection").first()
        if drift is None:
            messages.info(request, "Esta diferença já foi resolvida. Veja as que ainda esperam.")
        else:
            _accept(request, drift)
        return back
    chosen = open_ones if request.POST.get("todas") else open_ones.filter(pk__in=_ticked(request))
    listings = list(chosen.values_list("listing", flat=True))
    done = publish_ours(found, listings, actor_name=str(request.user), facet=side.facet)
    if done:
        words = f"{side.verb('O nosso estoque vai', 'Os nossos preços vão')} para a loja em"
        messages.success(request, f"{words} {plural_text(done, 'produto', 'produtos')}.")
    else:
        messages.warning(request, "Marque ao menos um produto.")
    return back


def _ticked(request: GroupRequest) -> list[int]:
    return keys_of(request.POST.getlist("diferenca"))


def _accept(request: GroupRequest, drift: Drift | PriceDrift) -> None:
    sku = drift.listing.product.sku
    try:
        if isinstance(drift, Drift):
            depots = _active_warehouses(request)
            warehouse = get_object_or_404(depots, pk=key_of(request.POST.get("deposito", "")))
            accept_units(drift, warehouse, actor_name=str(request.user))
            done = f"O estoque de {sku} foi ajustado em {warehouse.name}."
        else:
            accept_price(drift, actor_name=str(request.user))
            done = f"O preço que a loja mostra é agora o preço próprio de {sku} em {drift.connection.name}."
    except CannotAccept as cannot:
        messages.warning(request, str(cannot))
    else:
        messages.success(request, done)


def _patterns(root: str, side: Side) -> list[URLPattern]:
    """The page and its buttons, under one address."""
    own = {"side": side}
    return [
        path(root, shelf, own, name=side.page),
        path(f"{root}ensaiar/", shelf_rehearse, own, name=f"{side.page}_rehearse"),
        path(f"{root}conferir/", shelf_read, own, name=f"{side.page}_read"),
        path(f"{root}de-novo/", shelf_again, own, name=f"{side.page}_again"),
        path(f"{root}ligar/", shelf_switch, own, name=f"{side.page}_switch"),
    ]


urlpatterns = [
    *_patterns("conectores/<int:pk>/loja/", STOCK_SIDE),
    path("conectores/<int:pk>/loja/diferencas/", shelf_drifts, name="shelf_drifts"),
    *_patterns("conectores/<int:pk>/precos/", PRICE_SIDE),
    path("conectores/<int:pk>/precos/diferencas/", price_drifts, name="prices_drifts"),
]
