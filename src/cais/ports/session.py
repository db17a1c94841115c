"""What the engine lends a connector for one piece of work: the account, its tokens, the budget, the journal."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Protocol

from cais.core.clock import Clock


class Side(StrEnum):
    """Who is on the other end, for sentences that people read: the value begins them, `of` and `at` go inside."""

    STORE = "A loja"
    ERP = "O ERP"

    @property
    def of(self) -> str:
        return "da loja" if self is Side.STORE else "do ERP"

    @property
    def at(self) -> str:
        return "com a loja" if self is Side.STORE else "com o ERP"


class Priority(IntEnum):
    """The order in which an account's calls are spent; lower goes first."""

    ACCESS = 0
    ORDERS = 1
    INVOICES = 2
    STATUS = 3
    STOCK = 4
    PRICES = 5
    CATALOGUE = 6
    READ_BACK = 7


class Reach(StrEnum):
    """The addresses a connector may speak to, by the operator's choice (CAIS_ALLOW_ADDRESSES).

    NONE: public addresses only. LOOPBACK: this machine and nothing else (the demo). PRIVATE: public addresses, this
    machine and the private network.
    """

    NONE = "none"
    LOOPBACK = "loopback"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """An access as stored. Secrets; never logged. Times are aware."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    account_id: str = ""
    base_url: str = ""


class TokenStore(Protocol):
    """The stored access of one connection, shared by all workers."""

    def current(self) -> Tokens | None:
        """The newest stored tokens, read afresh."""

    def renewing(self) -> AbstractContextManager[None]:
        """Hold the right to renew: one owner at a time over all processes, freed when its process dies.

        No transaction is open inside. Raises Unavailable when another owner does not finish within a minute.
        """

    def save(self, tokens: Tokens) -> None:
        """Commit the new pair. It must be called before the pair is first used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question and answer with the outside, already redacted."""

    method: str
    url: str
    status: int | None
    seconds: float
    request_body: str = ""
    response_body: str = ""
    error: str = ""


class Meter(Protocol):
    """Counts and records the calls of one account."""

    def spend(self, priority: Priority) -> None:
        """Take one call from the budget. Raises BudgetSpent when there is none now."""

    def record(self, exchange: Exchange) -> None:
        """Write the exchange to the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One connection as a connector sees it. `settings` holds secrets in clear: never log it."""

    key: str
    modality: str
    settings: Mapping[str, str] = field(repr=False)
    tokens: TokenStore
    meter: Meter
    clock: Clock
    reach: Reach = Reach.NONE
    side: Side = Side.STORE
