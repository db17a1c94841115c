"""What a store might have shown, worked out from notes: every figure here is arithmetic by hand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from proofs.formula import Linked
from proofs.shelf_counting import Evidence, count_shelves, count_writes, oversold_at_the_end
from proofs.showing import History, Reach, history_of
from proofs.told import Told, tell
from proofs.witness import EXCEPTION, LEDGER, POLICY, WANTS, Event
from tests.proofs.days import SHOP, WORLD, books, truth_of
from tests.proofs.days import sold as sold_order

MUG, NORTH, EAST, POOL, STORE = 1, 10, 20, 5, 7
REACH = Reach(connection=STORE, warehouses=frozenset({NORTH, EAST}), pools=frozenset({POOL}))


def entry(
    at: float, *, warehouse: int | None = None, pool: int | None = None, on_hand: int = 0, reserved: int = 0
) -> Event:
    places = {"warehouse_id": warehouse, "pool_id": pool}
    return Event(
        at, int(at * 10), LEDGER, False, {"product_id": MUG, **places, "on_hand": on_hand, "reserved": reserved}
    )


def wants(at: float, *, wanted: int, held: int, order: int = 1, gone: bool = False) -> Event:
    facts = {"id": order, "product_id": MUG, "order_id": order, "pool_id": POOL, "wanted": wanted, "held": held}
    return Event(at, int(at * 10), WANTS, gone, facts)


def rule(at: float, relation: str = POLICY, **facts: Any) -> Event:
    usual = {"connection_id": STORE, "product_id": MUG, "buffer": 0, "cap": None, "stopped": False, "warehouses": None}
    return Event(at, int(at * 10), relation, False, {**usual, **facts})


def figure(*events: Event, at: float = 9.0) -> Decimal | None:
    return history_of(events).figure(REACH, MUG, at)


IN_BOTH = (entry(1, warehouse=NORTH, on_hand=10), entry(2, warehouse=EAST, on_hand=5))


def test_a_figure_is_what_is_there_less_what_is_promised_and_what_is_lacking() -> None:
    promised = entry(3, pool=POOL, reserved=4)
    assert figure(*IN_BOTH) == 15
    assert figure(*IN_BOTH, promised, entry(4, warehouse=EAST, reserved=2)) == 15 - 4 - 2
    assert figure(*IN_BOTH, promised, wants(3, wanted=6, held=4)) == 15 - 4 - 2
    assert figure(*IN_BOTH, wants(3, wanted=6, held=4), wants(4, wanted=6, held=4, gone=True)) == 15


@pytest.mark.parametrize(
    ("rules", "shown"),
    [
        ([rule(3, buffer=2)], 13),
        ([rule(3, buffer=2, cap=6)], 6),
        ([rule(3, buffer=20)], 0),
        ([rule(3, stopped=True)], 0),
        ([rule(3, warehouses=[EAST])], 5),
        ([rule(3, buffer=2), rule(4, EXCEPTION, buffer=None, cap=4)], 4),
        ([rule(3, buffer=2), rule(4, EXCEPTION, buffer=0)], 15),
        ([rule(3, EXCEPTION, stopped=True)], 0),
    ],
)
def test_a_rule_holds_from_its_commit_on(rules: Sequence[Event], shown: int) -> None:
    assert (figure(*IN_BOTH, *rules, at=2.5), figure(*IN_BOTH, *rules)) == (15, shown)


def test_what_nobody_counted_has_no_figure_unless_its_sale_is_stopped() -> None:
    assert figure(entry(1, warehouse=99, on_hand=10)) is None
    assert figure(entry(1, warehouse=99, on_hand=10), rule(2, stopped=True)) == 0


def test_a_transaction_changes_everything_at_its_end() -> None:
    """Units that move from a pool to a warehouse are promised in one of them at any moment."""
    moved = [
        entry(3, pool=POOL, reserved=-4),
        Event(3.1, 30, LEDGER, False, dict(entry(3, warehouse=EAST, reserved=4).facts)),
    ]
    history = history_of([*IN_BOTH, entry(2.5, pool=POOL, reserved=4), *moved])
    assert history.figures(REACH, MUG, since=2.6, until=9.0).times == []


def stock(at: float, was: int, now: int, by: str) -> dict[str, Any]:
    return {"kind": "stock", "at": at, "reference": "MUG", "was": was, "is": now, "by": by}


def listed(at: float, *, page: int = 1, status: int = 200, fault: str = "") -> dict[str, Any]:
    call = {"kind": "call", "at": at, "ms": 0.0, "method": "GET", "path": "/web_api/orders"}
    return {**call, "query": f"modified=2026-01-01&page={page}", "status": status, "fault": fault}


def sold(at: float, number: int, units: int) -> dict[str, Any]:
    return {"kind": "sold", "at": at, "order_id": number, "lines": [{"reference": "MUG", "quantity": units}]}


def seen(history: History, told: Told, *, shows: int = 0, must: int | None = 0) -> Evidence:
    units = None if must is None else Decimal(must)
    thing = Linked(product=MUG, sku="MUG", is_kit=False, units=units)
    return Evidence(
        world=WORLD,
        told=told,
        history=history,
        reaches={SHOP: REACH},
        orders={(SHOP, "7"): 1},
        things={SHOP: {("100", ""): thing}},
        kits={},
        shelves={SHOP: {("100", ""): shows}},
        window=3.0,
    )


def wrong(entries: Sequence[dict[str, Any]], *events: Event) -> dict[str, int]:
    told = tell({SHOP: entries}, origin=0.0, speed=1.0)
    return {name: count for name, count in count_writes(seen(history_of(events), told)).items() if count}


def test_a_figure_that_rests_on_a_reading_and_on_the_ledger_is_right() -> None:
    assert wrong([listed(4.0), stock(5.0, 20, 15, "api")], *IN_BOTH) == {}


def test_what_is_written_beyond_the_formula_is_oversold_by_us() -> None:
    assert wrong([listed(4.0), stock(5.0, 20, 17, "api")], *IN_BOTH) == {"units_oversold_by_us": 2}


def test_the_ledger_may_be_that_of_any_moment_since_the_reading_and_no_older() -> None:
    gone = entry(4.5, warehouse=NORTH, on_hand=-10)
    assert wrong([listed(4.0), stock(5.0, 20, 15, "api")], *IN_BOTH, gone) == {}
    assert wrong([listed(4.7), stock(5.0, 20, 15, "api")], *IN_BOTH, gone) == {"units_oversold_by_us": 10}


def test_an_order_sold_before_the_reading_must_be_known_and_one_sold_after_it_need_not() -> None:
    write = stock(5.0, 14, 15, "api")
    assert wrong([sold(3.0, 7, 2), listed(4.0), write], *IN_BOTH) == {"units_oversold_by_us": 2}
    assert wrong([listed(4.0), sold(4.2, 7, 2), write], *IN_BOTH) == {}
    cancelled = {"kind": "cancelled", "at": 4.5, "order_id": 7}
    assert wrong([sold(3.0, 7, 2), listed(4.0), cancelled, write], *IN_BOTH) == {}


def test_an_order_that_is_recorded_is_not_taken_off_twice() -> None:
    recorded = (entry(3.5, pool=POOL, reserved=2), wants(3.5, wanted=2, held=2))
    sale = [sold(3.0, 7, 2), listed(4.0), stock(5.0, 20, 13, "api")]
    assert wrong(sale, *IN_BOTH, *recorded) == {}


@pytest.mark.parametrize("reading", [listed(1.0), listed(4.0, status=500), listed(4.0, fault="cut_body")])
def test_a_write_without_a_whole_reading_shortly_before_is_told(reading: dict[str, Any]) -> None:
    assert wrong([reading, stock(5.0, 20, 15, "api")], *IN_BOTH) == {"unread_mismatch": 1}


@pytest.mark.parametrize(("page", "mismatches"), [(5, {}), (4, {}), (3, {"unread_mismatch": 1})])
def test_the_end_of_a_long_list_is_read_from_its_last_page_but_one(page: int, mismatches: dict[str, int]) -> None:
    """New orders stand at the end; a page from the middle tells nothing of them."""
    whole = [listed(0.1 * number, page=number) for number in range(1, 6)]
    assert wrong([*whole, listed(4.0, page=page), stock(5.0, 20, 15, "api")], *IN_BOTH) == mismatches


def test_a_figure_for_what_nobody_counted_is_told() -> None:
    assert wrong([listed(4.0), stock(5.0, 20, 0, "api")]) == {"unknown_shown_mismatch": 1}


def test_at_rest_a_shelf_shows_its_figure_and_what_nobody_counted_is_left_alone() -> None:
    def mismatches(**facts: Any) -> int:
        return count_shelves(seen(History(), Told(), **facts))["shelves_mismatch"]

    assert (mismatches(shows=3, must=3), mismatches(shows=4, must=3), mismatches(shows=60, must=None)) == (0, 1, 0)


def test_what_stores_sold_beyond_what_there_is_is_found_whoever_may_serve_the_channel() -> None:
    """There are ten mugs, and living orders of the shop want two and nine."""
    over = sold_order(8, needs={"MUG": Decimal(9)}, market="Feira")
    assert oversold_at_the_end(WORLD, truth_of(sold_order(7), over), books()) == {"MUG": 1}
    assert oversold_at_the_end(WORLD, truth_of(sold_order(7)), books()) == {}
    gone = sold_order(8, needs={"MUG": Decimal(9)}, status="CANCELADO")
    assert oversold_at_the_end(WORLD, truth_of(sold_order(7), gone), books()) == {}
