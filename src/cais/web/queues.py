"""A queue on the screen: the places that a row may take, and the place that somebody asked for.

A button names the place it leads to, not a step: pressed twice, or on a page that is older than the queue, it does what
it showed.
"""

from __future__ import annotations

from django.http import HttpRequest

from cais.web.row_keys import key_of


def neighbours(place: int, *, of: int) -> tuple[int | None, int | None]:
    """The places before and after this one in a queue of so many; the first is 1. None at either end."""
    return (place - 1 if place > 1 else None, place + 1 if place < of else None)


def place_asked(request: HttpRequest) -> int | None:
    """The place that a form asks for, the first is 1; None when it asks for none."""
    return key_of(request.POST.get("lugar", "")) or None
