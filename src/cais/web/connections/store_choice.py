"""Which store a page is about, where a page is about one store: the choice in its address, and its chip."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import QueryDict
from django.urls import reverse

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.web.access import GroupRequest
from cais.web.filters import hidden_fields
from cais.web.parts import Action, Choice, FilterChip

_NAME = "loja"


def chosen_store(query: QueryDict, stores: Sequence[Connection]) -> Connection | None:
    """The one that the address names, else the first; None where there is none."""
    wanted = query.get(_NAME, "")
    return next((store for store in stores if str(store.pk) == wanted), stores[0] if stores else None)


def store_chips(
    query: QueryDict, stores: Sequence[Connection], store: Connection, *, dropping: Sequence[str] = ()
) -> list[FilterChip]:
    """Empty where there is nothing to choose. `dropping` names what means something else in another store."""
    if len(stores) == 1:
        return []
    choices = [Choice(str(item.pk), item.name, item.pk == store.pk) for item in stores]
    hidden = hidden_fields(query, _NAME, *dropping)
    return [FilterChip(_NAME, "Loja", value_label=store.name, choices=choices, hidden=hidden)]


def connect_first(request: GroupRequest) -> Action | None:
    """The way on where no store is connected, for who may connect one."""
    if not request.may(May.CONFIGURE):
        return None
    return Action("Conectar loja", reverse("new_connection", args=[request.group.slug]), style="primary")
