"""Vínculos: which of a store's products is which of ours, what is not linked, and what is for a person to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.catalog.models import Listing, StoreProduct
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.ports.manifest import Capability
from cais.shelves.links import CannotLink, confirm_same, link_by_hand, unlink
from cais.shelves.models import ShelfReading
from cais.shelves.reading import read_back_now, reads_back
from cais.web.access import GroupRequest, page
from cais.web.cuts import cut_tabs
from cais.web.keyset import count_up_to, page_of, searched, total_text
from cais.web.parts import Action
from cais.web.row_keys import key_of
from cais.web.status_words import StatusWord, Tone
from cais.web.views.connections.pages import frame, own_connection

_CUTS: Final = (("", "Tudo"), ("vinculados", "Vinculados"), ("sem", "Sem vínculo"), ("conflito", "Em conflito"))
_TONES: Final[dict[str, Tone]] = {"conflito": "err"}
_LINKED: Final = StatusWord("linked", "ok", "link", "Vinculado", "É o mesmo produto aqui e na loja.")
_FREE: Final = StatusWord("free", "off", "minus", "Sem vínculo", "Nenhum produto seu tem este código.")
_PARENT: Final = StatusWord("parent", "off", "squares-2x2", "Tem variações", "Quem tem estoque são as variações.")
_CONFLICTS: Final = {
    "twins": StatusWord("twins", "err", "exclamation-circle", "Código repetido na loja", "Escolha o item certo."),
    "taken": StatusWord("taken", "err", "exclamation-circle", "SKU já vinculado", "O SKU é de outro item da loja."),
    "changed": StatusWord("changed", "warn", "arrow-path", "Código mudou na loja", "O vínculo segue pelo número."),
    "varied": StatusWord(
        "varied", "err", "squares-2x2", "Ganhou variações", "Vincule as variações: o estoque é delas."
    ),
    "gone": StatusWord("gone", "warn", "question-mark-circle", "Sumiu da loja", "A loja diz que não existe mais."),
}


@dataclass(frozen=True, slots=True)
class LinkRow:
    thing: StoreProduct
    listing: Listing | None
    word: StatusWord


def _own(request: GroupRequest, pk: int) -> Connection:
    found = own_connection(request, pk)
    if not found.manifest.offers(found.modality, Capability.LIST_PRODUCTS):
        raise Http404
    return found


def _things(found: Connection) -> QuerySet[Any]:
    same = Listing.objects.filter(
        connection=OuterRef("connection"), external_id=OuterRef("external_id"), variant_id=OuterRef("variant_id")
    )
    return StoreProduct.objects.filter(connection=found).alias(is_linked=Exists(same))


def _cut(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    match code:
        case "vinculados":
            return rows.filter(is_linked=True)
        case "sem":
            return rows.filter(is_linked=False, has_variants=False)
        case "conflito":
            # With what got variants, the variants that it waits for: they are linked here.
            varied = rows.filter(conflict=StoreProduct.Conflict.VARIED).values("external_id")
            return rows.filter(~Q(conflict="") | Q(is_linked=False, external_id__in=varied))
    return rows


@page(May.VIEW)
def links(request: GroupRequest, pk: int) -> HttpResponse:
    found, cut, text = _own(request, pk), request.GET.get("so", ""), searched(request.GET)
    if request.method == "POST":
        return _decide(request, found)
    rows = _things(found)
    listed_rows = _cut(rows, cut)
    if text:
        listed_rows = listed_rows.filter(Q(reference__icontains=text) | Q(name__folded_contains=text))
    listed = page_of(listed_rows, request.GET, keys=("reference", "id"))
    reading = ShelfReading.objects.filter(connection=found).first()
    context = {
        **frame(request, found, "vinculos"),
        "cuts": cut_tabs(
            request.GET, _CUTS, lambda code: count_up_to(_cut(rows, code)), current=cut, name="so", tones=_TONES
        ),
        "page": listed,
        "rows": _rows(found, listed.rows),
        "summary": total_text(count_up_to(listed_rows), "item", "itens"),
        "act": _read_action(request, found),
        "is_off": not reads_back(found),
        "reading": reading,
        "may_link": request.may(May.RESOLVE_ERRORS),
        "is_empty": not rows.exists(),
    }
    return render(request, "shelf/links.html", context)


def _rows(found: Connection, things: Sequence[StoreProduct]) -> list[LinkRow]:
    listings = Listing.objects.filter(connection=found, external_id__in={thing.external_id for thing in things})
    own = {(each.external_id, each.variant_id): each for each in listings.select_related("product")}
    return [LinkRow(thing, own.get(thing.key), _word(thing, own.get(thing.key))) for thing in things]


def _word(thing: StoreProduct, listing: Listing | None) -> StatusWord:
    if thing.conflict:
        return _CONFLICTS[thing.conflict]
    if thing.has_variants:
        return _PARENT
    return _FREE if listing is None else _LINKED


def _read_action(request: GroupRequest, found: Connection) -> Action | None:
    if not request.may(May.WORK_ORDERS) or not reads_back(found):
        return None
    url = reverse("links_read", args=[request.group.slug, found.pk])
    return Action("Procurar na loja", url, "post", icon="arrow-path", style="primary")


@page(May.WORK_ORDERS)
@require_POST
def links_read(request: GroupRequest, pk: int) -> HttpResponse:
    """*Procurar na loja*: read its whole list, then link what is sure."""
    found = _own(request, pk)
    if reads_back(found):
        read_back_now(found, asked_by=str(request.user))
        messages.success(request, f"O Cais lê agora a lista de {found.name} e vincula o que não deixa dúvida.")
    return redirect("links", request.group.slug, pk)


def _decide(request: GroupRequest, found: Connection) -> HttpResponse:
    """One button of one row: link by SKU, take a link away, or say that it is still the same product."""
    if not request.may(May.RESOLVE_ERRORS):
        raise PermissionDenied
    deed = next((name for name in ("vincular", "desfazer", "confirmar") if request.POST.get(name)), "")
    if deed:
        things = StoreProduct.objects.filter(connection=found).select_related("connection")
        thing = things.filter(pk=key_of(request.POST[deed])).first()
        if thing is None:
            messages.info(request, "Este item não está mais na lista da loja. Veja os que ela mostra agora.")
        else:
            _try(request, deed, thing)
    back = reverse("links", args=[request.group.slug, found.pk])
    query = request.GET.urlencode()
    return redirect(f"{back}?{query}" if query else back)


def _try(request: GroupRequest, deed: str, thing: StoreProduct) -> None:
    try:
        messages.success(request, _do(request, deed, thing))
    except CannotLink as cannot:
        messages.warning(request, str(cannot))


def _do(request: GroupRequest, deed: str, thing: StoreProduct) -> str:
    """What was done, in a sentence. Raises CannotLink."""
    name = thing.name or thing.reference
    if deed == "desfazer":
        unlink(thing)
        return f"{name} não tem mais vínculo. O que a loja mostra fica como está."
    if deed == "confirmar":
        confirm_same(thing)
        return f"{name} continua o mesmo produto, agora com o código {thing.reference or 'vazio'}."
    product = link_by_hand(thing, request.POST.get(f"sku-{thing.pk}", ""))
    return f"{name} é {product.sku} a partir de agora."


urlpatterns = [
    path("conectores/<int:pk>/vinculos/", links, name="links"),
    path("conectores/<int:pk>/vinculos/ler/", links_read, name="links_read"),
]
