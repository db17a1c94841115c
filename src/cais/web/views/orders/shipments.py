"""Registrar envio and Marcar como entregue: one order, the ticked ones, or a spreadsheet of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cais.catalog.models import Upload
from cais.companies.roles import Action as May
from cais.orders.models import Order
from cais.settling import shipment_import
from cais.settling.delivery import Shipment, is_web_address, mark_delivered, register_shipments, why_not
from cais.settling.shipment_import import DELIVERED, SENT, Parcel, read_day
from cais.web.access import GroupRequest, page
from cais.web.orders.filters import OrderFilter, kept
from cais.web.parts import Crumb
from cais.web.row_keys import keys_of
from cais.web.views import spreadsheets
from cais.web.views.spreadsheets import Mode, Preview, Reading, Screen
from cais.web.wording import plural_text

MOST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One order on the form, with what was typed for it."""

    order: Order
    code: str
    url: str
    error: str = ""


@page(May.WORK_ORDERS)
def shipments(request: GroupRequest) -> HttpResponse:
    """The ticked orders come by POST, one order by its link; the form's own button says so."""
    found = _asked(request)
    fit, left = [order for order in found if not why_not(order)], [order for order in found if why_not(order)]
    if not fit:
        messages.warning(request, _none_fits(left))
        return redirect(_back(request))
    if request.method == "POST" and request.POST.get("registrar"):
        return _register(request, fit, left)
    lines = [Line(order, order.tracking_code, order.tracking_url) for order in fit]
    return _form(request, lines, left, carrier=fit[0].carrier, day=f"{timezone.localdate():%Y-%m-%d}")


def _asked(request: GroupRequest) -> list[Order]:
    rows: QuerySet[Order] = Order.objects.of(request.group).select_related("connection", "buyer")
    if request.method == "POST" and request.POST.get("todos") == "1":
        rows = OrderFilter.of(request.GET).apply(rows)
    else:
        given = (request.POST if request.method == "POST" else request.GET).getlist("pedido")[: 10 * MOST]
        rows = rows.filter(pk__in=keys_of(given))
    return list(rows.order_by("-placed_at", "-id")[:MOST])


def _register(request: GroupRequest, fit: Sequence[Order], left: Sequence[Order]) -> HttpResponse:
    carrier, typed = request.POST.get("transportadora", "").strip(), request.POST.get("data", "")
    day = read_day(typed)
    lines = [_line(request, order) for order in fit]
    if day is None or any(line.error for line in lines):
        wrong_day = "" if day else "A data não é um dia até hoje."
        return _form(request, lines, left, carrier=carrier, day=typed, wrong_day=wrong_day, status=422)
    wanted = {line.order.pk: Shipment(shipped_at=day, code=line.code, carrier=carrier, url=line.url) for line in lines}
    done = register_shipments(request.group.pk, wanted, actor_name=str(request.user))
    said = plural_text(len(done), "envio registrado", "envios registrados")
    messages.success(request, f"{said}. A loja recebe o rastreio e depois o status, em instantes.")
    if len(fit) == 1:
        return redirect("order", request.group.slug, fit[0].pk)
    return redirect(_back(request))


def _line(request: GroupRequest, order: Order) -> Line:
    code = request.POST.get(f"rastreio-{order.pk}", "").strip()
    url = request.POST.get(f"link-{order.pk}", "").strip()
    if url and not is_web_address(url):
        return Line(order, code, url, "O link precisa começar com http:// ou https://.")
    return Line(order, code, url, "O rastreio passa de 80 letras." if len(code) > 80 else "")


def _form(
    request: GroupRequest,
    lines: Sequence[Line],
    left: Sequence[Order],
    *,
    carrier: str,
    day: str,
    wrong_day: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "lines": lines,
        "left": [(order, why_not(order)) for order in left],
        "carrier": carrier,
        "day": day,
        "today": f"{timezone.localdate():%Y-%m-%d}",
        "wrong_day": wrong_day,
        "most": MOST if len(lines) + len(left) == MOST else 0,
        "back": _back(request),
        "crumbs": [Crumb("Pedidos", reverse("orders", args=[request.group.slug])), Crumb("Registrar envio")],
    }
    return render(request, "orders/shipments.html", context, status=status)


def _none_fits(left: Sequence[Order]) -> str:
    if not left:
        return "Nenhum pedido estava marcado."
    if len(left) == 1:
        return f"O envio não pode ser registrado: o pedido {left[0].number} {why_not(left[0])}."
    return f"Nenhum dos {len(left)} pedidos pode ser enviado: só vai o que já é pedido de venda e não foi cancelado."


def _back(request: GroupRequest) -> str:
    """Where the person came from: the board, or else the list, under the same filters."""
    page_name = "flow" if request.POST.get("volta") == "fluxo" else "orders"
    return f"{reverse(page_name, args=[request.group.slug])}?{kept(request.GET)}"


@page(May.WORK_ORDERS)
@require_POST
def delivered(request: GroupRequest) -> HttpResponse:
    """*Marcar como entregue*, by a person who knows."""
    found = _asked(request)
    done = mark_delivered(request.group.pk, [order.pk for order in found], actor_name=str(request.user))
    if done:
        said = plural_text(len(done), "pedido marcado", "pedidos marcados")
        messages.success(request, f"{said} como entregue. A loja recebe o status, se você escolheu um.")
    if len(found) > len(done):
        said = plural_text(len(found) - len(done), "pedido ficou", "pedidos ficaram")
        messages.warning(request, f"{said} como estava: entregue antes, cancelado ou ainda sem pedido de venda.")
    if not found:
        messages.warning(request, "Nenhum pedido estava marcado.")
    if request.POST.get("volta") == "pedido" and len(found) == 1:
        return redirect("order", request.group.slug, found[0].pk)
    return redirect(_back(request))


_ORDER_COLUMNS = (
    ("pedido", "obrigatório, o número na loja"),
    ("loja", "o nome da conexão; pode faltar quando só uma loja tem o número"),
)


def _plan(request: GroupRequest, upload: Upload) -> Preview:
    mode = upload.mode if upload.mode == DELIVERED else SENT
    made = shipment_import.plan(request.group, bytes(upload.content), mode=mode)

    def apply() -> str:
        number = shipment_import.apply(request.group, made, mode=mode, actor_name=str(request.user))
        if mode == DELIVERED:
            return f"{plural_text(number, 'pedido marcado', 'pedidos marcados')} como entregue."
        return f"{plural_text(number, 'envio registrado', 'envios registrados')}."

    return Preview(
        sheet=made.sheet,
        problems=made.problems,
        readings=[_reading(parcel, mode) for parcel in made.parcels],
        counts=[plural_text(len(made.parcels), "linha certa", "linhas certas")],
        changes=len(made.parcels),
        apply=apply,
    )


def _reading(parcel: Parcel, mode: str) -> Reading:
    told, day = parcel.shipment, f"{timezone.localtime(parcel.shipment.shipped_at):%d/%m/%Y}"
    detail = " · ".join(part for part in (parcel.order.connection.name, told.carrier, told.code) if part)
    outcome = f"entregue em {day}" if mode == DELIVERED else f"enviado em {day}"
    return Reading(parcel.row, parcel.order.number, outcome, detail)


SCREEN = Screen(
    purpose="shipments",
    title="Importar planilha de envios",
    crumb="Pedidos",
    list_name="orders",
    offer_name="shipments_import",
    preview_name="shipments_import_preview",
    modes=(
        Mode(
            SENT,
            "Envios",
            "Cada linha diz que um pedido foi enviado.",
            (
                *_ORDER_COLUMNS,
                ("rastreio", "o código de rastreio, se houver"),
                ("transportadora", "quem leva"),
                ("data", "o dia do envio, como 20/11/2026; vazio é hoje"),
                ("link", "onde o comprador acompanha, se houver"),
            ),
        ),
        Mode(
            DELIVERED,
            "Entregas",
            "Cada linha diz que um pedido foi entregue.",
            (*_ORDER_COLUMNS, ("data", "o dia da entrega; vazio é hoje")),
        ),
    ),
    plan=_plan,
    lead="Pedido",
)


urlpatterns = [
    path("pedidos/envios/", shipments, name="shipments"),
    path("pedidos/entregues/", delivered, name="delivered"),
    *spreadsheets.import_pages(SCREEN, may=May.WORK_ORDERS, at="pedidos/envios/importar/"),
]
