"""Hints of the room."""

from __future__ import annotations

from django.dispatch import Signal

# Sent after commit with group_id: units became free, an order that lacks them may be served. Losing it costs time only.
balance_raised = Signal()

# Sent after commit with group_id and product_ids, a frozenset: units are gone that somebody may have been promised.
# Losing it costs time only: an order finds out when it is next looked at.
balance_fell = Signal()

# Sent inside the transaction with group_id and product_ids, a frozenset: their balances are others now. Listeners write
# in the same transaction or not at all, and cheaply: every order that is recorded passes here.
balances_changed = Signal()
