"""Usuários: who works in the group, with which role; inviting, and letting go."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies import people as room
from cais.companies.models import Invitation, Membership
from cais.companies.roles import ROLE_CHOICES, ROLES
from cais.companies.roles import Action as May
from cais.web.access import GroupRequest, page
from cais.web.audit.done_before import say_done
from cais.web.audit.words import Record
from cais.web.forms.people import InvitationForm

log = logging.getLogger(__name__)
_LINK = "convite"
LAST = "Esta é a única pessoa que administra o grupo. Dê o papel de Administrador a outra antes."


@page(May.CONFIGURE)
def people(request: GroupRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token = _invite(request, form)
        except room.AlreadyMemberError:
            form.add_error("email", "Esta pessoa já está no grupo. Mude o papel dela na lista.")
        except room.AlreadyInvitedError:
            return redirect("people", request.group.slug)
        else:
            _tell(request, form.cleaned_data["email"], token)
            return redirect("people", request.group.slug)
    members = Membership.objects.of(request.group).select_related("user").order_by("user__name", "pk")
    context = {
        "members": [(member, member.user_id == request.user.pk) for member in members],
        "invitations": [(row, ROLES[row.role].label) for row in Invitation.objects.of(request.group)],
        "roles": list(ROLES.values()),
        "role_choices": ROLE_CHOICES,
        "form": form,
        "link": request.session.pop(_LINK, None),
        "audit_url": reverse("audit", args=[request.group.slug]),
    }
    failed = request.method == "POST"
    return render(request, "people/people.html", context, status=422 if failed else 200)


def _invite(request: GroupRequest, form: InvitationForm) -> str:
    said = form.cleaned_data
    return room.invite(request.group, said["email"], said["role"], invited_by=str(request.user), slip=form.own_slip)


def _tell(request: GroupRequest, email: str, token: str) -> None:
    """The address by e-mail where the server sends any; on the screen in any case, this once."""
    where = reverse("invitation", args=[token])
    url = f"{settings.PUBLIC_URL}{where}" if settings.PUBLIC_URL else request.build_absolute_uri(where)
    request.session[_LINK] = url
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        messages.success(request, f"Convite feito. Entregue o endereço abaixo a {email}.")
        return
    words = {"group": request.group, "who": str(request.user), "url": url}
    try:
        send_mail(
            f"Convite para o Cais: {request.group.name}",
            render_to_string("people/invitation.txt", words),
            None,
            [email],
        )
    except (SMTPException, OSError) as error:
        log.warning("invitation not sent: %s", error)
        messages.warning(request, f"O convite está feito, mas o e-mail não saiu. Entregue o endereço abaixo a {email}.")
    else:
        messages.success(request, f"Convite enviado a {email}. Vale por sete dias.")


@page(May.CONFIGURE)
@require_POST
def person_role(request: GroupRequest, pk: int) -> HttpResponse:
    """Another role, from the next click of that person on."""
    member = get_object_or_404(Membership.objects.of(request.group).select_related("user"), pk=pk)
    role = request.POST.get("role", "")
    if role not in ROLES:
        messages.error(request, "Escolha um papel da lista.")
        return redirect("people", request.group.slug)
    try:
        room.change_role(member, role)
    except room.LastAdministratorError:
        messages.error(request, LAST)
        return redirect("people", request.group.slug)
    messages.success(request, f"{member.user} agora é {ROLES[role].label}.")
    if member.user_id == request.user.pk and role != room.ADMINISTRATOR:
        return redirect("home", request.group.slug)
    return redirect("people", request.group.slug)


@page(May.CONFIGURE)
@require_POST
def person_out(request: GroupRequest, pk: int) -> HttpResponse:
    """The person leaves the group. Asked for once more, it says that it is done."""
    member = Membership.objects.of(request.group).select_related("user").filter(pk=pk).first()
    if member is None:
        say_done(request, Record("Membership", pk), "{} já não está no grupo.")
        return redirect("people", request.group.slug)
    try:
        room.let_go(member)
    except room.LastAdministratorError:
        messages.error(request, LAST)
        return redirect("people", request.group.slug)
    messages.success(request, f"{member.user} não vê mais este grupo. O que fez continua com o seu nome.")
    return redirect("entry") if member.user_id == request.user.pk else redirect("people", request.group.slug)


@page(May.CONFIGURE)
@require_POST
def invitation_out(request: GroupRequest, pk: int) -> HttpResponse:
    """Take an invitation back: its address leads nowhere from now on."""
    found = Invitation.objects.of(request.group).filter(pk=pk).first()
    if found is None:
        say_done(request, Record("Invitation", pk), "O convite de {} já não vale: foi usado ou retirado.")
        return redirect("people", request.group.slug)
    found.delete()
    messages.success(request, f"O convite de {found.email} não vale mais.")
    return redirect("people", request.group.slug)


urlpatterns = [
    path("usuarios/", people, name="people"),
    path("usuarios/<int:pk>/papel/", person_role, name="person_role"),
    path("usuarios/<int:pk>/tirar/", person_out, name="person_out"),
    path("usuarios/convites/<int:pk>/tirar/", invitation_out, name="invitation_out"),
]
