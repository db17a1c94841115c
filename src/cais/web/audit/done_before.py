"""A button that takes a row away, pressed twice: the second press is told that it is done."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404

from cais.web.access import GroupRequest
from cais.web.audit.words import Record, name_of


def say_done(request: GroupRequest, record: Record, words: str) -> None:
    """`words` may have {} for what the record was called. One that this group never had is not found."""
    name = name_of(request.group, record)
    if name is None:
        raise Http404
    messages.info(request, words.format(name))
