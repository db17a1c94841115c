"""Exportar produtos: every product of the register as it stands at one store, ticked to be sent there (feature D3)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.exporting import asking
from cais.exporting.models import ProductPublication
from cais.exporting.situations import CAN_GO, Situation, counts_at, standing_at
from cais.ports.manifest import Capability
from cais.rehearsals.functions import switch
from cais.rehearsals.models import Rehearsal
from cais.rehearsals.services import start
from cais.shelves.models import ShelfReading
from cais.shelves.reading import reads_back
from cais.web.access import GroupRequest, page
from cais.web.connections.store_choice import chosen_store, connect_first, store_chips
from cais.web.cuts import cut_tabs
from cais.web.goods.export_lines import stores_given_products
from cais.web.goods.export_words import export_notice, export_rows
from cais.web.keyset import count_up_to, page_of, searched, total_text
from cais.web.parts import Action, BulkAction, Crumb
from cais.web.row_keys import keys_of
from cais.web.wording import plural_text

_CUTS: Final[dict[str, tuple[str, tuple[Situation, ...]]]] = {
    "": ("Não exportados", (Situation.NEW,)),
    "completar": ("Falta completar", (Situation.INCOMPLETE,)),
    "na-loja": ("Já na loja", (Situation.LINKED,)),
    "fila": ("Na fila", (Situation.QUEUED,)),
    "mudaram": ("Mudaram", (Situation.CHANGED,)),
    "exportados": ("Exportados", (Situation.EXPORTED,)),
    "parados": ("Precisam de você", (Situation.STOPPED,)),
    "outros": ("Não vão ainda", (Situation.KIT, Situation.VARIANT, Situation.INACTIVE)),
    "todos": ("Todos", tuple(Situation)),
}
_TONES: Final = {"parados": "err", "completar": "warn"}


def _store(request: GroupRequest) -> Connection | None:
    return chosen_store(request.GET, stores_given_products(request.group))


def _cut(request: GroupRequest) -> str:
    asked = request.GET.get("aba", "")
    return asked if asked in _CUTS else ""


def _found(request: GroupRequest, store: Connection) -> QuerySet[Any]:
    rows: Any = standing_at(store).filter(situation__in=[each.value for each in _CUTS[_cut(request)][1]])
    found: QuerySet[Any] = rows.matching(searched(request.GET))
    return found


@page(May.VIEW)
def exporting(request: GroupRequest) -> HttpResponse:
    stores = stores_given_products(request.group)
    store = chosen_store(request.GET, stores)
    crumbs = [Crumb("Produtos", reverse("products", args=[request.group.slug])), Crumb("Exportar produtos")]
    if store is None:
        return render(request, "exporting/list.html", {"crumbs": crumbs, "first_step": connect_first(request)})
    found = _found(request, store)
    listed = page_of(found, request.GET, keys=("sku",))
    total = count_up_to(found)
    context = {
        "crumbs": crumbs,
        "store": store,
        "notice": export_notice(store),
        "to_read": _links_action(request, store),
        "actions": _actions(request, store),
        "tabs": _tabs(request, store),
        "chips": store_chips(request.GET, stores, store),
        "rows": export_rows(request.group.slug, store, list(listed.rows)),
        "page": listed,
        "summary": total_text(total, "produto", "produtos"),
        "total": total if listed.next_url or listed.previous_url else None,
        "verbs": _verbs(request) if request.may(May.EDIT_CATALOG) else [],
        "no_filter_url": f"{reverse('exporting', args=[request.group.slug])}?loja={store.pk}&aba=todos",
    }
    return render(request, "exporting/list.html", context)


def _tabs(request: GroupRequest, store: Connection) -> list[Any]:
    counts = counts_at(store)
    cuts = [(code, label) for code, (label, _) in _CUTS.items()]

    def count(code: str) -> int:
        return sum(counts.get(each.value, 0) for each in _CUTS[code][1])

    return cut_tabs(request.GET, cuts, count, current=_cut(request), tones=_TONES)  # type: ignore[arg-type]


def _verbs(request: GroupRequest) -> list[BulkAction]:
    query = request.GET.urlencode()

    def url(name: str) -> str:
        return f"{reverse(name, args=[request.group.slug])}?{query}"

    go = [
        BulkAction("Exportar", url("export_now"), icon="arrow-up-on-square", fits="export", style="primary"),
        BulkAction("Ensaiar", url("export_rehearse"), icon="eye", fits="rehearse"),
    ]
    over = BulkAction("Escrever o nosso por cima", url("export_over"), icon="pencil-square", fits="decide")
    leave = BulkAction("Não enviar mais", url("export_leave"), icon="no-symbol", fits="leave")
    if _cut(request) in ("fila", "mudaram", "exportados"):
        return [leave]
    return [*go, over, leave] if _cut(request) in ("parados", "todos") else go


def _actions(request: GroupRequest, store: Connection) -> list[Action]:
    if not request.may(May.CONFIGURE):
        return []
    on = store.does(Capability.WRITE_PRODUCTS)
    url = f"{reverse('export_switch', args=[request.group.slug])}?{request.GET.urlencode()}"
    label, icon = ("Parar de enviar", "pause") if on else ("Ligar o envio", "bolt")
    return [Action(label, url, "post", icon=icon, fields={"ligar": "0" if on else "1"})]


def _links_action(request: GroupRequest, store: Connection) -> Action | None:
    """Where nobody has read what the store sells, what is there already is linked in one go."""
    if not reads_back(store) or ShelfReading.objects.filter(connection=store, read_at__isnull=False).exists():
        return None
    return Action("Abrir Vínculos", reverse("links", args=[request.group.slug, store.pk]))


def _back(request: GroupRequest) -> HttpResponse:
    return redirect(f"{reverse('exporting', args=[request.group.slug])}?{request.GET.urlencode()}")


def _ticked(request: GroupRequest, store: Connection, among: Collection[Situation]) -> list[int]:
    """The ticked products, or all of the filter that the verb has to do with; a bounded number of them."""
    if request.POST.get("todos") == "1":
        rows = _found(request, store).filter(situation__in=[each.value for each in among])
        return list(rows.order_by("sku").values_list("pk", flat=True)[: asking.MOST])
    given = request.POST.getlist("produto")[: asking.MOST]
    return keys_of(given)


@page(May.EDIT_CATALOG)
@require_POST
def export_now(request: GroupRequest) -> HttpResponse:
    """*Exportar*: what the store has under the same code is linked and stays as it is."""
    store = _store(request)
    ids = _ticked(request, store, CAN_GO) if store else []
    done = asking.export(store, ids, actor_name=str(request.user)) if store and ids else 0
    if store and done:
        words = plural_text(done, "produto vai para", "produtos vão para")
        waits = "" if export_notice(store) is None else " Nada sai ainda: ensaie e aplique, ou ligue o envio."
        messages.success(request, f"{words} {store.name}.{waits}")
    if done < len(ids) or not ids:
        _say_left(request, len(ids) - done)
    return _back(request)


@page(May.EDIT_CATALOG)
@require_POST
def export_rehearse(request: GroupRequest) -> HttpResponse:
    """*Ensaiar*: what would be made and changed in the store, field by field; without ticks, of what waits already."""
    store = _store(request)
    if store is None or store.paused:
        messages.warning(request, "A loja está pausada. Retome a conexão para ensaiar." if store else "Nenhuma loja.")
        return _back(request)
    ids = _ticked(request, store, CAN_GO)
    done = asking.propose(store, ids, actor_name=str(request.user)) if ids else 0
    if not done and not ProductPublication.objects.wished().of_connection(store).exists():
        _say_left(request, len(ids))
        return _back(request)
    made = start(store, asked_by=str(request.user), scope=Rehearsal.Scope.EXPORT)
    return redirect("rehearsal", request.group.slug, made.pk)


@page(May.EDIT_CATALOG)
@require_POST
def export_over(request: GroupRequest) -> HttpResponse:
    """*Escrever o nosso por cima*: of what the store has with other data."""
    store = _store(request)
    ids = _ticked(request, store, (Situation.STOPPED,)) if store else []
    all_of_them = request.POST.get("todos") == "1"
    seen = None if all_of_them else {key: request.POST.get(f"visto-{key}", "") for key in ids}
    done = asking.write_over(store, ids, actor_name=str(request.user), seen=seen) if store and ids else 0
    if store and done:
        words = plural_text(done, "produto será escrito", "produtos serão escritos")
        messages.success(request, f"{words} por cima do que {store.name} mostrava. Se ela mudou, nada é escrito.")
    if not done or (done < len(ids) and not all_of_them):
        messages.warning(request, _NOT_OVER)
    return _back(request)


@page(May.EDIT_CATALOG)
@require_POST
def export_leave(request: GroupRequest) -> HttpResponse:
    """*Não enviar mais*: the store keeps what it shows."""
    store = _store(request)
    among = (Situation.STOPPED, Situation.QUEUED, Situation.CHANGED, Situation.EXPORTED)
    ids = _ticked(request, store, among) if store else []
    done = asking.leave(store, ids) if store and ids else 0
    if store and done:
        words = plural_text(done, "produto não é mais enviado", "produtos não são mais enviados")
        messages.success(request, f"{words}. {store.name} fica com o que mostra.")
    else:
        messages.warning(request, "Marque ao menos um produto que é enviado. O que está sendo enviado agora termina.")
    return _back(request)


@page(May.CONFIGURE)
@require_POST
def export_switch(request: GroupRequest) -> HttpResponse:
    """*Ligar o envio* or *Parar de enviar*."""
    store = _store(request)
    if store is None:
        return _back(request)
    on = request.POST.get("ligar") == "1"
    refusal = switch(store, Capability.WRITE_PRODUCTS, on=on)
    if refusal:
        messages.warning(request, refusal)
    elif on:
        messages.success(request, f"{store.name} recebe agora o que você exporta, e cada mudança depois.")
    else:
        messages.success(request, f"{store.name} não recebe mais produtos. O que ela mostra fica como está.")
    return _back(request)


_NOT_OVER: Final = (
    "Só vai por cima o que está diferente na loja, como você viu aqui. O que mudou depois espera outra vez por você."
)


def _say_left(request: GroupRequest, left: int) -> None:
    if left <= 0:
        messages.warning(request, "Marque ao menos um produto que possa ser exportado.")
        return
    words = plural_text(left, "dos marcados não pode ir", "dos marcados não podem ir")
    messages.warning(request, f"{words}. O motivo está na linha de cada um, em Todos.")


urlpatterns = [
    path("produtos/exportar/", exporting, name="exporting"),
    path("produtos/exportar/agora/", export_now, name="export_now"),
    path("produtos/exportar/ensaiar/", export_rehearse, name="export_rehearse"),
    path("produtos/exportar/por-cima/", export_over, name="export_over"),
    path("produtos/exportar/deixar/", export_leave, name="export_leave"),
    path("produtos/exportar/ligar/", export_switch, name="export_switch"),
]
