"""What stands on a store's shelf: products, stock and prices, as the store shows them and as it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from cais.core.values import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfRef:
    """A thing that one store sells: a product, or with `variant_id` one of its variants, which has its own stock."""

    external_id: str
    variant_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A price for some days, both included, in the store's own calendar; None is an open end."""

    price: Decimal
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDoc:
    """In reais. A promotion that is over still stands in the store until somebody ends it."""

    price: Decimal
    promotion: Promotion | None = None

    @property
    def is_sensible(self) -> bool:
        """It costs something; a promotion costs something less, and does not end before it begins."""
        offer = self.promotion
        if offer is None:
            return self.price > 0
        in_order = offer.first is None or offer.last is None or offer.first <= offer.last
        return ZERO < offer.price < self.price and in_order

    def as_of(self, day: date) -> PriceDoc:
        """What it means from that day on: a promotion that is over promises nothing, although the store keeps it."""
        offer = self.promotion
        is_over = offer is not None and offer.last is not None and offer.last < day
        return PriceDoc(price=self.price) if is_over else self


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfRow:
    """One thing as a store's list shows it. `stock` and `price` are None where the list does not say: never zero.

    `has_variants`: its stock is that of its variants, which have rows of their own.
    """

    ref: ShelfRef
    reference: str = ""
    gtin: str = ""
    name: str = ""
    stock: Decimal | None = None
    price: PriceDoc | None = None
    is_active: bool = True
    is_kit: bool = False
    has_variants: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDoc:
    """A simple product for a store. Our SKU is its `reference`.

    Grams and whole centimetres, as stores know no others: who fills them in rounds up, so that no parcel is too small.
    `price` is said when the store makes the product; afterwards prices have their own way, as stock always has.
    """

    reference: str
    name: str
    price: Decimal
    gtin: str = ""
    ncm: str = ""
    brand: str = ""
    description: str = ""
    weight_g: int = 0
    length_cm: int = 0
    width_cm: int = 0
    height_cm: int = 0
    is_active: bool = True


def whole_units(quantity: Decimal) -> Decimal:
    """Whole units, rounded down and never below zero: nobody may sell a rounding."""
    return max(quantity.quantize(Decimal(1), ROUND_FLOOR), Decimal(0))
