"""The door of every page of a group: who comes in, and what their role lets them do there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

import pghistory
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from cais.companies.models import Group, Membership, User
from cais.companies.roles import Action, allows
from cais.companies.scope import group_scope

P = ParamSpec("P")


class GroupRequest(HttpRequest):
    """A request behind the door: the person is a member of `group`."""

    user: User
    group: Group
    membership: Membership
    may: Callable[[Action], bool]


View = Callable[Concatenate[GroupRequest, P], HttpResponseBase]


def page(action: Action, *, post: Action | None = None) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """A page under /g/<grupo>/. A stranger gets 404, a member without the right 403.

    `action` is needed to look, `post` (else `action`) to change. What a person changes is audited in their name.
    """

    def wrap(view: View[P]) -> Callable[..., HttpResponseBase]:
        @login_required
        @functools.wraps(view)
        def inside(request: HttpRequest, grupo: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            member = _member(cast(User, request.user), grupo)
            entered = cast(GroupRequest, request)
            entered.group, entered.membership = member.group, member
            entered.may = functools.partial(allows, member.role)
            needed = (post or action) if request.method not in ("GET", "HEAD") else action
            if not allows(member.role, needed):
                raise PermissionDenied
            who = {"user": member.user_id, "name": str(member.user), "url": request.path}
            with group_scope(member.group_id), pghistory.context(**who):
                return view(entered, *args, **kwargs)

        inside.expects = (action, post or action)  # type: ignore[attr-defined]
        return inside

    return wrap


def _member(user: User, slug: str) -> Membership:
    found = Membership.objects.filter(user=user, group__slug=slug).select_related("group", "user").first()
    if found is None:
        raise Http404
    return found
