"""The stock that a store shows: how many units it may sell, worked out at the moment of speaking (feature D6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

from django.db.models import Case, F, Value, When
from django.db.models.functions import Now

from cais.connections.models import Connection
from cais.core.shelf import ShelfRef, ShelfRow
from cais.core.wording import quantity_text
from cais.offering.figures import offers
from cais.ports.capabilities import Done, StockWriter
from cais.ports.manifest import Capability
from cais.ports.session import Account, Priority
from cais.shelves.models import Drift, Mark, ShelfPublication, StockPublication
from cais.shelves.telling import Facet, TellingKind

REFUSED: Final = "stock_refused"


class StockFacet(Facet[Decimal]):
    """Unknown where nobody counted it, where it is sold without stock, or where the store computes it."""

    kind = Mark.Kind.STOCK
    capability = Capability.WRITE_STOCK
    priority = Priority.STOCK
    table = StockPublication
    drifts = Drift
    refused = REFUSED
    drifted = "shelf_drift"
    follows_sales = True
    corrects_few = True

    def wanted(self, connection: Connection, product_ids: Collection[int]) -> Mapping[int, Decimal | None]:
        return {key: offer.units for key, offer in offers(connection, product_ids).items()}

    def shown(self, connection: Connection, row: ShelfRow) -> Decimal | None:
        return row.stock

    def write(self, connection: Connection, account: Account, ref: ShelfRef, value: Decimal) -> Done:
        return cast(StockWriter, connection.vendor).write_stock(account, ref, value)

    def read(self, connection: Connection, account: Account, ref: ShelfRef) -> Decimal | None:
        return cast(StockWriter, connection.vendor).current_stock(account, ref)

    def in_doubt(self, row: ShelfPublication) -> bool:
        return row.in_flight or _moved_at(row) is not None

    def said(self, row: ShelfPublication) -> dict[str, Any]:
        """A move of the store that we learned of while we spoke may be younger than what we said.

        So may what left before and whose answer was lost: it can still arrive. The next look says the figure again.
        """
        if row.was_lost:
            return {"moved_at": Now()}
        was = _moved_at(row)
        return {} if was is None else {"moved_at": Case(When(moved_at=was, then=Value(None)), default=F("moved_at"))}

    def text(self, value: Decimal | None) -> str:
        return quantity_text(value)


def _moved_at(row: ShelfPublication) -> datetime | None:
    return cast(StockPublication, row).moved_at


STOCK: Final = StockFacet()


class StockKind(TellingKind):
    name = "stock"
    capability = Capability.WRITE_STOCK
    facet = STOCK

    def claim(self, connection: Connection, most: int) -> list[ShelfPublication]:
        """First where the store is believed to show more than there is: it may sell what is not there."""
        rows: Any = self.rows().filter(connection=connection)
        first = rows.filter(desired__lt=F("published")).claim(most)
        return [*first, *(rows.claim(most - len(first)) if len(first) < most else ())]
