"""*Movimentar*, *Sincronizar* and *Criar pedido* for many ticked orders, and what was left out and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.movements.models import Movement
from cais.orders.models import Order
from cais.publishing import asking
from cais.settling.moving import create_movements
from cais.web.access import GroupRequest, page
from cais.web.orders.filters import kept
from cais.web.orders.situations import situations
from cais.web.orders.ticked import ticked
from cais.web.wording import plural_text

# What one press may do: more would keep the page waiting.
MOST: Final = 500
_NAMED = 5


@page(May.WORK_ORDERS)
@require_POST
def orders_move(request: GroupRequest) -> HttpResponse:
    def move(ids: Sequence[int]) -> set[int]:
        return create_movements(request.group.pk, ids, actor_name=str(request.user))

    return _each(request, move, "movimentação criada; falta sincronizar", "movimentações criadas; falta sincronizar")


@page(May.WORK_ORDERS)
@require_POST
def orders_check(request: GroupRequest) -> HttpResponse:
    def check(ids: Sequence[int]) -> set[int]:
        return asking.synchronise(_movements(request, ids), actor_name=str(request.user))

    return _each(
        request, check, "pedido será conferido no ERP em instantes", "pedidos serão conferidos no ERP em instantes"
    )


@page(May.WORK_ORDERS)
@require_POST
def orders_create(request: GroupRequest) -> HttpResponse:
    def create(ids: Sequence[int]) -> set[int]:
        return asking.create_erp_orders(_movements(request, ids), actor_name=str(request.user))

    return _each(request, create, "pedido será criado no ERP em instantes", "pedidos serão criados no ERP em instantes")


def _movements(request: GroupRequest, ids: Sequence[int]) -> list[Movement]:
    rows = Movement.objects.filter(group=request.group, order__in=ids)
    return list(rows.exclude(state=Movement.State.CANCELLED))


def _each(request: GroupRequest, do: Callable[[Sequence[int]], set[int]], one: str, many: str) -> HttpResponse:
    asked = ticked(request)
    ids = asked[:MOST]
    done = do(ids) if ids else set()
    if done:
        messages.success(request, f"{plural_text(len(done), one, many)}.")
    if not ids:
        messages.warning(request, "Nenhum pedido estava marcado.")
    if left := _left_out(request, set(ids) - done):
        messages.warning(request, left)
    if len(asked) > MOST:
        messages.warning(request, f"Foram tomados os {MOST} primeiros; os outros ficam para a próxima vez.")
    return redirect(f"{reverse('orders', args=[request.group.slug])}?{kept(request.GET)}")


def _left_out(request: GroupRequest, ids: Collection[int]) -> str:
    """Ficaram de fora 3 pedidos: Aguardando pagamento (48231, 48232); No ERP (48230)."""
    orders = list(Order.objects.of(request.group).filter(pk__in=ids).order_by("-placed_at", "-id"))
    if not orders:
        return ""
    shown = situations(request.group, orders)
    by_word: dict[str, list[str]] = defaultdict(list)
    for order in orders:
        by_word[shown[order.pk].word.label].append(order.number)
    told = "; ".join(f"{label} ({_numbers(numbers)})" for label, numbers in by_word.items())
    return f"{plural_text(len(orders), 'pedido ficou', 'pedidos ficaram')} de fora: {told}."


def _numbers(numbers: Sequence[str]) -> str:
    more = len(numbers) - _NAMED
    shown = ", ".join(numbers[:_NAMED])
    return f"{shown} e mais {more}" if more > 0 else shown


urlpatterns = [
    path("pedidos/movimentar/", orders_move, name="orders_move"),
    path("pedidos/sincronizar/", orders_check, name="orders_check"),
    path("pedidos/criar-no-erp/", orders_create, name="orders_create"),
]
