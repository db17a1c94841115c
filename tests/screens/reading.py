"""Reading what the screens said."""

from __future__ import annotations

import re

from django.contrib.messages import get_messages
from django.http import HttpResponse


def said(response: HttpResponse) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def text_of(response: HttpResponse) -> str:
    """What a person reads: tags away, one space."""
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", bare.replace("\u00a0", " "))
