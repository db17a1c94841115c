"""Keys out of an address or a form, as a hand might write them."""

from __future__ import annotations

import pytest

from cais.web.row_keys import key_of, keys_of


def test_a_number_names_a_row() -> None:
    assert key_of("42") == 42
    assert keys_of(["7", "3", "7"]) == [7, 3, 7]


@pytest.mark.parametrize("nonsense", ["", "-1", "1.5", " 1", "abc", "²", "٣", "9" * 19, "9" * 5000, "0"])
def test_nonsense_names_no_row(nonsense: str) -> None:
    assert key_of(nonsense) == 0
    assert keys_of([nonsense, "5"]) == [5]
