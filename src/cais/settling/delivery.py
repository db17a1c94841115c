"""What a person says of the parcel: it was sent, it has arrived. Never by elapsed time (feature E7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from cais.core.effects import Meaning
from cais.journal.services import note
from cais.orders.models import Order
from cais.publishing.wishes import wish_progress, wish_tracking

_LONGEST_LINK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """`code`, `carrier` and `url` may be empty: a parcel may leave without a tracking."""

    shipped_at: datetime
    code: str = ""
    carrier: str = ""
    url: str = ""


def why_not(order: Order) -> str:
    """Why this order cannot be sent or delivered, as the end of a sentence; empty when it can."""
    if order.is_history:
        return "é só consulta"
    if order.meaning == Meaning.CANCELLED:
        return "foi cancelado"
    return "" if order.is_sendable else "ainda não virou pedido de venda"


def is_web_address(text: str) -> bool:
    """A link that a store may show its buyer."""
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return False
    return len(text) <= _LONGEST_LINK


def register_shipments(group_id: int, shipments: Mapping[int, Shipment], *, actor_name: str) -> list[int]:
    """*Registrar envio*: the last word counts. Returns the orders it fits; the others stay as they are."""
    with transaction.atomic():
        fit = _lock(group_id, shipments)
        for order in fit:
            told = shipments[order.pk]
            order.shipped_at, order.tracking_code = told.shipped_at, told.code[:80]
            order.carrier, order.tracking_url = told.carrier[:80], told.url[:_LONGEST_LINK]
            how = " ".join(part for part in (told.carrier, told.code) if part)
            params = {"how": f": {how}" if how else ""}
            note(group_id, "order", [order.pk], "shipped", params, actor_name=actor_name)
        Order.objects.bulk_update(fit, ["shipped_at", "tracking_code", "carrier", "tracking_url"])
        wish_tracking(fit)
        wish_progress([order.pk for order in fit])
    return [order.pk for order in fit]


def mark_delivered(
    group_id: int, order_ids: Collection[int], *, actor_name: str, at: datetime | None = None
) -> list[int]:
    """*Marcar como entregue*, by a person. Returns the orders that were not delivered before and are now."""
    with transaction.atomic():
        fit = [order for order in _lock(group_id, order_ids) if order.delivered_at is None]
        ids = [order.pk for order in fit]
        Order.objects.filter(pk__in=ids).update(delivered_at=at or timezone.now())
        note(group_id, "order", ids, "delivered", actor_name=actor_name)
        wish_progress(ids)
    return ids


def _lock(group_id: int, order_ids: Collection[int]) -> list[Order]:
    rows = Order.objects.filter(group=group_id, pk__in=list(order_ids)).select_related("connection").order_by("pk")
    return [order for order in rows.select_for_update(of=("self",)) if not why_not(order)]
