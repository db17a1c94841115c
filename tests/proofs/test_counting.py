"""The counts of the proof, each by hand: what must be zero is zero on a sound day, and one for each harm."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from proofs import hearing
from proofs.counting import broken, crossings, unsettled
from proofs.truth import Writing
from tests.proofs.days import OTHER, TEN, books, kept, key, mugs, recorded, sale, served, sold, truth_of, wrong


def test_a_sound_day_counts_nothing() -> None:
    assert wrong(truth_of(sold(7)), books()) == {}


def test_an_order_nobody_recorded_is_lost_unless_it_is_named_in_the_inbox() -> None:
    truth = truth_of(sold(7), sold(8, status="AGUARDANDO VINDI"))
    assert wrong(truth, books()) == {"orders_lost": 1}
    assert wrong(truth, books(named_documents=frozenset({key(8)}))) == {}


def test_the_same_number_in_another_store_is_another_order() -> None:
    truth = truth_of(sold(7), sold(7, store=OTHER, status="AGUARDANDO VINDI"))
    assert wrong(truth, books()) == {"orders_lost": 1}
    rows = [recorded(7), recorded(7, store=OTHER, status="AGUARDANDO VINDI")]
    assert wrong(truth, books(orders=rows)) == {}


def test_a_second_row_of_an_order_is_a_double() -> None:
    assert wrong(truth_of(sold(7)), books(orders=[recorded(7), recorded("7-2")])) == {"orders_doubled": 1}


def test_a_change_that_was_never_read_is_lost() -> None:
    assert wrong(truth_of(sold(7)), books(orders=[recorded(7, status="A ENVIAR")])) == {"changes_lost": 1}


def test_a_paid_order_with_its_units_there_must_have_its_sales_order() -> None:
    truth = truth_of(sold(7), sold(8, status="A ENVIAR"))
    found = books(orders=[recorded(7), recorded(8, status="A ENVIAR")])
    assert unsettled(truth, found) == [key(8)]
    assert wrong(truth, found) == {"erp_orders_lost": 1}
    assert wrong(truth, found, sound=False) == {}


def test_a_paid_order_whose_units_others_hold_may_wait() -> None:
    truth = truth_of(sold(7), sold(8, status="A ENVIAR"))
    found = books(orders=[recorded(7), recorded(8, status="A ENVIAR")], on_hand=mugs(Norte=3))
    assert wrong(truth, found) == {}


def test_units_kept_by_an_order_that_is_over_excuse_nobody() -> None:
    truth = truth_of(sold(7, status="CANCELADO"), sold(8, status="A ENVIAR"))
    found = books(
        orders=[recorded(7, status="CANCELADO"), recorded(8, status="A ENVIAR")],
        sales=[sale(1, 7, is_open=False)],
        on_hand=mugs(Norte=3),
    )
    assert wrong(truth, found) == {"erp_orders_lost": 1, "reservations_mismatch": 1}


def test_a_cancelled_order_with_a_living_sales_order_is_one_lost_cancellation_however_many_parts_live() -> None:
    truth = truth_of(sold(7, status="CANCELADO"))
    assert wrong(truth, books(orders=[recorded(7, status="CANCELADO")])) == {"cancellations_lost": 1}
    parts = [sale(1, 7, units=1), sale(1, 7, units=1, company="Leste")]
    halves = mugs(Norte=1, Leste=1)
    found = books(
        orders=[recorded(7, status="CANCELADO")],
        sales=parts,
        **served({key(7): halves}),
        on_hand=mugs(Norte=5, Leste=5),
    )
    assert wrong(truth, found) == {"cancellations_lost": 1}


def test_units_that_a_younger_order_took_from_one_that_waited_are_a_mismatch() -> None:
    older = sold(7, status="A ENVIAR")
    younger = sold(8, status="A ENVIAR", sold_at=600.0)
    found = books(
        orders=[recorded(7, status="A ENVIAR", at=10.0), recorded(8, status="A ENVIAR", at=20.0)],
        sales=[],
        moved={},
        **kept({key(7): mugs(Norte=1), key(8): mugs(pool=1)}),
        on_hand=mugs(Norte=2),
    )
    assert wrong(truth_of(older, younger), found) == {"turns_mismatch": 1}


@pytest.mark.parametrize(
    ("facts", "at", "place"),
    [
        ({"was_edited": True}, 10.0, "pool"),
        ({}, 18.0, "pool"),
        ({"market": "Feira"}, 10.0, "Sul"),
        ({"market": "Feira"}, 10.0, "pool"),
    ],
    ids=["it wanted more later", "both were written down at once", "out of its reach", "perhaps out of its reach"],
)
def test_an_older_order_waits_rightly_when_it_came_or_grew_late_or_cannot_be_served_from_there(
    facts: dict[str, object], at: float, place: str
) -> None:
    older = sold(7, status="A ENVIAR", **facts)
    younger = sold(8, status="A ENVIAR", sold_at=600.0)
    found = books(
        orders=[recorded(7, status="A ENVIAR", at=at), recorded(8, status="A ENVIAR", at=20.0)],
        sales=[],
        moved={},
        **kept({key(7): mugs(Norte=1), key(8): mugs(**{place: 1})}),
        on_hand=mugs(Norte=1, Sul=1),
    )
    assert wrong(truth_of(older, younger), found) == {}


def test_a_number_left_out_of_a_companys_row_is_skipped() -> None:
    assert wrong(truth_of(sold(7)), books(sales=[sale(3, 7)])) == {"numbers_skipped": 2}
    closed = [sale(number, 7, company="Sul", is_open=False) for number in (1, 2)]
    assert wrong(truth_of(sold(7)), books(sales=[sale(1, 7), *closed])) == {}


def test_a_captured_order_whose_status_was_not_written_is_a_mismatch() -> None:
    truth = truth_of(sold(7, status="A ENVIAR"))
    assert wrong(truth, books(orders=[recorded(7, status="A ENVIAR")])) == {"statuses_mismatch": 1}


def test_a_status_written_without_a_sale_is_a_mismatch() -> None:
    assert wrong(truth_of(sold(7)), books(sales=[]), sound=False) == {"statuses_mismatch": 1}


@pytest.mark.parametrize(("stood", "counted"), [(599.0, 0), (601.0, 1)])
def test_a_status_written_over_an_order_that_had_moved_on_long_ago_is_a_mismatch(stood: float, counted: int) -> None:
    truth = truth_of(sold(7, writings=(Writing("ENVIADO", "EM SEPARAÇÃO", stood),)))
    assert wrong(truth, books()).get("statuses_mismatch", 0) == counted
    assert len(crossings(truth, most=600.0)) == 1 - counted


def test_an_order_changed_after_its_sale_must_be_named() -> None:
    fifteen = Decimal("15.00")
    truth = truth_of(sold(7, total=fifteen, totals=frozenset({TEN, fifteen}), needs={"MUG": Decimal(3)}))
    rows = [recorded(7, total=fifteen)]
    assert wrong(truth, books(orders=rows)) == {"totals_mismatch": 1, "lines_mismatch": 1}
    assert wrong(truth, books(orders=rows, named_orders={key(7): frozenset({"changed_after_erp"})})) == {}


def test_a_notice_answered_and_not_written_down_is_lost_and_one_written_down_twice_is_not() -> None:
    entries = [{"record": "7", "status": status} for status in (200, 200, 0, 503)]
    heard = hearing.answered("Casa", entries)
    assert hearing.lost(heard, Counter({key(7): 1})) == 1
    assert hearing.lost(heard, Counter({key(7): 3})) == 0


def test_only_the_words_of_harm_fail_a_proof() -> None:
    assert broken({"orders_lost": 0, "units_oversold": 1, "orders": 200, "waiting": {"a": 1}}) == ["units_oversold"]
