"""Who may serve an order and who shall: the channel's rule and the connection's policy over what could be served.

Exact as long as the sets of companies (2 to the power of their number) times the ways of handing out kits stay within
`MOST_TRIED`, and there are at most `MOST_SETS` sets. Above that, kits go out by a handful of orders of which the best
counts, and the companies of the priority policy are thinned out: never more parcels than that policy would make.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from cais.core.allocation import Candidate, Line, Policy, Request, Why
from cais.core.serving import Need, Serving, Shelves, Stock
from cais.core.values import QUANTUM, ZERO, quantity

MOST_TRIED = 50_000
MOST_SETS = 1_024


@dataclass(frozen=True, slots=True)
class Field:
    """A request in order: lines by key, companies by priority, and what is known to be on their shelves."""

    request: Request
    lines: tuple[Line, ...]
    candidates: tuple[Candidate, ...]
    refused: dict[int, Why]
    shelves: Shelves

    @classmethod
    def of(cls, request: Request) -> Field:
        lines = tuple(sorted(request.lines, key=lambda line: line.key))
        candidates = tuple(sorted(request.candidates, key=lambda one: (one.priority, one.company)))
        refused = {one.company: why for one in candidates if (why := _refusal(one, request))}
        allowed = [one for one in candidates if one.company not in refused]
        shelves = Shelves(
            needs=tuple(_need(line) for line in lines),
            stock=_stock(allowed, request),
            most_ways=max(1, MOST_TRIED >> len(allowed)),
        )
        return cls(request, lines, candidates, refused, shelves)

    @property
    def allowed(self) -> tuple[int, ...]:
        """Companies that may serve, the first in the queue first."""
        return tuple(self.shelves.stock)

    @property
    def few(self) -> bool:
        """True while every set of companies is looked at."""
        return len(self.useful) < MOST_SETS.bit_length()

    @property
    def useful(self) -> tuple[int, ...]:
        """Companies that could serve something that is counted. If none can, the first: it may serve what is not."""
        counted = [need for need in self.shelves.needs if need.per]
        found = tuple(c for c in self.allowed if any(self.shelves.can(c, need) for need in counted))
        return found or self.allowed[:1]

    def used(self, serving: Serving) -> tuple[int, ...]:
        return tuple(c for c in self.allowed if any(company == c for company, _ in serving))

    def alone(self, company: int) -> Serving:
        return self.serve((company,))

    def serve(self, companies: Sequence[int], *, keep_whole: bool = False) -> Serving:
        """As the shelves say; lines without stock control join a company that serves something anyway."""
        uncounted = {need.line: need.units for need in self.shelves.needs if not need.per}
        serving = self.shelves.serve(companies, keep_whole=keep_whole)
        counted = {place: units for place, units in serving.items() if place[1] not in uncounted}
        host = (*self.used(counted), *companies)[:1]
        return counted | {(company, line): units for company in host for line, units in uncounted.items()}


def choose(field: Field, policy: Policy) -> Serving:
    """The first company that has everything; else, where the channel lets it be split, by the policy."""
    alone = {company: field.alone(company) for company in field.useful}
    for serving in alone.values():
        if field.shelves.is_all(serving):
            return serving
    if not field.request.rule.may_split:
        return max(alone.values(), key=lambda serving: score(field, serving), default={})
    by_priority = field.serve(field.useful)
    return by_priority if policy is Policy.PRIORITY else _fewest(field, by_priority)


def score(field: Field, serving: Serving) -> tuple[int, tuple[int, ...]]:
    """How well one company does where only one may: lines it has whole, then more of the earlier lines."""
    served = field.shelves.served(serving)
    whole = sum(units == need.units for units, need in zip(served, field.shelves.needs, strict=True))
    return whole, served


def sets_serving(field: Field, size: int, wanted: tuple[int, ...]) -> Iterator[Serving]:
    """Servings by sets of `size` companies that serve no less than `wanted`, the first in the queue first."""
    for companies in combinations(field.useful, size):
        if field.shelves.might(companies, wanted):
            serving = field.serve(companies, keep_whole=True)
            if field.shelves.served(serving) >= wanted and len(field.used(serving)) == size:
                yield serving


def _fewest(field: Field, by_priority: Serving) -> Serving:
    wanted = field.shelves.served(by_priority)
    if not field.few:
        tried = by_priority, _thinned(field, field.used(by_priority), wanted), _gathered(field, wanted)
        enough = [serving for serving in tried if field.shelves.served(serving) >= wanted]
        return min(enough, key=lambda serving: len(field.used(serving)))
    for size in range(1, len(field.used(by_priority)) + 1):
        for serving in sets_serving(field, size, wanted):
            return serving
    return by_priority


def _thinned(field: Field, companies: Sequence[int], wanted: tuple[int, ...]) -> Serving:
    """Leave out one company after the other, the last in the queue first, as long as no less is served."""
    kept = list(companies)
    for company in reversed(companies):
        fewer = [other for other in kept if other != company]
        if field.shelves.served(field.serve(fewer, keep_whole=True)) >= wanted:
            kept = fewer
    return field.serve(kept, keep_whole=True)


def _gathered(field: Field, wanted: tuple[int, ...]) -> Serving:
    """Add the company that helps most, again and again, then leave out those that the later ones made idle."""
    chosen: list[int] = []
    while field.shelves.served(field.serve(chosen)) < wanted and len(chosen) < len(field.useful):
        rest = [company for company in field.useful if company not in chosen]
        chosen.append(max(rest, key=lambda company: _reach(field, [*chosen, company])))
    return _thinned(field, [company for company in field.useful if company in chosen], wanted)


def _reach(field: Field, companies: Sequence[int]) -> tuple[int, Decimal]:
    served = field.shelves.served(field.serve(companies))
    shares = [Decimal(units) / need.units for units, need in zip(served, field.shelves.needs, strict=True)]
    return sum(share == 1 for share in shares), sum(shares, ZERO)


def _refusal(candidate: Candidate, request: Request) -> Why | None:
    if request.rule.marketplace_ships:
        return Why.MARKETPLACE
    if request.rule.companies is not None and candidate.company not in request.rule.companies:
        return Why.CHANNEL
    if candidate.company in request.left_out:
        return Why.LEFT_OUT
    return None if candidate.depots else Why.NO_WAREHOUSE


def _need(line: Line) -> Need:
    counted = {part.product: part.per_unit for part in line.components if part.counted}
    if not line.is_kit:
        steps = _steps_of(line.quantity)
        return Need(line.key, steps, QUANTUM, dict.fromkeys(counted, 1))
    if line.quantity == int(line.quantity):
        per = {product: _steps_of(amount) for product, amount in counted.items()}
        return Need(line.key, int(line.quantity), Decimal(1), per)
    per = {product: _steps_of(quantity(amount * line.quantity)) for product, amount in counted.items()}
    return Need(line.key, 1, line.quantity, {product: steps for product, steps in per.items() if steps})


def _stock(candidates: Sequence[Candidate], request: Request) -> Stock:
    products = {part.product for line in request.lines for part in line.components}
    return {
        one.company: {
            product: sum(_steps_of(max(ZERO, depot.free.get(product) or ZERO)) for depot in one.depots)
            for product in products
        }
        for one in candidates
    }


def _steps_of(amount: Decimal) -> int:
    """A quantity as steps of 0.0001, cut downwards."""
    return int(quantity(amount) / QUANTUM)


def amount_of(steps: int) -> Decimal:
    return steps * QUANTUM
