"""The end of a long list: which orders were placed since it was read whole, in two calls or three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from django.utils import timezone

from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.models import Connection
from cais.intake import listing
from cais.intake.models import ORDERS, Cursor
from cais.intake.pull import store_time
from cais.intake.runs import Run
from cais.ports.capabilities import OrderRef, Window
from cais.ports.errors import ConfigurationError, VendorError
from cais.ports.session import Account
from cais.publishing.conversation import tell_connection

SHORT = 3
"""A list of so few pages is read whole: that costs hardly more and sees edits of older orders too."""
_WHOLE_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Glance:
    """It needs no lease: what it finds is kept as any reader keeps it, and twice equals once."""

    run: Run

    def goes_on(self) -> bool:
        return True

    def take(self, refs: Sequence[OrderRef]) -> None:
        self.run.take(len(refs), listing.keep(self.run.connection, refs).changed)


def look_at_newest(connection: Connection) -> datetime | None:
    """When it was asked for; every order that the store had by then has its row. None where only a whole reading tells.

    Orders stand oldest first (`OrderSource.list_orders`), so new ones are behind those that the last whole reading saw.
    What an edit of an older order asks for is left to the readings of the whole list, and to notices.
    """
    cursor = _long_list(connection)
    if cursor is None:
        return None
    run = Run(connection)
    account = account_for_work(connection, run_id=run.id)
    if account is None:
        return None
    asked_at = timezone.now()
    try:
        is_end = _read_end(account, cursor, _Glance(run))
    except (VendorError, ConfigurationError) as error:
        run.fail(error)
        run.close()
        tell_connection(connection, error)
        return None
    run.close()
    health.answered(connection)
    if not is_end:
        return None
    Cursor.objects.filter(pk=cursor.pk).update(newest_at=asked_at)
    return asked_at


def _long_list(connection: Connection) -> Cursor | None:
    """Where a long list was read whole a while ago, and today; not where a person waits for a reading."""
    rows = Cursor.objects.filter(connection=connection, kind=ORDERS, asked_run=None, pages__gt=SHORT)
    cursor = rows.filter(whole_at__gte=timezone.now() - _WHOLE_FOR, listed_from__isnull=False).first()
    return cursor if cursor is not None and cursor.watermark == store_time(connection).date() else None


def _read_end(account: Account, cursor: Cursor, glance: _Glance) -> bool:
    """From the last page but one on. False when rows have gone, so that nobody knows where the new ones stand."""
    window = Window(first=cast(date, cursor.listed_from), last=cast(date, cursor.watermark))  # both are `_long_list`'s
    page = cursor.pages - 1
    while page:
        answer = listing.ask_page(cursor.connection, account, window, glance, page)
        if not answer.refs or (answer.total is not None and answer.total < cursor.listed):
            return False
        glance.take(answer.refs)
        page = answer.next_page
    return True
