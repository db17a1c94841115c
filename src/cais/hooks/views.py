"""The door: a notice is written down and answered, and nothing else happens while the store waits."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import cast

from django.db import DatabaseError, InterfaceError
from django.db import connection as database
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cais import connectors
from cais.ports.capabilities import Announcer, Notice
from cais.ports.errors import Unreadable
from cais.ports.manifest import Capability

log = logging.getLogger(__name__)
LARGEST_BODY = 8 * 1024


@csrf_exempt
@require_POST
def notice(request: HttpRequest, connector: str, key: str) -> HttpResponse:
    """200 once the notice is stored, or once we know that it is for nobody here (Tray contract §4).

    404 for an address that is none of ours, 400 and 413 for what is no notice, 503 when it could not be stored and
    must be sent again. The sender learns nothing else.
    """
    vendor = _announcer(connector)
    if vendor is None:
        return _answer(404, "unknown address")
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            return _answer(413, "too large for a notice")
        heard = vendor.read_notice(request.content_type or "", request.body)
    except (Unreadable, UnreadablePostError, RawPostDataException, ValueError):
        return _answer(400, "not a notice")
    return _kept(key, heard)


def _kept(key: str, heard: Notice) -> HttpResponse:
    try:
        known = _take(key, heard)
    except (DatabaseError, InterfaceError):
        log.exception("a notice was refused for now: the store will send it again")
        return _answer(503, "try again later")
    return _answer(200, "ok") if known else _answer(404, "unknown address")


def _take(key: str, heard: Notice) -> bool:
    """Store it for every connection it is about, or count it; one round trip. False when no such address exists."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT cais_take_notice(%s, %s, %s, %s, %s)",
            [key, heard.seller, heard.kind, heard.external_id, heard.act],
        )
        return cursor.fetchone()[0] is not None


@lru_cache(maxsize=64)  # names come from outside
def _announcer(name: str) -> Announcer | None:
    """The connector of this name, if its stores tell of changes."""
    vendor = connectors.all_connectors().get(name)
    if vendor is None:
        return None
    tells = any(vendor.manifest.offers(modality, Capability.HEAR_NOTICES) for modality in vendor.manifest.modalities)
    return cast(Announcer, vendor) if tells else None


def _answer(status: int, words: str) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain")
