"""Reading a store's shelf back over the wire: what it shows, page by page, never what we believe that it shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, cast

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.intake.review import until_night
from cais.ports.capabilities import ProductCatalogue
from cais.ports.errors import ConfigurationError, RateLimited, Unavailable, VendorError
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.publishing.conversation import tell_connection
from cais.shelves.drift import judge
from cais.shelves.facets import FACETS
from cais.shelves.links import keep, link_what_is_sure
from cais.shelves.missing import ask_for_missing
from cais.shelves.models import ShelfReading
from cais.shelves.seeing import take
from cais.waiting.rows import LEASE

_PAGES: Final = 40
_PAUSE: Final = 60.0
_SOON: Final = timedelta(seconds=2)


def reads_back(connection: Connection) -> bool:
    """Whether this store's shelf can be read at all."""
    return connection.does(Capability.LIST_PRODUCTS)


def _is_told(connection: Connection) -> bool:
    return any(connection.does(facet.capability) for facet in FACETS)


def read_back_now(connection: Connection, *, asked_by: str) -> None:
    """*Conferir a loja*: as soon as a worker is free; a pass that goes on already goes on."""
    health.try_again(connection)
    row, _ = ShelfReading.objects.get_or_create(connection=connection, defaults={"group_id": connection.group_id})
    ShelfReading.objects.filter(pk=row.pk).update(due_at=Now(), asked_by=asked_by[:120], hold="", attempts=0)


def read_shelf(connection: Connection) -> int:
    """Go on with the pass that is due, some pages of it. Returns whether there was one."""
    account = account_for_work(connection) if reads_back(connection) else None
    if account is None:
        return 0
    taken = ShelfReading.objects.filter(connection=connection).select_related("connection").claim(1)
    for found in taken:
        try:
            _read(found, account)
        except (VendorError, ConfigurationError) as error:
            tell_connection(connection, error)
            wait = error.retry_after if isinstance(error, Unavailable) else CLOCK.real_seconds(_PAUSE)
            found.postpone(wait, error=str(error), counted=not isinstance(error, RateLimited))
        else:
            health.answered(connection)
            _rest(found)
    return len(taken)


def _read(found: ShelfReading, account: Account) -> None:
    """Go on until what the list shows is known, and what it only missed; then link what is sure, before judging."""
    found.is_read = found.is_read or _pages(found, account)
    if found.is_read and not found.is_asked:
        found.is_asked = ask_for_missing(found, account)
        if found.is_asked:
            link_what_is_sure(found.connection, since=found.begun_at)


def _rest(found: ShelfReading) -> None:
    if not found.is_asked:
        found.settle(again_in=timedelta(0))
        return
    drifted = judge(found.connection, since=found.begun_at or timezone.now())
    if drifted is None:
        found.settle(again_in=_SOON, is_asked=True)
        return
    over: dict[str, Any] = {"begun_at": None, "next_page": "", "is_read": False, "is_asked": False, "asked_by": ""}
    again = until_night(found.connection) if _is_told(found.connection) else None
    found.settle(again_in=again, read_at=found.begun_at, drifted=drifted, **over)


def _pages(found: ShelfReading, account: Account) -> bool:
    """Read on from where the pass stands. False when there is more than one turn holds."""
    vendor = cast(ProductCatalogue, found.connection.vendor)
    if found.begun_at is None:
        found.begun_at, found.next_page, found.seen = timezone.now(), "", 0
    for _ in range(_PAGES):
        asked_at = timezone.now()
        page = vendor.list_products(account, found.next_page)
        keep(found.connection, page.rows, seen_at=asked_at)
        found.seen += take(found.connection, page.rows, asked_at=asked_at)
        found.next_page = page.next_page
        where = {"begun_at": found.begun_at, "next_page": found.next_page, "seen": found.seen}
        where["is_read"] = not page.next_page
        kept = ShelfReading.objects.filter(pk=found.pk, lease=found.lease).update(**where)
        if not page.next_page:
            return True
        if not kept or not found.stay(LEASE):
            return False
    return False


def plan_readings() -> None:
    """Each store of the group in scope that is told anything is read back in its own night."""
    told = Connection.objects.filter(functions__overlap=[facet.capability for facet in FACETS])
    for connection in told.filter(Q(shelf_reading=None) | Q(shelf_reading__due_at=None)):
        if reads_back(connection):
            begins = {"due_at": Now() + until_night(connection)}
            own = {"group_id": connection.group_id, **begins}
            row, made = ShelfReading.objects.get_or_create(connection=connection, defaults=own)
            if not made:
                ShelfReading.objects.filter(pk=row.pk, due_at=None).update(**begins)
