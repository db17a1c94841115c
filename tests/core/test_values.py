"""Money, quantities and tax documents: examples worked by hand, and what must hold for all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cais.core.values import document_text, fold, is_cnpj, is_cpf, is_tax_document, money, quantity, share

CENTS = st.integers(-10_000_000, 10_000_000).map(lambda cents: Decimal(cents) / 100)
WEIGHTS = st.lists(st.integers(0, 10_000).map(Decimal), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        ("10.00", ["1", "1", "1"], ["3.34", "3.33", "3.33"]),
        ("-0.02", ["1", "1", "1"], ["-0.01", "-0.01", "0.00"]),
        ("38.00", ["775.37", "472.23"], ["23.62", "14.38"]),
        ("5.00", ["0", "0"], ["5.00", "0.00"]),
        ("0.00", ["3", "4"], ["0.00", "0.00"]),
        ("0.01", ["1", "2"], ["0.00", "0.01"]),
    ],
)
def test_shares_by_largest_remainder_are_those_worked_by_hand(total: str, weights: list[str], parts: list[str]) -> None:
    assert share(Decimal(total), [Decimal(w) for w in weights]) == [Decimal(p) for p in parts]


@given(CENTS, WEIGHTS)
def test_shares_always_add_up_and_never_change_sign(total: Decimal, weights: list[Decimal]) -> None:
    parts = share(total, weights)
    assert sum(parts) == total
    assert all(part == 0 or (part > 0) == (total > 0) for part in parts)


@given(CENTS, WEIGHTS)
def test_no_share_is_a_cent_away_from_its_exact_part(total: Decimal, weights: list[Decimal]) -> None:
    whole = sum(weights)
    if whole > 0:
        for part, weight in zip(share(total, weights), weights, strict=True):
            assert abs(part - total * weight / whole) < Decimal("0.010001")


def test_nothing_is_shared_among_nobody() -> None:
    assert share(Decimal("1.00"), []) == []


@pytest.mark.parametrize(("raw", "cents"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("1.004", "1.00"), ("2", "2.00")])
def test_money_rounds_half_up(raw: str, cents: str) -> None:
    assert money(raw) == Decimal(cents)


def test_a_quantity_is_cut_never_rounded_up() -> None:
    assert quantity("0.99999") == Decimal("0.9999")


# Check digits by the rule of the tax authority; the alphanumeric one is the authority's own published example.
@pytest.mark.parametrize("text", ["52998224725", "11144477735"])
def test_a_cpf_with_right_digits_is_one(text: str) -> None:
    assert is_cpf(text)


@pytest.mark.parametrize("text", ["52998224724", "11111111111", "5299822472", "5299822472A", ""])
def test_a_cpf_with_wrong_digits_is_none(text: str) -> None:
    assert not is_cpf(text)


@pytest.mark.parametrize("text", ["11222333000181", "12ABC34501DE35"])
def test_a_cnpj_may_hold_letters(text: str) -> None:
    assert is_cnpj(text)
    assert is_tax_document(text)


@pytest.mark.parametrize("text", ["11222333000182", "12ABC34501DE36", "00000000000000", "12abc34501de35", ""])
def test_a_cnpj_with_wrong_digits_is_none(text: str) -> None:
    assert not is_cnpj(text)


def test_punctuation_and_case_do_not_matter_at_the_door() -> None:
    assert document_text(" 12.abc.345/01de-35 ") == "12ABC34501DE35"


def test_two_writings_of_one_status_fold_alike() -> None:
    assert fold("  Pago –  CONFERIR ") == fold("pago - conferir".replace("- ", ""))
    assert fold("Em separação") == "em separacao"
