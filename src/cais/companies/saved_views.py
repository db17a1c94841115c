"""Saved views: keeping the filters of the order list by name, and choosing the one with which it opens."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q

from cais.companies.models import Group, OpeningView, SavedView, User

MOST = 20
"""Views of one person, and again of the whole group: more would be a list to search in."""


class TooManyViewsError(ValueError):
    """There are `MOST` of them already."""


class NameTakenError(ValueError):
    """Another view of the same person, or of the group, bears this name."""


def views_of(group: Group, user: User) -> Sequence[SavedView]:
    """The group's and the person's own, by name."""
    return list(SavedView.objects.of(group).filter(Q(user=None) | Q(user=user)))


def keep(group: Group, *, owner: User | None, name: str, query: str) -> SavedView:
    """These filters under this name; a view of the same name gets them instead. Raises TooManyViewsError."""
    own = SavedView.objects.of(group).filter(user=owner)
    if not own.filter(name=name).exists() and own.count() >= MOST:
        raise TooManyViewsError
    kept, _ = own.update_or_create(name=name, defaults={"query": query}, create_defaults=_whole(group, owner, query))
    return kept


def _whole(group: Group, owner: User | None, query: str) -> dict[str, object]:
    return {"group": group, "user": owner, "query": query}


def rename(view: SavedView, name: str) -> None:
    """Raises NameTakenError."""
    view.name = name
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError as error:
        raise NameTakenError from error


def give_to(view: SavedView, owner: User | None) -> None:
    """To the whole group, or to one person alone: it opens nobody else's list any more.

    Raises NameTakenError and TooManyViewsError.
    """
    if SavedView.objects.filter(group=view.group_id, user=owner).count() >= MOST:
        raise TooManyViewsError
    view.user = owner
    try:
        with transaction.atomic():
            view.save(update_fields=["user"])
            if owner is not None:
                OpeningView.objects.filter(view=view).exclude(user=owner).delete()
    except IntegrityError as error:
        raise NameTakenError from error


def open_with(group: Group, user: User, view: SavedView | None) -> None:
    """From now on the person's list opens with this view; with None, with everything."""
    if view is None:
        OpeningView.objects.of(group).filter(user=user).delete()
        return
    OpeningView.objects.update_or_create(group=group, user=user, defaults={"view": view})


def opening_of(group: Group, user: User) -> SavedView | None:
    """The view with which the person's list opens."""
    found = OpeningView.objects.of(group).filter(user=user).select_related("view").first()
    return found.view if found else None
