"""Hints of the room, sent inside the transaction that made the change."""

from __future__ import annotations

from django.dispatch import Signal

# group_id; connection_id; product_ids, a frozenset: orders of this connection want other units of them than before, or
# came and went between two readings. The store has moved its own shelf for that already, also where no balance changed
# here: a shortage grew, or was given up.
wants_changed = Signal()
