"""What can still be served, and what was promised beyond what is there: by hand, and against every way of sharing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from proofs.shelves import Shelves
from proofs.truth import Key
from tests.proofs.days import EAST, NORTH, OTHER, SOUTH, WORLD, books, key, mugs, sale, sold, truth_of, wrong

ONE = Decimal(1)


def test_units_beyond_what_came_in_are_oversold_by_promise_or_by_sale() -> None:
    assert wrong(truth_of(sold(7)), books(promised={key(7): mugs(Norte=12)})) == {"units_oversold": 2}
    assert wrong(truth_of(sold(7)), books(on_hand=mugs(Norte=1))) == {"units_oversold": 1}


def test_another_companys_units_do_not_make_up_for_what_one_has_not() -> None:
    assert wrong(truth_of(sold(7)), books(on_hand=mugs(Norte=1, Leste=9))) == {"units_oversold": 1}


def test_promises_that_only_two_companies_can_keep_are_oversold_beyond_what_those_two_have() -> None:
    waiting = sold(7, store=OTHER, status="AGUARDANDO VINDI", needs={"MUG": Decimal(3)})
    held = {key(7, OTHER): mugs(pool=3)}
    shelves = Shelves(WORLD, truth_of(waiting), mugs(Norte=9, Leste=1, Sul=1), held)
    assert shelves.excess("MUG") == ONE


def test_an_order_is_served_from_several_companies_unless_its_channel_wants_one() -> None:
    there = mugs(Norte=1, Leste=1)
    assert Shelves(WORLD, {}, there, {}).serves(sold(8))
    assert not Shelves(WORLD, {}, there, {}).serves(sold(8, market="Feira"))
    assert Shelves(WORLD, {}, mugs(Leste=2), {}).serves(sold(8, market="Feira"))
    assert not Shelves(WORLD, {}, mugs(Sul=2), {}).serves(sold(8, market="Feira"))


def test_a_promise_that_can_be_kept_elsewhere_leaves_the_last_unit_to_who_can_take_no_other() -> None:
    other = sold(7, store=OTHER, status="AGUARDANDO VINDI", needs={"MUG": ONE})
    claims = {other.key: mugs(pool=1)}
    fair = sold(8, market="Feira", needs={"MUG": ONE})
    assert Shelves(WORLD, truth_of(other), mugs(Leste=1, Sul=1), claims).serves(fair)
    assert not Shelves(WORLD, truth_of(other), mugs(Leste=1), claims).serves(fair)


COUNTS = st.integers(0, 2)
POOLS = {OTHER: (EAST, SOUTH), "Casa": (NORTH, EAST, SOUTH)}


@given(there=st.tuples(COUNTS, COUNTS, COUNTS), promised=st.lists(st.sampled_from(sorted(POOLS)), max_size=4))
def test_nothing_is_oversold_exactly_when_some_way_of_sharing_keeps_every_promise(
    there: tuple[int, int, int], promised: list[str]
) -> None:
    names = (NORTH, EAST, SOUTH)
    on_hand = {("MUG", name): Decimal(units) for name, units in zip(names, there, strict=True)}
    claims = {key(at, store): mugs(pool=1) for at, store in enumerate(promised)}
    possible = any(
        all(ways.count(name) <= units for name, units in zip(names, there, strict=True)) for ways in _ways(promised)
    )
    assert (Shelves(WORLD, {}, on_hand, claims).excess("MUG") == 0) == possible


def _ways(promised: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return product(*(POOLS[store] for store in promised))


def test_who_was_never_sold_is_served_by_whoever_serves_the_store() -> None:
    stranger: Key = key("7-2", OTHER)
    assert Shelves(WORLD, {}, mugs(Norte=5), {stranger: mugs(pool=1)}).excess("MUG") == ONE
    assert wrong(truth_of(sold(7)), books(sales=[sale(1, 7), sale(2, 9)], on_hand=mugs(Norte=3))) == {
        "erp_orders_doubled": 1,
        "units_oversold": 1,
    }
