"""What every page shows around its sheet: navigation, badges, the pulse, the account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cais.companies.models import Group, Membership, User
from cais.companies.roles import ROLES, allows
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.fiscal.documents import Environment
from cais.inbox.causes import count_open
from cais.nfe.models import FiscalSetup
from cais.orders.counts import phase_counts
from cais.web.connections.run_progress import news_of, pulse_of_run
from cais.web.connections.words import pulse_of, state_of
from cais.web.notes.words import SIMULATED_NOTES, is_simulated
from cais.web.parts import Account, GroupLink, NavItem, NavSection
from cais.web.present import now

WAITING_PHASES = ("awaiting_movement", "awaiting_sync")
NOTE_PHASES = ("nfe_rejected", "nfe_blocked", "nfe_unknown")
_ADDRESSES = {
    "home": "painel/",
    "orders": "pedidos/",
    "orders_import": "pedidos/importar/",
    "flow": "fluxo/",
    "notes": "notas/",
    "products": "produtos/",
    "stock_list": "estoque/",
    "customers": "clientes/",
    "sales_orders": "pedidos-de-venda/",
    "sync": "sync/",
    "errors": "erros/",
    "companies": "empresas/",
    "connections": "conectores/",
    "people": "usuarios/",
    "audit": "auditoria/",
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of the shell. What asks the database does so only when a template draws it."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"now": now()}
    group: Group | None = getattr(request, "group", None)
    common = {
        "now": now(),
        "account": _account(user, getattr(request, "membership", None)),
        "logout_url": reverse("account_logout"),
        "account_url": reverse("my_account"),
        "theme_url": reverse("my_theme"),
        "environment_band": _band(()),
    }
    if group is None:
        return common
    return {**common, **_of_group(request, group, user)}


def _band(trials: Sequence[str]) -> str:
    """What is not the real thing here, on every page. `trials` are the companies whose notes have no legal effect."""
    said = ["Demonstração: a loja é simulada e os dados são inventados."] if settings.DEMO else []
    if trials:
        said.append(f"Homologação: as notas de {', '.join(trials)} não têm valor fiscal.")
    if is_simulated():
        said.append(SIMULATED_NOTES)
    return " ".join(said)


def _trials(group: Group) -> list[str]:
    rows = FiscalSetup.objects.of(group).filter(environment=Environment.TRIAL)
    return list(rows.order_by("company__priority", "pk").values_list("company__name", flat=True))


def _account(user: User, membership: Membership | None) -> Account:
    role = ROLES.get(membership.role) if membership else None
    return Account(
        name=str(user),
        initials=user.initials,
        email=user.email,
        role_label=role.label if role else "",
        theme=user.theme,  # type: ignore[arg-type]
        density="compact" if user.compact_rows else "comfortable",
        keys=user.single_keys,
    )


def _of_group(request: HttpRequest, group: Group, user: User) -> dict[str, Any]:
    slug = group.slug
    membership: Membership = request.membership  # type: ignore[attr-defined]
    connections: Any = SimpleLazyObject(
        lambda: list(Connection.objects.of(group).select_related("health", "stored_tokens"))
    )
    menu = reverse("menu", args=[slug])
    return {
        "grupo": GroupLink(group.name, reverse("home", args=[slug]), current=True),
        "grupos": SimpleLazyObject(lambda: _groups(user, group)),
        "nav": SimpleLazyObject(lambda: _nav(request, group, membership.role, connections)),
        "news": SimpleLazyObject(lambda: news_of(group, user.pk)),
        "pulse": SimpleLazyObject(
            lambda: pulse_of_run(group, user.pk) or pulse_of(connections, url=reverse("sync", args=[slug]))
        ),
        "search_url": reverse("orders", args=[slug]),
        "search_text": "",
        "search_hint": "Buscar pedido, cliente, CPF/CNPJ, SKU",
        "menu_url": menu,
        "menu_current": request.path == menu,
        "help_url": reverse("help", args=[slug]),
        "environment_band": SimpleLazyObject(lambda: _band(_trials(group))),
    }


def _groups(user: User, current: Group) -> list[GroupLink]:
    """The person's own groups, last used first; the middleware's scope lets them be seen."""
    found = (
        Membership.objects.filter(user=user)
        .select_related("group")
        .order_by(F("last_used_at").desc(nulls_last=True), "pk")
    )
    return [
        GroupLink(member.group.name, reverse("home", args=[member.group.slug]), current=member.group_id == current.pk)
        for member in found
    ]


def _nav(request: HttpRequest, group: Group, role: str, connections: Sequence[Connection]) -> list[NavSection]:
    counts = phase_counts()
    errors = count_open(group)
    lost = sum(1 for connection in connections if state_of(connection).tone == "err")

    # The most precise address wins: importing is a screen of its own under the orders.
    addresses = [f"/g/{group.slug}/{path}" for path in _ADDRESSES.values()]
    here = max((url for url in addresses if request.path.startswith(url)), key=len, default="")

    def item(name: str, label: str, icon: str, **rest: Any) -> NavItem:
        url = f"/g/{group.slug}/{_ADDRESSES[name]}"
        return NavItem(label, url, icon, current=url == here, **rest)

    work = [
        item("home", "Painel", "home", on_bar=True, key="i"),
        item(
            "orders",
            "Pedidos",
            "shopping-bag",
            on_bar=True,
            key="p",
            count=sum(counts.get(p, 0) for p in WAITING_PHASES),
        ),
        item("orders_import", "Importar pedidos", "arrow-down-on-square", key="m"),
        item("flow", "Fluxo de venda", "view-columns", key="f"),
        item("products", "Produtos", "cube", key="r"),
        item("stock_list", "Estoque", "archive-box", key="t"),
        item(
            "notes",
            "Notas fiscais",
            "document-text",
            on_bar=True,
            short_label="Notas",
            key="n",
            count=sum(counts.get(p, 0) for p in NOTE_PHASES),
            tone="err",
            count_label="notas esperam você",
        ),
        item("customers", "Clientes", "users", key="c"),
        item("sales_orders", "Pedidos de venda", "clipboard-document-list", key="v"),
    ]
    operation = [
        item("sync", "Sincronização", "arrow-path", key="s"),
        item(
            "errors",
            "Caixa de erros",
            "inbox",
            on_bar=True,
            short_label="Erros",
            key="e",
            count=errors,
            tone="err",
            count_label="causas abertas",
        ),
    ]
    setup = [
        item("companies", "Empresas", "building-office"),
        item("connections", "Conectores", "link", count=lost, tone="err", count_label="sem acesso"),
    ]
    if allows(role, May.CONFIGURE):
        setup.append(item("people", "Usuários", "user-group"))
    if allows(role, May.AUDIT):
        setup.append(item("audit", "Auditoria", "finger-print"))
    return [NavSection("", work), NavSection("Operação", operation), NavSection("Configuração", setup)]
