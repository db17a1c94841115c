"""Reading a store's shelf back over the wire: what it shows, page by page, never what we believe that it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from cais.catalog.models import Listing
from cais.companies.writing import update_each
from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.core.shelf import ShelfRow
from cais.intake.review import until_night
from cais.ports.capabilities import ProductCatalogue
from cais.ports.errors import ConfigurationError, RateLimited, Unavailable, VendorError
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.publishing.conversation import tell_connection
from cais.shelves.drift import judge
from cais.shelves.facets import FACETS, facets_of
from cais.shelves.links import keep, link_what_is_sure
from cais.shelves.models import ShelfReading
from cais.shelves.telling import Facet
from cais.waiting.rows import LEASE

_PAGES: Final = 40
_PAUSE: Final = 60.0
_SOON: Final = timedelta(seconds=2)
# A row that is being told something, or was since the page was asked for, is newer than the page.
_UNTOUCHED: Final = "t.lease IS NULL AND NOT t.in_flight AND (t.published_at IS NULL OR t.published_at < v.shown_at)"
# So is one of which we learned after that that the store moved it by itself.
_UNMOVED: Final = f"{_UNTOUCHED} AND (t.moved_at IS NULL OR t.moved_at < v.shown_at)"


def _believing(is_older: str) -> dict[str, str]:
    is_right = f"({is_older} AND t.hold = '' AND v.published_digest = t.desired_digest)"
    return {
        "published": f"CASE WHEN {is_older} THEN v.shown ELSE t.published END",
        "published_digest": f"CASE WHEN {is_older} THEN v.published_digest ELSE t.published_digest END",
        "due_at": f"CASE WHEN {is_right} THEN NULL ELSE t.due_at END",
        "waits_since": f"CASE WHEN {is_right} THEN NULL ELSE t.waits_since END",
    }


_BELIEVE: Final = _believing(_UNTOUCHED)
_BELIEVE_OF_SALES: Final = {
    **_believing(_UNMOVED),
    "moved_at": f"CASE WHEN {_UNMOVED} THEN NULL ELSE t.moved_at END",
}


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
            if not found.is_read:
                found.is_read = _pages(found, account)
                _link(found)
        except (VendorError, ConfigurationError) as error:
            tell_connection(connection, error)
            wait = error.retry_after if isinstance(error, Unavailable) else CLOCK.real_seconds(_PAUSE)
            found.postpone(wait, error=str(error), counted=not isinstance(error, RateLimited))
        else:
            health.answered(connection)
            _rest(found)
    return len(taken)


def _link(found: ShelfReading) -> None:
    """What the whole list shows is known now: link what is sure, before it is judged."""
    if found.is_read:
        link_what_is_sure(found.connection, since=found.begun_at)


def _rest(found: ShelfReading) -> None:
    if not found.is_read:
        found.settle(again_in=timedelta(0))
        return
    drifted = judge(found.connection, since=found.begun_at or timezone.now())
    if drifted is None:
        found.settle(again_in=_SOON, is_read=True)
        return
    over: dict[str, Any] = {"begun_at": None, "next_page": "", "is_read": False, "asked_by": ""}
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
        kept = ShelfReading.objects.filter(pk=found.pk, lease=found.lease).update(**where)
        if not page.next_page:
            return True
        if not kept or not found.stay(LEASE):
            return False
    return False


def take(connection: Connection, rows: Sequence[ShelfRow], *, asked_at: datetime) -> int:
    """Keep what a page shows of linked products. Returns how many; what it does not say stays unknown."""
    named = {(row.ref.external_id, row.ref.variant_id): row for row in rows}
    listings = Listing.objects.filter(connection=connection, external_id__in={key[0] for key in named})
    names = listings.values_list("pk", "external_id", "variant_id")
    found = {pk: named[product, variant] for pk, product, variant in names if (product, variant) in named}
    return max((_believe(connection, facet, found, asked_at=asked_at) for facet in facets_of(connection)), default=0)


def _believe(connection: Connection, facet: Facet[Any], found: Mapping[int, ShelfRow], *, asked_at: datetime) -> int:
    told = {pk: value for pk, row in found.items() if (value := facet.shown(connection, row)) is not None}
    with transaction.atomic():
        rows = facet.rows().filter(listing__in=told).order_by("pk").select_for_update(of=("self",))
        facts = {
            pk: {"shown": told[listing], "shown_at": asked_at, "published_digest": facet.digest(told[listing])}
            for pk, listing in rows.values_list("pk", "listing")
        }
        how = _BELIEVE_OF_SALES if facet.follows_sales else _BELIEVE
        return len(update_each(facet.table, facts, how=how))


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
