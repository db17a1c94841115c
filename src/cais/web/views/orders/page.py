"""Pedido: one order with its steps, lines, money and history, and what a person may decide about it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.intake.models import ORDERS, Document
from cais.intake.services import read_again
from cais.journal.services import note
from cais.orders.models import Order
from cais.publishing.asking import undo_sales
from cais.settling import decisions
from cais.web.access import GroupRequest, page
from cais.web.orders.page import order_context


def _order(request: GroupRequest, pk: int) -> Order:
    rows = Order.objects.of(request.group).select_related(
        "connection__company", "connection__group", "group", "buyer", "customer", "status", "status_publication__status"
    )
    return get_object_or_404(rows, pk=pk)


@page(May.VIEW)
def order(request: GroupRequest, pk: int) -> HttpResponse:
    return render(request, "orders/order.html", order_context(request, _order(request, pk)))


@page(May.WORK_ORDERS)
@require_POST
def order_again(request: GroupRequest, pk: int) -> HttpResponse:
    """*Conferir de novo*: its causes, its lines at the ERP and its sale are all taken up again."""
    found, who = _order(request, pk), str(request.user)
    decisions.reconsider(request.group.pk, [found.pk], actor_name=who)
    decisions.check_again([found.pk], group_id=request.group.pk, actor_name=who)
    decisions.send_again([found.pk], group_id=request.group.pk, actor_name=who)
    messages.success(request, f"O pedido {found.number} será conferido de novo em instantes.")
    return redirect("order", request.group.slug, found.pk)


@page(May.WORK_ORDERS)
@require_POST
def order_read(request: GroupRequest, pk: int) -> HttpResponse:
    found = _order(request, pk)
    document = Document.objects.filter(connection=found.connection, kind=ORDERS, external_id=found.external_id).first()
    if document is None:
        messages.warning(request, "A cópia deste pedido não está mais guardada; ele é lido quando mudar na loja.")
        return redirect("order", request.group.slug, found.pk)
    read_again(document)
    note(request.group.pk, "order", [found.pk], "asked_to_read_again", actor_name=str(request.user))
    messages.success(request, f"O pedido {found.number} será lido na loja de novo em instantes.")
    return redirect("order", request.group.slug, found.pk)


@page(May.WORK_ORDERS)
@require_POST
def order_accept(request: GroupRequest, pk: int) -> HttpResponse:
    """*Aceitar a diferença*, as the page showed it."""
    found = _order(request, pk)
    try:
        shown = Decimal(request.POST.get("diferenca", ""))
        decisions.accept_difference(found, shown, actor_name=str(request.user))
    except (InvalidOperation, decisions.NothingToAcceptError):
        messages.warning(request, "A diferença mudou desde que você abriu o pedido. Confira a conta de novo.")
    else:
        messages.success(request, f"Diferença aceita. O pedido {found.number} segue em instantes.")
    return redirect("order", request.group.slug, found.pk)


@page(May.RESOLVE_ERRORS)
@require_POST
def order_undo(request: GroupRequest, pk: int) -> HttpResponse:
    """*Refazer a venda*: what exists in the ERPs is cancelled there, and the order is moved and sold anew."""
    found = _order(request, pk)
    if undo_sales([found], actor_name=str(request.user)):
        messages.success(request, f"A venda do pedido {found.number} será cancelada no ERP e refeita em instantes.")
    else:
        messages.warning(request, "Esta venda já não pode ser refeita: ela tem nota, ou foi cancelada.")
    return redirect("order", request.group.slug, found.pk)


@page(May.RESOLVE_ERRORS)
@require_POST
def order_confirm(request: GroupRequest, pk: int) -> HttpResponse:
    """*O ERP já está certo*, after the store changed an order that is a sale already: said of what was seen."""
    found = _order(request, pk)
    try:
        decisions.erp_is_right(found, shown=request.POST.get("visto", ""), actor_name=str(request.user))
    except decisions.AnotherChangeError:
        messages.warning(request, "O pedido mudou desde que você o abriu. Veja o que mudou e confirme de novo.")
    else:
        messages.success(request, f"Anotado: a venda {found.erp_number} corresponde ao pedido como ele está agora.")
    return redirect("order", request.group.slug, found.pk)


@page(May.RESOLVE_ERRORS)
@require_POST
def order_cancel(request: GroupRequest, pk: int) -> HttpResponse:
    """*Dar por cancelado*: the store has no such order any more."""
    found = _order(request, pk)
    if decisions.cancel_by_hand(found, actor_name=str(request.user)):
        messages.success(request, f"O pedido {found.number} está cancelado: a reserva volta e a venda é desfeita.")
    else:
        messages.warning(request, f"A loja voltou a mostrar o pedido {found.number}. Nada foi cancelado.")
    return redirect("order", request.group.slug, found.pk)


urlpatterns = [
    path("pedidos/<int:pk>/", order, name="order"),
    path("pedidos/<int:pk>/conferir/", order_again, name="order_again"),
    path("pedidos/<int:pk>/ler/", order_read, name="order_read"),
    path("pedidos/<int:pk>/aceitar-diferenca/", order_accept, name="order_accept"),
    path("pedidos/<int:pk>/refazer-venda/", order_undo, name="order_undo"),
    path("pedidos/<int:pk>/erp-certo/", order_confirm, name="order_confirm"),
    path("pedidos/<int:pk>/dar-por-cancelado/", order_cancel, name="order_cancel"),
]
