"""What the engine lends a connector, kept in memory: tokens with one owner at a time, a counting meter."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from cais.core.clock import Clock
from cais.ports.session import Account, Exchange, Priority, Reach, Tokens


@dataclass(slots=True)
class MemoryTokens:
    """The stored access of one connection; `saved` keeps every pair in the order of saving."""

    saved: list[Tokens] = field(default_factory=list)
    _right: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> Tokens | None:
        return self.saved[-1] if self.saved else None

    @contextmanager
    def renewing(self) -> Iterator[None]:
        with self._right:
            yield

    def save(self, tokens: Tokens) -> None:
        self.saved.append(tokens)


@dataclass(slots=True)
class MemoryMeter:
    """Counts what was spent and keeps what was recorded; it never refuses."""

    spent: list[Priority] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    def spend(self, priority: Priority) -> None:
        self.spent.append(priority)

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)


def account_for(settings: Mapping[str, str], *, modality: str = "rest", clock: Clock | None = None) -> Account:
    return Account(
        key="conta-1",
        modality=modality,
        settings=settings,
        tokens=MemoryTokens(),
        meter=MemoryMeter(),
        clock=clock or Clock.from_environment(),
        reach=Reach.LOOPBACK,
    )
