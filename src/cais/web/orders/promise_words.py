"""Sentences about orders whose promised units are somewhere else, or gone."""

from __future__ import annotations

from collections.abc import Sequence

from cais.orders.models import Order
from cais.web.orders.division_words import listed

_NAMED = 5


def waiting_text(orders: Sequence[Order]) -> str:
    """Of a transfer that takes along what they were promised."""
    if not orders:
        return "A mercadoria está reservada a pedidos. Eles esperam até ela chegar e não perdem a vez."
    if len(orders) == 1:
        return f"A mercadoria está reservada. O {_numbers(orders)} espera até ela chegar e não perde a vez."
    return f"A mercadoria está reservada. Os {_numbers(orders)} esperam até ela chegar e não perdem a vez."


def without_text(orders: Sequence[Order]) -> str:
    """Of a count or an adjustment that left less than was promised."""
    if len(orders) == 1:
        return f"O {_numbers(orders)} tinha reservado o que não há mais. Ele espera a próxima entrada."
    return f"Os {_numbers(orders)} tinham reservado o que não há mais. Eles esperam a próxima entrada."


def _numbers(orders: Sequence[Order]) -> str:
    if len(orders) == 1:
        return f"pedido {orders[0].number}"
    named = [order.number for order in orders[:_NAMED]]
    more = len(orders) - len(named)
    return f"pedidos {', '.join(named)} e mais {more}" if more else f"pedidos {listed(named)}"
