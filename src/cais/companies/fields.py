"""The kinds of decimal columns: cents, and units with four places, known or not."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    Decimals = models.DecimalField[Decimal | int | str, Decimal]
    MaybeDecimals = models.DecimalField[Decimal | int | str | None, Decimal | None]


def money_field() -> Decimals:
    """Reais with two places, zero when not given."""
    return models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))


def price_field(**options: Any) -> Decimals:
    """Reais of one unit, with four places as invoices allow."""
    return models.DecimalField(max_digits=16, decimal_places=4, **options)


def quantity_field(**options: Any) -> Decimals:
    """Units with four places; rounded down only where a store wants integers (feature D1)."""
    return models.DecimalField(max_digits=15, decimal_places=4, **options)


def known_quantity_field(**options: Any) -> MaybeDecimals:
    """Units with four places, or null where nobody knows or said so."""
    return models.DecimalField(max_digits=15, decimal_places=4, null=True, **options)
