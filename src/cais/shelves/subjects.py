"""How the error inbox names what a store shows."""

from __future__ import annotations

from cais.catalog.models import Listing
from cais.inbox.services import Subject


def listing_subject(listing: Listing) -> Subject:
    """A product at one store, as a row of the error inbox."""
    return Subject(kind="listing", id=listing.pk, label=listing.product.sku, connection_id=listing.connection_id)
