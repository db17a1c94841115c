"""The decision who serves an order (features C2, C6, C8): from a request to a proposal that explains itself.

It reads nothing and changes nothing, so asking *E se…* is calling it again with another request.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cais.core.allocation import Allocation, Candidate, Depot, Lack, Line, Outcome, Part, Request
from cais.core.choosing import Field, amount_of, choose
from cais.core.explaining import candidate_views, missing_of, options, served_of
from cais.core.serving import Need, Serving, Stock
from cais.core.values import ZERO, quantity


def allocate(request: Request) -> Allocation:
    """Never more than there is, never less than could be served; the order in which things are given is nothing."""
    field = Field.of(request)
    if request.rule.marketplace_ships:
        views = candidate_views(field, {}, Outcome.MARKETPLACE)
        return Allocation(outcome=Outcome.MARKETPLACE, policy=request.policy, candidates=views)
    if not request.lines:
        return Allocation(outcome=Outcome.NOTHING, policy=request.policy)
    serving = choose(field, request.policy)
    outcome = _outcome(field, serving)
    return Allocation(
        outcome=outcome,
        policy=request.policy,
        served=served_of(field, serving),
        parts=tuple(part for one in field.candidates for part in _parts(field, one, serving)),
        missing=missing_of(field, serving),
        lacking=tuple(_lacks(field, serving)),
        candidates=candidate_views(field, serving, outcome),
        options=options(field, serving, outcome),
    )


def _outcome(field: Field, serving: Serving) -> Outcome:
    if not field.shelves.is_all(serving):
        return Outcome.LACKING
    return Outcome.WHOLE if len(field.used(serving)) <= 1 else Outcome.SPLIT


def _parts(field: Field, candidate: Candidate, serving: Serving) -> list[Part]:
    """What each depot of a company gives: all by the first depot that has all of it, else depot after depot."""
    wanted = [
        (line, part.product, part.counted, quantity(amount * part.per_unit))
        for line, amount in _amounts(field, candidate.company, serving)
        for part in sorted(line.components, key=lambda part: part.product)
    ]
    if not wanted:
        return []
    depots = sorted(candidate.depots, key=lambda depot: (depot.rank, depot.warehouse))
    total: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for _, product, counted, amount in wanted:
        total[product] += amount if counted else ZERO
    able = [depot for depot in depots if all(_free(depot, product) >= amount for product, amount in total.items())]
    shelf = {(d.warehouse, product): _free(d, product) for d in (able[:1] or depots) for product in total}
    found: list[Part] = []
    for line, product, counted, amount in wanted:
        for depot in able[:1] or depots:
            here = min(amount, shelf[depot.warehouse, product]) if counted else amount
            if here > ZERO:
                found.append(_part(candidate, depot, line=line, product=product, amount=here))
                shelf[depot.warehouse, product] -= here if counted else ZERO
                amount -= here
    return found


def _amounts(field: Field, company: int, serving: Serving) -> list[tuple[Line, Decimal]]:
    pairs = zip(field.lines, field.shelves.needs, strict=True)
    found = [(line, serving.get((company, line.key), 0) * need.worth) for line, need in pairs]
    return [(line, amount) for line, amount in found if amount]


def _free(depot: Depot, product: int) -> Decimal:
    return quantity(max(ZERO, depot.free.get(product) or ZERO))


def _part(candidate: Candidate, depot: Depot, *, line: Line, product: int, amount: Decimal) -> Part:
    return Part(company=candidate.company, warehouse=depot.warehouse, line=line.key, product=product, quantity=amount)


def _lacks(field: Field, serving: Serving) -> Iterator[Lack]:
    """For every line that is not served whole, the products that would have to arrive, and where."""
    stock = field.shelves.left(serving)
    able = field.allowed if field.request.rule.may_split else _only_one(field, serving, stock)
    served = field.shelves.served(serving)
    for line, need, units in zip(field.lines, field.shelves.needs, served, strict=True):
        wanted = _steps(need, need.units - units)
        company = _nearest(wanted, able, stock)
        shelf = {} if company is None else stock[company]
        for product, steps in _short(wanted, shelf).items():
            yield Lack(
                line=line.key,
                product=product,
                quantity=amount_of(steps),
                at=company if line.is_kit or not field.request.rule.may_split else None,
                unknown_at=tuple(c.company for c in field.candidates if _is_unknown(field, c, product)),
            )
        for product, steps in wanted.items():
            shelf[product] = max(0, shelf.get(product, 0) - steps)


def _steps(need: Need, units: int) -> dict[int, int]:
    return {product: steps * units for product, steps in sorted(need.per.items())}


def _short(wanted: Mapping[int, int], shelf: Mapping[int, int]) -> dict[int, int]:
    short = {product: steps - shelf.get(product, 0) for product, steps in wanted.items()}
    return {product: steps for product, steps in short.items() if steps > 0}


def _only_one(field: Field, serving: Serving, stock: Stock) -> tuple[int, ...]:
    """Where only one company may serve: the one that was chosen, else the one that comes nearest to everything."""
    wanted = Counter[int]()
    for need in field.shelves.needs:
        wanted.update(_steps(need, need.units))
    nearest = _nearest(wanted, field.allowed, stock)
    return field.used(serving) or (() if nearest is None else (nearest,))


def _nearest(wanted: Mapping[int, int], able: Sequence[int], stock: Stock) -> int | None:
    """Who lacks the fewest products, then the fewest pieces, then is first in the queue."""
    short = {company: _short(wanted, stock[company]) for company in able}
    return min(able, key=lambda company: (len(short[company]), sum(short[company].values())), default=None)


def _is_unknown(field: Field, candidate: Candidate, product: int) -> bool:
    """A depot of a company that may serve does not know how much of the product it has."""
    return candidate.company not in field.refused and None in (depot.free.get(product) for depot in candidate.depots)
