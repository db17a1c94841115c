"""What every request gets: a strict content policy, the session settings of who asks, and the way to sign in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from cais.companies.scope import person_scope

Respond = Callable[[HttpRequest], HttpResponse]
LOGIN: Final = settings.LOGIN_URL
_LAST_DAY: Final = "last_day"

_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self' {forms};"
    " frame-ancestors {frames}"
)


def content_security_policy(get_response: Respond) -> Respond:
    """No inline style or script anywhere. A view may name hosts that frame it or receive its forms' redirect."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        forms = " ".join(getattr(response, "form_hosts", ()))
        frames = " ".join(getattr(response, "frame_hosts", ())) or "'none'"
        response.headers["Content-Security-Policy"] = _POLICY.format(forms=forms, frames=frames)
        return response

    return respond


def scope_of_person(get_response: Respond) -> Respond:
    """Let the database show a person's own memberships, and nothing else, before a group is chosen."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        with person_scope(request.user.pk):
            return get_response(request)

    return respond


def stay_signed_in(get_response: Respond) -> Respond:
    """Who works every day is not signed out in the middle of a form. A page that only polls does not count as work."""

    def respond(request: HttpRequest) -> HttpResponse:
        polls = request.headers.get("HX-Request") == "true"
        if request.user.is_authenticated and not polls:
            today = timezone.localdate().isoformat()
            if request.session.get(_LAST_DAY) != today:
                request.session[_LAST_DAY] = today
        return get_response(request)

    return respond


def sign_in_as_a_page(get_response: Respond) -> Respond:
    """A piece of a page cannot hold the sign-in: the browser goes there, and comes back to where it was."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        asks_for_a_piece = request.headers.get("HX-Request") == "true" and not request.user.is_authenticated
        sends_away = isinstance(response, HttpResponseRedirect) and response.url.startswith(resolve_url(LOGIN))
        if not (asks_for_a_piece and sends_away):
            return response
        was_on = urlsplit(request.headers.get("HX-Current-URL", ""))
        return HttpResponseClientRedirect(redirect_to_login(was_on.path or "/").url)

    return respond
