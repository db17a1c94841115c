"""Free units of overlapping pools against an oracle that matches unit by unit: never oversold, never less."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cais.core import pooling
from cais.core.pooling import Pool, Supply

A, B, C, D = range(1, 5)
POOLS = st.frozensets(st.integers(A, D), min_size=1)
WORLD = st.tuples(
    st.dictionaries(st.integers(A, D), st.integers(-2, 4), max_size=4),
    st.dictionaries(POOLS, st.integers(0, 3), max_size=5),
)


def served(free: Mapping[int, int], promised: Mapping[Pool, int]) -> int:
    """How many promised units can be served at most: one unit at a time, by augmenting paths."""
    units = [company for company, count in free.items() for _ in range(max(0, count))]
    wants = [pool for pool, count in promised.items() for _ in range(count)]
    taken: dict[int, int] = {}

    def place(want: int, tried: set[int]) -> bool:
        for at, company in enumerate(units):
            if company in wants[want] and at not in tried:
                tried.add(at)
                if at not in taken or place(taken[at], tried):
                    taken[at] = want
                    return True
        return False

    return sum(place(want, set()) for want in range(len(wants)))


def supply(free: Mapping[int, int], promised: Mapping[Pool, int]) -> Supply:
    return Supply({c: Decimal(n) for c, n in free.items()}, {pool: Decimal(n) for pool, n in promised.items()})


def with_more(promised: Mapping[Pool, int], pool: Pool, units: int) -> dict[Pool, int]:
    return {**promised, pool: promised.get(pool, 0) + units}


@given(WORLD, POOLS)
def test_free_is_just_what_can_be_promised_without_taking_from_anybody(
    world: tuple[dict[int, int], dict[Pool, int]], pool: Pool
) -> None:
    free, promised = world
    before, units = served(free, promised), int(supply(free, promised).free(pool))
    assert served(free, with_more(promised, pool, units)) == before + units
    assert served(free, with_more(promised, pool, units + 1)) == before + units


@given(WORLD, POOLS)
def test_the_deficit_is_what_nobody_can_serve(world: tuple[dict[int, int], dict[Pool, int]], pool: Pool) -> None:
    free, promised = world
    total = supply(free, promised).deficit(pool)
    assert 0 <= total <= sum(promised.values()) - served(free, promised)
    if all(not pool.isdisjoint(other) for other in promised):
        assert total == sum(promised.values()) - served(free, promised)


@given(WORLD, POOLS, st.data())
def test_an_order_may_take_a_set_of_units_just_when_the_others_lose_nothing(
    world: tuple[dict[int, int], dict[Pool, int]], pool: Pool, data: st.DataObject
) -> None:
    free, promised = world
    taken = {company: data.draw(st.integers(0, max(0, free.get(company, 0)))) for company in sorted(pool)}
    left = {company: free.get(company, 0) - taken.get(company, 0) for company in {*free, *taken}}
    harmless = served(left, promised) == served(free, promised)
    assert supply(free, promised).bears({c: Decimal(n) for c, n in taken.items()}, pool) == harmless


@given(WORLD, POOLS)
def test_the_shares_of_the_queue_can_all_be_taken_and_are_all_there_is(
    world: tuple[dict[int, int], dict[Pool, int]], pool: Pool
) -> None:
    free, promised = world
    there = supply(free, promised)
    shares = there.shares(sorted(pool), pool)
    assert there.bears(shares, pool)
    assert sum(shares.values()) == there.most(pool, pool) == there.free(pool)


@given(WORLD, st.integers(A, D), st.integers(A, D))
def test_what_goes_to_another_company_takes_no_promise_along_that_is_not_kept_there(
    world: tuple[dict[int, int], dict[Pool, int]], source: int, target: int
) -> None:
    free, promised = world
    there = {company: max(0, free.get(company, 0)) for company in (A, B, C, D)}
    units = int(supply(there, promised).movable(source, target))

    def carried(count: int) -> dict[int, int]:
        moved = dict(there)
        moved[source] -= count
        moved[target] += count
        return moved

    assert 0 <= units <= there[source]
    assert served(carried(units), promised) == served(there, promised)
    if units < there[source]:
        assert served(carried(units + 1), promised) < served(there, promised)


@given(WORLD, POOLS)
def test_where_there_are_too_many_sets_the_answer_is_cautious(
    world: tuple[dict[int, int], dict[Pool, int]], pool: Pool
) -> None:
    free, promised = world
    with pytest.MonkeyPatch.context() as patch:
        exact = supply(free, promised).free(pool)
        all_may_go = [supply(free, promised).movable(A, company) for company in (B, C, D)]
        patch.setattr(pooling, "MOST_SETS", 0)
        cautious = supply(free, promised)
        assert 0 <= cautious.free(pool) <= exact
        assert all(cautious.movable(A, to) <= most for to, most in zip((B, C, D), all_may_go, strict=True))
        shares = cautious.shares(sorted(pool), pool)
        allowed = cautious.bears(shares, pool)
    assert not allowed or supply(free, promised).bears(shares, pool)


def test_the_last_unit_of_one_store_is_not_sold_by_another() -> None:
    """A has 1, B has 1; the store of A promised one, so the store of both has one left, and it is B's."""
    there = supply({A: 1, B: 1}, {frozenset([A]): 1})
    assert there.free(frozenset([A])) == 0
    assert there.free(frozenset([A, B])) == 1
    assert there.shares([A, B], frozenset([A, B])) == {A: 0, B: 1}


def test_a_chain_of_overlapping_stores_is_counted_once() -> None:
    """A:1 B:1 C:1. {A,B} promised 1 and {B,C} promised 1: three units, two promises, so one is free for either end."""
    there = supply({A: 1, B: 1, C: 1}, {frozenset([A, B]): 1, frozenset([B, C]): 1})
    assert [there.free(frozenset(pool)) for pool in ({A}, {B}, {C}, {A, B}, {A, C})] == [1, 1, 1, 1, 1]
    there.promise(frozenset([A]), Decimal(1))
    assert [there.free(frozenset(pool)) for pool in ({B}, {C}, {A, B}, {B, C})] == [0, 0, 0, 0]


def test_three_companies_may_not_give_together_what_each_may_give_alone() -> None:
    """Each of A, B, C has 1 and {A,B} promised 1: an order of all three gets A or B, never both, and C."""
    there = supply({A: 1, B: 1, C: 1}, {frozenset([A, B]): 1})
    everybody = frozenset([A, B, C])
    assert [there.most(frozenset([each]), everybody) for each in (A, B, C)] == [1, 1, 1]
    assert not there.bears({A: Decimal(1), B: Decimal(1)}, everybody)
    assert there.bears({A: Decimal(1), C: Decimal(1)}, everybody)
