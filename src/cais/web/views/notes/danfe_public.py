"""The DANFE for whoever has its link: the buyer, who has no account here."""

from __future__ import annotations

import re
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from cais.companies.scope import group_scope
from cais.fiscal.danfe import DrawingFailed
from cais.nfe import services as nfe_room

# As `secrets.token_urlsafe(32)` makes them: anything else is not even looked up.
_TOKEN: Final = re.compile(r"[\w-]{43}", re.ASCII)
_BUSY_SECONDS = "30"


@require_safe
def danfe_public(request: HttpRequest, token: str) -> HttpResponse:
    """The PDF, to be looked at. Nobody learns from the answer whether a link that is wrong was ever right."""
    group_id = nfe_room.group_of_link(token) if _TOKEN.fullmatch(token) else None
    if group_id is None:
        raise Http404
    with group_scope(group_id):
        nfe = nfe_room.by_link(token)
    if nfe is None:
        raise Http404
    try:
        pdf = nfe_room.danfe(nfe)
    except DrawingFailed as failed:
        response = HttpResponse(failed.sentence, content_type="text/plain; charset=utf-8", status=503)
        response["Retry-After"] = _BUSY_SECONDS
        return response
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="DANFE-{nfe.number}.pdf"'
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, max-age=3600"
    return response


urlpatterns = [path("danfe/<str:token>/", danfe_public, name="danfe_public")]
