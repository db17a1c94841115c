"""How long an access lasts if nobody renews it: who is due for a renewal, and the alarm before the end.

A refresh token of Tray lives thirty days from its last renewal (Tray contract §2.3). Traffic renews it every few hours;
a store without any is renewed daily. What cannot be renewed, because it is paused or refuses, is told in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from cais.connections import account
from cais.connections.health import subject_of
from cais.connections.models import Connection, StoredTokens
from cais.core.clock import BRASILIA
from cais.inbox.access_reasons import ENDING_REASONS
from cais.inbox.services import Cause, sync
from cais.ports.errors import AccessState
from cais.ports.manifest import Capability

DAILY = timedelta(days=1)
WARN_BEFORE = timedelta(days=5)
LAST_DAY = timedelta(days=1)
# Told already by the store's own refusal.
_KNOWN_LOST = frozenset({AccessState.NEEDS_AUTHORISATION.value, AccessState.STORE_CANCELLED.value})


@dataclass(frozen=True, slots=True)
class Ending:
    """An access that ends soon or has ended; `when` is a predicate in Portuguese: "vence em 5 dias"."""

    when: str
    is_last_day: bool


def waiting_for_renewal() -> Iterable[int]:
    """Connections whose access was last renewed a day ago or more, by the store's clock, and that may speak now."""
    at_rest = Q(connection__health__wait_until__gt=timezone.now()) | Q(connection__health__disconnected=True)
    rows = StoredTokens.objects.filter(saved_at__lte=account.CLOCK.now() - DAILY, connection__paused=False)
    return rows.exclude(at_rest).values_list("connection_id", flat=True)


def is_due(connection: Connection) -> bool:
    """Whether this connection's access is to be renewed now."""
    if not connection.manifest.offers(connection.modality, Capability.AUTHORISE):
        return False
    return StoredTokens.objects.filter(connection=connection, saved_at__lte=account.CLOCK.now() - DAILY).exists()


def ending_of(tokens: StoredTokens | None) -> Ending | None:
    """What to say of an access; None while it lasts long, and for a connection that never had one."""
    now = account.CLOCK.now()
    if tokens is None or tokens.refresh_expires_at - now > WARN_BEFORE:
        return None
    return Ending(_when(tokens.refresh_expires_at, now), tokens.refresh_expires_at - now <= LAST_DAY)


def _when(end: datetime, now: datetime) -> str:
    end, now = end.astimezone(BRASILIA), now.astimezone(BRASILIA)
    if end <= now:
        return f"venceu em {end:%d/%m}"
    days = (end.date() - now.date()).days
    if days > 1:
        return f"vence em {days} dias"
    return f"vence {'amanhã' if days else 'hoje'} às {end:%H:%M}"


def watch(group_id: int) -> None:
    """Make the error inbox tell exactly the accesses of the group that end soon, also of paused connections."""
    rows = StoredTokens.objects.filter(group=group_id).select_related("connection__group", "connection__health")
    wanted = {subject_of(row.connection): _causes(row) for row in rows}
    sync(group_id, wanted, among=ENDING_REASONS)


def _causes(row: StoredTokens) -> list[Cause]:
    found, connection = ending_of(row), row.connection
    if found is None or connection.health.access in _KNOWN_LOST:
        return []
    reason = "access_ends_today" if found.is_last_day else "access_ending"
    why = ", porque a conexão está pausada" if connection.paused else ""
    params = {"store": connection.name, "when": found.when, "why": why}
    return [Cause(reason, f"connection:{connection.pk}", params)]
