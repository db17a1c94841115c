"""Pedidos de venda of the embedded back office: the list by type and tag, and the order as it was created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse

from cais.backoffice.models import SalesOrder, SalesOrderQuerySet
from cais.companies.roles import Action as May
from cais.companies.roles import allows
from cais.movements.models import Fulfilment
from cais.web.access import GroupRequest, page
from cais.web.cuts import cut_tabs
from cais.web.filters import choice_chip
from cais.web.forms.customers import postal_code_text
from cais.web.keyset import count_up_to, page_of, searched, total_text
from cais.web.parts import Crumb, Fact, FilterChip
from cais.web.wording import UNKNOWN, document_text, money_text

_TABS = (("", "Todos"), ("open", "Em aberto"), ("cancelled", "Cancelados"))
_KINDS = {"PEW": "Pedido Web (PEW)"}


@page(May.VIEW)
def sales_orders(request: GroupRequest) -> HttpResponse:
    text, every = searched(request.GET), SalesOrder.objects.filter(group=request.group)
    kind, tag, state = (request.GET.get(name, "")[:60].replace("\0", "") for name in ("tipo", "tag", "aba"))
    chosen = {name: value for name, value in (("kind", kind), ("tag", tag)) if value}
    found = _cut(every.filter(**chosen), state).matching(text)
    listed = page_of(found.select_related("company"), request.GET, keys=("id",), descending=True)
    return render(
        request,
        "sales_orders/list.html",
        {
            "rows": listed.rows,
            "page": listed,
            "summary": total_text(count_up_to(found), "pedido de venda", "pedidos de venda"),
            "tabs": cut_tabs(request.GET, _TABS, lambda code: _cut(every, code).count(), current=state),
            "chips": [
                _chip(request, every, name="tipo", field="kind", label="Tipo", words=_KINDS),
                _chip(request, every, name="tag", field="tag", label="Etiqueta", words={}),
            ],
            "is_empty": not listed.rows and not (text or kind or tag or state),
            "no_filter_url": reverse("sales_orders", args=[request.group.slug]),
        },
    )


def _cut(orders: SalesOrderQuerySet, state: str) -> SalesOrderQuerySet:
    return orders.filter(state=state) if state in SalesOrder.State.values else orders


def _chip(
    request: GroupRequest, every: SalesOrderQuerySet, *, name: str, field: str, label: str, words: Mapping[str, str]
) -> FilterChip:
    """A filter whose choices are what the orders hold."""
    chosen = request.GET.get(name, "")
    values = every.exclude(**{field: ""}).order_by(field).values_list(field, flat=True).distinct()[:50]
    named = [(value, words.get(value, value)) for value in dict.fromkeys([*values, *([chosen] if chosen else [])])]
    return choice_chip(request.GET, name, label, named, [chosen])


@page(May.VIEW)
def sales_order(request: GroupRequest, pk: int) -> HttpResponse:
    orders = SalesOrder.objects.of(request.group).select_related("company", "customer")
    found = get_object_or_404(orders, pk=pk)
    whole = allows(request.membership.role, May.EDIT_CUSTOMERS)
    return render(
        request,
        "sales_orders/sales_order.html",
        {
            "order": found,
            "crumbs": [
                Crumb("Pedidos de venda", reverse("sales_orders", args=[request.group.slug])),
                Crumb(str(found.number)),
            ],
            "kind": _KINDS.get(found.kind, found.kind),
            "lines": found.lines.all(),
            "amounts": _amounts(found),
            "facts": _facts(found),
            "buyer": found.content.get("buyer", {}),
            "document": document_text(str(found.content.get("buyer", {}).get("document", "")), masked=not whole),
            "delivery": _address(found.content.get("delivery", {})),
            "billing": _address(found.content.get("billing", {})),
            "store_order_id": _store_order_id(request, found),
        },
    )


def _amounts(order: SalesOrder) -> list[Fact]:
    return [
        Fact("Produtos", money_text(order.goods, symbol=False)),
        Fact("Frete", money_text(order.freight, symbol=False)),
        Fact("Desconto", money_text(-abs(order.discount), symbol=False)),
        Fact("Acréscimos", money_text(order.surcharge, symbol=False)),
        Fact("Total R$", money_text(order.total, symbol=False), total=True),
    ]


def _facts(order: SalesOrder) -> list[Fact]:
    return [
        Fact("Empresa", order.company.name),
        Fact("Canal", order.channel or UNKNOWN),
        Fact("Entrega por", order.shipping_method or UNKNOWN),
        Fact("Pagamento", order.payment_method or UNKNOWN),
        Fact("Referência", order.reference),
    ]


def _address(told: Mapping[str, Any]) -> list[str]:
    """An address of the order's content as the lines of an envelope."""
    street = ", ".join(filter(None, [told.get("street"), told.get("number"), told.get("complement")]))
    city = " ".join(filter(None, [told.get("city"), told.get("state")]))
    district = ", ".join(filter(None, [told.get("district"), city]))
    return [
        line
        for line in (told.get("recipient"), street, district, postal_code_text(str(told.get("postal_code", ""))))
        if line
    ]


def _store_order_id(request: GroupRequest, order: SalesOrder) -> int | None:
    """The store's order that this one serves; None for an order that no store sent."""
    parts = Fulfilment.objects.of(request.group).filter(reference=order.reference)
    return parts.values_list("order_id", flat=True).first()


urlpatterns = [
    path("pedidos-de-venda/", sales_orders, name="sales_orders"),
    path("pedidos-de-venda/<int:pk>/", sales_order, name="sales_order"),
]
