"""A connection as a connector needs it: settings with secrets, tokens under one owner, a counted and recorded wire."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.conf import settings
from django.db import transaction

from cais.connections.models import Budget, Connection, StoredTokens
from cais.connections.turns import RENEWING, turn
from cais.connections.vault import seal_json, secrets_of, unseal_json
from cais.core.budget import Spent, ask
from cais.core.clock import Clock
from cais.journal.services import keep_exchange
from cais.ports.errors import AccountPaused, BudgetSpent, Unavailable
from cais.ports.session import Account, Exchange, Priority, Reach, Side, Tokens

CLOCK = Clock.from_environment()
_PATIENCE = 60.0


class DatabaseTokens:
    """The tokens of one connection, in the database; renewed by one process at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def current(self) -> Tokens | None:
        row = StoredTokens.objects.filter(connection=self._connection).first()
        if row is None:
            return None
        opened = unseal_json(row.ciphertext)
        return Tokens(**opened, access_expires_at=row.access_expires_at, refresh_expires_at=row.refresh_expires_at)

    def renewing(self) -> AbstractContextManager[None]:
        return self._hold()

    @contextmanager
    def _hold(self) -> Iterator[None]:
        deadline = time.monotonic() + _PATIENCE
        while True:
            with turn(self._connection, RENEWING) as mine:
                if mine:
                    yield
                    return
            if time.monotonic() > deadline:
                raise Unavailable("O acesso está sendo renovado por outro processo.", retry_after=5)
            time.sleep(0.05)

    def save(self, tokens: Tokens) -> None:
        sealed = seal_json(
            {
                "access": tokens.access,
                "refresh": tokens.refresh,
                "account_id": tokens.account_id,
                "base_url": tokens.base_url,
            }
        )
        StoredTokens.objects.update_or_create(
            connection=self._connection,
            defaults={
                "group": self._connection.group,
                "ciphertext": sealed,
                "access_expires_at": tokens.access_expires_at,
                "refresh_expires_at": tokens.refresh_expires_at,
                "saved_at": CLOCK.now(),
            },
        )


class DatabaseMeter:
    """Counts an account's calls for all workers together and writes what was said.

    `for_work`: the calls are the engine's own, and end with the call under way when a person pauses the account.
    """

    def __init__(self, connection: Connection, *, run_id: int | None = None, for_work: bool = False) -> None:
        self._for_work = for_work
        self._connection = connection
        self._run_id = run_id
        self._limits = connection.manifest.limits(connection.modality)

    def spend(self, priority: Priority) -> None:
        if self._for_work and Connection.objects.filter(pk=self._connection.pk, paused=True).exists():
            raise AccountPaused("A conexão foi pausada.", retry_after=1)
        if self._limits is None:
            return
        profile = str(self._connection.settings.get("profile", ""))
        with transaction.atomic():
            row = self._row()
            grant = ask(
                Spent(minute=tuple(row.minute), day=row.day, day_calls=row.day_calls),
                now=CLOCK.timestamp(),
                per_minute=self._limits.per_minute,
                per_day=self._limits.calls_per_day(profile),
                priority=priority,
                zone=self._limits.time_zone,
            )
            if grant.given:
                row.minute, row.day, row.day_calls = list(grant.spent.minute), grant.spent.day, grant.spent.day_calls
                row.save(update_fields=["minute", "day", "day_calls"])
                return
        raise BudgetSpent("O limite de chamadas da loja foi atingido.", retry_after=CLOCK.real_seconds(grant.wait))

    def _row(self) -> Budget:
        rows = Budget.objects.select_for_update().filter(connection=self._connection)
        found = rows.first()
        if found is None:
            Budget.objects.bulk_create(
                [Budget(connection=self._connection, group_id=self._connection.group_id)], ignore_conflicts=True
            )
            found = rows.get()
        return found

    def record(self, exchange: Exchange) -> None:
        keep_exchange(self._connection.group_id, self._connection.pk, exchange, run_id=self._run_id)


def open_account(connection: Connection, *, run_id: int | None = None, for_work: bool = False) -> Account:
    """What the connector gets for one piece of work. Raises VaultError when secrets cannot be opened.

    `for_work`: see `DatabaseMeter`. What a person asks for by a button, as *Testar conexão*, is answered also paused.
    """
    return Account(
        key=str(connection.pk),
        modality=connection.modality,
        settings={**connection.settings, **secrets_of(connection)},
        tokens=DatabaseTokens(connection),
        meter=DatabaseMeter(connection, run_id=run_id, for_work=for_work),
        clock=CLOCK,
        reach=Reach(settings.ALLOWED_ADDRESSES),
        side=Side.ERP if connection.role == "erp" else Side.STORE,
    )
