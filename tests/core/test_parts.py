"""What the parts of an order come to together: one word for the order."""

from __future__ import annotations

import pytest

from cais.core.parts import erp_state_of, nfe_state_of, numbers_of


@pytest.mark.parametrize(
    ("parts", "order"),
    [
        (["done"], "done"),
        (["done", "creating"], "creating"),
        (["done", "refused", "creating"], "refused"),
        (["refused", "unknown", "done"], "unknown"),
        (["wished", "wished"], "wished"),
        (["wished", "done"], "creating"),
        (["cancelled", "done"], "done"),
        (["cancelled", "cancelled"], "cancelled"),
        ([], ""),
    ],
)
def test_an_order_is_a_sale_when_every_part_is_and_what_is_unknown_comes_first(parts: list[str], order: str) -> None:
    assert erp_state_of(parts) == order


def test_in_a_cancelled_order_a_refused_part_does_not_hide_one_that_is_still_to_be_cancelled() -> None:
    assert erp_state_of(["done", "refused"], is_cancelled=True) == "done"
    assert erp_state_of(["cancelled", "refused"], is_cancelled=True) == "refused"


@pytest.mark.parametrize(
    ("parts", "order"),
    [
        (["told", "told"], "told"),
        (["told", "authorised"], "authorised"),
        (["told", "issued"], "told"),
        (["told", ""], ""),
        (["authorised", "blocked"], "blocked"),
        (["blocked", "unknown"], "unknown"),
        (["signed", "rejected", "authorised"], "signed"),
    ],
)
def test_an_order_is_invoiced_when_every_part_is(parts: list[str], order: str) -> None:
    assert nfe_state_of(parts) == order


def test_numbers_are_shown_whole_or_not_at_all() -> None:
    assert numbers_of(["12", "", "8"], most=40) == "12, 8"
    assert numbers_of(["1234", "5678", "9"], most=11) == "1234, 5678…"
    assert numbers_of(["1234", "5678"], most=4) == "1234"
