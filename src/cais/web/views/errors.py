"""Caixa de erros: causes on the left, the chosen one on the right, and the buttons that mend and release."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cais.catalog.models import Product
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.exporting.asking import retry_refused_products
from cais.inbox.causes import (
    OpenCause,
    cause_of,
    count_open,
    count_snoozed,
    held_by_causes,
    open_causes,
    recently_closed,
    snooze,
    waiting_rows,
)
from cais.inbox.models import Pending
from cais.inbox.reasons import REASONS
from cais.intake.models import Document
from cais.intake.retry import retry_everything
from cais.intake.services import read_again
from cais.orders.models import Order, OrderLine
from cais.settling import decisions
from cais.shelves.retry import retry_refused
from cais.web.access import GroupRequest, page
from cais.web.connections.authorising import let_through
from cais.web.inbox.links import action_of
from cais.web.keyset import searched
from cais.web.orders.page import pretty
from cais.web.parts import Action, Cause, Crumb, Tab
from cais.web.row_keys import key_of
from cais.web.wording import count_text, money_text, plural_text

_SHOWN = 100
_OFFERED = 20
_STATES = {"err": "Parado", "warn": "Espera", "unk": "A conferir"}
_SNOOZES = {"1h": (timedelta(hours=1), "por 1 hora"), "1d": (timedelta(days=1), "até amanhã a esta hora")}
# Causes of what a store shows stop no order.
_SHELVES = frozenset({"shelf", "links"})
_NOUNS = {"order": ("pedido", "pedidos"), "document": ("pedido", "pedidos")}


@page(May.VIEW)
def errors(request: GroupRequest) -> HttpResponse:
    return _show(request, None)


@page(May.VIEW)
def error(request: GroupRequest, pk: int) -> HttpResponse:
    return _show(request, _cause(request, pk))


def _cause(request: GroupRequest, pk: int) -> OpenCause:
    rows = Pending.objects.of(request.group).filter(reason__in=list(REASONS))
    return cause_of(get_object_or_404(rows, pk=pk))


def _show(request: GroupRequest, asked: OpenCause | None) -> HttpResponse:
    tab = request.GET.get("aba", "")
    listed = open_causes(request.group, snoozed=tab == "adiados")
    opened = asked or (listed[0] if listed else None)
    count, amount = held_by_causes(request.group)
    context = {
        "causes": [_line(request, cause, current=_same(cause, opened), tab=tab) for cause in listed],
        "tabs": _tabs(request, tab),
        "tab": tab,
        "is_detail": asked is not None,
        "actions": _actions(request),
        "back_url": reverse("errors", args=[request.group.slug]),
        "held": f"{plural_text(count, 'pedido espera', 'pedidos esperam')}, {money_text(amount)}" if count else "",
    }
    if opened is not None:
        context |= _article(request, opened)
    stores = Connection.objects.of(request.group).filter(role="store").select_related("health", "stored_tokens")
    return let_through(render(request, "errors/inbox.html", context), stores)


def _same(cause: OpenCause, other: OpenCause | None) -> bool:
    return other is not None and (cause.reason.code, cause.key) == (other.reason.code, other.key)


def _tabs(request: GroupRequest, tab: str) -> list[Tab]:
    url = reverse("errors", args=[request.group.slug])
    return [
        Tab("Abertos", url, count_open(request.group), current=tab != "adiados"),
        Tab("Adiados", f"{url}?aba=adiados", count_snoozed(request.group), current=tab == "adiados"),
    ]


def _actions(request: GroupRequest) -> list[Action]:
    slug = request.group.slug
    found = [Action("Resolvidos", reverse("errors_closed", args=[slug]), hide_narrow=True)]
    if request.may(May.RESOLVE_ERRORS):
        found.append(Action("Tentar tudo de novo", reverse("errors_retry", args=[slug]), "post", icon="arrow-path"))
    return found


def _line(request: GroupRequest, cause: OpenCause, *, current: bool, tab: str) -> Cause:
    url = reverse("error", args=[request.group.slug, cause.id])
    return Cause(
        title=cause.title,
        url=f"{url}?aba={tab}" if tab else url,
        tone=cause.reason.tone,  # type: ignore[arg-type]
        icon=cause.reason.icon,
        short_title=cause.short,
        detail=_detail(cause),
        count_label=_count(cause),
        since=cause.since,
        current=current,
    )


def _detail(cause: OpenCause) -> str:
    """The one name that tells this cause from others of its reason."""
    params = cause.params
    for key in ("name", "status", "buyer"):
        if params.get(key):
            return str(params[key])
    if cause.subject in _NOUNS and params.get("number"):
        return f"Pedido {params['number']}"
    return str(params.get("store") or params.get("company") or "")


def _count(cause: OpenCause) -> str:
    if cause.subject not in _NOUNS:
        if cause.reason.code == "access_ending":
            return "nada parado ainda"
        if cause.subject != "connection":
            return count_text(cause.count)
        return "os pedidos seguem" if cause.reason.target in _SHELVES else "tudo parado"
    return plural_text(cause.count, *_NOUNS[cause.subject])


def _article(request: GroupRequest, cause: OpenCause) -> dict[str, object]:
    is_open = cause.closed_at is None or waiting_rows(cause, request.group).exists()
    rows = list(waiting_rows(cause, request.group)[:_SHOWN])
    top = Cause(
        title=cause.title,
        url="",
        tone=cause.reason.tone if is_open else "ok",  # type: ignore[arg-type]
        icon=cause.reason.icon,
        since=cause.since,
        state_label=_STATES.get(cause.reason.tone, "Espera") if is_open else "Resolvido",
        count_label=_count(cause),
        value_label=money_text(cause.amount) if cause.amount else "",
        cause=cause.cause,
        consequence=cause.consequence,
        what_to_do=cause.remedy,
        actions=_buttons(request, cause) if is_open else (),
    )
    return {
        "top": top,
        "opened": cause,
        "is_open": is_open,
        "waiting": _waiting(request, rows),
        "more": cause.count - len(rows) if is_open else 0,
        "details": list(dict.fromkeys(row.detail for row in rows if row.detail))[:5],
        "raw_url": _raw_url(request, cause),
    }


def _buttons(request: GroupRequest, cause: OpenCause) -> list[Action]:
    main = action_of(request, cause)
    found = [main] if main else []
    slug = request.group.slug
    if cause.reason.target != "order" and cause.subject == "order" and cause.count == 1:
        found.append(Action("Abrir o pedido", reverse("order", args=[slug, cause.subject_id])))
    if cause.reason.code in ("product_unknown", "product_conflict") and request.may(May.EDIT_CATALOG):
        found.append(Action("Cadastrar produto", reverse("new_product", args=[slug])))
    if cause.reason.code == "new_product_short":
        found.append(Action("Completar o cadastro", reverse("product", args=[slug, cause.params["product"]])))
    return [*found, *_snooze_actions(request, cause)] if request.may(May.RESOLVE_ERRORS) else found


def _snooze_actions(request: GroupRequest, cause: OpenCause) -> list[Action]:
    url = reverse("error_snooze", args=[request.group.slug, cause.id])
    if cause.snoozed_until and cause.snoozed_until > timezone.now():
        return [Action("Trazer de volta", url, "post", style="bare", icon="clock", fields={"por": "0"})]
    return [
        Action("Adiar 1 h", url, "post", style="bare", icon="clock", fields={"por": "1h"}),
        Action("Adiar 1 dia", url, "post", style="bare", fields={"por": "1d"}),
    ]


def _waiting(request: GroupRequest, rows: list[Pending]) -> list[tuple[Pending, str, str]]:
    """Each row with what it is called and where it opens."""
    ids = [row.subject_id for row in rows if row.subject == "order"]
    buyers = dict(Order.objects.of(request.group).filter(pk__in=ids).values_list("pk", "buyer__name"))
    slug = request.group.slug
    found = []
    for row in rows:
        if row.subject == "order":
            found.append((row, buyers.get(row.subject_id) or "", reverse("order", args=[slug, row.subject_id])))
        elif row.subject == "document":
            found.append((row, "guardado como veio", reverse("error_raw", args=[slug, row.pk])))
        elif row.subject == "connection":
            found.append((row, "loja", reverse("sync", args=[slug])))
        else:
            found.append((row, "", ""))
    return found


def _raw_url(request: GroupRequest, cause: OpenCause) -> str:
    if cause.subject != "document" or not request.may(May.RESOLVE_ERRORS):
        return ""
    return reverse("error_raw", args=[request.group.slug, cause.id])


@page(May.RESOLVE_ERRORS)
@require_POST
def error_mend(request: GroupRequest, pk: int) -> HttpResponse:
    """The button of causes that are mended by doing something here and now."""
    cause, who = _cause(request, pk), str(request.user)
    ids = list(waiting_rows(cause, request.group).values_list("subject_id", flat=True))
    match cause.reason.target:
        case "document":
            for document in Document.objects.of(request.group).filter(pk__in=ids):
                read_again(document)
        case "movement":
            decisions.check_again(ids, group_id=request.group.pk, actor_name=who)
        case "erp_order":
            decisions.send_again(ids, group_id=request.group.pk, actor_name=who)
        case _:
            messages.warning(request, "Esta causa se resolve em outra tela.")
            return redirect("error", request.group.slug, pk)
    messages.success(request, "Pedido feito. O resultado aparece aqui em instantes.")
    return redirect("error", request.group.slug, pk)


@page(May.RESOLVE_ERRORS)
@require_POST
def error_snooze(request: GroupRequest, pk: int) -> HttpResponse:
    cause = _cause(request, pk)
    span, words = _SNOOZES.get(request.POST.get("por", ""), (None, ""))
    snooze(request.group, cause, timezone.now() + span if span else None)
    messages.success(request, f"Adiado {words}. Continua esperando, só sai da vista." if span else "De volta à lista.")
    return redirect("errors", request.group.slug)


@page(May.RESOLVE_ERRORS)
@require_POST
def errors_retry(request: GroupRequest) -> HttpResponse:
    retry_everything(request.group)
    retry_refused(request.group)
    retry_refused_products(request.group)
    messages.success(request, "Tudo o que espera será tentado de novo em instantes. Nada é enviado em dobro.")
    return redirect("errors", request.group.slug)


@page(May.VIEW)
def errors_closed(request: GroupRequest) -> HttpResponse:
    rows = recently_closed(request.group, limit=_SHOWN)
    crumbs = [Crumb("Caixa de erros", reverse("errors", args=[request.group.slug])), Crumb("Resolvidos")]
    return render(request, "errors/closed.html", {"rows": rows, "crumbs": crumbs})


@page(May.RESOLVE_ERRORS)
def error_raw(request: GroupRequest, pk: int) -> HttpResponse:
    """The payload that could not be understood, as it came."""
    row = get_object_or_404(Pending.objects.of(request.group), pk=pk, subject="document")
    document = get_object_or_404(Document.objects.of(request.group), pk=row.subject_id)
    url = reverse("errors", args=[request.group.slug])
    crumbs = [Crumb("Caixa de erros", url), Crumb(f"Pedido {document.external_id}")]
    context = {"document": document, "raw": pretty(bytes(document.raw)), "crumbs": crumbs, "row": row}
    return render(request, "errors/raw.html", context)


@page(May.EDIT_CATALOG)
def error_product(request: GroupRequest, pk: int) -> HttpResponse:
    """*Escolher o produto* that a store's line is; the orders behind it are looked at again."""
    cause = _cause(request, pk)
    lines = OrderLine.objects.filter(order__group=request.group).select_related("order__connection__group")
    line = get_object_or_404(lines, pk=cause.params.get("line") or 0)
    if request.method == "POST":
        return _choose(request, line)
    # Its reference is unknown here, so the search begins with what the product is called.
    text = searched(request.GET) if "q" in request.GET else line.name.split(" ")[0]
    products = Product.objects.of(request.group).filter(active=True).matching(text)
    context = {
        "cause": cause,
        "line": line,
        "text": text,
        "products": products[:_OFFERED],
        "crumbs": [
            Crumb("Caixa de erros", reverse("errors", args=[request.group.slug])),
            Crumb(cause.short, reverse("error", args=[request.group.slug, pk])),
            Crumb("Escolher o produto"),
        ],
        "new_url": reverse("new_product", args=[request.group.slug]),
    }
    return render(request, "errors/product.html", context)


def _choose(request: GroupRequest, line: OrderLine) -> HttpResponse:
    key = key_of(request.POST.get("produto", ""))
    found = Product.objects.of(request.group).filter(pk=key, active=True).first()
    if found is None:
        messages.warning(request, "Escolha um produto da lista.")
        return redirect(request.get_full_path())
    count = decisions.choose_product(line, found, actor_name=str(request.user))
    freed = plural_text(count, "pedido segue", "pedidos seguem")
    messages.success(request, f"Anotado: “{line.name}” é {found.sku}. {freed} em instantes.")
    return redirect("errors", request.group.slug)


urlpatterns = [
    path("erros/", errors, name="errors"),
    path("erros/tentar/", errors_retry, name="errors_retry"),
    path("erros/resolvidos/", errors_closed, name="errors_closed"),
    path("erros/<int:pk>/", error, name="error"),
    path("erros/<int:pk>/resolver/", error_mend, name="error_mend"),
    path("erros/<int:pk>/adiar/", error_snooze, name="error_snooze"),
    path("erros/<int:pk>/produto/", error_product, name="error_product"),
    path("erros/<int:pk>/recebido/", error_raw, name="error_raw"),
]
