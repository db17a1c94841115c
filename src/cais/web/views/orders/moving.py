"""*Movimentar*: one order's movement in three steps, made, divided, checked and finished by a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from cais.companies.roles import Action as May
from cais.core.placing import WrongDivisionError
from cais.movements import editing
from cais.movements.desk import desk_of
from cais.movements.eligible import Eligibility
from cais.movements.models import Movement
from cais.orders.models import Order
from cais.publishing import asking
from cais.settling.moving import create_movements
from cais.web.access import GroupRequest, page
from cais.web.orders.movement_page import Refusal, movement_context, movement_of, stand_of, typed_of
from cais.web.orders.movement_table import all_at, read_form
from cais.web.row_keys import key_of

MOVED_ON: Final = (
    "A movimentação mudou enquanto você olhava, ou o pedido já foi ao ERP. "
    "Nada foi gravado; confira como ela está agora."
)


@page(May.VIEW, post=May.WORK_ORDERS)
def order_movement(request: GroupRequest, pk: int) -> HttpResponse:
    found = _order(request, pk)
    if request.method == "POST":
        return _done(request, found)
    return render(request, "orders/movement.html", movement_context(request, found))


@page(May.VIEW)
def movement_news(request: GroupRequest, pk: int) -> HttpResponse:
    """The page again when its movement moved since; nothing when it did not."""
    found = _order(request, pk)
    if request.GET.get("estado") == stand_of(movement_of(found)):
        return HttpResponse(status=204)
    return render(request, "orders/movement.html", movement_context(request, found))


def _order(request: GroupRequest, pk: int) -> Order:
    rows = Order.objects.of(request.group).select_related("connection__company", "group", "sales_channel", "buyer")
    return get_object_or_404(rows, pk=pk)


def _done(request: GroupRequest, order: Order) -> HttpResponse:
    deed = _all_at if "tudo" in request.POST else _DEEDS.get(request.POST.get("acao", ""))
    try:
        if deed is not None:
            deed(request, order)
    except editing.MovedOnError:
        messages.warning(request, MOVED_ON)
    except WrongDivisionError as error:
        refusal = Refusal(error.problems, typed_of(request.POST), request.POST.get("tudo", ""))
        context = movement_context(request, order, refusal)
        return render(request, "orders/movement.html", context, status=200 if _by_htmx(request) else 422)
    return redirect("order_movement", request.group.slug, order.pk)


def _by_htmx(request: GroupRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _create(request: GroupRequest, order: Order) -> None:
    if create_movements(request.group.pk, [order.pk], actor_name=str(request.user)):
        messages.success(request, "Movimentação criada. Confira quem atende cada item e sincronize.")
    elif _living(order):
        messages.info(request, "Este pedido já tem movimentação. Confira abaixo como ela está.")
    else:
        messages.warning(request, "Nenhuma movimentação foi criada: o pedido espera outra coisa, ou ninguém tem tudo.")


def _save(request: GroupRequest, order: Order) -> bool:
    """True when the division is another now. Raises MovedOnError and WrongDivisionError."""
    wanted, problems = read_form(request.POST)
    if problems:
        raise WrongDivisionError(problems)
    return editing.revise(order, wanted, seen=request.POST.get("visto", ""), actor_name=str(request.user))


def _keep(request: GroupRequest, order: Order) -> None:
    if _save(request, order):
        messages.success(request, "Divisão gravada, e o estoque reservado onde você disse. Falta sincronizar.")
    else:
        messages.info(request, "A divisão já era esta.")


def _all_at(request: GroupRequest, order: Order) -> None:
    """*Tudo em …*: the whole order to one company."""
    company = request.POST.get("tudo", "")
    desk = desk_of(Eligibility(order.connection, [order], only_looking=True), order)
    wanted = all_at(desk.request.lines, key_of(company))
    editing.revise(order, wanted, seen=request.POST.get("visto", ""), actor_name=str(request.user))
    messages.success(request, "O pedido inteiro ficou com uma empresa. Falta sincronizar.")


def _propose(request: GroupRequest, order: Order) -> None:
    seen = request.POST.get("visto", "")
    if editing.propose_again(order, seen=seen, actor_name=str(request.user)):
        messages.success(request, "A divisão voltou à proposta, feita com o estoque de agora.")
    else:
        messages.warning(request, "Ninguém tem tudo neste momento: o pedido espera, com o estoque dele reservado.")


def _discard(request: GroupRequest, order: Order) -> None:
    editing.discard(order, seen=request.POST.get("visto", ""), actor_name=str(request.user))
    messages.success(request, "Movimentação descartada. O pedido espera você criar outra; o estoque segue reservado.")


def _check(request: GroupRequest, order: Order) -> None:
    """*Sincronizar*, with what was typed."""
    _save(request, order)
    if asking.synchronise(_living(order), actor_name=str(request.user)):
        messages.success(request, "Os itens serão conferidos no ERP em instantes.")
    else:
        messages.warning(request, MOVED_ON)


def _finish(request: GroupRequest, order: Order) -> None:
    """*Finalizar*: unless something else was typed meanwhile, which must be checked first."""
    if _save(request, order):
        messages.warning(request, "A divisão mudou e foi gravada. Sincronize de novo antes de finalizar.")
    elif asking.create_erp_orders(_living(order), actor_name=str(request.user)):
        messages.success(request, "Movimentação finalizada. O pedido é criado no ERP em instantes.")
    else:
        messages.warning(request, "O pedido ainda não pode ir ao ERP: veja abaixo o que ele espera.")


def _living(order: Order) -> list[Movement]:
    return list(Movement.objects.filter(order=order).exclude(state=Movement.State.CANCELLED))


_DEEDS: Final[Mapping[str, Callable[[GroupRequest, Order], None]]] = {
    "criar": _create,
    "gravar": _keep,
    "proposta": _propose,
    "descartar": _discard,
    "sincronizar": _check,
    "finalizar": _finish,
}

urlpatterns = [
    path("pedidos/<int:pk>/movimentar/", order_movement, name="order_movement"),
    path("pedidos/<int:pk>/movimentar/novidades/", movement_news, name="movement_news"),
]
