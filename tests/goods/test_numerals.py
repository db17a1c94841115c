"""Numbers as Brazilians and spreadsheets write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cais.catalog.numerals import NotANumber, read_decimal, write_decimal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("R$ 1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("0.250", "0.25"),
        ("0,250", "0.25"),
        ("12", "12"),
        ("-3,5", "-3.5"),
        ("−3", "-3"),
        ("1\u00a0234,5", "1234.5"),
    ],
)
def test_both_ways_of_writing_are_read(text: str, value: str) -> None:
    assert read_decimal(text, places=4) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "abc", "1,2,3", "1.2.3", "1.23,4.5", "12.34.567,8", "1e5", "NaN", "9" * 21, "--1"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        read_decimal(text, places=4)


def test_what_reads_in_two_ways_is_asked_and_not_guessed() -> None:
    with pytest.raises(NotANumber, match="Escreva 1234 ou 1,234"):
        read_decimal("1.234", places=4)


def test_more_decimals_than_fit_are_refused_and_zeros_are_not_decimals() -> None:
    with pytest.raises(NotANumber, match="casas decimais"):
        read_decimal("1,005", places=2)
    assert read_decimal("1,500", places=2) == Decimal("1.5")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_what_a_field_shows_is_read_back_unchanged(value: Decimal) -> None:
    assert read_decimal(write_decimal(value), places=4) == value
