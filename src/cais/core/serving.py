"""How much of an order a set of companies can serve, and which of them serves what: whole numbers, no policy.

Lines that want the same product form a group; groups do not touch each other. In a group the aim is to serve the first
line as far as possible, then the second, and so on. A single line, or lines of one plain product, get there by falling
through the companies in their order. Kits that share a component may need one company's cup for the kit and another's
for the cup sold alone: then every way of handing out the kits is tried, as long as there are not too many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import comb, prod

Place = tuple[int, int]
"""Company and line."""
Serving = dict[Place, int]
Stock = dict[int, dict[int, int]]
"""Company → product → steps of 0.0001."""


@dataclass(frozen=True, slots=True)
class Need:
    """A line in indivisible units: `units` of them, each worth `worth` of the line's quantity and taking `per` steps of
    each product."""

    line: int
    units: int
    worth: Decimal
    per: Mapping[int, int]

    @property
    def is_fluid(self) -> bool:
        """A plain product, which may be cut anywhere."""
        return list(self.per.values()) == [1]


@dataclass(frozen=True, slots=True)
class Shelves:
    """What is wanted and what there is. `most_ways` is how many ways of handing out kits may be tried at a time."""

    needs: tuple[Need, ...]
    stock: Stock
    most_ways: int

    def serve(self, companies: Sequence[int], *, keep_whole: bool = False) -> Serving:
        """Serve as much as these companies can, the earlier ones first. With `keep_whole` a line goes to the first
        company that has all of it, before any line is cut."""
        serving: Serving = {}
        for group in _groups(self.needs):
            serving |= _serve_group(group, self._copy(companies), keep_whole=keep_whole, most_ways=self.most_ways)
        return serving

    def served(self, serving: Serving) -> tuple[int, ...]:
        """Units of each line, in the order of the lines: the greater, the better served."""
        return _served(self.needs, serving)

    def is_all(self, serving: Serving) -> bool:
        return self.served(serving) == tuple(need.units for need in self.needs)

    def can(self, company: int, need: Need) -> int:
        """Units of a line that a company could serve were it the only line."""
        return min(need.units, _capacity(self.stock[company], need))

    def might(self, companies: Sequence[int], wanted: Sequence[int]) -> bool:
        """False when these companies cannot serve `wanted` units of each line, told from each line alone."""
        return all(
            sum(self.can(company, need) for company in companies) >= units
            for need, units in zip(self.needs, wanted, strict=True)
        )

    def left(self, serving: Serving) -> Stock:
        """What stays on the shelves."""
        stock = self._copy(self.stock)
        for need in self.needs:
            for company in stock:
                _take(stock[company], need, serving.get((company, need.line), 0))
        return stock

    def _copy(self, companies: Sequence[int] | Stock) -> Stock:
        return {company: dict(self.stock[company]) for company in companies}


def _groups(needs: Sequence[Need]) -> list[tuple[Need, ...]]:
    """Lines that want a product in common, directly or through others, each group in the order of its lines."""
    found: list[list[Need]] = []
    for need in needs:
        touched = [group for group in found if any(need.per.keys() & other.per.keys() for other in group)]
        found = [group for group in found if group not in touched]
        found.append([*(other for group in touched for other in group), need])
    return [tuple(sorted(group, key=lambda need: need.line)) for group in found]


def _ways(group: Sequence[Need], stock: Stock) -> int:
    """No fewer than the ways in which the kits of a group can be handed out to these companies."""
    return prod(
        comb(need.units + len(able), len(able))
        for need in group
        if not need.is_fluid
        for able in [[company for company in stock if _capacity(stock[company], need)]]
    )


def _serve_group(group: Sequence[Need], stock: Stock, *, keep_whole: bool, most_ways: int) -> Serving:
    quick: list[Way] = [_keep_whole, _fall_through] if keep_whole else [_fall_through]
    best = _best(group, stock, quick)
    if _served(group, best) == _at_most(group, stock):
        return best
    if all(need.is_fluid for need in group) or len(group) == 1:
        return best
    if _ways(group, stock) > most_ways:
        return _best(group, stock, [*quick, _line_by_line, _kits_first, _least_useful_first])
    exact = max(_every_way(group, stock), key=lambda serving: _served(group, serving))
    return exact if _served(group, exact) > _served(group, best) else best


Way = Callable[[Sequence[Need], Stock], Serving]


def _best(group: Sequence[Need], stock: Stock, tried: Sequence[Way]) -> Serving:
    """The way that serves most; of equals the first."""
    servings = [way(group, {company: dict(shelf) for company, shelf in stock.items()}) for way in tried]
    return max(servings, key=lambda serving: _served(group, serving))


def _served(needs: Sequence[Need], serving: Serving) -> tuple[int, ...]:
    totals = dict.fromkeys((need.line for need in needs), 0)
    for (_, line), units in serving.items():
        if line in totals:
            totals[line] += units
    return tuple(totals.values())


def _at_most(group: Sequence[Need], stock: Stock) -> tuple[int, ...]:
    """What each line of a group could get were it the only one."""
    return tuple(min(need.units, sum(_capacity(stock[company], need) for company in stock)) for need in group)


def _capacity(shelf: Mapping[int, int], need: Need) -> int:
    return min((shelf.get(product, 0) // steps for product, steps in need.per.items()), default=need.units)


def _take(shelf: dict[int, int], need: Need, units: int) -> None:
    for product, steps in need.per.items():
        if units:
            shelf[product] -= steps * units


def _give(stock: Stock, pairs: Sequence[tuple[int, Need]], serving: Serving) -> Serving:
    """Serve from each company of the pairs in turn what it has of what the line still wants."""
    for company, need in pairs:
        wanted = need.units - sum(serving.get((other, need.line), 0) for other in stock)
        units = min(wanted, _capacity(stock[company], need))
        if units:
            serving[company, need.line] = serving.get((company, need.line), 0) + units
            _take(stock[company], need, units)
    return serving


def _fall_through(group: Sequence[Need], stock: Stock) -> Serving:
    return _give(stock, [(company, need) for company in stock for need in group], {})


def _keep_whole(group: Sequence[Need], stock: Stock) -> Serving:
    serving: Serving = {}
    for need in group:
        able = [company for company in stock if _capacity(stock[company], need) >= need.units]
        _give(stock, [(company, need) for company in able[:1]], serving)
    return _give(stock, [(company, need) for company in stock for need in group], serving)


def _line_by_line(group: Sequence[Need], stock: Stock) -> Serving:
    return _give(stock, [(company, need) for need in group for company in stock], {})


def _kits_first(group: Sequence[Need], stock: Stock) -> Serving:
    return _line_by_line(sorted(group, key=lambda need: (need.is_fluid, need.line)), stock)


def _least_useful_first(group: Sequence[Need], stock: Stock) -> Serving:
    """Each line from the companies that can serve the fewest other lines."""
    useful = {company: sum(_capacity(shelf, need) > 0 for need in group) for company, shelf in stock.items()}
    by_use = sorted(stock, key=lambda company: useful[company])
    return _give(stock, [(company, need) for need in group for company in by_use], {})


def _every_way(group: Sequence[Need], stock: Stock) -> Iterator[Serving]:
    """Every way of handing out the kits, those first in which the first companies give most; what is left of plain
    products falls through, which is best for them."""
    kits = [(company, need) for company in stock for need in group if not need.is_fluid]
    plain = [(company, need) for company in stock for need in group if need.is_fluid]
    for serving, left in _hand_out(kits, {}, stock):
        yield _give(left, plain, serving)


def _hand_out(pairs: Sequence[tuple[int, Need]], serving: Serving, stock: Stock) -> Iterator[tuple[Serving, Stock]]:
    if not pairs:
        yield dict(serving), {company: dict(shelf) for company, shelf in stock.items()}
        return
    (company, need), *rest = pairs
    wanted = need.units - sum(serving.get((other, need.line), 0) for other in stock)
    for units in range(min(wanted, _capacity(stock[company], need)), -1, -1):
        left = {**stock, company: dict(stock[company])}
        _take(left[company], need, units)
        yield from _hand_out(rest, {**serving, (company, need.line): units} if units else serving, left)
