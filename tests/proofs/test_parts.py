"""Orders that several companies serve: each harm by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from proofs.books import Books, Sale
from proofs.parts import in_parts
from tests.proofs.days import TEN, books, kept, key, mugs, recorded, sale, served, sold, truth_of, wrong

PENNIES = Decimal("0.01")


def halves(first: Sale | None = None, second: Sale | None = None, **facts: object) -> Books:
    """One mug from Norte, one from Leste."""
    sales = [first or sale(1, 7, units=1), second or sale(1, 7, units=1, company="Leste")]
    places = served({key(7): mugs(Norte=1, Leste=1)})
    return books(**{"sales": sales, **places, "on_hand": mugs(Norte=1, Leste=1), **facts})


def freighted(company: str, freight: str) -> Sale:
    """A mug with some freight."""
    total = Decimal("5.00") + Decimal(freight)
    return sale(1, 7, units=1, company=company, total=total, parts=total, freight=Decimal(freight))


def test_two_parts_that_are_the_order_together_count_nothing() -> None:
    assert wrong(truth_of(sold(7)), halves()) == {}
    assert in_parts(halves()) == 1
    assert in_parts(books()) == 0


def test_two_living_sales_orders_at_one_company_are_a_double_and_a_cancelled_one_is_not() -> None:
    twice = wrong(truth_of(sold(7)), books(sales=[sale(1, 7), sale(2, 7)]))
    assert twice.pop("erp_orders_doubled") == 1
    assert twice.keys() == {"totals_mismatch", "lines_mismatch", "parts_mismatch"}
    assert wrong(truth_of(sold(7)), books(sales=[sale(1, 7, is_open=False), sale(2, 7)])) == {}


def test_a_sales_order_of_an_order_that_was_never_sold_is_a_double() -> None:
    assert wrong(truth_of(sold(7)), books(sales=[sale(1, 7), sale(2, 99)])) == {"erp_orders_doubled": 1}


def test_the_whole_order_sold_again_at_another_company_shows_in_money_units_and_parts() -> None:
    twin = sale(1, 7, company="Leste")
    found = books(sales=[sale(1, 7), twin], on_hand=mugs(Norte=10, Leste=10))
    assert wrong(truth_of(sold(7)), found) == {"totals_mismatch": 1, "lines_mismatch": 1, "parts_mismatch": 1}


def test_a_part_that_was_never_made_is_a_mismatch() -> None:
    found = halves(sales=[sale(1, 7, units=1)])
    assert wrong(truth_of(sold(7)), found) == {"totals_mismatch": 1, "lines_mismatch": 1, "parts_mismatch": 1}


def test_a_total_off_by_a_cent_is_a_mismatch() -> None:
    less = TEN - PENNIES
    assert wrong(truth_of(sold(7)), books(sales=[sale(1, 7, total=less, parts=less)])) == {"totals_mismatch": 1}


def test_a_part_that_does_not_add_up_is_a_mismatch_though_the_sum_is_right() -> None:
    assert wrong(truth_of(sold(7)), halves(sale(1, 7, units=1, parts=Decimal("5.01")))) == {"totals_mismatch": 1}


@pytest.mark.parametrize(
    ("shares", "harm"),
    [(("2.51", "2.50"), {}), (("5.01", "0.00"), {"shares_mismatch": 1}), (("5.01", "5.01"), {"totals_mismatch": 1})],
)
def test_freight_is_shared_by_goods_to_less_than_a_cent(shares: tuple[str, str], harm: dict[str, int]) -> None:
    # 5.01 over two mugs of one price is 2.505 each.
    total = Decimal("15.01")
    truth = truth_of(sold(7, total=total, totals=frozenset({total})))
    parts = [freighted(company, share) for company, share in zip(("Norte", "Leste"), shares, strict=True)]
    found = halves(*parts, orders=[recorded(7, total=total)])
    assert wrong(truth, found) == harm


def test_units_that_cost_another_companys_part_are_a_mismatch() -> None:
    dear = sale(1, 7, units=1, **dict.fromkeys(("total", "parts", "goods", "lines"), Decimal("5.01")))
    cheap = sale(1, 7, units=1, company="Leste", **dict.fromkeys(("total", "parts", "goods", "lines"), Decimal("4.99")))
    assert wrong(truth_of(sold(7)), halves(dear, cheap)) == {"shares_mismatch": 1}


def test_a_sale_at_another_company_than_the_movements_is_a_mismatch() -> None:
    assert wrong(truth_of(sold(7)), books(moved={key(7): mugs(Leste=2)})) == {"parts_mismatch": 1}


def test_units_sold_by_one_company_and_kept_at_another_are_a_mismatch() -> None:
    elsewhere = kept({key(7): mugs(Leste=2)})
    assert wrong(truth_of(sold(7)), books(**elsewhere, on_hand=mugs(Norte=2, Leste=2))) == {"parts_mismatch": 1}


def test_a_company_that_may_not_serve_the_channel_and_a_division_that_it_forbids_break_the_rule() -> None:
    fair = truth_of(sold(7, market="Feira"))
    assert wrong(fair, books()) == {}
    assert wrong(fair, halves()) == {"rules_mismatch": 1}
    southern = served({key(7): mugs(Sul=2)})
    found = books(sales=[sale(1, 7, company="Sul")], **southern, on_hand=mugs(Sul=2))
    assert wrong(fair, found) == {"rules_mismatch": 1}
