"""What every request gets: a strict content policy, and the session settings of the person who asks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cais.companies.scope import person_scope

Respond = Callable[[HttpRequest], HttpResponse]

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
