"""The counts of the proof, each by hand: what must be zero is zero on a sound day, and one for each harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from proofs.books import Books, Recorded, Sale
from proofs.counting import broken, count, crossings, unsettled
from proofs.truth import Sold, Writing

TEN = Decimal("10.00")


def sold(number: int, *, status: str = "EM SEPARAÇÃO", total: Decimal = TEN, **facts: object) -> Sold:
    """Two mugs for ten reais, captured."""
    order = Sold(
        number=number,
        sold_at=0.0,
        status=status,
        total=total,
        quantities={"1": Decimal(2)},
        needs={"MUG": Decimal(2)},
        totals=frozenset({total}),
        was_paid=True,
    )
    return replace(order, **facts)  # type: ignore[arg-type]


def recorded(number: int | str, *, status: str = "EM SEPARAÇÃO", total: Decimal = TEN) -> Recorded:
    return Recorded(id=1, external_id=str(number), status=status, total=total, quantities={"1": Decimal(2)})


def sale(number: int, store_number: int, **facts: object) -> Sale:
    made = Sale(
        number=number,
        store_number=str(store_number),
        is_open=True,
        total=TEN,
        parts=TEN,
        goods=TEN,
        lines=TEN,
        units={"MUG": Decimal(2)},
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def books(**facts: object) -> Books:
    """One order, 7, captured; of ten mugs two are promised."""
    sound = Books(
        orders=[recorded(7)],
        sales=[sale(1, 7)],
        named_documents=frozenset(),
        named_orders={},
        held={"7": {"MUG": Decimal(2)}},
        on_hand={"MUG": Decimal(10)},
        promised={"MUG": Decimal(2)},
        unequal_balances=0,
        unequal_reservations=0,
    )
    return replace(sound, **facts)  # type: ignore[arg-type]


def wrong(truth: Mapping[int, Sold], found: Books, *, sound: bool = True) -> dict[str, int]:
    figures = count(truth, found, is_sound=lambda number: sound, late_seconds=600.0)
    return {key: value for key, value in figures.items() if value}


def test_a_sound_day_counts_nothing() -> None:
    assert wrong({7: sold(7)}, books()) == {}


def test_an_order_nobody_recorded_is_lost_unless_it_is_named_in_the_inbox() -> None:
    truth = {7: sold(7), 8: sold(8, status="AGUARDANDO VINDI")}
    assert wrong(truth, books()) == {"orders_lost": 1}
    assert wrong(truth, books(named_documents=frozenset({"8"}))) == {}


def test_a_second_row_of_an_order_is_a_double() -> None:
    assert wrong({7: sold(7)}, books(orders=[recorded(7), recorded("7-2")])) == {"orders_doubled": 1}


def test_a_change_that_was_never_read_is_lost() -> None:
    assert wrong({7: sold(7)}, books(orders=[recorded(7, status="A ENVIAR")])) == {"changes_lost": 1}


def test_two_living_sales_orders_of_one_order_are_a_double_and_a_cancelled_one_is_not() -> None:
    assert wrong({7: sold(7)}, books(sales=[sale(1, 7), sale(2, 7)], on_hand={"MUG": Decimal(10)})) == {
        "erp_orders_doubled": 1
    }
    assert wrong({7: sold(7)}, books(sales=[sale(1, 7, is_open=False), sale(2, 7)])) == {}


def test_a_sales_order_of_an_order_that_was_never_sold_is_a_double() -> None:
    assert wrong({7: sold(7)}, books(sales=[sale(1, 7), sale(2, 99)])) == {"erp_orders_doubled": 1}


def test_a_paid_order_with_its_units_there_must_have_its_sales_order() -> None:
    truth = {7: sold(7), 8: sold(8, status="A ENVIAR")}
    found = books(orders=[recorded(7), recorded(8, status="A ENVIAR")])
    assert unsettled(truth, found) == [8]
    assert wrong(truth, found) == {"erp_orders_lost": 1}
    assert wrong(truth, found, sound=False) == {}


def test_a_paid_order_whose_units_others_hold_may_wait() -> None:
    truth = {7: sold(7), 8: sold(8, status="A ENVIAR")}
    found = books(orders=[recorded(7), recorded(8, status="A ENVIAR")], on_hand={"MUG": Decimal(3)})
    assert wrong(truth, found) == {}


def test_units_kept_by_an_order_that_is_over_excuse_nobody() -> None:
    truth = {7: sold(7, status="CANCELADO"), 8: sold(8, status="A ENVIAR")}
    found = books(
        orders=[recorded(7, status="CANCELADO"), recorded(8, status="A ENVIAR")],
        sales=[sale(1, 7, is_open=False)],
        on_hand={"MUG": Decimal(3)},
    )
    assert wrong(truth, found) == {"erp_orders_lost": 1, "reservations_mismatch": 1}


def test_a_cancelled_order_with_a_living_sales_order_is_a_lost_cancellation() -> None:
    truth = {7: sold(7, status="CANCELADO")}
    assert wrong(truth, books(orders=[recorded(7, status="CANCELADO")])) == {"cancellations_lost": 1}


def test_units_beyond_what_came_in_are_oversold_by_promise_or_by_sale() -> None:
    assert wrong({7: sold(7)}, books(promised={"MUG": Decimal(12)})) == {"units_oversold": 2}
    assert wrong({7: sold(7)}, books(on_hand={"MUG": Decimal(1)})) == {"units_oversold": 1}


def test_a_total_off_by_a_cent_is_a_mismatch() -> None:
    cent_less = sale(1, 7, total=Decimal("9.99"), parts=Decimal("9.99"))
    assert wrong({7: sold(7)}, books(sales=[cent_less])) == {"totals_mismatch": 1}


def test_an_order_changed_after_its_sale_must_be_named() -> None:
    truth = {7: sold(7, total=Decimal("15.00"), totals=frozenset({TEN, Decimal("15.00")}), needs={"MUG": Decimal(3)})}
    rows = [recorded(7, total=Decimal("15.00"))]
    assert wrong(truth, books(orders=rows)) == {"totals_mismatch": 1, "lines_mismatch": 1}
    assert wrong(truth, books(orders=rows, named_orders={"7": frozenset({"changed_after_erp"})})) == {}


def test_a_number_left_out_is_skipped() -> None:
    assert wrong({7: sold(7)}, books(sales=[sale(3, 7)])) == {"numbers_skipped": 2}


def test_a_captured_order_whose_status_was_not_written_is_a_mismatch() -> None:
    truth = {7: sold(7, status="A ENVIAR")}
    assert wrong(truth, books(orders=[recorded(7, status="A ENVIAR")])) == {"statuses_mismatch": 1}


def test_a_status_written_without_a_sale_is_a_mismatch() -> None:
    assert wrong({7: sold(7)}, books(sales=[]), sound=False) == {"statuses_mismatch": 1}


@pytest.mark.parametrize(("stood", "counted"), [(599.0, 0), (601.0, 1)])
def test_a_status_written_over_an_order_that_had_moved_on_long_ago_is_a_mismatch(stood: float, counted: int) -> None:
    truth = {7: sold(7, writings=(Writing("ENVIADO", "EM SEPARAÇÃO", stood),))}
    assert wrong(truth, books()).get("statuses_mismatch", 0) == counted
    assert len(crossings(truth, most=600.0)) == 1 - counted


def test_only_the_words_of_harm_fail_a_proof() -> None:
    assert broken({"orders_lost": 0, "units_oversold": 1, "orders": 200, "waiting": {"a": 1}}) == ["units_oversold"]
