"""What a store asks: adjustments, endings and promotions, by hand and by property; never zero, never a float."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cais.core.pricing import Adjustment, Direction, PriceRule, Rounding, Sale, Standing, priced, rounded
from cais.core.shelf import PriceDoc, Promotion

D = Decimal
TODAY = date(2026, 11, 22)
BEFORE, AFTER = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "rounding", "direction", "price"),
    [
        ("35.904", Rounding.NONE, Direction.UP, "35.90"),
        ("35.905", Rounding.NONE, Direction.NEAREST, "35.91"),
        ("35.91", Rounding.FIVE_CENTS, Direction.UP, "35.95"),
        ("35.92", Rounding.FIVE_CENTS, Direction.NEAREST, "35.90"),
        ("35.925", Rounding.FIVE_CENTS, Direction.NEAREST, "35.95"),
        ("35.90", Rounding.NINETY, Direction.UP, "35.90"),
        ("35.91", Rounding.NINETY, Direction.UP, "36.90"),
        ("36.39", Rounding.NINETY, Direction.NEAREST, "35.90"),
        ("36.40", Rounding.NINETY, Direction.NEAREST, "36.90"),
        ("35.90", Rounding.NINETY_NINE, Direction.UP, "35.99"),
        ("36.00", Rounding.NINETY_NINE, Direction.NEAREST, "35.99"),
        ("36.00", Rounding.NINETY_NINE, Direction.UP, "36.99"),
        ("36.01", Rounding.WHOLE, Direction.UP, "37.00"),
        ("36.50", Rounding.WHOLE, Direction.NEAREST, "37.00"),
        ("36.49", Rounding.WHOLE, Direction.NEAREST, "36.00"),
        # Nothing may end at zero: the smallest price of its kind is asked.
        ("0.20", Rounding.WHOLE, Direction.NEAREST, "1.00"),
        ("0.10", Rounding.NINETY, Direction.NEAREST, "0.90"),
        ("0.01", Rounding.FIVE_CENTS, Direction.NEAREST, "0.05"),
        # A thousandth carries no price to the next ending.
        ("36.9000001", Rounding.NINETY, Direction.UP, "36.90"),
    ],
)
def test_a_price_ends_as_the_rule_says(value: str, rounding: Rounding, direction: Direction, price: str) -> None:
    assert rounded(D(value), rounding, direction) == D(price)


@pytest.mark.parametrize(
    ("base", "percent", "amount", "price"),
    [
        ("100.00", "0", "0", "100.00"),
        ("100.00", "12.5", "0", "112.50"),
        ("100.00", "-10", "0", "90.00"),
        ("100.00", "10", "5", "115.00"),
        ("100.00", "10", "-5", "105.00"),
        ("33.33", "10", "0", "36.66"),  # 36.663
        ("35.90", "7.25", "1.10", "39.60"),  # 38.50275 + 1.10 = 39.60275
    ],
)
def test_percent_goes_before_reais(base: str, percent: str, amount: str, price: str) -> None:
    rule = PriceRule(adjustment=Adjustment(percent=D(percent), amount=D(amount)))
    assert priced(D(base), rule, on=TODAY).price == PriceDoc(price=D(price))


def asked(base: str, rule: PriceRule, *, on: date = TODAY) -> PriceDoc | None:
    return priced(D(base), rule, on=on).price


def test_a_price_of_its_own_stands_as_it_is() -> None:
    rule = PriceRule(adjustment=Adjustment(percent=D(50)), rounding=Rounding.NINETY, fixed=D("20.13"))
    assert asked("0", rule) == PriceDoc(price=D("20.13"))


@pytest.mark.parametrize(
    ("base", "rule", "standing"),
    [
        ("0", PriceRule(adjustment=Adjustment(amount=D(5))), Standing.UNKNOWN),
        ("4", PriceRule(adjustment=Adjustment(amount=D(-4))), Standing.NOTHING_LEFT),
        ("4", PriceRule(adjustment=Adjustment(amount=D(-9)), rounding=Rounding.WHOLE), Standing.NOTHING_LEFT),
        ("4", PriceRule(is_sent=False), Standing.LEFT_OUT),
    ],
)
def test_where_there_is_no_price_it_says_why(base: str, rule: PriceRule, standing: Standing) -> None:
    found = priced(D(base), rule, on=TODAY)
    assert (found.standing, found.price) == (standing, None)


def test_a_percentage_off_is_taken_from_the_price_of_the_store_and_ends_like_it() -> None:
    rule = PriceRule(
        adjustment=Adjustment(percent=D(10)),
        rounding=Rounding.NINETY,
        direction=Direction.NEAREST,
        sales=[Sale(percent=D(20), first=TODAY, last=AFTER)],
    )
    # 110.00 → 109.90; a fifth off is 87.92 → 87.90.
    assert asked("100", rule) == PriceDoc(
        price=D("109.90"), promotion=Promotion(price=D("87.90"), first=TODAY, last=AFTER)
    )


def test_a_promotion_to_come_is_told_with_its_days_and_one_that_is_over_is_not() -> None:
    coming = PriceRule(sales=[Sale(price=D(8), first=AFTER, last=AFTER)])
    over = PriceRule(sales=[Sale(price=D(8), first=BEFORE, last=BEFORE)])
    assert asked("10", coming) == PriceDoc(price=D(10), promotion=Promotion(price=D(8), first=AFTER, last=AFTER))
    assert asked("10", over) == PriceDoc(price=D(10))


def test_on_its_last_day_a_promotion_still_holds() -> None:
    rule = PriceRule(sales=[Sale(price=D(8), first=BEFORE, last=TODAY)])
    assert asked("10", rule) != PriceDoc(price=D(10))
    assert asked("10", rule, on=AFTER) == PriceDoc(price=D(10))


def test_the_product_goes_before_the_store_and_what_runs_before_what_comes() -> None:
    own, of_the_store = Sale(price=D(7), first=AFTER), Sale(percent=D(10), last=TODAY)
    rule = PriceRule(sales=[own, of_the_store])
    today, tomorrow = asked("10", rule), asked("10", rule, on=AFTER)
    assert today is not None
    assert today.promotion == Promotion(price=D(9), last=TODAY)
    assert tomorrow is not None
    assert tomorrow.promotion == Promotion(price=D(7), first=AFTER)
    both = PriceRule(sales=[Sale(price=D(7)), of_the_store])
    assert asked("10", both) == PriceDoc(price=D(10), promotion=Promotion(price=D(7)))


def test_a_promotion_that_is_not_cheaper_is_left_away_and_named() -> None:
    sale = Sale(price=D(10), first=BEFORE, last=AFTER)
    found = priced(D(10), PriceRule(sales=[sale]), on=TODAY)
    assert (found.price, found.idle) == (PriceDoc(price=D(10)), sale)


CENTS = st.integers(min_value=-(10**8), max_value=10**8).map(lambda cents: D(cents) / 100)
ABOVE_ZERO = st.integers(min_value=1, max_value=10**8).map(lambda cents: D(cents) / 100)
PERCENTS = st.integers(min_value=-9999, max_value=100000).map(lambda each: D(each) / 100)
DAYS = st.none() | st.integers(min_value=-5, max_value=5).map(lambda days: TODAY + timedelta(days=days))
SALES = st.builds(
    Sale,
    price=st.none() | ABOVE_ZERO,
    percent=st.integers(min_value=1, max_value=9999).map(lambda each: D(each) / 100),
    first=DAYS,
    last=DAYS,
).filter(lambda sale: sale.first is None or sale.last is None or sale.first <= sale.last)
RULES = st.builds(
    PriceRule,
    adjustment=st.builds(Adjustment, percent=PERCENTS, amount=CENTS),
    rounding=st.sampled_from(Rounding),
    direction=st.sampled_from(Direction),
    fixed=st.none() | ABOVE_ZERO,
    sales=st.lists(SALES, max_size=2),
)


@given(base=CENTS, rule=RULES)
def test_whatever_the_rule_a_price_is_above_zero_in_cents_and_a_promotion_cheaper_and_not_over(
    base: Decimal, rule: PriceRule
) -> None:
    found = priced(base, rule, on=TODAY)
    assert (found.price is None) == (found.standing is not Standing.KNOWN)
    if found.price is None:
        return
    assert found.price.is_sensible
    assert found.price == found.price.as_of(TODAY)
    told = [found.price.price] + ([found.price.promotion.price] if found.price.promotion else [])
    assert all(each.as_tuple().exponent == -2 for each in told)


@given(value=ABOVE_ZERO, rounding=st.sampled_from(Rounding))
def test_upwards_never_goes_down_and_the_nearest_is_never_further_than_upwards(
    value: Decimal, rounding: Rounding
) -> None:
    up, nearest = rounded(value, rounding, Direction.UP), rounded(value, rounding)
    assert up >= value
    assert abs(nearest - value) <= abs(up - value)
    assert rounded(up, rounding, Direction.UP) == up
    assert rounded(nearest, rounding) == nearest


@given(value=ABOVE_ZERO, rounding=st.sampled_from(Rounding), direction=st.sampled_from(Direction))
def test_a_dearer_product_is_never_asked_less_for(value: Decimal, rounding: Rounding, direction: Direction) -> None:
    assert rounded(value, rounding, direction) <= rounded(value + D("0.01"), rounding, direction)


def test_a_promotion_that_is_over_promises_nothing() -> None:
    kept = PriceDoc(price=D(10), promotion=Promotion(price=D(8), last=BEFORE))
    assert kept.as_of(TODAY) == PriceDoc(price=D(10))
    assert kept.as_of(BEFORE) == kept
