"""The door for somebody invited: with an account they come in, without one they make it here."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode

from cais.companies import people as room
from cais.companies.models import Invitation, User
from cais.companies.roles import ROLES
from cais.companies.scope import group_scope
from cais.web.forms.people import WelcomeForm

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Nobody learns from the answer whether an address that leads nowhere ever led somewhere."""
    group_id = room.group_of_invitation(token)
    if group_id is None:
        return _over(request)
    with group_scope(group_id):
        try:
            found = room.invitation_of(token)
            return _welcome(request, token, found)
        except room.InvitationOverError:
            return _over(request)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "people/invitation.html", {"is_over": True}, status=410)


def _welcome(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    known = User.objects.filter(email__iexact=found.email).first()
    context = {"found": found, "role": ROLES[found.role], "is_known": known is not None}
    if request.user.is_authenticated:
        return _of_signed_in(request, token, found, context)
    if known is not None:
        context["login_url"] = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return render(request, "people/invitation.html", context)
    form = WelcomeForm(found.email, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            said = form.cleaned_data
            user = User.objects.create_user(found.email, said["password"], name=said["name"])
            room.accept(token, user)
        login(request, user, backend=_BACKEND)
        return _inside(request, found)
    return render(request, "people/invitation.html", {**context, "form": form}, status=422 if form.errors else 200)


def _of_signed_in(request: HttpRequest, token: str, found: Invitation, context: dict[str, object]) -> HttpResponse:
    user = cast(User, request.user)
    if user.email.lower() != found.email:
        return render(request, "people/invitation.html", {**context, "is_other": True})
    if request.method == "POST":
        room.accept(token, user)
        return _inside(request, found)
    return render(request, "people/invitation.html", {**context, "may_enter": True})


def _inside(request: HttpRequest, found: Invitation) -> HttpResponse:
    messages.success(request, f"Você agora faz parte de {found.group.name}.")
    return redirect("home", found.group.slug)


urlpatterns = [path("convite/<str:token>/", invitation, name="invitation")]
