"""Looking: marks of products are folded into what each store should say; equal ones rest, others become due."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from django.db import transaction
from django.db.models.functions import Now

from cais.catalog.models import Listing
from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.exporting.documents import digest_of_product, document_of
from cais.exporting.models import ProductPublication
from cais.exporting.telling import AMBIGUOUS, tell_well
from cais.shelves.marks import take_marks
from cais.shelves.models import Mark

BATCH: Final = 1000

# A row that somebody is speaking for stays due, whatever it says: its own outcome is not known yet. Also where its
# lease has ended, since who speaks slowly still settles it as long as nobody else took it.
_HELD: Final = "t.lease IS NOT NULL"
_DIFFERS: Final = "(v.desired_digest <> '' AND (t.published_digest <> v.desired_digest OR t.in_flight))"
_HOW: Final = {
    "due_at": (
        f"CASE WHEN {_HELD} THEN statement_timestamp()"
        f" WHEN {_DIFFERS} THEN coalesce(t.due_at, statement_timestamp()) END"
    ),
    "hold": "CASE WHEN t.held_digest <> v.desired_digest THEN '' ELSE t.hold END",
}


def look_at_products(connection: Connection, *, limit: int = BATCH) -> int:
    """Fold some marks. Returns how many there were; in one transaction, so that none is lost."""
    with transaction.atomic():
        marked = take_marks(connection, Mark.Kind.PRODUCT, limit=limit)
        if marked:
            plan_products(connection, {product for product, _ in marked})
    return len(marked)


def plan_products(connection: Connection, product_ids: Collection[int]) -> None:
    """Work out what the store should say of these products and make due what differs. Inside a transaction."""
    rows = ProductPublication.objects.filter(connection=connection, product__in=product_ids)
    locked = list(rows.select_related("product").order_by("pk").select_for_update(of=("self",)))
    linked = set(
        Listing.objects.filter(connection=connection, product__in=product_ids).values_list("product", flat=True)
    )
    facts = {row.pk: {"desired_digest": _wish(row, is_linked=row.product_id in linked)} for row in locked}
    update_each(ProductPublication, facts, how=_HOW)
    _wake_linked(row for row in locked if row.product_id in linked)
    _close_what_woke([row.pk for row in locked if row.hold])


def _wish(row: ProductPublication, *, is_linked: bool) -> str:
    return digest_of_product(document_of(row.product)) if is_told(row, is_linked=is_linked) else ""


def is_told(row: ProductPublication, *, is_linked: bool) -> bool:
    """What somebody unlinked is not made anew by itself, and what is out of use is not made at all."""
    return is_linked or (not row.published_digest and row.product.active)


def _wake_linked(rows: Iterable[ProductPublication]) -> None:
    """A person has said which of the store's products it is: the code is in doubt no more."""
    waiting = [row.pk for row in rows if row.hold == AMBIGUOUS]
    ProductPublication.objects.filter(pk__in=waiting, hold=AMBIGUOUS).update(hold="", held_digest="", due_at=Now())


def _close_what_woke(held: Collection[int]) -> None:
    for row in ProductPublication.objects.filter(pk__in=held, hold="").select_related("product"):
        tell_well(row)
