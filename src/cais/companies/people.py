"""Who works in a group: inviting, giving another role, letting go."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from cais.companies.models import Group, Invitation, Membership, User
from cais.companies.services import add_member

ADMINISTRATOR = "administrator"
VALID_FOR = timedelta(days=7)


class AlreadyMemberError(ValueError):
    """The person with this e-mail works in the group already."""


class AlreadyInvitedError(ValueError):
    """This very form was sent before, and its invitation is open."""


class LastAdministratorError(ValueError):
    """Nobody would be left to administer the group."""


class InvitationOverError(ValueError):
    """Used, taken back, or too old."""


def invite(group: Group, email: str, role: str, *, invited_by: str, slip: UUID | None = None) -> str:
    """Invite somebody by e-mail, in place of an earlier invitation. Returns the token, which is kept nowhere.

    Raises AlreadyMemberError, and AlreadyInvitedError where the form with this slip has done it.
    """
    mailbox = email.strip().lower()
    if Membership.objects.filter(group=group, user__email__iexact=mailbox).exists():
        raise AlreadyMemberError(mailbox)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        # One at a time, so that a form pressed twice finds what its first press made.
        Group.objects.select_for_update().get(pk=group.pk)
        earlier = Invitation.objects.filter(group=group, email=mailbox)
        if slip and earlier.filter(slip=slip).exists():
            raise AlreadyInvitedError(mailbox)
        earlier.delete()
        Invitation.objects.create(
            group=group,
            email=mailbox,
            role=role,
            digest=_digest(token),
            invited_by=invited_by,
            expires_at=timezone.now() + VALID_FOR,
            slip=slip,
        )
    return token


def group_of_invitation(token: str) -> int | None:
    """The group that this token invites to; the one look past the wall that an invited person has."""
    with database.cursor() as cursor:
        cursor.execute("SELECT cais_group_of_invitation(%s)", [_digest(token)])
        found: int | None = cursor.fetchone()[0]
    return found


def invitation_of(token: str) -> Invitation:
    """In the scope of its group. Raises InvitationOverError."""
    found = Invitation.objects.select_related("group").filter(digest=_digest(token)).first()
    if found is None or found.expires_at <= timezone.now():
        raise InvitationOverError
    return found


def accept(token: str, user: User) -> Membership:
    """The invited person comes in, once. Raises InvitationOverError, also for another person's e-mail."""
    with transaction.atomic():
        found = Invitation.objects.select_for_update().filter(digest=_digest(token)).first()
        if found is None or found.expires_at <= timezone.now() or found.email != user.email.lower():
            raise InvitationOverError
        member = add_member(found.group, user, found.role)
        found.delete()
    return member


def change_role(member: Membership, role: str) -> None:
    """Raises LastAdministratorError."""
    with transaction.atomic():
        if role != ADMINISTRATOR:
            _keep_one_administrator(member)
        Membership.objects.filter(pk=member.pk).update(role=role)


def let_go(member: Membership) -> None:
    """The person sees the group no more; what they did keeps their name. Raises LastAdministratorError."""
    with transaction.atomic():
        _keep_one_administrator(member)
        Membership.objects.filter(pk=member.pk).delete()


def _keep_one_administrator(leaving: Membership) -> None:
    """Locks all administrators, so that two of them cannot let each other go at the same instant."""
    rows = Membership.objects.select_for_update().filter(group=leaving.group_id, role=ADMINISTRATOR)
    left = {row.pk for row in rows.order_by("pk")} - {leaving.pk}
    if not left:
        raise LastAdministratorError


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
