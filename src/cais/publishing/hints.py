"""Hints of the room: losing one costs time, never truth."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with connection and external_id: the store shows another state of this order than we have recorded.
order_moved = Signal()
