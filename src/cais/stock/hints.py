"""Hints of the room: losing one costs time, never truth."""

from __future__ import annotations

from django.dispatch import Signal

# Sent after commit with group_id: units became free, an order that lacks them may be served.
balance_raised = Signal()
