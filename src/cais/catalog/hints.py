"""Hints of the room, sent inside the transaction that made the change."""

from __future__ import annotations

from collections.abc import Iterable

from django.dispatch import Signal

# group_id, product_ids: these were made or changed in the register, or kits were given other components.
products_changed = Signal()


def tell(group_id: int, product_ids: Iterable[int]) -> None:
    """Say that these products are others now."""
    products_changed.send(sender=Signal, group_id=group_id, product_ids=frozenset(product_ids))
