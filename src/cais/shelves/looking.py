"""Looking: marks are folded into what each store should show; equal figures rest, others become due."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from django.db import transaction

from cais.catalog.models import Listing
from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.inbox import services as inbox
from cais.inbox.shelf_reasons import CODES as REASONS_OF_A_SHELF
from cais.ports.manifest import Capability
from cais.shelves.figures import digest_of_units, units_to_show
from cais.shelves.marks import take_marks
from cais.shelves.models import Mark, StockPublication
from cais.shelves.subjects import listing_subject

BATCH: Final = 2000

# A row that somebody is speaking for stays due, whatever it says: its own outcome is not known yet.
_HELD: Final = "(t.lease IS NOT NULL AND t.lease_until > statement_timestamp())"
_DIFFERS: Final = "(v.desired IS NOT NULL AND (t.published_digest <> v.desired_digest OR t.in_flight))"
_HOW: Final = {
    "due_at": (
        f"CASE WHEN {_HELD} THEN statement_timestamp()"
        f" WHEN {_DIFFERS} THEN coalesce(t.due_at, statement_timestamp()) END"
    ),
    "waits_since": f"CASE WHEN {_DIFFERS} THEN coalesce(t.waits_since, statement_timestamp()) END",
    "hold": "CASE WHEN t.held_digest <> v.desired_digest THEN '' ELSE t.hold END",
}


def look_at_stock(connection: Connection, *, limit: int = BATCH) -> int:
    """Fold some marks. Returns how many there were; in one transaction, so that none is lost.

    A mark that is not committed yet belongs to the next look, which then sees what it marks.
    """
    with transaction.atomic():
        marked = take_marks(connection, Mark.Kind.STOCK, limit=limit)
        if marked:
            plan_stock(connection, set(marked))
    return len(marked)


def plan_stock(connection: Connection, product_ids: Collection[int]) -> None:
    """Work out what these products should show and make due what differs. Inside a transaction."""
    if not connection.manifest.offers(connection.modality, Capability.WRITE_STOCK):
        return
    listings = list(Listing.objects.filter(connection=connection, product_id__in=product_ids))
    _ensure_rows(connection, listings)
    shown = units_to_show(connection, {listing.product_id for listing in listings})
    product_of = {listing.pk: listing.product_id for listing in listings}
    rows = StockPublication.objects.filter(listing__in=product_of).order_by("pk").select_for_update(of=("self",))
    locked = list(rows.values_list("pk", "listing", "hold"))
    units = {pk: shown.get(product_of[listing]) for pk, listing, _ in locked}
    facts = {pk: {"desired": value, "desired_digest": digest_of_units(value)} for pk, value in units.items()}
    update_each(StockPublication, facts, how=_HOW)
    _close_what_woke([pk for pk, _, hold in locked if hold])


def _close_what_woke(held: Collection[int]) -> None:
    """What a row was held for is over once it would say something else."""
    awake = StockPublication.objects.filter(pk__in=held, hold="").select_related("listing__product")
    for row in awake:
        inbox.sync(row.group_id, {listing_subject(row.listing): ()}, among=REASONS_OF_A_SHELF)


def _ensure_rows(connection: Connection, listings: Iterable[Listing]) -> None:
    own = {"group_id": connection.group_id, "connection": connection}
    made = [StockPublication(listing=listing, **own) for listing in listings]
    StockPublication.objects.bulk_create(made, ignore_conflicts=True)
