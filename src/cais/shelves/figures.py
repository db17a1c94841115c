"""What a store is told of each product: the figure of its offer, or None where there is none (feature D6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from cais.connections.models import Connection
from cais.core.digest import digest_of
from cais.offering.figures import offers


def units_to_show(connection: Connection, product_ids: Collection[int]) -> Mapping[int, Decimal | None]:
    """None is never sent: nobody counted it, it is sold without stock, or the store computes it."""
    return {key: offer.units for key, offer in offers(connection, product_ids).items()}


def digest_of_units(units: Decimal | None) -> str:
    return "" if units is None else digest_of(units)
