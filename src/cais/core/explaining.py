"""*Por que esta divisão*, as data (feature C8): each company with its numbers, each way that was weighed, why not."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from cais.core.allocation import (
    Candidate,
    CandidateView,
    Could,
    Line,
    Option,
    Outcome,
    Policy,
    Served,
    Verdict,
    Why,
)
from cais.core.choosing import Field, choose, score, sets_serving
from cais.core.serving import Need, Serving
from cais.core.values import ZERO, quantity

MOST_SETS_SHOWN = 6


def served_of(field: Field, serving: Serving) -> tuple[Served, ...]:
    return tuple(
        Served(company=company, line=need.line, quantity=units * need.worth)
        for company in field.used(serving)
        for need in field.shelves.needs
        if (units := serving.get((company, need.line), 0))
    )


def missing_of(field: Field, serving: Serving) -> tuple[tuple[int, Decimal], ...]:
    """The lines that are not served whole, and how much of each is missing."""
    served = field.shelves.served(serving)
    pairs = zip(field.shelves.needs, served, strict=True)
    return tuple((need.line, (need.units - units) * need.worth) for need, units in pairs if units < need.units)


def candidate_views(field: Field, serving: Serving, outcome: Outcome) -> tuple[CandidateView, ...]:
    return tuple(_view(field, candidate, serving=serving, outcome=outcome) for candidate in field.candidates)


def _view(field: Field, candidate: Candidate, *, serving: Serving, outcome: Outcome) -> CandidateView:
    company = candidate.company
    refusal = field.refused.get(company)
    return CandidateView(
        company=company,
        priority=candidate.priority,
        could=tuple(
            _could(field, candidate, line=line, need=need)
            for line, need in zip(field.lines, field.shelves.needs, strict=True)
        ),
        verdict=Verdict(why=refusal) if refusal else _verdict(field, candidate, serving=serving, outcome=outcome),
    )


def _could(field: Field, candidate: Candidate, *, line: Line, need: Need) -> Could:
    """A company that may not serve shows its stock all the same, and that it could serve nothing."""
    units = 0 if candidate.company in field.refused else field.shelves.can(candidate.company, need)
    products = sorted(part.product for part in line.components)
    return Could(
        line=line.key,
        quantity=units * need.worth,
        free=tuple((product, _known(candidate, product)) for product in products),
    )


def _known(candidate: Candidate, product: int) -> Decimal | None:
    """What the depots that know have together; None when none knows."""
    counts = [depot.free.get(product) for depot in candidate.depots]
    known = [quantity(max(ZERO, count)) for count in counts if count is not None]
    return sum(known, ZERO) if known else None


def _verdict(field: Field, candidate: Candidate, *, serving: Serving, outcome: Outcome) -> Verdict:
    used = field.used(serving)
    company = candidate.company
    if company in used:
        return Verdict(why=Why.CHOSEN, parcels=len(used))
    if empty := _has_nothing(field, candidate):
        return empty
    if not field.request.rule.may_split or outcome is Outcome.WHOLE:
        return _beside_one(field, company, chosen=used[0], serving=serving)
    if field.request.policy is Policy.PRIORITY:
        return Verdict(why=Why.TAKEN_BEFORE, parcels=len(used))
    return Verdict(why=Why.NO_FEWER, parcels=len(used))


def _has_nothing(field: Field, candidate: Candidate) -> Verdict | None:
    """A company that could serve none of what is counted, or whose count nobody knows."""
    counted = [need for need in field.shelves.needs if need.per]
    if not counted or any(field.shelves.can(candidate.company, need) for need in counted):
        return None
    unknown = any(_known(candidate, product) is None for need in counted for product in need.per)
    return Verdict(why=Why.UNKNOWN if unknown else Why.NOTHING)


def _beside_one(field: Field, company: int, *, chosen: int, serving: Serving) -> Verdict:
    """Why one company was not taken where another one serves alone."""
    alone = field.alone(company)
    if score(field, alone) == score(field, serving):
        return Verdict(why=Why.LOWER_PRIORITY, company=chosen)
    why = Why.LACKS if field.shelves.is_all(serving) else Why.LACKS_MORE
    return _short(field, company, why=why, chosen=chosen)


def _short(field: Field, company: int, *, why: Why, chosen: int | None = None) -> Verdict:
    """The first line that this company alone leaves short; that its count is unknown is the graver word."""
    line, missing = missing_of(field, field.alone(company))[0]
    candidate = next(one for one in field.candidates if one.company == company)
    need = next(need for need in field.shelves.needs if need.line == line)
    unknown = any(_known(candidate, product) is None for product in need.per)
    return Verdict(why=Why.UNKNOWN if unknown else why, company=chosen, line=line, quantity=missing)


def options(field: Field, serving: Serving, outcome: Outcome) -> tuple[Option, ...]:
    """The chosen way first, then the others that were weighed, each way of serving once."""
    if not serving:
        return ()
    found = [_option(field, serving, Verdict(why=Why.CHOSEN, parcels=len(field.used(serving))))]
    seen = [serving]
    for other, verdict in _others(field, serving, outcome):
        if other and other not in seen:
            found.append(_option(field, other, verdict))
            seen.append(other)
    return tuple(found)


def _option(field: Field, serving: Serving, verdict: Verdict) -> Option:
    return Option(
        companies=field.used(serving),
        served=served_of(field, serving),
        missing=missing_of(field, serving),
        verdict=verdict,
    )


def _others(field: Field, serving: Serving, outcome: Outcome) -> Iterator[tuple[Serving, Verdict]]:
    if not field.request.rule.may_split:
        if outcome is Outcome.LACKING:
            divided = field.serve(field.useful)
            if field.shelves.served(divided) > field.shelves.served(serving):
                yield divided, Verdict(why=Why.NO_SPLIT, parcels=len(field.used(divided)))
    elif outcome is not Outcome.WHOLE:
        yield from _by_other_policy(field, serving)
        yield from _by_as_many(field, serving)
    for company in field.useful:
        alone = field.alone(company)
        yield alone, _alone(field, company, serving=serving)


def _alone(field: Field, company: int, *, serving: Serving) -> Verdict:
    """Why one company alone is not the answer."""
    used = field.used(serving)
    if field.shelves.served(field.alone(company)) == field.shelves.served(serving):
        if len(used) > 1:
            return Verdict(why=Why.OTHER_POLICY, parcels=1)
        return Verdict(why=Why.LOWER_PRIORITY, company=used[0])
    return _short(field, company, why=Why.LACKS)


def _by_other_policy(field: Field, serving: Serving) -> Iterator[tuple[Serving, Verdict]]:
    if field.request.policy is Policy.PRIORITY:
        other = choose(field, Policy.FEWEST_PARCELS)
        yield other, Verdict(why=Why.OTHER_POLICY, parcels=len(field.used(other)))
        return
    other = choose(field, Policy.PRIORITY)
    parcels = len(field.used(other))
    if parcels > len(field.used(serving)):
        yield other, Verdict(why=Why.MORE_PARCELS, parcels=parcels)
    elif field.used(other) == field.used(serving):
        yield other, Verdict(why=Why.SPLITS_ITEM, parcels=parcels)


def _by_as_many(field: Field, serving: Serving) -> Iterator[tuple[Serving, Verdict]]:
    """Other companies that would serve as much in as many parcels."""
    used = field.used(serving)
    if not field.few or len(used) < 2:
        return
    wanted = field.shelves.served(serving)
    others = (one for one in sets_serving(field, len(used), wanted) if field.used(one) != used)
    for other in islice(others, MOST_SETS_SHOWN):
        passed = next(company for company in used if company not in field.used(other))
        yield other, Verdict(why=Why.LOWER_PRIORITY, company=passed, parcels=len(used))
