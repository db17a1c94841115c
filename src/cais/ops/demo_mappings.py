"""What the demo's merchant has said of the simulated store's words for freight, payment, channels and discounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cais.connections.models import Connection
from cais.core.documents import AdjustmentKind
from cais.core.values import fold
from cais.mappings import models as tables
from cais.mappings.models import BearerRule, FreightMethod, PaymentMethod, SalesChannel
from cais.mappings.services import key_of_rule
from cais.settling.values import fill

_CORREIOS: Final = {"carrier_name": "Correios"}
# (method, integrator) → by whom, who carries it, which service
_FREIGHTS: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("Correios PAC", "Frete Fácil"): {"freight_by": "0", **_CORREIOS, "service": "PAC"},
    ("Correios Sedex", "Frete Fácil"): {"freight_by": "0", **_CORREIOS, "service": "Sedex"},
    ("Transportadora Rota do Sal", "Gateway de frete"): {"freight_by": "0", "carrier_name": "Rota do Sal"},
    ("Retirar na loja", ""): {"freight_by": "9"},
    ("Mercado Envios", "Mercado Envios"): {"freight_by": "0", "carrier_name": "Mercado Envios"},
    ("Magalu Entregas", "Magalu Entregas"): {"freight_by": "0", "carrier_name": "Magalu Entregas"},
}
_PAYMENTS: Final = {"Pago no marketplace": {"tender": "18"}}
_MARKETS: Final = ("Mercado Livre", "Magalu")
# What lowers the price, and what may raise it.
_AMOUNTS: Final = (
    (AdjustmentKind.COUPON, True),
    (AdjustmentKind.DISCOUNT, True),
    (AdjustmentKind.PAYMENT_RATE, True),
    (AdjustmentKind.PAYMENT_RATE, False),
)
# In the demo the newest marketplace is not filled in yet, so that the page has something to ask.
NEW_MARKET: Final = "Magalu"


def fill_in(store: Connection, *, actor_name: str, leaves_out: str = "") -> None:
    """Fill in everything that the store is known to say, but for what belongs to `leaves_out`. Once only."""
    if FreightMethod.objects.filter(connection=store).exists():
        return
    for (method, integrator), values in _FREIGHTS.items():
        if not leaves_out or leaves_out not in method:
            row = _row(FreightMethod, store, "|".join(filter(None, (fold(method), fold(integrator)))), label=method)
            FreightMethod.objects.filter(pk=row.pk).update(integrator=integrator)
            fill([row], values, actor_name=actor_name)
    for method, said in _PAYMENTS.items():
        fill([_row(PaymentMethod, store, fold(method), label=method)], said, actor_name=actor_name)
    for market in _MARKETS:
        channel = _row(SalesChannel, store, fold(market), label=market, may_split=False)
        if market != leaves_out:
            _merchant_bears(store, channel, actor_name)


def _merchant_bears(store: Connection, channel: SalesChannel, actor_name: str) -> None:
    for kind, is_discount in _AMOUNTS:
        key = key_of_rule(channel.pk, kind, is_discount=is_discount)
        rule = _row(BearerRule, store, key, channel=channel, kind=kind.value, is_discount=is_discount)
        bearer = "merchant" if is_discount else "buyer"
        fill([rule], {"borne_by": bearer, "enters_invoice": True}, actor_name=actor_name)


def _row(model: type[tables.Mapping], store: Connection, key: str, **facts: Any) -> Any:
    return model._default_manager.create(group_id=store.group_id, connection=store, key=key, **facts)
