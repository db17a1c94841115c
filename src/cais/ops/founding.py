"""`cais found`: the first group, company and administrator of an installation, without any demo data."""

from __future__ import annotations

import getpass
import secrets
import sys

from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction

from cais.backoffice.opening import open_back_office
from cais.companies.models import Group, User
from cais.companies.roles import ROLES
from cais.companies.scope import group_ids, group_scope
from cais.companies.services import add_company, add_member, found_group
from cais.config.refusal import RefusedError


class FoundingRefusedError(RefusedError):
    """What was typed cannot be founded; the message says why."""


def found(*, grupo: str, empresa: str, razao: str, cnpj: str, uf: str, email: str, name: str) -> str:
    """Make the group with one company, its warehouse and back office, and its administrator. Returns its address.

    The person keeps their password when they have an account already. Raises FoundingRefusedError.
    """
    try:
        with transaction.atomic():
            group = found_group(grupo)
            with group_scope(group.pk):
                company = add_company(group, name=empresa, legal_name=razao or empresa, cnpj=cnpj, state=uf)
                open_back_office(company)
                add_member(group, _person(email, name), "administrator")
    except ValidationError as error:
        raise FoundingRefusedError("; ".join(error.messages)) from error
    except ProgrammingError as error:
        raise FoundingRefusedError("The database is not made yet. Run: cais migrate") from error
    except IntegrityError as error:
        raise FoundingRefusedError(f"There is a grupo with the address of {grupo!r} already.") from error
    return group.slug


def add_person(*, email: str, name: str, grupo: str, role: str) -> None:
    """Give a person a role in a grupo, by its address. Raises FoundingRefusedError."""
    if role not in ROLES:
        raise FoundingRefusedError(f"No role {role!r}: choose one of {', '.join(ROLES)}.")
    group = _group(grupo)
    with transaction.atomic(), group_scope(group.pk):
        add_member(group, _person(email, name), role)


def _group(slug: str) -> Group:
    for key in group_ids():
        with group_scope(key):
            group = Group.objects.filter(pk=key, slug=slug).first()
        if group is not None:
            return group
    raise FoundingRefusedError(f"No grupo has the address {slug!r}.")


def _person(email: str, name: str) -> User:
    known = User.objects.filter(email__iexact=email).first()
    return known or User.objects.create_user(email, _password(), name=name or email)


def _password() -> str:
    """Typed at the terminal; made and printed once where there is none."""
    if sys.stdin.isatty():
        typed = getpass.getpass("Password: ")
        if len(typed) < 8:
            raise FoundingRefusedError("A password has at least 8 characters.")
        return typed
    made = secrets.token_urlsafe(12)
    print(f"Password: {made}")
    return made
