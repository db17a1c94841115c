"""Browser authorisation: to the store and back, and the page that the store shows in a frame of its own panel."""

from __future__ import annotations

import secrets
from typing import cast

import pghistory
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from cais import connectors
from cais.companies.models import Membership, User
from cais.companies.roles import Action as May
from cais.companies.roles import allows
from cais.companies.scope import group_scope
from cais.connections.account import open_account
from cais.connections.models import Connection
from cais.connections.trying import redeem
from cais.connections.vault import VaultError
from cais.intake.retry import waiting_to_be_sent
from cais.intake.services import read_now
from cais.ports.capabilities import Authoriser
from cais.ports.errors import ConfigurationError, VendorError
from cais.ports.manifest import Capability, Manifest
from cais.web.access import GroupRequest, page
from cais.web.connections.authorising import BACK, way_back
from cais.web.connections.hosts import host_of, origins_of_host
from cais.web.views.connections.pages import own_connection
from cais.web.wording import plural_text

_SALT = "cais.authorise"
_LIFE = 3600
_OPEN = "authorisations"
_KEPT = 5


@page(May.CONFIGURE)
@require_POST
def authorise(request: GroupRequest, pk: int) -> HttpResponse:
    """Send the browser to the store. What comes back must bear this state, in this session."""
    found = own_connection(request, pk)
    if not found.does(Capability.AUTHORISE):
        raise Http404
    try:
        back = way_back(request.POST.get(BACK, ""), otherwise="")
        url = cast(Authoriser, found.vendor).authorise_url(open_account(found), _callback(request, found, back))
    except ConfigurationError as error:
        messages.error(request, error.words)
        return redirect("connection", request.group.slug, found.pk)
    except VaultError:
        messages.error(request, "As senhas guardadas desta conexão não abrem. Digite-as de novo.")
        return redirect("connection", request.group.slug, found.pk)
    return HttpResponseRedirect(url)


def _callback(request: GroupRequest, found: Connection, back: str) -> str:
    """Where the store sends the browser. What proves that the answer is ours travels; where one was stays here."""
    nonce = secrets.token_urlsafe(16)
    request.session[_OPEN] = [*request.session.get(_OPEN, []), [nonce, back]][-_KEPT:]
    state = signing.dumps({"c": found.pk, "g": found.group_id, "u": request.user.pk, "n": nonce}, salt=_SALT)
    place = reverse("authorised", args=[state])
    return f"{settings.PUBLIC_URL}{place}" if settings.PUBLIC_URL else request.build_absolute_uri(place)


@login_required
@require_GET
def authorised(request: HttpRequest, state: str) -> HttpResponse:
    """The store sent the browser back: change the code for an access and read the store."""
    told = _told(request, state)
    if told is None:
        return render(request, "connections/stale.html", status=400)
    back = _spend(request, str(told["n"]))
    user = cast(User, request.user)
    member = Membership.objects.filter(user=user, group=told["g"]).select_related("group").first()
    if member is None or not allows(member.role, May.CONFIGURE):
        raise Http404
    who = {"user": user.pk, "name": str(user), "url": request.path.split(state)[0]}
    with group_scope(member.group_id), pghistory.context(**who):
        found = Connection.objects.of(member.group).select_related("group", "company").filter(pk=told["c"]).first()
        if found is None:
            raise Http404
        _finish(request, found)
    return redirect(way_back(back, otherwise=reverse("connection", args=[member.group.slug, told["c"]])))


def _told(request: HttpRequest, state: str) -> dict[str, int] | None:
    """What the state says, when it is ours, fresh, of this person and of this session."""
    try:
        told: dict[str, int] = signing.loads(state, salt=_SALT, max_age=_LIFE)
    except signing.BadSignature:
        return None
    is_open = any(nonce == told.get("n") for nonce, _ in request.session.get(_OPEN, []))
    return told if is_open and told.get("u") == request.user.pk else None


def _spend(request: HttpRequest, nonce: str) -> str:
    """Each works once. Returns the page where the authorisation was begun."""
    kept: list[list[str]] = request.session.get(_OPEN, [])
    request.session[_OPEN] = [pair for pair in kept if pair[0] != nonce]
    return next((back for known, back in kept if known == nonce), "")


def _finish(request: HttpRequest, found: Connection) -> None:
    vendor = cast(Authoriser, found.vendor)
    try:
        values = vendor.settings_from_callback(open_account(found), request.GET.dict())
        redeem(found, values)
    except ConfigurationError as error:
        messages.error(request, error.words)
    except VendorError as error:
        messages.error(request, error.words or "A loja não entregou o acesso. Tente autorizar de novo.")
    except VaultError:
        messages.error(request, "As senhas guardadas desta conexão não abrem. Digite-as de novo.")
    else:
        read_now(found, asked_by=str(request.user), asker_id=request.user.pk)
        messages.success(request, f"{found.name} está autorizada e já está sendo lida.{_goes_on(found)}")


def _goes_on(found: Connection) -> str:
    """What waited for the access and needs no further hand."""
    count = waiting_to_be_sent(found)
    if not count:
        return ""
    return f" {plural_text(count, 'envio que esperava segue', 'envios que esperavam seguem')} sem você fazer nada."


@require_GET
def entrance(request: HttpRequest, connector: str) -> HttpResponse:
    """What the store shows in a frame of its panel: no cookie reaches us there, so a new tab does the work."""
    manifest = _connector(connector)
    host = host_of(request.GET.get("url", ""))
    context = {
        "manifest": manifest,
        "host": host,
        "store": request.GET.get("store", "")[:20] if request.GET.get("store", "").isalnum() else "",
        "open_url": f"{reverse('entrance_open', args=[connector])}?{request.GET.urlencode()}",
    }
    response = render(request, "connections/entrance.html", context)
    response.frame_hosts = origins_of_host(host)  # type: ignore[attr-defined]
    return response


@login_required
@require_GET
def entrance_open(request: HttpRequest, connector: str) -> HttpResponse:
    """In a tab of its own: the person's connection with this store, else the way to connect it."""
    _connector(connector)
    host, store = host_of(request.GET.get("url", "")), request.GET.get("store", "")
    members = Membership.objects.filter(user=cast(User, request.user)).select_related("group")
    able = [member for member in members if allows(member.role, May.CONFIGURE)]
    for member in able:
        with group_scope(member.group_id):
            found = _known(Connection.objects.of(member.group).filter(connector=connector), host, store)
        if found is not None:
            return redirect("connection", member.group.slug, found.pk)
    if not able:
        raise Http404
    return redirect("connect", able[0].group.slug, connector)


def _connector(name: str) -> Manifest:
    known = connectors.all_connectors().get(name)
    if known is None or not any(known.manifest.offers(m, Capability.AUTHORISE) for m in known.manifest.modalities):
        raise Http404
    return known.manifest


def _known(rows: QuerySet[Connection], host: str, store: str) -> Connection | None:
    """By the address, with or without www; else by the store's number."""
    bare = host.removeprefix("www.")
    for row in rows:
        hosts = {host_of(str(value)).removeprefix("www.") for value in row.settings.values()}
        if (bare and bare in hosts) or (store and store == str(row.settings.get("store_code", ""))):
            return row
    return None


group_urlpatterns = [path("conectores/<int:pk>/autorizar/", authorise, name="authorise")]
urlpatterns = [
    path("autorizar/<str:state>/", authorised, name="authorised"),
    path("entrada/<slug:connector>/", entrance, name="entrance"),
    path("entrada/<slug:connector>/abrir/", entrance_open, name="entrance_open"),
]
