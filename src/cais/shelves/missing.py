"""What no page of a reading showed is asked for by its id before anybody says that it is gone from the store.

Lists are cut into pages while the merchant works: what is deleted on one page moves a row of the next one over the cut,
and no page shows it (Tray contract §1.2). Neither totals nor dates tell which, the thing's own id does.
"""

from __future__ import annotations

from typing import Final, cast

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cais.catalog.models import Listing, StoreProduct
from cais.connections.models import Connection
from cais.core.shelf import ShelfRef, ShelfRow
from cais.ports.capabilities import ProductCatalogue
from cais.ports.errors import NotFound, Rejected, Unreadable
from cais.ports.session import Account
from cais.shelves.links import keep
from cais.shelves.models import ShelfReading
from cais.shelves.seeing import take
from cais.waiting.rows import LEASE

MOST: Final = 200
"""Things asked for in one reading, linked ones first; the others stay as they were until the next one."""


def ask_for_missing(found: ShelfReading, account: Account) -> bool:
    """Ask the store for each thing that this pass did not list. False when the lease was lost. Raises VendorError.

    What it denies is gone, what it shows was only missed. Of what it answers unclearly nothing new is known.
    """
    for thing in missed(found.connection, found)[:MOST]:
        if not found.stay(LEASE):
            return False
        asked_at = timezone.now()
        shown = _shown(found.connection, account, thing)
        if shown is not None:
            keep(found.connection, [shown], seen_at=asked_at)
            found.seen += take(found.connection, [shown], asked_at=asked_at)
    return True


def missed(connection: Connection, found: ShelfReading) -> QuerySet[StoreProduct]:
    """What is believed to be in the store and was on no page."""
    links = Listing.objects.filter(
        connection=connection, external_id=OuterRef("external_id"), variant_id=OuterRef("variant_id")
    )
    unseen = StoreProduct.objects.filter(connection=connection, seen_at__lt=found.begun_at)
    there = unseen.exclude(conflict=StoreProduct.Conflict.GONE)
    return there.annotate(is_linked=Exists(links)).order_by("-is_linked", "pk")


def _shown(connection: Connection, account: Account, thing: StoreProduct) -> ShelfRow | None:
    """None when the store does not show it under this id, which is written down where the store surely said so."""
    ref = ShelfRef(external_id=thing.external_id, variant_id=thing.variant_id)
    try:
        shown = cast(ProductCatalogue, connection.vendor).show_product(account, ref)
    except NotFound:
        StoreProduct.objects.filter(pk=thing.pk).update(conflict=StoreProduct.Conflict.GONE)
        return None
    except (Rejected, Unreadable):
        return None
    return shown if shown.ref == ref else None
