"""What a store can be shown: whole units where it knows no others, never below zero; and promotions that make sense."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cais.core.shelf import PriceDoc, Promotion
from cais.ports.manifest import Facts


@pytest.mark.parametrize(
    ("ours", "whole", "shown"),
    [
        ("7", True, "7"),
        ("7.9999", True, "7"),
        ("0.9999", True, "0"),
        ("-0.0001", True, "0"),
        ("-3", True, "0"),
        ("7.9999", False, "7.9999"),
        ("-3", False, "0"),
    ],
)
def test_a_store_is_shown_no_more_than_there_is(ours: str, whole: bool, shown: str) -> None:
    assert Facts(stock_is_whole=whole).shown_stock(Decimal(ours)) == Decimal(shown)


@pytest.mark.parametrize(
    ("offer", "first", "last", "sensible"),
    [
        ("9.99", None, None, True),
        ("9.99", date(2026, 11, 20), date(2026, 11, 20), True),
        ("10.00", None, None, False),
        ("12.00", None, None, False),
        ("0.00", None, None, False),
        ("9.99", date(2026, 11, 21), date(2026, 11, 20), False),
        ("9.99", None, date(2026, 11, 20), True),
    ],
)
def test_a_promotion_is_lower_than_the_price_and_has_a_day(
    offer: str, first: date | None, last: date | None, sensible: bool
) -> None:
    promotion = Promotion(price=Decimal(offer), first=first, last=last)
    assert PriceDoc(price=Decimal("10.00"), promotion=promotion).is_sensible is sensible


@pytest.mark.parametrize(("price", "sensible"), [("0.01", True), ("0", False), ("-1", False)])
def test_nothing_is_given_away(price: str, sensible: bool) -> None:
    assert PriceDoc(price=Decimal(price)).is_sensible is sensible
