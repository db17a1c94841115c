"""A person's own division of an order: checked against the shelves and the channel, and laid out depot by depot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cais.core.allocation import Candidate, Component, Depot, Line, Part, Request
from cais.core.values import ZERO, quantity


class Wrong(StrEnum):
    """What keeps a division from being done."""

    LESS = "less"
    MORE = "more"
    SHORT = "short"
    PROMISED = "promised"
    STRANGER = "stranger"
    NO_SPLIT = "no_split"
    BROKEN_KIT = "broken_kit"
    NO_NUMBER = "no_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How much of a line, in the line's own units, a company shall serve; from a depot of its, or from any (None)."""

    line: int
    company: int
    quantity: Decimal
    warehouse: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`quantity` is how much is meant, `there` what could be had of `product`, where the sentence needs them."""

    wrong: Wrong
    line: int | None = None
    company: int | None = None
    product: int | None = None
    quantity: Decimal | None = None
    there: Decimal | None = None


class WrongDivisionError(ValueError):
    """The division cannot be done; nothing of it was."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.wrong for problem in problems))
        self.problems = tuple(problems)


def place(request: Request, wanted: Sequence[Wanted]) -> tuple[Part, ...]:
    """Lay out what is wanted on the depots of the request's candidates. Raises WrongDivisionError.

    The parts of a line add up to the line, a kit's components stay with one company for each unit (ADR 15), and no
    depot gives more than is free in it.
    """
    if not all(one.quantity.is_finite() for one in wanted):
        raise WrongDivisionError([Problem(wrong=Wrong.NO_NUMBER)])
    given = [one for one in wanted if one.quantity > ZERO]
    problems = list(_against_the_order(request, given))
    if problems:
        raise WrongDivisionError(problems)
    parts, problems = _laid_out(request, given)
    if problems:
        raise WrongDivisionError(problems)
    return tuple(parts)


def _against_the_order(request: Request, given: Sequence[Wanted]) -> Iterator[Problem]:
    depots = {one.company: {depot.warehouse for depot in one.depots} for one in request.candidates}
    for one in given:
        there = depots.get(one.company, set())
        if not there or (one.warehouse is not None and one.warehouse not in there):
            yield Problem(wrong=Wrong.STRANGER, line=one.line, company=one.company)
    for line in request.lines:
        own = [one for one in given if one.line == line.key]
        total = sum((one.quantity for one in own), ZERO)
        if total != line.quantity:
            wrong = Wrong.LESS if total < line.quantity else Wrong.MORE
            yield Problem(wrong=wrong, line=line.key, quantity=abs(line.quantity - total))
        elif line.is_kit and not _keeps_kits_whole(line, own):
            yield Problem(wrong=Wrong.BROKEN_KIT, line=line.key)
    if not request.rule.may_split and len({one.company for one in given}) > 1:
        yield Problem(wrong=Wrong.NO_SPLIT)


def _keeps_kits_whole(line: Line, own: Sequence[Wanted]) -> bool:
    return len({one.company for one in own}) == 1 or all(one.quantity % 1 == 0 for one in own)


def _laid_out(request: Request, given: Sequence[Wanted]) -> tuple[list[Part], list[Problem]]:
    companies = {one.company: one for one in request.candidates}
    left = {
        (depot.warehouse, product): max(ZERO, free or ZERO)
        for one in request.candidates
        for depot in one.depots
        for product, free in depot.free.items()
    }
    parts: list[Part] = []
    problems: list[Problem] = []
    for line in sorted(request.lines, key=lambda line: line.key):
        # Who names a depot is served first: who takes any can still go elsewhere.
        own = sorted((one for one in given if one.line == line.key), key=lambda one: one.warehouse is None)
        for one in own:
            for component in line.components:
                units = quantity(one.quantity * component.per_unit)
                depots = _depots(companies[one.company], one.warehouse, component, units, left)
                taken = _take(component, units, depots, left)
                lacking = units - sum(amount for _, amount in taken)
                if lacking > ZERO:
                    problems.append(_short(one, component, units, units - lacking))
                parts += [
                    Part(
                        company=one.company, warehouse=depot, line=line.key, product=component.product, quantity=amount
                    )
                    for depot, amount in taken
                ]
    return _together(parts), problems


def _depots(
    company: Candidate, named: int | None, component: Component, units: Decimal, left: dict[tuple[int, int], Decimal]
) -> list[Depot]:
    """The depot that was named; else the first that has all of it, else one after the other."""
    if named is not None:
        return [depot for depot in company.depots if depot.warehouse == named]
    ranked = sorted(company.depots, key=lambda depot: (depot.rank, depot.warehouse))
    able = [depot for depot in ranked if left.get((depot.warehouse, component.product), ZERO) >= units]
    return able[:1] or ranked


def _take(
    component: Component, units: Decimal, depots: Sequence[Depot], left: dict[tuple[int, int], Decimal]
) -> list[tuple[int, Decimal]]:
    if not component.counted:
        return [(depots[0].warehouse, units)]
    taken: list[tuple[int, Decimal]] = []
    for depot in depots:
        key = (depot.warehouse, component.product)
        here = min(units, left.get(key, ZERO))
        if here > ZERO:
            taken.append((depot.warehouse, here))
            left[key] -= here
            units -= here
    return taken


def _short(one: Wanted, component: Component, units: Decimal, there: Decimal) -> Problem:
    return Problem(
        wrong=Wrong.SHORT,
        line=one.line,
        company=one.company,
        product=component.product,
        quantity=units,
        there=there,
    )


def _together(parts: Sequence[Part]) -> list[Part]:
    """One part for each line, product and depot."""
    sums: dict[tuple[int, int, int, int], Decimal] = {}
    for part in parts:
        key = (part.company, part.warehouse, part.line, part.product)
        sums[key] = sums.get(key, ZERO) + part.quantity
    return [
        Part(company=company, warehouse=warehouse, line=line, product=product, quantity=amount)
        for (company, warehouse, line, product), amount in sums.items()
    ]
