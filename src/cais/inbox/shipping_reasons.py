"""The reasons of what follows the sale: the parcel, and how the store is told of it."""

from __future__ import annotations

from cais.inbox.reason import Reason

ALL = (
    Reason(
        code="tracking_refused",
        tone="warn",
        icon="truck",
        short="Rastreio recusado pela loja",
        title="A loja {store} recusou o rastreio do pedido {number}",
        cause="A loja respondeu: {words}",
        consequence="O envio está registrado no Cais; só o comprador não vê o rastreio na loja.",
        remedy="Confira o código e o pedido na loja, e registre o envio de novo.",
        button="Abrir o pedido",
        target="order",
        rank=30,
    ),
)
