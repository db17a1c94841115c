"""Saved views as the order list shows them: which there are, which is in use, and what may be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.http import QueryDict
from django.urls import reverse

from cais.companies.models import SavedView
from cais.companies.roles import Action as May
from cais.companies.saved_views import opening_of, views_of
from cais.web.access import GroupRequest
from cais.web.orders.filters import ALL, kept


@dataclass(frozen=True, slots=True)
class ViewLink:
    """One view; `may_change` is for who may rename it or delete it."""

    view: SavedView
    url: str
    current: bool
    opens: bool
    may_change: bool


@dataclass(frozen=True, slots=True)
class ViewBar:
    """The line of views above the filters. `filters` is what *Salvar visão* would keep; empty without any."""

    links: Sequence[ViewLink]
    filters: str
    may_share: bool

    @property
    def current(self) -> ViewLink | None:
        return next((link for link in self.links if link.current), None)


def view_bar(request: GroupRequest) -> ViewBar:
    chosen, opening = filters_of(request.GET), opening_of(request.group, request.user)
    return ViewBar(
        [
            ViewLink(
                view,
                f"{reverse('orders', args=[request.group.slug])}?{view.query}",
                current=_same(view.query, chosen),
                opens=view == opening,
                may_change=may_change(request, view),
            )
            for view in views_of(request.group, request.user)
        ],
        chosen,
        request.may(May.WORK_ORDERS),
    )


def may_change(request: GroupRequest, view: SavedView) -> bool:
    """One's own, whatever the role; the group's, who works with its orders."""
    return view.user_id == request.user.pk if view.user_id else request.may(May.WORK_ORDERS)


def filters_of(query: QueryDict) -> str:
    """The filters of the list that these words mean, without the place in it; a tab that shows all is no filter."""
    found = QueryDict(kept(query), mutable=True)
    if found.get("aba") == ALL:
        del found["aba"]
    return found.urlencode()


def _same(one: str, other: str) -> bool:
    return sorted(parse_qsl(one)) == sorted(parse_qsl(other))
