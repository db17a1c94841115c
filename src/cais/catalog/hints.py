"""Hints of the room, sent inside the transaction that made the change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.dispatch import Signal

if TYPE_CHECKING:
    from cais.connections.models import Connection

# group_id, product_ids: these were made or changed in the register, or kits were given other components.
products_changed = Signal()
# connection, product_ids: these products of ours were linked to things of that store.
products_linked = Signal()


def tell(group_id: int, product_ids: Iterable[int]) -> None:
    """Say that these products are others now."""
    products_changed.send(sender=Signal, group_id=group_id, product_ids=frozenset(product_ids))


def tell_linked(connection: Connection, product_ids: Iterable[int]) -> None:
    """Say that the store sells these from now on: all that it is told of its products begins for them."""
    found = frozenset(product_ids)
    tell(connection.group_id, found)
    products_linked.send(sender=Signal, connection=connection, product_ids=found)
