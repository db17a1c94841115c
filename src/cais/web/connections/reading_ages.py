"""How old each kind of reading of a store is, with a plain word when it is late; and what the night's review found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from cais.connections.models import Connection
from cais.hooks.models import Listener
from cais.intake.gaps import count_gaps
from cais.intake.models import GAPS, ORDERS, REVIEW, Cursor, Gap
from cais.intake.statuses import STATUSES
from cais.ports.manifest import Capability
from cais.web.connections.words import LATE_AFTER, health_of
from cais.web.parts import Fact
from cais.web.wording import moment_text, plural_text

# Kind of reading, its name, and after how long it is late: each a little more than its own interval.
_KINDS: Final = (
    (ORDERS, "Pedidos", LATE_AFTER),
    (STATUSES, "Status da loja", timedelta(hours=7)),
    (REVIEW, "Conferência da noite", timedelta(hours=26)),
)


def reading_facts(connection: Connection) -> list[Fact]:
    """One line per kind of reading, then the numbers that are missing where the store gives them in turn."""
    if not connection.does(Capability.IMPORT_ORDERS):
        return []
    cursors = {row.kind: row for row in Cursor.objects.filter(connection=connection)}
    found = [_age(name, _read_at(connection, cursors.get(kind), kind), late) for kind, name, late in _KINDS]
    listener = Listener.objects.filter(connection=connection).first()
    if listener is not None:
        # Stores are silent for hours and nothing needs their notices, so this one is never late.
        found.append(_age("Avisos da loja", listener.last_at, timedelta.max))
    if connection.facts.ids_ascend and GAPS in cursors:
        found.append(_gaps(count_gaps(connection)))
    return found


def _read_at(connection: Connection, cursor: Cursor | None, kind: str) -> datetime | None:
    if kind == STATUSES:
        health = health_of(connection)
        return health.statuses_read_at if health else None
    return cursor.read_at if cursor else None


def _age(name: str, read_at: datetime | None, late_after: timedelta) -> Fact:
    now = timezone.now()
    if read_at is None:
        return Fact(name, "ainda não")
    said = moment_text(read_at, now=now, style="age")
    return Fact(name, f"{said}, atrasada", tone="warn") if now - read_at > late_after else Fact(name, said)


def _gaps(counts: Mapping[str, int]) -> Fact:
    """Numbers between known orders: those still to be asked for, found, and surely of nothing."""
    if not counts:
        return Fact("Números pulados", "nenhum")
    words = (
        (Gap.State.OPEN, "a conferir", "a conferir"),
        (Gap.State.FOUND, "encontrado", "encontrados"),
        (Gap.State.ABSENT, "não existe na loja", "não existem na loja"),
    )
    said = [plural_text(counts[state], one, many) for state, one, many in words if counts.get(state)]
    return Fact("Números pulados", ", ".join(said))


def review_sentence(seen: int, found: Mapping[str, int], *, is_over: bool) -> str:
    """*412 conferidos, 1 faltava e foi buscado*."""
    said = [plural_text(seen, "pedido conferido", "pedidos conferidos")] if is_over else ["em andamento"]
    words = (
        ("missing", "faltava e foi buscado", "faltavam e foram buscados"),
        ("different", "tinha mudado e foi lido", "tinham mudado e foram lidos"),
        ("asked", "não apareceu na lista e foi procurado", "não apareceram na lista e foram procurados"),
    )
    said += [plural_text(found[key], one, many) for key, one, many in words if found.get(key)]
    return ", ".join(said) if len(said) > 1 or not is_over else f"{said[0]}, nada faltava"
