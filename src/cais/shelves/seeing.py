"""What a page of a store's list shows is believed: of stock and prices, unless something of ours is newer than it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from cais.catalog.models import Listing
from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.core.shelf import ShelfRow
from cais.shelves.facets import facets_of
from cais.shelves.telling import Facet

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
