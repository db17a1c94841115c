"""Group, company, warehouse, user, membership, and the filters that people keep by name."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models

from cais.companies.roles import ROLE_CHOICES
from cais.companies.tenant import TenantModel
from cais.core.values import document_text, is_cnpj


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person; signs in by e-mail. What they may do hangs on their memberships, never on this row."""

    THEMES = (("auto", "Automático"), ("light", "Claro"), ("dark", "Escuro"))

    email = models.EmailField("e-mail", unique=True)
    name = models.CharField("nome", max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    theme = models.CharField("tema", max_length=5, choices=THEMES, default="auto")
    single_keys = models.BooleanField("atalhos de uma tecla", default=True)
    compact_rows = models.BooleanField("linhas compactas", default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = "usuário"

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email).split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


@pghistory.track()
class Group(models.Model):
    """*Grupo*: companies that share users, products and stores. Every other row of the system bears its id."""

    name = models.CharField("nome", max_length=120)
    slug = models.SlugField("endereço", unique=True)

    def __str__(self) -> str:
        return self.name


def validate_cnpj(value: str) -> None:
    if not is_cnpj(document_text(value)):
        raise ValidationError("Este CNPJ não existe: os dígitos finais não conferem. Confira e digite de novo.")


@pghistory.track()
class Company(TenantModel):
    """*Empresa*: one CNPJ. `priority` 1 is first in the stock queue."""

    name = models.CharField("nome curto", max_length=60)
    legal_name = models.CharField("razão social", max_length=150)
    cnpj = models.CharField("CNPJ", max_length=14, validators=[validate_cnpj])
    state = models.CharField("UF", max_length=2)
    city = models.CharField("cidade", max_length=80, blank=True)
    priority = models.PositiveSmallIntegerField("prioridade", default=1)

    class Meta:
        ordering = ("priority", "id")
        constraints = (
            models.UniqueConstraint(fields=["group", "cnpj"], name="company_cnpj_once_per_group"),
            models.CheckConstraint(condition=models.Q(cnpj__regex=r"^[A-Z0-9]{12}[0-9]{2}$"), name="company_cnpj_form"),
        )

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Warehouse(TenantModel):
    """*Depósito*: a counted place of one company."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="warehouses")
    name = models.CharField("nome", max_length=60)
    active = models.BooleanField("ativo", default=True)

    class Meta:
        ordering = ("company__priority", "id")
        constraints = (models.UniqueConstraint(fields=["company", "name"], name="warehouse_name_once_per_company"),)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Membership(TenantModel):
    """A person's role in a group."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships", editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField("papel", max_length=20, choices=ROLE_CHOICES)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "user"], name="member_once_per_group"),)


@pghistory.track(exclude=["digest", "slip"])
class Invitation(TenantModel):
    """Somebody asked in by e-mail. Of the token only the digest is kept: who holds the address may come in, once."""

    email = models.EmailField("e-mail")
    role = models.CharField("papel", max_length=20, choices=ROLE_CHOICES)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=120)
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    # Of the form that asked for it: sent twice, it invites once, and the first address stays good.
    slip = models.UUIDField(null=True)

    class Meta:
        ordering = ("email",)
        constraints = (models.UniqueConstraint(fields=["group", "email"], name="invitation_once_per_email"),)

    def __str__(self) -> str:
        return self.email


@pghistory.track()
class SavedView(TenantModel):
    """*Visão salva*: filters of a list under a name (feature B4); without a user it is everybody's in the group."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField("nome", max_length=40)
    query = models.CharField("filtros", max_length=1000)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["group", "user", "name"], name="view_name_once_per_person", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.name


class OpeningView(TenantModel):
    """The view with which a person's list opens."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "user"], name="one_opening_view_per_person"),)
