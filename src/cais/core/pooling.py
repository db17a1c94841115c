"""How many units of one product are still free for a pool, when pools of several companies overlap (ADR 16); pure.

A promise of a pool will be kept by any of the pool's companies. All promises can be kept exactly when, for every set of
companies, the pools that lie within the set promise no more than the set has (Hall). So a pool is free to promise what
the tightest such set around it leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Final

from cais.core.values import ZERO

Pool = frozenset[int]
"""The ids of the companies that may serve."""

# Sets that are looked at for one answer. Beyond it the answer is cautious: it may be less than is free, never more.
MOST_SETS: Final = 512


class Supply:
    """The units of one product: free in the depots of each company, and promised by pools without naming a depot.

    A company where more was promised than is there has nothing free: its trouble is not lent to the others.
    """

    def __init__(
        self, free: Mapping[int, Decimal] | None = None, promised: Mapping[Pool, Decimal] | None = None
    ) -> None:
        self._free = dict(free or {})
        self._promised = dict(promised or {})

    def add(self, company: int, units: Decimal) -> None:
        """Units (signed) that became free in a company's depots, or were taken from them."""
        self._free[company] = self._free.get(company, ZERO) + units

    def promise(self, pool: Pool, units: Decimal) -> None:
        """Units (signed) promised by the pool."""
        self._promised[pool] = self._promised.get(pool, ZERO) + units

    def free(self, pool: Pool) -> Decimal:
        """Units that the pool may promise and no other promise loses what it could be served; never less than zero."""
        rivals = self._rivals(pool)
        if not rivals:
            return max(ZERO, self._there(pool) - self._promised.get(pool, ZERO))
        around = _unions(pool, rivals)
        if around is None:
            return max(ZERO, self._there(pool) - self._promised.get(pool, ZERO) - self._drawing_on(pool, rivals))
        return max(ZERO, min(map(self._left, around)) - self._deficit(pool, rivals))

    def with_promises(self, promised: Mapping[Pool, Decimal]) -> Supply:
        """The same units, with these promises instead."""
        return Supply(self._free, promised)

    def deficit(self, pool: Pool) -> Decimal:
        """Units promised around this pool that nobody can serve: a count found less, or a depot went out of use."""
        return -self._deficit(pool, self._rivals(pool))

    def most(self, companies: Pool, pool: Pool) -> Decimal:
        """What an order of the pool may take out of these companies of it, so that the others' promises are kept."""
        rivals = self._rivals(pool)
        around = _unions(companies, self._with_own(pool, rivals))
        if around is None:
            return max(ZERO, self._there(companies) - self._drawing_on(companies, self._with_own(pool, rivals)))
        return max(ZERO, min(map(self._left, around)) - self._deficit(pool, rivals))

    def movable(self, source: int, target: int) -> Decimal:
        """Units that may go from one company to another so that every promise can be kept once they are there."""
        own = frozenset([source])
        if source == target:
            return self._there(own)
        rivals = self._rivals(own)
        around = _unions(own, rivals)
        if around is None:
            return self.free(own)
        left_behind = (self._left(members) for members in around if target not in members)
        return min(self._there(own), max(ZERO, min(left_behind) - self._deficit(own, rivals)))

    def bears(self, taken: Mapping[int, Decimal], pool: Pool) -> bool:
        """Whether an order of the pool may take all of this, by company, at once."""
        rivals = self._with_own(pool, self._rivals(pool))
        sets = _unions(frozenset(), rivals)
        if sets is None:
            return all(units <= self._cautious(company, rivals) for company, units in taken.items())
        lowest = min(map(self._left, sets))
        alone = {frozenset([company]) | members for company in taken for members in sets}
        return all(
            sum((units for company, units in taken.items() if company in members), ZERO) <= self._left(members) - lowest
            for members in sets | alone
        )

    def shares(self, queue: Iterable[int], pool: Pool) -> dict[int, Decimal]:
        """What each company of the pool may give so that all may at once: as much as possible by who is first."""
        found: dict[int, Decimal] = {}
        members: Pool = frozenset()
        for company in queue:
            members |= {company}
            found[company] = max(ZERO, self.most(members, pool) - sum(found.values(), ZERO))
        return found

    def _cautious(self, company: int, rivals: Collection[Pool]) -> Decimal:
        own = frozenset([company])
        return max(ZERO, self._there(own) - self._drawing_on(own, rivals))

    def _with_own(self, pool: Pool, rivals: Iterable[Pool]) -> list[Pool]:
        return [*rivals, pool] if self._promised.get(pool, ZERO) > ZERO else list(rivals)

    def _rivals(self, pool: Pool) -> list[Pool]:
        """Other pools that promise something and draw, through one another, on what this one draws on."""
        return connected(pool, [other for other, units in self._promised.items() if units > ZERO and other != pool])

    def _deficit(self, pool: Pool, rivals: Iterable[Pool]) -> Decimal:
        """Never more than zero; how far below nothing the tightest set is."""
        sets = _unions(frozenset(), self._with_own(pool, rivals))
        return min((self._left(members) for members in sets or ()), default=ZERO)

    def _left(self, members: Pool) -> Decimal:
        """What the companies have beyond the promises that only they can keep."""
        within = (units for pool, units in self._promised.items() if pool <= members)
        return self._there(members) - sum(within, ZERO)

    def _there(self, members: Pool) -> Decimal:
        return sum((max(ZERO, self._free.get(company, ZERO)) for company in members), ZERO)

    def _drawing_on(self, members: Pool, rivals: Collection[Pool]) -> Decimal:
        return sum((self._promised[other] for other in rivals if not members.isdisjoint(other)), ZERO)


def connected(pool: Pool, others: Iterable[Pool]) -> list[Pool]:
    """Those that share companies with the pool, or with one that does, and so on."""
    left, reach, found = list(others), set(pool), list[Pool]()
    while near := [other for other in left if not reach.isdisjoint(other)]:
        found += near
        reach.update(*near)
        left = [other for other in left if other not in near]
    return found


def _unions(start: Pool, pools: Iterable[Pool]) -> set[Pool] | None:
    """The set itself and its unions with any of the pools; None when there are too many."""
    found = {start}
    for pool in pools:
        found |= {members | pool for members in found}
        if len(found) > MOST_SETS:
            return None
    return found
