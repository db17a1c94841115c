"""Trying a connection while a person waits: *Testar conexão*, and the change of a code for an access."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import replace
from typing import cast

from django.db import connections as databases

from cais.companies.scope import group_scope
from cais.connections import health
from cais.connections.account import open_account
from cais.connections.models import Connection
from cais.connections.services import change_settings
from cais.connections.vault import VaultError
from cais.ports.capabilities import Authoriser, Check

log = logging.getLogger(__name__)
SECONDS = 25.0
_TRIERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="trying")

_LATE = Check(
    ok=False,
    text="A loja não respondeu dentro do tempo de espera.",
    help="Tente de novo em alguns minutos. Se continuar, confira o endereço.",
    code="unavailable",
)
_CLOSED = Check(
    ok=False,
    text="As senhas guardadas desta conexão não abrem.",
    help="Digite as senhas de novo, ou devolva as chaves antigas ao servidor.",
    code="secrets_closed",
)
_BROKEN = Check(
    ok=False,
    text="O teste parou num ponto que o Cais ainda não conhece.",
    help="Nada foi mudado. O que aconteceu ficou no registro do servidor.",
    code="unknown",
)


def try_connection(connection: Connection, *, seconds: float = SECONDS) -> Sequence[Check]:
    """One line for each thing tried. Never raises for what the outside does, and never takes longer than this."""
    try:
        found = _TRIERS.submit(_check, connection).result(timeout=seconds)
    except TooLate:
        return [_LATE]
    if all(line.ok for line in found):
        health.try_again(connection)
    return found


def _check(connection: Connection) -> Sequence[Check]:
    """On a thread of its own, with a database session and a scope of its own."""
    try:
        with group_scope(connection.group_id):
            return connection.vendor.check(open_account(connection))
    except VaultError:
        return [_CLOSED]
    except Exception:  # the edge: a page is waiting for a sentence
        log.exception("trying connection %s", connection.pk)
        return [_BROKEN]
    finally:
        databases.close_all()


def redeem(connection: Connection, values: Mapping[str, str]) -> None:
    """Change a code for an access, and keep what came with it only when that worked.

    Raises the errors of `ports.errors`, and VaultError.
    """
    account = open_account(connection)
    vendor = cast(Authoriser, connection.vendor)
    vendor.redeem(replace(account, settings={**account.settings, **values}))
    change_settings(connection, values)
    health.answered(connection)
