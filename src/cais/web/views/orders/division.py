"""*E se…*: who of the group could serve an order, by which rule, and without whom. It only looks."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse

from cais.companies.roles import Action as May
from cais.core.allocation import Policy
from cais.orders.models import Order
from cais.settling.division import UnnamedLineError
from cais.web.access import GroupRequest, page
from cais.web.orders.division import Question, division_context, is_open
from cais.web.orders.transfer_offers import transfer_actions
from cais.web.parts import Crumb


@page(May.VIEW)
def order_division(request: GroupRequest, pk: int) -> HttpResponse:
    rows = Order.objects.of(request.group).select_related("connection__company", "group", "sales_channel")
    order = get_object_or_404(rows, pk=pk)
    slug = request.group.slug
    context: dict[str, object] = {
        "order": order,
        "is_open": is_open(order),
        "crumbs": [
            Crumb("Pedidos", reverse("orders", args=[slug])),
            Crumb(order.number, reverse("order", args=[slug, order.pk])),
            Crumb("E se…"),
        ],
    }
    if context["is_open"]:
        context |= _answer(request, order)
        context["transfers"] = transfer_actions(order) if request.may(May.EDIT_STOCK) else []
    return render(request, "orders/division.html", context)


def _answer(request: GroupRequest, order: Order) -> dict[str, object]:
    try:
        usual = Policy(order.connection.policy)
        return division_context(order, Question.of(request.GET, request.GET.getlist("sem"), usual=usual))
    except UnnamedLineError as error:
        return {"unnamed": error.line}


urlpatterns = [path("pedidos/<int:pk>/e-se/", order_division, name="order_division")]
