"""One-click authorisation: the button of card, cause and connection page, and the way back to where one was."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cais.connections.expiry import ending_of
from cais.connections.models import Connection
from cais.inbox.reasons import REASONS
from cais.ports.manifest import Capability
from cais.web.access import GroupRequest
from cais.web.connections.hosts import store_origins
from cais.web.connections.words import health_of, tokens_of
from cais.web.parts import Action

BACK = "volta"


def authorise_action(request: GroupRequest, connection: Connection, *, label: str, style: str = "primary") -> Action:
    """A button that sends the browser to the store and brings it back to the page it stands on.

    The page's answer goes through `let_through`, since the button leads to the store.
    """
    url = reverse("authorise", args=[request.group.slug, connection.pk])
    fields = {BACK: request.get_full_path()} if request.method == "GET" else {}
    return Action(label, url, "post", icon="key", style=style, fields=fields)  # type: ignore[arg-type]


def needs_authorising(connection: Connection) -> bool:
    """Whether a new authorisation is what mends this connection, and the browser can do it."""
    if not connection.does(Capability.AUTHORISE):
        return False
    health = health_of(connection)
    if health is not None and health.access:
        reason = REASONS.get(health.access)
        return reason is not None and reason.target == "authorise"
    return ending_of(tokens_of(connection)) is not None


def let_through(response: HttpResponse, connections: Iterable[Connection]) -> HttpResponse:
    """Name in the page's policy the stores to which its buttons may lead the browser."""
    lost = [origin for each in connections if needs_authorising(each) for origin in store_origins(each)]
    response.form_hosts = list(dict.fromkeys(lost))  # type: ignore[attr-defined]
    return response


def way_back(asked: str, *, otherwise: str) -> str:
    """The page asked for when it is one of ours; nobody is led elsewhere by what a form or a link carries."""
    is_ours = asked.startswith("/g/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else otherwise
