"""Painel: what needs a person, figures of today, one card per integration; and the way in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone

from cais.catalog.models import Product
from cais.companies.models import Company, Membership, User
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.inbox.causes import OpenCause, count_open, held_by_causes, open_causes
from cais.orders.counts import phase_counts
from cais.orders.models import Order
from cais.rehearsals.services import held_back
from cais.statuses.models import StatusEntry
from cais.stock.models import Balance
from cais.web.access import GroupRequest, page
from cais.web.connections.authorising import let_through
from cais.web.connections.cards import WAITING, card_of
from cais.web.home.charts import PERIODS, USUAL, charts, period_of
from cais.web.home.figures import todays
from cais.web.inbox.links import action_of
from cais.web.parts import Action, Choice, Need
from cais.web.wording import money_text, plural_text

_NEEDS = 5
_REMEMBER_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Observing:
    """The sentence about stores that are only read."""

    title: str
    text: str
    action: Action


@login_required
def entry(request: HttpRequest) -> HttpResponse:
    """`/`: the group used last, or a page that says there is none."""
    user = cast(User, request.user)
    members = Membership.objects.filter(user=user).select_related("group")
    used = members.order_by(F("last_used_at").desc(nulls_last=True), "pk").first()
    if used is None:
        return render(request, "home/no_group.html")
    return redirect("home", used.group.slug)


@page(May.VIEW)
def home(request: GroupRequest) -> HttpResponse:
    _remember(request)
    stores = Connection.objects.of(request.group).filter(role="store")
    rows = list(stores.select_related("company", "health", "budget", "stored_tokens"))
    if not rows:
        return render(request, "home/first_hour.html", {"steps": _first_hour(request)})
    return let_through(render(request, "home/home.html", _context(request, rows)), rows)


def _remember(request: GroupRequest) -> None:
    """The group used last opens first; written now and then, not with every click."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=timezone.now() - _REMEMBER_EVERY)
    Membership.objects.filter(stale, pk=request.membership.pk).update(last_used_at=timezone.now())


def _context(request: GroupRequest, stores: list[Connection]) -> dict[str, object]:
    slug, group = request.group.slug, request.group
    counts = phase_counts()
    causes = open_causes(group, limit=_NEEDS)
    total, (held, amount) = count_open(group), held_by_causes(group)
    orders = reverse("orders", args=[slug])
    by_revenue, days = request.GET.get("grafico") == "receita", period_of(request.GET)
    return {
        "needs": [_need(request, cause, first=at == 0) for at, cause in enumerate(causes)],
        "needs_note": _note(total, held, money_text(amount)),
        "all_causes": Action(f"Ver as {total}", reverse("errors", args=[slug]), style="bare")
        if total > _NEEDS
        else None,
        "kpis": todays(
            group,
            waiting=sum(counts.get(phase, 0) for phase in WAITING),
            waiting_url=f"{orders}?{urlencode([('situacao', phase) for phase in WAITING])}",
            orders_url=f"{orders}?data_de={timezone.localdate():%Y-%m-%d}",
        ),
        "cards": [card_of(request, store) for store in stores],
        "observing": _observing(request, stores),
        "charts": charts(group, days=days, by_revenue=by_revenue),
        "choices": _choices(days, by_revenue=by_revenue),
    }


def _observing(request: GroupRequest, stores: Sequence[Connection]) -> Observing | None:
    """The stores to which nothing is written yet."""
    silent = [store for store in stores if store.observes]
    if not silent:
        return None
    waiting = sum(held_back(store) for store in silent)
    waits = f" {plural_text(waiting, 'envio espera', 'envios esperam')} por você." if waiting else ""
    return Observing(
        title=f"Só observando: {', '.join(store.name for store in silent)}.",
        text=f"O Cais lê, reserva e decide como sempre, e não escreve nada.{waits}",
        action=Action("Ver ensaios", reverse("rehearsals", args=[request.group.slug])),
    )


def _choices(days: int, *, by_revenue: bool) -> list[tuple[str, list[Choice]]]:
    """What the charts may be asked for, as links that keep the other choice."""
    what, span = ("receita" if by_revenue else ""), (str(days) if days != USUAL else "")
    return [
        ("Período", [Choice(_asked(str(n), what), f"{n} dias", n == days) for n in PERIODS]),
        (
            "Medida",
            [
                Choice(_asked(span, ""), "Pedidos", not by_revenue),
                Choice(_asked(span, "receita"), "Receita", by_revenue),
            ],
        ),
    ]


def _asked(span: str, what: str) -> str:
    asked = {name: value for name, value in (("periodo", span), ("grafico", what)) if value}
    return f"?{urlencode(asked)}#graficos"


def _note(causes: int, orders: int, amount: str) -> str:
    if not causes:
        return ""
    said = plural_text(causes, "causa", "causas")
    if not orders:
        return said
    return f"{said}; {plural_text(orders, 'pedido espera', 'pedidos esperam')}, {amount}"


def _need(request: GroupRequest, cause: OpenCause, *, first: bool) -> Need:
    style = "primary" if first else "plain"
    see = Action("Ver", reverse("error", args=[request.group.slug, cause.id]), style=style)  # type: ignore[arg-type]
    worth = f" {money_text(cause.amount)}." if cause.amount else ""
    return Need(
        title=cause.title,
        text=f"{cause.consequence}{worth}",
        tone=cause.reason.tone,  # type: ignore[arg-type]
        icon=cause.reason.icon,
        action=action_of(request, cause, style=style) or see,
    )


def _first_hour(request: GroupRequest) -> list[tuple[str, str, bool, Action | None]]:
    """What makes an installation work, in order; each says whether it is done."""
    slug, group = request.group.slug, request.group
    setup, catalog = request.may(May.CONFIGURE), request.may(May.EDIT_CATALOG)
    has_stock = Balance.objects.of(group).filter(on_hand__gt=0).exists()
    found = [
        (
            "Empresa",
            "CNPJ e depósito de onde os pedidos saem.",
            Company.objects.of(group).exists(),
            setup,
            "new_company",
        ),
        (
            "Produtos",
            "O SKU daqui é a referência de lá: é assim que os dois se encontram.",
            Product.objects.of(group).exists(),
            catalog,
            "products",
        ),
        ("Estoque", "A quantidade que há em cada depósito.", has_stock, request.may(May.EDIT_STOCK), "stock"),
        ("Loja", "Endereço, chaves e autorização.", False, setup, "new_connection"),
        (
            "Status",
            "O que cada status da loja significa.",
            StatusEntry.objects.of(group).exclude(meaning="").exists(),
            False,
            "connections",
        ),
        ("Pedidos", "Chegam sozinhos e viram pedidos de venda.", Order.objects.of(group).exists(), False, "orders"),
    ]
    opened = next((at for at, row in enumerate(found) if not row[2]), -1)
    return [
        (title, text, done, _step(slug, route, is_next=at == opened) if may and not done else None)
        for at, (title, text, done, may, route) in enumerate(found)
    ]


def _step(slug: str, route: str, *, is_next: bool) -> Action:
    words = {"new_company": "Cadastrar", "products": "Cadastrar", "stock": "Lançar", "new_connection": "Conectar loja"}
    return Action(words[route], reverse(route, args=[slug]), style="primary" if is_next else "plain")


@page(May.VIEW)
def menu(request: GroupRequest) -> HttpResponse:
    """The navigation as a page, for narrow screens."""
    return render(request, "components/menu_page.html")


@page(May.VIEW)
def help_page(request: GroupRequest) -> HttpResponse:
    """What the words mean and which keys there are; the same place on every page."""
    return render(request, "home/help.html")


urlpatterns = [path("", entry, name="entry")]
group_urlpatterns = [
    path("painel/", home, name="home"),
    path("menu/", menu, name="menu"),
    path("ajuda/", help_page, name="help"),
]
