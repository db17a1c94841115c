"""The price that a store shows, with its promotion: worked out at the moment of speaking (feature D7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from django.db import transaction

from cais.connections.models import Connection
from cais.core.shelf import PriceDoc, ShelfRef, ShelfRow
from cais.core.wording import UNKNOWN, money_text
from cais.ports.capabilities import Done, PriceWriter
from cais.ports.manifest import Capability
from cais.ports.session import Account, Priority
from cais.pricing.figures import prices, turned
from cais.pricing.rules import store_day
from cais.shelves.marks import mark
from cais.shelves.models import Mark, PriceDay, PriceDrift, PricePublication
from cais.shelves.telling import Facet, TellingKind


class PriceFacet(Facet[PriceDoc]):
    """Unknown where the register has no price, where a rule leaves none, or where a person or the store keeps it.

    A person changes prices in a store on purpose, so a difference always waits for one.
    """

    kind = Mark.Kind.PRICE
    capability = Capability.WRITE_PRICES
    priority = Priority.PRICES
    table = PricePublication
    drifts = PriceDrift
    refused = "price_refused"
    drifted = "price_drift"

    def wanted(self, connection: Connection, product_ids: Collection[int]) -> Mapping[int, PriceDoc | None]:
        return {key: found.price for key, found in prices(connection, product_ids).items()}

    def shown(self, connection: Connection, row: ShelfRow) -> PriceDoc | None:
        return None if row.price is None else row.price.as_of(store_day(connection))

    def write(self, connection: Connection, account: Account, ref: ShelfRef, value: PriceDoc) -> Done:
        return cast(PriceWriter, connection.vendor).write_price(account, ref, value)

    def read(self, connection: Connection, account: Account, ref: ShelfRef) -> PriceDoc | None:
        found = cast(PriceWriter, connection.vendor).current_price(account, ref)
        return None if found is None else found.as_of(store_day(connection))

    def text(self, value: PriceDoc | None) -> str:
        """35,90 or 35,90 (29,90); – for what nobody knows."""
        if value is None:
            return UNKNOWN
        offer = f" ({money_text(value.promotion.price, symbol=False)})" if value.promotion else ""
        return f"{money_text(value.price, symbol=False)}{offer}"

    def aged(self, connection: Connection, value: PriceDoc) -> PriceDoc:
        """The store ends a promotion by its own days: when it is over there is nothing to say."""
        return value.as_of(store_day(connection))

    def wake(self, connection: Connection) -> None:
        """Mark what a promotion that began or ended since the last look has changed."""
        today = store_day(connection)
        own = {"group_id": connection.group_id, "day": today}
        row, _ = PriceDay.objects.get_or_create(connection=connection, defaults=own)
        if row.day >= today:
            return
        with transaction.atomic():
            products = turned(connection, after=row.day, until=today)
            mark(connection.group_id, products, connection_id=connection.pk, kind=self.kind)
            PriceDay.objects.filter(pk=row.pk, day=row.day).update(day=today)


PRICES: Final = PriceFacet()


class PriceKind(TellingKind):
    name = "price"
    capability = Capability.WRITE_PRICES
    facet = PRICES


def hear_prices(
    sender: object, *, group_id: int, connection_id: int, product_ids: Collection[int] | None, **_: Any
) -> None:
    mark(group_id, product_ids, connection_id=connection_id, kind=PRICES.kind)


def hear_register(sender: object, *, group_id: int, product_ids: Collection[int], **_: Any) -> None:
    """A base price may be another, or a product be out of use."""
    mark(group_id, product_ids, kind=PRICES.kind)
