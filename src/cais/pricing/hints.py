"""Hints of the room, sent inside the transaction that made the change."""

from __future__ import annotations

from django.dispatch import Signal

# group_id; connection_id; product_ids or None for every product: what this store asks for them may be another price.
# A base price is the register's: `catalog.hints.products_changed` tells of it.
prices_changed = Signal()
