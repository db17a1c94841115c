"""Conta: the person's own name and the way the screens look for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cais.companies.models import Membership, User
from cais.companies.roles import ROLES

if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
else:
    _UserForm = forms.ModelForm


class AccountForm(_UserForm):
    class Meta:
        model = User
        fields = ("name", "theme", "single_keys", "compact_rows")
        labels = {
            "theme": "Aparência",
            "single_keys": "Usar atalhos de uma tecla",
            "compact_rows": "Linhas compactas nas listas",
        }
        help_texts = {
            "theme": "Automático acompanha o seu computador.",
            "single_keys": "/ busca, j e k andam pelas linhas, ? mostra todos.",
            "compact_rows": "Mais linhas na mesma tela.",
        }


@login_required
def my_account(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = AccountForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Sua conta foi salva.")
        return redirect("my_account")
    members = Membership.objects.filter(user=user).select_related("group").order_by("group__name")
    context = {"form": form, "members": [(member.group, ROLES[member.role]) for member in members]}
    return render(request, "account/my_account.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def my_theme(request: HttpRequest) -> HttpResponse:
    """The three buttons of the account menu; back to the page they were pressed on."""
    user, theme = cast(User, request.user), request.POST.get("theme", "")
    if theme in dict(User.THEMES):
        User.objects.filter(pk=user.pk).update(theme=theme)
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back if is_ours else "/")


urlpatterns = [
    path("minha-conta/", my_account, name="my_account"),
    path("minha-conta/aparencia/", my_theme, name="my_theme"),
]
