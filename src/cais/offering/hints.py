"""Hints of the room, sent inside the transaction that made the change."""

from __future__ import annotations

from django.dispatch import Signal

# group_id; connection_id or None for every connection; product_ids or None for every product: what a store may show of
# them may be another figure now. Changes of balances are not repeated here: `stock.hints.balances_changed` tells them.
# Who listens also thinks of the kits: `offering.kits.with_kits`.
rule_changed = Signal()
