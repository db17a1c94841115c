"""Properties of the tolerant reading: the same fact reads the same in every form that Tray writes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cais.connectors.tray.reading import Record, amount, flag, key_of, moment, rows, text, text_of
from cais.core.clock import BRASILIA
from cais.ports.errors import Unreadable

cents = st.integers(min_value=-(10**11), max_value=10**11).map(lambda value: Decimal(value) / 100)
instants = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 12, 31)).map(
    lambda value: value.replace(microsecond=0)
)


@given(cents)
def test_money_reads_alike_as_number_and_as_text_with_any_zeros(value: Decimal) -> None:
    plain = format(value, "f")
    padded = f"{plain}000" if "." in plain else f"{plain}.000"
    for form in (value, plain, padded, f" {plain} "):
        assert amount({"price": form}, "price", "preço") == value


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_a_comma_is_never_taken_for_a_point(value: Decimal) -> None:
    with pytest.raises(Unreadable):
        amount({"price": format(value, "f").replace(".", ",")}, "price", "preço")


@given(instants)
def test_a_moment_reads_alike_in_one_field_and_in_two(value: datetime) -> None:
    expected = value.replace(tzinfo=BRASILIA)
    whole: Record = {"date": f"{value:%Y-%m-%d %H:%M:%S}"}
    # %Y does not pad, but no year here has fewer than four figures.
    parted: Record = {"date": f"{value:%Y-%m-%d}", "hour": f"{value:%H:%M:%S}"}
    assert moment(whole, "date", "data") == expected
    assert moment(parted, "date", "data", hour="hour") == expected


def outcome(read: Callable[[], object]) -> object:
    """What was read, or the words of the refusal."""
    try:
        return read()
    except Unreadable as refused:
        return refused.words


@given(st.text(max_size=12))
def test_any_text_is_a_moment_nothing_or_a_plain_refusal(value: str) -> None:
    found = outcome(lambda: moment({"date": value}, "date", "data"))
    assert found is None or isinstance(found, datetime) or str(found).startswith("O campo date (data)")


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just([]), st.just({})))
def test_any_scalar_is_an_amount_or_a_plain_refusal(value: object) -> None:
    found = outcome(lambda: amount({"price": value}, "price", "preço"))  # type: ignore[dict-item]
    assert isinstance(found, Decimal) or str(found).startswith("O campo price (preço)")


@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}, "0000-00-00", "0000-00-00 00:00:00"])
def test_every_form_of_no_date_is_none(nothing: object) -> None:
    assert moment({"date": nothing}, "date", "data") is None  # type: ignore[dict-item]


@pytest.mark.parametrize("nothing", [None, "", [], {}, False])
def test_every_form_of_nothing_is_an_empty_amount(nothing: object) -> None:
    assert amount({"taxes": nothing}, "taxes", "taxas") == 0  # type: ignore[dict-item]


def test_true_is_no_price() -> None:
    with pytest.raises(Unreadable):
        amount({"price": True}, "price", "preço")


def test_ids_are_opaque_texts_and_zero_is_none() -> None:
    assert (key_of({"id": 15}, "id"), key_of({"id": "15"}, "id"), key_of({"id": "0"}, "id")) == ("15", "15", "")


def test_flags_come_as_text_number_or_nothing() -> None:
    assert [flag({"x": form}, "x") for form in ("1", 1, True, "0", 0, "", [], None)] == [True] * 3 + [False] * 5


def test_rows_come_wrapped_bare_or_alone() -> None:
    bare: Record = {"id": "1"}
    for form in ([{"Order": bare}], [bare], {"Order": bare}, bare):
        assert rows(form, "Order") == [bare]  # type: ignore[arg-type]
    assert rows([], "Order") == rows("0", "Order") == rows(None, "Order") == []


def test_the_first_field_that_says_something_wins() -> None:
    assert text_of({"name": "", "company_name": "Exemplo"}, "name", "company_name") == "Exemplo"
    assert text(Decimal("1E+2")) == "100"
