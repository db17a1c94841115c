"""Looking: marks are folded into what each store should show; equal values rest, others become due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from cais.catalog.models import Listing
from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.inbox import services as inbox
from cais.shelves.marks import take_marks
from cais.shelves.subjects import listing_subject
from cais.shelves.telling import Facet

BATCH: Final = 2000

# A row that somebody is speaking for stays due, whatever it says: its own outcome is not known yet. Also where its
# lease has ended, since who speaks slowly still settles it as long as nobody else took it.
_HELD: Final = "t.lease IS NOT NULL"
_IN_DOUBT: Final = "t.published_digest <> v.desired_digest OR t.in_flight"
_MOVED_AT: Final = "coalesce(v.moved_at, t.moved_at)"


def _how(differs: str) -> dict[str, str]:
    needed = f"(v.desired IS NOT NULL AND ({differs}))"
    return {
        "due_at": (
            f"CASE WHEN {_HELD} THEN statement_timestamp()"
            f" WHEN {needed} THEN coalesce(t.due_at, statement_timestamp()) END"
        ),
        "waits_since": f"CASE WHEN {needed} THEN coalesce(t.waits_since, statement_timestamp()) END",
        "hold": "CASE WHEN t.held_digest <> v.desired_digest THEN '' ELSE t.hold END",
    }


_HOW: Final = _how(_IN_DOUBT)
_HOW_OF_SALES: Final = {**_how(f"{_IN_DOUBT} OR {_MOVED_AT} IS NOT NULL"), "moved_at": _MOVED_AT}


def look(connection: Connection, facet: Facet[Any], *, limit: int = BATCH, wait: bool = False) -> int:
    """Fold some marks. Returns how many there were; in one transaction, so that none is lost.

    A mark that is not committed yet belongs to the next look, which then sees what it marks.
    """
    facet.wake(connection)
    with transaction.atomic():
        marked = take_marks(connection, facet.kind, limit=limit, wait=wait)
        if marked:
            moved = {product for product, was_moved in marked if was_moved}
            plan(connection, facet, {product for product, _ in marked}, moved=moved)
    return len(marked)


def plan(
    connection: Connection, facet: Facet[Any], product_ids: Collection[int], *, moved: Collection[int] = ()
) -> None:
    """Work out what these products should show and make due what differs. Inside a transaction.

    What the store `moved` by itself is due also where it should show what it did: it does so no more, and under a cap
    its own sales would empty a shelf of which we never said another figure.
    """
    if not facet.offered(connection):
        return
    listings = list(Listing.objects.filter(connection=connection, product_id__in=product_ids))
    _ensure_rows(connection, facet, listings)
    wanted = facet.says(connection, listings)
    product_of = {listing.pk: listing.product_id for listing in listings}
    rows = facet.rows().filter(listing__in=product_of).order_by("pk").select_for_update(of=("self",))
    locked = list(rows.values_list("pk", "listing", "hold", "published"))
    _age(connection, facet, {pk: published for pk, _, _, published in locked if published is not None})
    values = {pk: wanted[listing] for pk, listing, _, _ in locked}
    facts = {pk: {"desired": value, "desired_digest": facet.digest(value)} for pk, value in values.items()}
    if facet.follows_sales:
        now = timezone.now()
        for pk, listing, _, _ in locked:
            facts[pk]["moved_at"] = now if product_of[listing] in moved else None
    update_each(facet.table, facts, how=_HOW_OF_SALES if facet.follows_sales else _HOW)
    _close_what_woke(facet, [pk for pk, _, hold, _ in locked if hold])


def _age(connection: Connection, facet: Facet[Any], published: Mapping[int, Any]) -> None:
    """What the store was told may mean something else by now; no call is needed for that."""
    aged = {pk: facet.aged(connection, value) for pk, value in published.items()}
    facts = {pk: {"published": aged[pk], "published_digest": facet.digest(aged[pk])} for pk in aged}
    update_each(facet.table, {pk: facts[pk] for pk in facts if aged[pk] != published[pk]})


def _close_what_woke(facet: Facet[Any], held: Collection[int]) -> None:
    """What a row was held for is over once it would say something else."""
    awake = facet.rows().filter(pk__in=held, hold="").select_related("listing__product")
    for row in awake:
        inbox.sync(row.group_id, {listing_subject(row.listing): ()}, among=(facet.refused,))


def _ensure_rows(connection: Connection, facet: Facet[Any], listings: Iterable[Listing]) -> None:
    own = {"group_id": connection.group_id, "connection": connection}
    made = [facet.table(listing=listing, **own) for listing in listings]
    facet.table.objects.bulk_create(made, ignore_conflicts=True)
