"""Conectores: the list, a new store, and one connection with its functions and last exchanges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais import connectors
from cais.companies.models import Company
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.connections.services import change_settings, pause
from cais.connections.trying import redeem, try_connection
from cais.connections.vault import VaultError
from cais.intake.services import connect_store, read_now
from cais.journal.models import Exchange
from cais.ports.capabilities import Check
from cais.ports.errors import ConfigurationError, VendorError
from cais.ports.manifest import Capability, Manifest, Modality, Role
from cais.rehearsals.functions import choose, offered
from cais.settling.choosing import import_waiting
from cais.settling.sourcing import set_company
from cais.web.access import GroupRequest, page
from cais.web.connections.authorising import authorise_action, let_through, needs_authorising
from cais.web.connections.cards import card_of
from cais.web.connections.hosts import store_origins
from cais.web.connections.mode import mode_card
from cais.web.connections.notice_card import notice_card
from cais.web.connections.reading_ages import reading_facts
from cais.web.connections.words import FUNCTIONS, MODALITIES, ROLES, state_of, system_of
from cais.web.forms.capture import IMPORT
from cais.web.forms.connection import ConnectionForm
from cais.web.keyset import page_of
from cais.web.parts import Action, Crumb, Tab
from cais.web.status_words import word
from cais.web.wording import plural_text

# Where a tab has parts of its own, the one it opens with.
_FIRST_PART: Final = {"depara": ("frete",)}


def own_connection(request: GroupRequest, pk: int) -> Connection:
    rows = Connection.objects.of(request.group).select_related("company", "group", "health", "budget", "stored_tokens")
    return get_object_or_404(rows, pk=pk)


def own_store(request: GroupRequest, pk: int) -> Connection:
    """A connection that sells: an ERP has no rules of what a store shows and asks."""
    found = own_connection(request, pk)
    if found.role != Role.STORE:
        raise Http404
    return found


def _offered() -> list[Manifest]:
    found = [connector.manifest for connector in connectors.all_connectors().values()]
    return sorted((m for m in found if Role.STORE in m.roles and not m.internal), key=lambda m: m.label)


@page(May.VIEW)
def connections(request: GroupRequest) -> HttpResponse:
    rows = Connection.objects.of(request.group).select_related("company", "health", "budget", "stored_tokens")
    shops = list(rows.filter(role="store"))
    stores = [card_of(request, row) for row in shops]
    systems = [card_of(request, row) for row in rows.filter(role="erp")]
    actions = []
    if request.may(May.CONFIGURE):
        actions.append(
            Action("Conectar loja", reverse("new_connection", args=[request.group.slug]), icon="plus", style="primary")
        )
    context = {"stores": stores, "systems": systems, "actions": actions}
    return let_through(render(request, "connections/list.html", context), shops)


@page(May.CONFIGURE)
def new_connection(request: GroupRequest) -> HttpResponse:
    """Which store? Each connector says how far it has been proved."""
    slug = request.group.slug
    offered = [
        (manifest, word("connection_level", manifest.level.value), reverse("connect", args=[slug, manifest.name]))
        for manifest in _offered()
    ]
    crumbs = [Crumb("Conectores", reverse("connections", args=[slug])), Crumb("Conectar loja")]
    has_company = Company.objects.of(request.group).exists()
    context = {"offered": offered, "crumbs": crumbs, "has_company": has_company}
    return render(request, "connections/choose.html", context)


@page(May.CONFIGURE)
def connect(request: GroupRequest, connector: str) -> HttpResponse:
    manifest = next((item for item in _offered() if item.name == connector), None)
    if manifest is None:
        raise Http404
    form = ConnectionForm(manifest, request.group, request.POST or None)
    if request.method == "POST" and form.is_valid() and (made := _connect(form)) is not None:
        messages.success(request, f"{made.name} foi guardada. Teste a conexão e autorize o acesso.")
        return redirect("connection", request.group.slug, made.pk)
    slug = request.group.slug
    crumbs = [
        Crumb("Conectores", reverse("connections", args=[slug])),
        Crumb("Conectar loja", reverse("new_connection", args=[slug])),
        Crumb(manifest.label),
    ]
    context = {"form": form, "manifest": manifest, "crumbs": crumbs}
    return render(request, "connections/new.html", context, status=422 if form.errors else 200)


def _connect(form: ConnectionForm) -> Connection | None:
    data = form.cleaned_data
    try:
        return connect_store(
            data["company"],
            connector=form.manifest.name,
            modality=form.chosen_modality,
            name=data["name"],
            values=form.values(),
            start_at=data["start_at"],
            history_days=data["history_days"],
            capture=data["capture"],
            creates_products=data["creates_products"],
            mode=Connection.Mode.OBSERVE,
        )
    except IntegrityError:
        form.add_error("name", "Outra conexão acabou de receber este nome.")
        return None


@page(May.CONFIGURE)
def connection(request: GroupRequest, pk: int) -> HttpResponse:
    """*Conexão*: the form, the test, the authorisation."""
    found = own_connection(request, pk)
    form = ConnectionForm(found.manifest, request.group, request.POST or None, connection=found)
    if request.method == "POST" and form.is_valid():
        _save(request, found, form)
        if not form.errors:
            return redirect("connection", request.group.slug, found.pk)
    return _connection_page(request, found, form)


def _save(request: GroupRequest, found: Connection, form: ConnectionForm) -> None:
    data, values = form.cleaned_data, form.values()
    found.name, found.start_at, found.history_days = data["name"], data["start_at"], data["history_days"]
    found.capture, found.creates_products = data["capture"], data["creates_products"]
    found.save(update_fields=["name", "start_at", "history_days", "capture", "creates_products"])
    set_company(found, data["company"])
    if data.get("waiting") == IMPORT and found.capture == found.Capture.AUTOMATIC:
        made = import_waiting(found, actor_name=str(request.user))
        left = plural_text(form.awaiting - made.taken, "espera ainda", "esperam ainda")
        messages.success(request, f"{plural_text(made.taken, 'pedido segue', 'pedidos seguem')} agora; {left}.")
    code = {"code": values.pop("code")} if values.get("code") else {}
    change_settings(found, values)
    if not code:
        messages.success(request, "Conexão salva. O que esperava por ela é tentado de novo agora.")
        return
    try:
        redeem(found, code)
    except ConfigurationError as error:
        form.blame(error.field or "code", error.words)
    except VendorError as error:
        form.blame("code", error.words or "A loja não aceitou o código.")
    except VaultError:
        form.add_error(None, "As senhas guardadas não abrem. Digite todas de novo.")
    else:
        read_now(found, asked_by=str(request.user), asker_id=request.user.pk)
        messages.success(request, "O código foi aceito e a loja está sendo lida.")


def _connection_page(
    request: GroupRequest, found: Connection, form: ConnectionForm, checks: Sequence[Check] = ()
) -> HttpResponse:
    context = {
        **frame(request, found, "conexao"),
        "form": form,
        "checks": checks,
        "is_own": found.manifest.internal and not found.manifest.settings,
        "readings": reading_facts(found),
        "authorise": _authorise_action(request, found),
        "notices": notice_card(found),
        "mode": mode_card(request, found),
    }
    response = render(request, "connections/connection.html", context, status=422 if form.errors else 200)
    # The authorise button's answer sends the browser to the store: the policy must allow that one host.
    response.form_hosts = store_origins(found)  # type: ignore[attr-defined]
    return response


def _authorise_action(request: GroupRequest, found: Connection) -> Action | None:
    if not found.does(Capability.AUTHORISE):
        return None
    style = "primary" if needs_authorising(found) else "plain"
    return authorise_action(request, found, label=f"Autorizar na {found.manifest.label}", style=style)


@page(May.CONFIGURE)
@require_POST
def connection_try(request: GroupRequest, pk: int) -> HttpResponse:
    """*Testar conexão*: one line for each thing tried."""
    found = own_connection(request, pk)
    checks = try_connection(found)
    form = ConnectionForm(found.manifest, request.group, connection=found)
    return _connection_page(request, found, form, checks)


@page(May.CONFIGURE)
@require_POST
def connection_pause(request: GroupRequest, pk: int) -> HttpResponse:
    found = own_connection(request, pk)
    pause(found, paused=request.POST.get("pausar") == "1")
    if found.paused:
        words = f"{found.name} está pausada: nada é lido nem escrito, e nada se perde."
    else:
        words = f"{found.name} voltou. O que mudou na loja é lido agora."
        read_now(found, asked_by=str(request.user), asker_id=request.user.pk)
    messages.success(request, words)
    return redirect("connection", request.group.slug, found.pk)


@page(May.CONFIGURE)
def connection_functions(request: GroupRequest, pk: int) -> HttpResponse:
    """*Funções*: a switch for each thing the modality offers (feature A5)."""
    found = own_connection(request, pk)
    if request.method == "POST":
        refusals = choose(found, set(request.POST.getlist("funcao")))
        messages.success(request, "Funções salvas.")
        for refusal in refusals:
            messages.warning(request, refusal)
        return redirect("connection_functions", request.group.slug, found.pk)
    rows = [(item.value, *FUNCTIONS[item], found.does(item)) for item in offered(found)]
    context = {**frame(request, found, "funcoes"), "rows": rows, "modality": MODALITIES[Modality(found.modality)]}
    return render(request, "connections/functions.html", context)


@page(May.VIEW)
def exchanges(request: GroupRequest, pk: int) -> HttpResponse:
    """*Trocas*: the last questions and answers, redacted."""
    found = own_connection(request, pk)
    rows = Exchange.objects.filter(group=request.group, connection_id=found.pk)
    if request.GET.get("so") == "falhas":
        rows = rows.exclude(error="")
    listed = page_of(rows, request.GET, keys=("at", "id"), descending=True)
    context = {**frame(request, found, "trocas"), "page": listed, "only_failures": request.GET.get("so") == "falhas"}
    return render(request, "connections/exchanges.html", context)


@page(May.VIEW)
def exchange(request: GroupRequest, pk: int, exchange_pk: int) -> HttpResponse:
    found = own_connection(request, pk)
    row = get_object_or_404(Exchange.objects.filter(group=request.group, connection_id=found.pk), pk=exchange_pk)
    return render(request, "connections/exchange.html", {**frame(request, found, "trocas"), "row": row})


def frame(request: GroupRequest, found: Connection, tab: str) -> dict[str, object]:
    """Head and tabs of every page of one connection."""
    slug = request.group.slug
    return {
        "connection": found,
        "state": state_of(found),
        "system": system_of(found),
        "role": ROLES.get(found.role, ""),
        "level": word("connection_level", found.manifest.level.value),
        "crumbs": [Crumb("Conectores", reverse("connections", args=[slug])), Crumb(found.name)],
        "tabs": _tabs(request, found, tab),
        "head_actions": _head_actions(request, found),
    }


def crumbs_below(request: GroupRequest, found: Connection, page_name: str, *below: Crumb) -> list[Crumb]:
    """Of a page below one of the connection's tabs, to which its name leads back."""
    slug = request.group.slug
    home = Crumb("Conectores", reverse("connections", args=[slug]))
    return [home, Crumb(found.name, reverse(page_name, args=[slug, found.pk])), *below]


def _tabs(request: GroupRequest, found: Connection, current: str) -> list[Tab]:
    slug = request.group.slug
    is_store, setup = found.role == "store", request.may(May.CONFIGURE)
    tabs = [("conexao", "Conexão", "connection", setup), ("funcoes", "Funções", "connection_functions", setup)]
    tabs.append(("empresas", "Empresas", "connection_companies", is_store))
    tabs.append(("vinculos", "Vínculos", "links", found.manifest.offers(found.modality, Capability.LIST_PRODUCTS)))
    sells = found.manifest.offers(found.modality, Capability.WRITE_PRICES)
    tabs.append(("loja", "Estoque na loja", "shelf", found.manifest.offers(found.modality, Capability.WRITE_STOCK)))
    tabs.append(("precos", "Preços na loja", "prices", sells))
    tabs.append(("dicionario", "Dicionário de status", "dictionary", is_store))
    tabs.append(("depara", "De-para", "mappings", is_store))
    tabs.append(("estoque", "Regra do estoque", "stock_policy", is_store))
    tabs.append(("preco", "Regra de preço", "price_list", sells))
    tabs.append(("trocas", "Trocas", "exchanges", is_store))
    return [
        Tab(label, reverse(name, args=[slug, found.pk, *_FIRST_PART.get(code, ())]), current=code == current)
        for code, label, name, shown in tabs
        if shown
    ]


def _head_actions(request: GroupRequest, found: Connection) -> list[Action]:
    if found.role != "store":
        return []
    slug = request.group.slug
    to_import = f"{reverse('orders_import', args=[slug])}?loja={found.pk}"
    importing = Action("Importar pedidos", to_import, icon="arrow-down-on-square", hide_narrow=True)
    offered = [importing, *_exporting(slug, found)]
    return [*offered, *_switches(request, found)] if request.may(May.CONFIGURE) else offered


def _exporting(slug: str, found: Connection) -> list[Action]:
    if not found.manifest.offers(found.modality, Capability.WRITE_PRODUCTS):
        return []
    url = f"{reverse('exporting', args=[slug])}?loja={found.pk}"
    return [Action("Exportar produtos", url, icon="arrow-up-on-square", hide_narrow=True)]


def _switches(request: GroupRequest, found: Connection) -> list[Action]:
    slug = request.group.slug
    url = reverse("connection_pause", args=[slug, found.pk])
    if found.paused:
        return [Action("Retomar", url, "post", icon="play", style="primary", fields={"pausar": "0"})]
    return [
        Action("Pausar", url, "post", icon="pause", fields={"pausar": "1"}, hide_narrow=True),
        Action("Sincronizar", reverse("sync_now", args=[slug, found.pk]), "post", icon="arrow-path", key="s"),
    ]


urlpatterns = [
    path("conectores/", connections, name="connections"),
    path("conectores/novo/", new_connection, name="new_connection"),
    path("conectores/novo/<slug:connector>/", connect, name="connect"),
    path("conectores/<int:pk>/", connection, name="connection"),
    path("conectores/<int:pk>/testar/", connection_try, name="connection_try"),
    path("conectores/<int:pk>/pausar/", connection_pause, name="connection_pause"),
    path("conectores/<int:pk>/funcoes/", connection_functions, name="connection_functions"),
    path("conectores/<int:pk>/trocas/", exchanges, name="exchanges"),
    path("conectores/<int:pk>/trocas/<int:exchange_pk>/", exchange, name="exchange"),
]
