"""Hints of the room: losing one costs time, never truth."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with connection: it had failed many times or refused us, and answers again; what it left waiting may go on.
came_back = Signal()

# group_id, connection_id: other companies serve it, or in another order, or it is another company's. Sent inside the
# transaction that made the change.
serving_changed = Signal()
