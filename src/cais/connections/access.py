"""Opening an account for work: what cannot be opened is told where people look."""

from __future__ import annotations

from cais.connections import health
from cais.connections.account import open_account
from cais.connections.models import Connection
from cais.connections.vault import VaultError
from cais.ports.session import Account


def account_for_work(connection: Connection, *, run_id: int | None = None) -> Account | None:
    """The account, or None when it must not or cannot be used now: paused, waiting, or its secrets do not open."""
    if not health.may_speak(connection):
        return None
    try:
        return open_account(connection, run_id=run_id, for_work=True)
    except VaultError as error:
        health.refused(connection, "secrets_closed", detail=str(error))
        return None
