"""Allocation for every request: bounded, complete, deterministic, and as good as trying everything."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cais.core.allocate import allocate
from cais.core.allocation import (
    Allocation,
    Candidate,
    ChannelRule,
    Component,
    Depot,
    Line,
    Outcome,
    Policy,
    Request,
    Why,
)
from tests.core.allocations import Company, Product, company, kit, line, request, served
from tests.core.what_if import accepting_what_is_missing, under, without

Item = TypeVar("Item")
CASA, SUDESTE, NORDESTE = Company
CUPS, TRAYS, FLASKS = 1, 2, 3
COUNTS = st.integers(0, 4).map(Decimal)
# Trying everything takes its time on a busy machine; how fast it is proves nothing here.
patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
BOTH = pytest.mark.parametrize("policy", Policy)


def depots(counts: st.SearchStrategy[Decimal | None]) -> st.SearchStrategy[tuple[Depot, ...]]:
    one = st.dictionaries(st.sampled_from([CUPS, TRAYS, FLASKS]), counts, max_size=3)
    return st.lists(one, min_size=1, max_size=2).map(
        lambda found: tuple(Depot(warehouse=i, free=free, rank=i) for i, free in enumerate(found))
    )


@st.composite
def requests(draw: st.DrawFn, *, most_companies: int = 3, most_units: int = 2) -> Request:
    """Small orders of three products alone and in kits, which fight for the same pieces more often than not."""
    parts = st.dictionaries(st.sampled_from([CUPS, TRAYS, FLASKS]), st.integers(1, 2), min_size=1, max_size=3)
    lines = tuple(
        Line(
            key=key,
            quantity=Decimal(draw(st.integers(1, most_units))),
            components=tuple(Component(product=p, per_unit=Decimal(n)) for p, n in draw(parts).items()),
        )
        for key in range(draw(st.integers(1, 3)))
    )
    candidates = tuple(
        Candidate(company=key, priority=draw(st.integers(1, 3)), depots=draw(depots(st.none() | COUNTS)))
        for key in range(draw(st.integers(1, most_companies)))
    )
    rule = ChannelRule(may_split=draw(st.booleans()) or draw(st.booleans()))
    return Request(lines=lines, candidates=candidates, policy=draw(st.sampled_from(Policy)), rule=rule)


def known(candidate: Candidate) -> dict[int, Decimal]:
    total: dict[int, Decimal] = defaultdict(Decimal)
    for depot in candidate.depots:
        for item, count in depot.free.items():
            total[item] += count or 0
    return total


def every_serving(asked: Request, companies: tuple[int, ...]) -> Iterator[dict[tuple[int, int], int]]:
    """The oracle: every whole number of units of every line from every company, thrown away where stock runs out."""
    stock = {one.company: known(one) for one in asked.candidates}
    ways = [
        [
            dealt
            for dealt in product(range(int(item.quantity) + 1), repeat=len(companies))
            if sum(dealt) <= item.quantity
        ]
        for item in asked.lines
    ]
    for dealt in product(*ways):
        taken: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        for item, units in zip(asked.lines, dealt, strict=True):
            for company_id, count in zip(companies, units, strict=True):
                for part in item.components:
                    taken[company_id, part.product] += part.per_unit * count
        if all(count <= stock[who][what] for (who, what), count in taken.items()):
            yield {
                (who, item.key): count
                for item, units in zip(asked.lines, dealt, strict=True)
                for who, count in zip(companies, units, strict=True)
            }


def totals(asked: Request, serving: dict[tuple[int, int], int]) -> tuple[int, ...]:
    return tuple(sum(n for (_, key), n in serving.items() if key == item.key) for item in asked.lines)


def most(asked: Request, companies: tuple[int, ...]) -> tuple[int, ...]:
    return max(totals(asked, serving) for serving in every_serving(asked, companies))


def in_queue(asked: Request) -> tuple[int, ...]:
    return tuple(one.company for one in sorted(asked.candidates, key=lambda one: (one.priority, one.company)))


def answered(asked: Request, answer: Allocation) -> tuple[int, ...]:
    return tuple(sum(int(s.quantity) for s in answer.served if s.line == item.key) for item in asked.lines)


@patiently
@given(requests())
def test_it_serves_as_much_as_trying_everything_finds(asked: Request) -> None:
    queue = in_queue(asked)
    answer = allocate(asked)
    if asked.rule.may_split:
        assert answered(asked, answer) == most(asked, queue)
        return
    wanted = tuple(int(item.quantity) for item in asked.lines)
    alone = [most(asked, (who,)) for who in queue]
    best = max((sum(n == w for n, w in zip(one, wanted, strict=True)), one) for one in alone)
    assert len(answer.companies) <= 1
    assert answered(asked, answer) == best[1]


@patiently
@given(requests())
def test_one_company_that_has_everything_serves_alone_and_the_first_in_the_queue(asked: Request) -> None:
    wanted = tuple(int(item.quantity) for item in asked.lines)
    able = [who for who in in_queue(asked) if most(asked, (who,)) == wanted]
    answer = allocate(asked)
    assert (answer.outcome is Outcome.WHOLE) == bool(able)
    if able:
        assert answer.companies == (able[0],)


@patiently
@given(requests())
def test_fewest_parcels_is_the_fewest_there_can_be_and_first_in_the_queue(asked: Request) -> None:
    asked = replace(asked, policy=Policy.FEWEST_PARCELS, rule=ChannelRule())
    queue = in_queue(asked)
    wanted = most(asked, queue)
    fewest = next(
        companies
        for size in range(len(queue) + 1)
        for companies in combinations(queue, size)
        if (most(asked, companies) if companies else (0,) * len(asked.lines)) == wanted
    )
    assert allocate(asked).companies == fewest


@patiently
@given(requests(most_companies=5, most_units=3))
def test_fewest_parcels_is_never_more_than_by_priority_and_serves_no_less(asked: Request) -> None:
    by_priority = allocate(under(asked, Policy.PRIORITY))
    fewest = allocate(under(asked, Policy.FEWEST_PARCELS))
    assert len(fewest.companies) <= len(by_priority.companies)
    assert answered(asked, fewest) == answered(asked, by_priority)


@patiently
@given(requests())
def test_by_priority_the_first_in_the_queue_gives_most_of_what_serves_most(asked: Request) -> None:
    asked = replace(asked, policy=Policy.PRIORITY, rule=ChannelRule())
    queue = in_queue(asked)
    answer = allocate(asked)
    if answer.outcome is Outcome.WHOLE:
        return
    wanted = most(asked, queue)
    best = [one for one in every_serving(asked, queue) if totals(asked, one) == wanted]
    first = max(tuple(one[who, item.key] for who in queue for item in asked.lines) for one in best)
    given_ = {(item.company, item.line): int(item.quantity) for item in answer.served}
    assert tuple(given_.get((who, item.key), 0) for who in queue for item in asked.lines) == first


@patiently
@given(requests(most_companies=5, most_units=4))
def test_no_shelf_gives_more_than_it_is_known_to_have_and_every_unit_is_made_of_its_parts(asked: Request) -> None:
    answer = allocate(asked)
    free = {(one.company, depot.warehouse): depot.free for one in asked.candidates for depot in one.depots}
    taken: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    given_: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    for part in answer.parts:
        taken[part.company, part.warehouse, part.product] += part.quantity
        given_[part.company, part.line, part.product] += part.quantity
    for (who, where, what), count in taken.items():
        assert 0 < count <= (free[who, where].get(what) or 0)
    components = {item.key: item.components for item in asked.lines}
    wanted = {
        (item.company, item.line, part.product): item.quantity * part.per_unit
        for item in answer.served
        for part in components[item.line]
    }
    assert given_ == wanted


@patiently
@given(requests(most_companies=4, most_units=4))
def test_served_and_missing_are_the_order(asked: Request) -> None:
    answer = allocate(asked)
    missing = dict(answer.missing)
    for item in asked.lines:
        got = sum((one.quantity for one in answer.served if one.line == item.key), Decimal(0))
        assert got + missing.get(item.key, 0) == item.quantity
    assert bool(missing) == (answer.outcome is Outcome.LACKING)
    assert {item.line for item in answer.lacking} == set(missing)


@patiently
@given(requests(most_companies=4), st.integers(0, 99))
def test_the_order_in_which_things_are_given_is_nothing(asked: Request, seed: int) -> None:
    chance = random.Random(seed)

    def shuffled(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(chance.sample(items, len(items)))

    again = replace(
        asked,
        lines=shuffled(tuple(replace(item, components=shuffled(item.components)) for item in asked.lines)),
        candidates=shuffled(tuple(replace(one, depots=shuffled(one.depots)) for one in asked.candidates)),
    )
    assert allocate(again) == allocate(asked)


@patiently
@given(requests(most_companies=4))
def test_what_is_lacking_is_what_would_make_the_order_whole(asked: Request) -> None:
    """Bring what each line lacks to where it lacks it, and nothing is missing any more."""
    asked = replace(asked, policy=Policy.PRIORITY)
    answer = allocate(asked)
    chosen = in_queue(asked)[0]
    for lack in answer.lacking:
        who = chosen if lack.at is None else lack.at
        asked = _brought(asked, who, what=lack.product, count=lack.quantity)
    assert allocate(asked).missing == ()


def _brought(asked: Request, who: int, *, what: int, count: Decimal) -> Request:
    def more(one: Candidate) -> Candidate:
        first, *rest = one.depots
        return replace(
            one, depots=(replace(first, free={**first.free, what: (first.free.get(what) or 0) + count}), *rest)
        )

    return replace(asked, candidates=tuple(more(one) if one.company == who else one for one in asked.candidates))


@patiently
@given(requests(most_companies=4))
def test_doing_without_what_is_missing_leaves_nothing_missing(asked: Request) -> None:
    answer = allocate(accepting_what_is_missing(asked, allocate(asked)))
    assert answer.missing == ()


@patiently
@given(requests(most_companies=4))
def test_every_company_and_every_way_has_its_reason(asked: Request) -> None:
    answer = allocate(asked)
    assert [view.company for view in answer.candidates] == list(in_queue(asked))
    assert {view.company for view in answer.candidates if view.chosen} == set(answer.companies)
    chosen = [option for option in answer.options if option.verdict.why is Why.CHOSEN]
    assert [option.companies for option in chosen] == ([answer.companies] if answer.companies else [])
    for option in answer.options:
        assert option.parcels == len({item.company for item in option.served})


def test_undivided_more_whole_items_count_for_more_than_the_first_item() -> None:
    lines = [line(1, "1", Product.PANELA), line(2, "1", Product.TOALHA), line(3, "1", Product.REDE)]
    two = company(CASA, {Product.PANELA: "1"}), company(SUDESTE, {Product.TOALHA: "1", Product.REDE: "1"})
    answer = allocate(request(lines, *two, rule=ChannelRule(may_split=False)))
    assert answer.companies == (SUDESTE,)
    assert answer.missing == ((1, Decimal(1)),)


@BOTH
def test_a_line_without_stock_control_joins_a_parcel_that_goes_anyway(policy: Policy) -> None:
    answer = allocate(
        request(
            [line(1, "1", Product.CARTAO), line(2, "1", Product.PANELA), line(3, "1", Product.REDE)],
            company(CASA, {}),
            company(SUDESTE, {Product.PANELA: "1"}),
            company(NORDESTE, {Product.REDE: "1"}),
            policy=policy,
        )
    )
    assert answer.outcome is Outcome.SPLIT
    assert served(answer) == {(SUDESTE, 1): "1", (SUDESTE, 2): "1", (NORDESTE, 3): "1"}


@BOTH
def test_an_order_of_nothing_but_such_lines_goes_to_the_first_in_the_queue(policy: Policy) -> None:
    lines = [line(1, "2.5", Product.CARTAO)]
    answer = allocate(request(lines, company(SUDESTE, {}), company(CASA, {}), policy=policy))
    assert answer.outcome is Outcome.WHOLE
    assert [(part.warehouse, part.quantity) for part in answer.parts] == [(10, Decimal("2.5"))]


def test_a_company_without_a_warehouse_serves_nothing() -> None:
    answer = allocate(request([line(1, "1", Product.CARTAO)], company(CASA)))
    assert answer.outcome is Outcome.LACKING
    assert answer.candidates[0].verdict.why is Why.NO_WAREHOUSE


def test_half_a_kit_is_not_cut_further() -> None:
    half = {Product.GARRAFA: "0.5", Product.XICARA: "9", Product.BANDEJA: "9"}
    asked = request([kit(1, "1.5")], company(CASA, half), company(SUDESTE, half), company(NORDESTE, half))
    assert allocate(asked).served == ()
    more = request([kit(1, "1.5")], company(CASA, half), company(SUDESTE, half | {Product.GARRAFA: "1.5"}))
    assert served(allocate(more)) == {(SUDESTE, 1): "1.5"}


def test_oversold_shelves_count_as_empty_and_take_nothing_from_the_others() -> None:
    asked = request([line(1, "2", Product.PANELA)], company(CASA, {Product.PANELA: "-5"}, {Product.PANELA: "2"}))
    assert [(part.warehouse, part.quantity) for part in allocate(asked).parts] == [(11, Decimal(2))]


def test_an_order_of_which_nothing_is_left_asks_for_nothing() -> None:
    asked = without(request([line(1, "2", Product.PANELA)], company(CASA, {})), 1, Decimal(2))
    assert allocate(asked).outcome is Outcome.NOTHING


@pytest.mark.parametrize("amount", ["0", "-1", "0.00001"])
def test_a_quantity_that_is_none_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="four places"):
        line(1, amount, Product.PANELA)


def test_nothing_may_be_named_twice() -> None:
    with pytest.raises(ValueError, match="named twice"):
        request([line(1, "1", Product.PANELA), line(1, "1", Product.REDE)])


def many_companies(count: int) -> Request:
    """Kits whose components overlap in a ring, spread over many companies: more ways than may be tried."""
    chance = random.Random(20261122)
    items = range(12)
    lines = tuple(
        Line(
            key=key,
            quantity=Decimal(6),
            components=(Component(product=key), Component(product=(key + 1) % 12), Component(product=(key + 5) % 12)),
        )
        for key in items
    )
    candidates = tuple(
        Candidate(
            company=key,
            priority=key,
            depots=(Depot(warehouse=key, free={item: Decimal(chance.randint(0, 6)) for item in items}),),
        )
        for key in range(count)
    )
    return Request(lines=lines, candidates=candidates)


@pytest.mark.parametrize("count", [6, 30])
def test_above_the_bound_it_is_still_quick_safe_and_no_worse_than_by_priority(count: int) -> None:
    asked = many_companies(count)
    started = time.process_time()
    by_priority = allocate(asked)
    fewest = allocate(under(asked, Policy.FEWEST_PARCELS))
    assert time.process_time() - started < 20
    assert len(fewest.companies) <= len(by_priority.companies)
    assert answered(asked, fewest) >= answered(asked, by_priority)
    for answer in (by_priority, fewest):
        used: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        for part in answer.parts:
            used[part.warehouse, part.product] += part.quantity
        free = {(d.warehouse, item): n for one in asked.candidates for d in one.depots for item, n in d.free.items()}
        assert all(count <= (free[place] or 0) for place, count in used.items())


def test_above_the_bound_the_fewest_are_still_found_where_one_company_has_nearly_everything() -> None:
    """Companies 1 to 12 have one item each, the last in the queue has all but the first: two parcels, not twelve."""
    items = range(1, 13)
    own = [Candidate(company=n, priority=n, depots=(Depot(warehouse=n, free={n: Decimal(1)}),)) for n in items]
    rest = Depot(warehouse=13, free={n: Decimal(1) for n in items if n > 1})
    asked = Request(
        lines=tuple(Line(key=n, quantity=Decimal(1), components=(Component(product=n),)) for n in items),
        candidates=(*own, Candidate(company=13, priority=13, depots=(rest,))),
    )
    assert len(allocate(asked).companies) == 12
    assert allocate(under(asked, Policy.FEWEST_PARCELS)).companies == (1, 13)
