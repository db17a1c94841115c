"""Forms of the people of a group: who is invited, and what an invited person says of themselves."""

from __future__ import annotations

from django import forms
from django.contrib.auth.password_validation import validate_password

from cais.companies.models import User
from cais.companies.roles import ROLE_CHOICES
from cais.web.forms.slips import SlipForm


class InvitationForm(SlipForm):
    email = forms.EmailField(label="E-mail", max_length=254)
    role = forms.ChoiceField(label="Papel", choices=ROLE_CHOICES, initial="operator")


class WelcomeForm(forms.Form):
    """What a new person brings: a name and a password."""

    name = forms.CharField(label="Seu nome", max_length=120, help_text="Como aparece para o resto da equipe.")
    password = forms.CharField(
        label="Crie uma senha",
        strip=False,
        help_text="Pelo menos oito caracteres, e não só números.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self._email = email

    def clean(self) -> dict[str, object]:
        said = self.cleaned_data
        if password := said.get("password"):
            try:
                validate_password(password, User(email=self._email, name=said.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return said
