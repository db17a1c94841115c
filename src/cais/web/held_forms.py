"""A form that arrives after its person was signed out: nothing is done, and what they typed waits in the answer.

Nothing is kept on this side. The answer holds the fields, goes to the browser that sent them, and is never cached; a
person presses *Enviar de novo* when they are signed in again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import path
from django.utils.cache import add_never_cache_headers
from django_htmx.http import reselect, reswap, retarget

from cais.web.middleware import LOGIN, Respond

_LONGEST: Final = 200_000
_SECRET: Final = re.compile(r"password|secret|senha", re.IGNORECASE)
_TOKEN: Final = "csrfmiddlewaretoken"
_WHOLE: Final = "#conteudo"


def hold_what_was_typed(get_response: Respond) -> Callable[[HttpRequest], HttpResponse]:
    """In place of the way to the sign-in, which would lose the form. A press without fields goes there."""

    def respond(request: HttpRequest) -> HttpResponse:
        # Asked before: signing out ends at the sign-in too, and is what its person wanted.
        may_lose = request.method == "POST" and not request.user.is_authenticated
        response = get_response(request)
        if not may_lose:
            return response
        if not isinstance(response, HttpResponseRedirect) or not response.url.startswith(resolve_url(LOGIN)):
            return response
        fields = _typed(request)
        return _held(request, fields) if fields else response

    return respond


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Signing in makes the pages of other tabs old: what such a page sends is shown to be sent once more.

    Only to a page of ours: what another site sends is refused, whoever it comes with.
    """
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    fields = _typed(request) if is_ours else []
    if fields and not request.path.startswith(resolve_url(LOGIN)):
        return _held(request, fields)
    return render(request, "403_csrf.html", status=403)


def _typed(request: HttpRequest) -> Sequence[tuple[str, str]]:
    """Each field but the secrets, which are typed anew. Empty when there is none, or more than a page should hold."""
    pairs = [(name, value) for name, values in request.POST.lists() for value in values if name != _TOKEN]
    kept = [(name, value) for name, value in pairs if not _SECRET.search(name)]
    return kept if sum(len(name) + len(value) for name, value in kept) <= _LONGEST else []


def _held(request: HttpRequest, fields: Sequence[tuple[str, str]]) -> HttpResponse:
    context = {
        "fields": fields,
        "where": request.get_full_path(),
        "lost": bool(request.FILES) or any(_SECRET.search(name) for name in request.POST),
        "is_out": not request.user.is_authenticated,
    }
    by_htmx = request.headers.get("HX-Request") == "true"
    response = render(request, "account/held.html", context, status=200 if by_htmx else 403)
    add_never_cache_headers(response)
    return _instead_of_the_page(response) if by_htmx else response


def _instead_of_the_page(response: HttpResponse) -> HttpResponse:
    """Whatever piece the form wanted to change: htmx shows an answer of 200 only, and of it only what is asked for."""
    return retarget(reswap(reselect(response, _WHOLE), "innerHTML"), "body")


def back_again(request: HttpRequest) -> HttpResponse:
    """Where the sign-in in another tab ends."""
    return render(request, "account/back_again.html")


urlpatterns = [path("de-volta/", back_again, name="back_again")]
