"""What a store asks for a product: its base price, the store's rule on it, and promotions by day; pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final

from cais.core.shelf import PriceDoc, Promotion
from cais.core.values import CENT, ZERO, money

_HUNDRED: Final = Decimal(100)


class Rounding(StrEnum):
    """The endings that a price may have."""

    NONE = "none"
    FIVE_CENTS = "five_cents"
    NINETY = "ninety"
    NINETY_NINE = "ninety_nine"
    WHOLE = "whole"


class Direction(StrEnum):
    UP = "up"
    NEAREST = "nearest"  # a price half way goes up


class Standing(StrEnum):
    """Whether there is a price, and if not, why. Only `KNOWN` may ever be sent to a store."""

    KNOWN = "known"
    UNKNOWN = "unknown"  # the register has no price: zero there says that nobody knows
    NOTHING_LEFT = "nothing_left"  # the rule takes away all of it
    LEFT_OUT = "left_out"  # a person keeps it from this store
    INACTIVE = "inactive"
    LEFT_TO_STORE = "left_to_store"  # a kit that the store prices from its parts


# By ending: how far its prices are apart, and the first of them above zero.
_GRID: Final = {
    Rounding.NONE: (CENT, CENT),
    Rounding.FIVE_CENTS: (Decimal("0.05"), Decimal("0.05")),
    Rounding.NINETY: (Decimal(1), Decimal("0.90")),
    Rounding.NINETY_NINE: (Decimal(1), Decimal("0.99")),
    Rounding.WHOLE: (Decimal(1), Decimal(1)),
}


def rounded(value: Decimal, rounding: Rounding, direction: Direction = Direction.NEAREST) -> Decimal:
    """The price with that ending, for a value above zero; never below the smallest such price.

    The value is taken in cents (half up), so that a thousandth of a real carries no price to the next ending.
    """
    step, smallest = _GRID[rounding]
    steps = (money(value) - smallest) / step
    if direction is Direction.UP:
        count = steps.to_integral_value(ROUND_CEILING)
    else:
        count = (steps + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
    return money(smallest + step * max(count, ZERO))


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """So many percent more (or less) of the base price, and then so many reais."""

    percent: Decimal = ZERO
    amount: Decimal = ZERO

    def of(self, base: Decimal) -> Decimal:
        return base * (_HUNDRED + self.percent) / _HUNDRED + self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A promotion by rule: its own `price`, or so many `percent` off. Days are included; None is an open end."""

    price: Decimal | None = None
    percent: Decimal = ZERO
    first: date | None = None
    last: date | None = None

    def is_over(self, on: date) -> bool:
        return self.last is not None and self.last < on

    def runs(self, on: date) -> bool:
        return not self.is_over(on) and (self.first is None or self.first <= on)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRule:
    """How one store prices one product. `fixed` stands as it is; `sales` are in order, the product's own first."""

    adjustment: Adjustment = Adjustment()
    rounding: Rounding = Rounding.NONE
    direction: Direction = Direction.NEAREST
    fixed: Decimal | None = None
    is_sent: bool = True
    sales: Sequence[Sale] = ()

    def sale(self, on: date) -> Sale | None:
        """The promotion that runs on that day; when none does, the one that begins next. A store holds only one."""
        alive = [sale for sale in self.sales if not sale.is_over(on)]
        running = next((sale for sale in alive if sale.runs(on)), None)
        return running or min(alive, key=lambda sale: sale.first or on, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What a store should ask by this rule. `price` is None unless it is `KNOWN`.

    `idle`: the promotion that would be no cheaper than the price, or cost nothing, and is therefore left away.
    """

    standing: Standing
    rule: PriceRule
    price: PriceDoc | None = None
    idle: Sale | None = None


def priced(base: Decimal, rule: PriceRule, *, on: date) -> Priced:
    """The price of a product whose base price is `base`, on a day of the store; never zero, never below it."""
    if not rule.is_sent:
        return Priced(standing=Standing.LEFT_OUT, rule=rule)
    if rule.fixed is None and base <= 0:
        return Priced(standing=Standing.UNKNOWN, rule=rule)
    asked = rule.adjustment.of(base) if rule.fixed is None else rule.fixed
    if money(asked) <= 0:
        return Priced(standing=Standing.NOTHING_LEFT, rule=rule)
    price = money(asked) if rule.fixed is not None else rounded(asked, rule.rounding, rule.direction)
    sale = rule.sale(on)
    if sale is None:
        return Priced(standing=Standing.KNOWN, rule=rule, price=PriceDoc(price=price))
    doc = PriceDoc(price=price, promotion=_promotion(price, sale, rule))
    if not doc.is_sensible:
        return Priced(standing=Standing.KNOWN, rule=rule, price=PriceDoc(price=price), idle=sale)
    return Priced(standing=Standing.KNOWN, rule=rule, price=doc)


def _promotion(price: Decimal, sale: Sale, rule: PriceRule) -> Promotion:
    """A percentage is taken off the price that the store asks, and ends as its prices do."""
    asked = sale.price
    if asked is None:
        off = price * (_HUNDRED - sale.percent) / _HUNDRED
        asked = rounded(off, rule.rounding, rule.direction) if money(off) > 0 else ZERO
    return Promotion(price=money(asked), first=sale.first, last=sale.last)
