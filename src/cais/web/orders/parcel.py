"""The parcel on an order's page: how it is followed, and the buttons for who knows that it left or arrived."""

from __future__ import annotations

from django.urls import reverse

from cais.companies.roles import Action as May
from cais.orders.models import Order
from cais.web.access import GroupRequest
from cais.web.parts import Action, Fact, Step
from cais.web.present import now
from cais.web.wording import moment_text


def parcel_facts(order: Order) -> list[Fact]:
    """Nothing before the parcel left."""
    found = []
    if order.shipped_at:
        found.append(Fact("Enviado", moment_text(order.shipped_at, now=now(), style="clock")))
    if order.carrier:
        found.append(Fact("Transportadora", order.carrier))
    if order.tracking_code or order.tracking_url:
        found.append(Fact("Rastreio", order.tracking_code or "acompanhar", url=order.tracking_url))
    if order.delivered_at:
        found.append(Fact("Entregue", moment_text(order.delivered_at, now=now(), style="clock")))
    return found


def parcel_step(order: Order) -> Step | None:
    """Only once somebody said something of the parcel."""
    if order.delivered_at:
        return Step("Entrega", "done", f"Entregue {moment_text(order.delivered_at, now=now())}")
    if order.shipped_at:
        followed = " ".join(part for part in (order.carrier, order.tracking_code) if part)
        return Step("Envio", "done", f"Enviado {moment_text(order.shipped_at, now=now())}{_of(followed)}")
    return None


def _of(followed: str) -> str:
    return f", {followed}" if followed else ""


def shipping_actions(request: GroupRequest, order: Order) -> list[Action]:
    """*Registrar envio* leads to a form; *Marcar como entregue* is a person's word and needs no more."""
    if not order.is_sendable or not request.may(May.WORK_ORDERS):
        return []
    slug = request.group.slug
    label = "Corrigir envio" if order.shipped_at else "Registrar envio"
    url = f"{reverse('shipments', args=[slug])}?pedido={order.pk}"
    found = [Action(label, url, icon="truck", hide_narrow=order.shipped_at is not None)]
    if order.shipped_at and not order.delivered_at:
        fields = {"pedido": str(order.pk), "volta": "pedido"}
        url = reverse("delivered", args=[slug])
        found.append(Action("Marcar como entregue", url, "post", icon="check", fields=fields))
    return found
