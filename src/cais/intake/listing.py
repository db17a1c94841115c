"""Listing: passes over a window of the store's orders, each order found kept as a row that says what to fetch."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from django.utils import timezone

from cais.connections.models import Connection
from cais.intake.models import ORDERS, Document
from cais.ports.capabilities import OrderPage, OrderRef, OrderSource, Window
from cais.ports.errors import RateLimited, Unavailable, Unreadable
from cais.ports.session import Account

log = logging.getLogger(__name__)
_TRIES_OF_A_PASS = 3
_TRIES_OF_A_PAGE = 3


@dataclass(slots=True)
class Pass:
    """What one reading of a window found. It is conclusive when nothing can have slipped between two pages."""

    seen: set[str]
    total: int | None = None
    shifted: bool = False
    pages: int = 0

    def take(self, refs: Sequence[OrderRef], total: int | None) -> None:
        ids = [ref.external_id for ref in refs]
        if self.seen.intersection(ids) or (self.total is not None and total is not None and total < self.total):
            self.shifted = True
        self.seen.update(ids)
        self.pages += 1
        self.total = total if total is not None else self.total

    @property
    def conclusive(self) -> bool:
        return not self.shifted and (self.total is None or len(self.seen) >= self.total)


class LeaseLostError(Exception):
    """Another worker reads this by now: nothing more may be written."""


class Reader(Protocol):
    """Who asked for a pass: keeps its lease while pages come, and takes what each page shows."""

    def goes_on(self) -> bool:
        """Called before every question to the store; False when the lease is no longer ours."""

    def take(self, refs: Sequence[OrderRef]) -> None:
        """One page, perhaps for the second time."""


def read_window(connection: Connection, account: Account, window: Window, reader: Reader) -> Pass | None:
    """Pass over a window until a pass is conclusive, a few times. None when rows kept moving while we read."""
    for _ in range(_TRIES_OF_A_PASS):
        found = Pass(seen=set())
        for refs, total in _pages(connection, account, window, reader):
            found.take(refs, total)
            reader.take(refs)
        if found.conclusive:
            return found
        log.info("connection %s: rows moved while reading, again", connection.pk)
    return None


def _pages(
    connection: Connection, account: Account, window: Window, reader: Reader
) -> Iterator[tuple[Sequence[OrderRef], int | None]]:
    page = 1
    while page:
        answer = ask_page(connection, account, window, reader, page)
        yield answer.refs, answer.total
        page = answer.next_page


def ask_page(connection: Connection, account: Account, window: Window, reader: Reader, page: int) -> OrderPage:
    """One page, asked for again at once after a hiccup: a pass of many pages must not start anew for each of them.

    Raises LeaseLostError.
    """
    source = cast(OrderSource, connection.vendor)
    for left in range(_TRIES_OF_A_PAGE, 0, -1):
        if not reader.goes_on():
            raise LeaseLostError
        try:
            return source.list_orders(account, window, page)
        except RateLimited:
            raise
        except (Unavailable, Unreadable) as error:
            if left == 1:
                raise
            log.info("connection %s, page %s: %s", connection.pk, page, error)
    raise AssertionError("the last try returns or raises")


@dataclass(frozen=True, slots=True)
class Kept:
    """Of one page: orders that we did not know, and known ones whose list row differs from the one before."""

    missing: int = 0
    different: int = 0
    changed: tuple[str, ...] = ()


def keep(connection: Connection, refs: Sequence[OrderRef]) -> Kept:
    """A row for each listed order; those whose list row is new or different need fetching."""
    known = dict(
        Document.objects.filter(
            connection=connection, kind=ORDERS, external_id__in=[ref.external_id for ref in refs]
        ).values_list("external_id", "listed_digest")
    )
    changed = {ref.external_id: ref for ref in refs if known.get(ref.external_id) != ref.digest}
    now = timezone.now()
    rows = [
        Document(
            group_id=connection.group_id,
            connection=connection,
            kind=ORDERS,
            external_id=ref.external_id,
            version=ref.version,
            listed_digest=ref.digest,
            changed_at=ref.changed_at,
            needs_fetch=True,
            due_at=now,
        )
        for ref in changed.values()
    ]
    Document.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "kind", "external_id"],
        update_fields=["version", "listed_digest", "changed_at", "needs_fetch", "due_at", "hold"],
    )
    missing = len(changed.keys() - known.keys())
    return Kept(missing=missing, different=len(rows) - missing, changed=tuple(changed))
