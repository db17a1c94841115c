"""What any text becomes in a note."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cais.fiscal import text

# The schema's TString.
TSTRING = re.compile(r"[!-ÿ]([ -ÿ]*[!-ÿ])?")


@pytest.mark.parametrize(
    ("written", "fitted"),
    [
        ("Camiseta 🏖️ Verão", "Camiseta Verão"),
        ("Linha 1\r\nLinha 2\tfim", "Linha 1 Linha 2 fim"),
        ("“Edição” – d’água…", '"Edição" - d\'água...'),
        ("Preço em €", "Preço em EUR"),
        ("  dois  espaços  ", "dois espaços"),
        ("Nº 5 · 10 m² · 3 µm · ½", "Nº 5 · 10 m² · 3 µm · ½"),
        ("Cafe\u0301 com ac\u0327u\u0301car", "Café com açúcar"),
        ("ﬁltro ⅔ Ⅳ", "filtro 2/3 IV"),
        ("Łódź şık ǎ", "Lódz sik a"),
        ("so\u00adft\u200bware\u00a0x", "software x"),
        ("Bom & barato <x>", "Bom & barato <x>"),
        ("👍👍", ""),
        ("\x00\x07", ""),
        ("日本", ""),
    ],
)
def test_texts_keep_what_latin_1_can_say(written: str, fitted: str) -> None:
    assert text.fit(written, 60) == fitted


def test_a_cut_leaves_no_blank_at_the_end() -> None:
    assert text.fit("abc def", 4) == "abc"


@given(st.text(max_size=200), st.integers(1, 120))
def test_any_text_comes_out_as_the_schema_wants_it(written: str, limit: int) -> None:
    fitted = text.fit(written, limit)
    assert len(fitted) <= limit
    assert fitted == "" or TSTRING.fullmatch(fitted)
    assert not re.search(r"[\x00-\x1f\x7f-\xa0\xad]|  ", fitted)
    assert text.fit(fitted, limit) == fitted


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("59.9", "59.90"),
        ("59.9000000000", "59.90"),
        ("7.4533333333", "7.4533333333"),
        ("100", "100.00"),
        ("1E+2", "100.00"),
        ("0.001", "0.001"),
    ],
)
def test_prices_have_two_to_ten_places(value: str, written: str) -> None:
    assert text.price(Decimal(value)) == written


def test_a_unit_price_gives_the_line_back_to_the_cent() -> None:
    price = text.unit_price_of(Decimal("22.36"), Decimal(3))
    assert price == Decimal("7.4533333333")


@pytest.mark.parametrize(("value", "count"), [("2.50", 1), ("0.333", 3), ("100", 0), ("1E+3", 0), ("0.00010", 4)])
def test_places_are_those_really_used(value: str, count: int) -> None:
    assert text.places(Decimal(value)) == count
