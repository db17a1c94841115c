"""Keys, check digits and random codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cais.core.values import is_cnpj
from cais.fiscal.identifiers import AccessKey, draw_cnf, is_cnf, is_key, mod11, parse_key

# Confirmed by an independent validator (NF-e contract §5).
KEY_WITH_LETTERS = "35261012ABC34501DE35550010000001231482917364"


@pytest.mark.parametrize(("root", "digits"), [("12ABC34501DE", "35"), ("XT9CDVWJ0001", "72"), ("112223330001", "81")])
def test_cnpj_digits_count_letters_by_their_code(root: str, digits: str) -> None:
    assert is_cnpj(root + digits)


def test_a_key_is_put_together_from_its_parts() -> None:
    parts = AccessKey(
        state="SP", year_month="2610", cnpj="12ABC34501DE35", series=1, number=123, emission="1", cnf="48291736"
    )
    assert str(parts) == KEY_WITH_LETTERS
    assert parse_key(KEY_WITH_LETTERS) == parts


@pytest.mark.parametrize(
    "wrong",
    [
        KEY_WITH_LETTERS[:-1] + "5",
        KEY_WITH_LETTERS.lower(),
        KEY_WITH_LETTERS[:-1],
        "99" + KEY_WITH_LETTERS[2:],
        "A5" + KEY_WITH_LETTERS[2:],
        "",
    ],
)
def test_what_is_no_key_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        parse_key(wrong)


def test_a_swapped_pair_of_digits_is_noticed() -> None:
    swapped = KEY_WITH_LETTERS[:25] + "000000132" + KEY_WITH_LETTERS[34:]
    assert is_key(KEY_WITH_LETTERS)
    assert not is_key(swapped)


def test_the_check_digit_of_a_short_number_worked_out_by_hand() -> None:
    # 2×6 + 3×5 + 4×4 = 43; 43 mod 11 = 10; 11 − 10 = 1.
    assert mod11("456") == 1
    # 2×1 + 3×3 = 11, remainder 0: the digit is 0, not 11.
    assert mod11("31") == 0


@pytest.mark.parametrize(
    "cnf", ["00000000", "77777777", "01234567", "90123456", "78901234", "00000123", "1234567", "ABCDEFGH"]
)
def test_codes_that_anyone_can_guess_are_refused(cnf: str) -> None:
    assert not is_cnf(cnf, number=123)


def test_the_number_itself_is_no_code_but_another_number_is() -> None:
    assert not is_cnf("48291736", number=48291736)
    assert is_cnf("48291736", number=123)


@given(st.integers(1, 999_999_999))
def test_every_code_drawn_is_taken(number: int) -> None:
    assert is_cnf(draw_cnf(number), number=number)
