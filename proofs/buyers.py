"""The buyers of the shelf: each tries to buy what a store shows, often the same last unit in both at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from proofs.chaos import Crew, Timeline
from proofs.plan import KILL_SECONDS
from proofs.shelf_plan import ShelfPlan
from proofs.shop import Shop, calm

# Chance per call. What stops a whole connection for a minute of the store's clock, or costs calls beside, is rarer.
FAULTS = {
    **dict.fromkeys(("lost_after_commit", "error_500", "error_503", "cut_body", "html_ok", "slow"), 0.02),
    **dict.fromkeys(("error_429", "token_revoked"), 0.005),
}
# The share of tries for what is contested, for the contested with a buffer, for what there is plenty of, and for kits.
KINDS = ("contested", "kept", "plenty", "kits")
SHARES = (50, 20, 20, 10)
IN_BOTH = 0.5
# Orders sold that are not recorded: from then on the buyers wait, at most until selling took so many times its time.
MOST_BEHIND, SLOWEST, GLANCE = 3, 4.0, 0.25
TWO_UNITS = 0.25


@dataclass(frozen=True, slots=True)
class Wares:
    """What the buyers of one store want, by kind; only what its companies have."""

    by_kind: Mapping[str, Sequence[str]]

    def choose(self, dice: random.Random) -> tuple[str, str]:
        kinds = [kind for kind in KINDS if self.by_kind[kind]]
        kind = dice.choices(kinds, weights=[SHARES[KINDS.index(each)] for each in kinds])[0]
        return kind, dice.choice(self.by_kind[kind])


@dataclass(slots=True)
class Buyers:
    """Every try at its time, and the fate of each order that came of one. `recorded`: how many orders are, by now."""

    plan: ShelfPlan
    shops: Sequence[Shop]
    wares: Mapping[str, Wares]
    crew: Crew
    recorded: Callable[[], int]
    timeline: Timeline = field(default_factory=Timeline)
    bought: int = 0
    turned_away: int = 0
    _came: int = 0
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = self.plan.dice("buyers")

    def run(self) -> dict[str, int]:
        """The whole storm. Returns how often each fault fired."""
        for shop in self.shops:
            shop.storm(FAULTS)
        longest = self.plan.selling_seconds * SLOWEST
        self.crew.plan_kills(self.timeline, until=longest, every=KILL_SECONDS)
        self.timeline.at(0.0, self._come)
        while self._came < self.plan.tries and self.timeline.now < longest:
            self.timeline.go_on(until=self.timeline.now + GLANCE)
        self.timeline.run(until=self.timeline.now + self.plan.storm_seconds)
        self.crew.muster()
        return calm(self.shops)

    def _come(self) -> None:
        """The next try, and the one after it; on a slow machine later, since who only takes orders in says no stock."""
        is_behind = self.bought - self.recorded() > MOST_BEHIND
        if not is_behind and self._came < self.plan.tries:
            self._visit(self.shops[self._came % len(self.shops)])
            self._came += 1
        wait = GLANCE if is_behind else self.plan.selling_seconds / self.plan.tries
        self.timeline.at(self.timeline.now + wait, self._come)

    def _visit(self, shop: Shop) -> None:
        kind, sku = self.wares[shop.name].choose(self._dice)
        at_once = self._dice.random() < IN_BOTH
        units = 2 if self._dice.random() < TWO_UNITS else 1
        self._buy(shop, sku, units)
        for other in self.shops if at_once else ():
            if other is not shop and sku in self.wares[other.name].by_kind[kind]:
                self._buy(other, sku, units)

    def _buy(self, shop: Shop, sku: str, units: int) -> None:
        number = shop.buy(sku, units) or (shop.buy(sku, 1) if units > 1 else None)
        if number is None:
            self.turned_away += 1
            return
        self.bought += 1
        self._fate(shop, number)

    def _fate(self, shop: Shop, number: int) -> None:
        """By turns: cancelled soon or later, changed to one unit, else paid. Nobody adds what is not there."""
        soon, later, order = self._dice.uniform(0.2, 1.5), self._dice.uniform(3.0, 7.0), {"order_id": number}
        name, seconds, more = {
            2: ("cancel", soon, {}),
            5: ("cancel", later, {}),
            8: ("edit", soon, {"quantity": 1}),
        }.get(self.bought % 9, ("pay", later, {}))
        self.timeline.at(self.timeline.now + seconds, partial(shop.act, name, **order, **more))
