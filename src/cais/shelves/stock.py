"""The kind of publication that tells a store how many units it may sell: worked out at the moment of speaking."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone

from cais.catalog.models import Listing
from cais.connections.models import Connection
from cais.core.shelf import ShelfRef
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.ports.capabilities import Done, StockWriter
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.publishing.kinds import Kind, Step
from cais.shelves.figures import digest_of_units, units_to_show
from cais.shelves.models import StockPublication
from cais.shelves.subjects import listing_subject

REFUSED = "stock_refused"
UNKNOWN = "–"


class StockKind(Kind[StockPublication]):
    """`until`: the instant after which the orders were read too long ago, and what is left waits for a reading."""

    name = "stock"
    capability = Capability.WRITE_STOCK

    def __init__(self, *, until: datetime | None = None) -> None:
        self._until = until

    def rows(self) -> QuerySet[StockPublication, StockPublication]:
        return StockPublication.objects.select_related("connection__company", "listing__product")

    def may_speak(self, connection: Connection) -> bool:
        """Each row says for itself whether the function is on or a rehearsal released it."""
        return connection.manifest.offers(connection.modality, self.capability)

    def goes_on(self) -> bool:
        return self._until is None or timezone.now() < self._until

    def plan(self, row: StockPublication) -> Step | None:
        """Nothing is said of what is unknown, nor what the store is believed to show already.

        In doubt the newest figure is said again: it is absolute, and twice equals once.
        """
        product = row.listing.product
        row.desired = units_to_show(row.connection, [product.pk]).get(product.pk)
        row.desired_digest = digest_of_units(row.desired)
        if row.desired is None or (row.desired_digest == row.published_digest and not row.in_flight):
            return None
        was, wish = units_text(row.published), units_text(row.desired)
        return Step("write", product.sku, was, wish, lambda *a: self._write(row, *a))

    def at_rest(self, row: StockPublication) -> dict[str, Any]:
        return {"desired": row.desired, "desired_digest": row.desired_digest, "waits_since": None}

    def source(self, row: StockPublication) -> str:
        """The figure as it is now."""
        product_id = row.listing.product_id
        return digest_of_units(units_to_show(row.connection, [product_id]).get(product_id))

    def _write(self, row: StockPublication, connection: Connection, account: Account, look: bool) -> Done:
        assert row.desired is not None  # planned
        return cast(StockWriter, connection.vendor).write_stock(account, ref_of(row.listing), row.desired)

    def done(self, row: StockPublication, step: Step, answer: Done) -> dict[str, Any]:
        inbox.sync(row.group_id, {listing_subject(row.listing): ()}, among=(REFUSED,))
        return {**self.at_rest(row), "published": row.desired}

    def refused(self, row: StockPublication, words: str, detail: str) -> str:
        params = {"sku": row.listing.product.sku, "store": row.connection.name, "words": words}
        cause = Cause(REFUSED, f"listing:{row.listing_id}", params, detail)
        inbox.sync(row.group_id, {listing_subject(row.listing): (cause,)}, among=(REFUSED,))
        return REFUSED


def ref_of(listing: Listing) -> ShelfRef:
    return ShelfRef(external_id=listing.external_id, variant_id=listing.variant_id)


def units_text(units: Decimal | None) -> str:
    """12 or 1,5; – for what nobody knows."""
    return UNKNOWN if units is None else format(units.normalize(), "f").replace(".", ",")
