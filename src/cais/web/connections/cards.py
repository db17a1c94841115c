"""The card of a connection: how it is, what waits behind it, what is left of its calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from cais.companies.roles import Action as May
from cais.connections.calls import calls_today
from cais.connections.expiry import ending_of
from cais.connections.models import Connection
from cais.inbox.causes import count_open
from cais.orders.counts import phase_counts
from cais.orders.phase import STOPPED
from cais.web.access import GroupRequest
from cais.web.connections.authorising import authorise_action, needs_authorising
from cais.web.connections.words import health_of, next_try, state_of, system_of, tokens_of
from cais.web.parts import Action, ConnectionCard, Fact
from cais.web.present import now
from cais.web.status_words import word
from cais.web.wording import UNKNOWN, count_text, moment_text

UNMOVED = ("awaiting_movement", "awaiting_sync", "movement_error", "short", "status_unmapped")
"""Orders without a synchronised movement (feature F6) that nothing but Cais or a person here keeps back."""
WAITING = ("awaiting_movement", "awaiting_sync", *STOPPED)


def card_of(request: GroupRequest, connection: Connection) -> ConnectionCard:
    used, allowed = calls_today(connection)
    state = state_of(connection)
    return ConnectionCard(
        name=connection.name,
        system=system_of(connection),
        url=_url(request, connection),
        status=state,
        level=word("connection_level", connection.manifest.level.value),
        facts=_store_facts(request, connection) if connection.role == "store" else _erp_facts(connection),
        used=used,
        allowed=allowed,
        usage_label=f"{count_text(used)} de {count_text(allowed)} chamadas hoje" if allowed else "",
        action=_mend(request, connection),
    )


def _url(request: GroupRequest, connection: Connection) -> str:
    slug = request.group.slug
    if request.may(May.CONFIGURE):
        return reverse("connection", args=[slug, connection.pk])
    return reverse("exchanges", args=[slug, connection.pk])


def _store_facts(request: GroupRequest, connection: Connection) -> list[Fact]:
    slug, health = request.group.slug, health_of(connection)
    counts = phase_counts([connection.pk])
    unmoved = sum(counts.get(phase, 0) for phase in UNMOVED)
    stopped = count_open(request.group, connection_id=connection.pk)
    newest = connection.orders.order_by("-placed_at", "-id").values_list("pk", "placed_at").first()
    orders = f"{reverse('orders', args=[slug])}?loja={connection.pk}"
    last_url = reverse("order", args=[slug, newest[0]]) if newest else ""
    return [
        Fact("Listagem de pedidos", count_text(sum(counts.values())), url=orders),
        Fact("Último pedido", _age(newest[1]) if newest else "nenhum ainda", url=last_url),
        Fact("Última leitura", _age(health.last_read_at if health else None, real=True)),
        Fact("Sem movimentação sincronizada", count_text(unmoved), url=f"{orders}&{_of(UNMOVED)}" if unmoved else ""),
        Fact("Erros", count_text(stopped), tone="err" if stopped else "", url=reverse("errors", args=[slug])),
        Fact("Acesso", _access(connection)),
    ]


def _of(phases: Sequence[str]) -> str:
    return urlencode([("situacao", phase) for phase in phases])


def _erp_facts(connection: Connection) -> list[Fact]:
    return [Fact("Empresa", connection.company.name), Fact("Acesso", "é o próprio Cais")]


def _access(connection: Connection) -> str:
    """Token health: renewed by itself as long as its renewal is alive."""
    health, tokens = health_of(connection), tokens_of(connection)
    if health is not None and health.access:
        again = next_try(health)
        return f"recusado; confere de novo às {timezone.localtime(again):%H:%M}" if again else "recusado pela loja"
    if tokens is None:
        return "falta autorizar"
    ending = ending_of(tokens)
    return ending.when if ending else "renova sozinho"


def _age(moment: datetime | None, *, real: bool = False) -> str:
    return UNKNOWN if moment is None else moment_text(moment, now=timezone.now() if real else now(), style="age")


def _mend(request: GroupRequest, connection: Connection) -> Action | None:
    """The way out of what stops this connection: authorise it again where that helps, else its page."""
    if not request.may(May.CONFIGURE):
        return None
    if needs_authorising(connection):
        return authorise_action(request, connection, label="Autorizar de novo", style="plain")
    if state_of(connection).tone == "err":
        return Action("Resolver", reverse("connection", args=[request.group.slug, connection.pk]))
    return None
