"""Hints of the room: losing one costs time, never truth."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction that made the change, with group_id, connection_ids and the kind of the marks: what these
# stores show is to be looked at.
shelves_marked = Signal()
