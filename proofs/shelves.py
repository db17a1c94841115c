"""Who could have served what: units by company, and every set of companies looked at. Arithmetic of the proof's own.

Units promised to an order in a pool may come from any company that may serve it. By Hall's theorem there is a way to
keep all promises exactly when no set of companies has promised more than it has: promises that only it can keep
against the units in its warehouses. With three companies these are seven sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from proofs.books import POOLED, Books, Place
from proofs.truth import Key, Sold
from proofs.worlds import Rule, World

ZERO = Decimal(0)
Claims = Mapping[Key, Mapping[Place, Decimal]]
# Whose promise it is, how many units, and the companies that can keep it.
Promise = tuple[Key, Decimal, frozenset[str]]


class Shelves:
    """What is there, and what is promised to whom of it."""

    def __init__(self, world: World, truth: Mapping[Key, Sold], on_hand: Mapping[Place, Decimal], claims: Claims):
        self._world = world
        self._on_hand = on_hand
        self._circles = list(world.circles())
        self._promises: dict[str, list[Promise]] = defaultdict(list)
        for key, own in claims.items():
            for (sku, firm), units in own.items():
                firms = rule_of(world, truth, key).firms if firm == POOLED else frozenset([firm])
                self._promises[sku].append((key, units, firms))

    def excess(self, sku: str) -> Decimal:
        """Units promised beyond what is there, by the set of companies where it is worst."""
        return max(ZERO, *(-self._free(sku, circle) for circle in self._circles))

    def serves(self, order: Sold) -> bool:
        """Whether a way to serve the whole order is left, with every other order's promises kept."""
        rule = self._world.rule(order.store, order.market)
        ways = [rule.firms] if rule.may_split else [frozenset([firm]) for firm in rule.firms]
        return bool(order.needs) and any(self._fits(order, firms) for firms in ways)

    def _fits(self, order: Sold, firms: frozenset[str]) -> bool:
        circles = [circle for circle in self._circles if circle >= firms]
        return all(
            self._free(sku, circle, but=order.key) >= units for sku, units in order.needs.items() for circle in circles
        )

    def _free(self, sku: str, circle: frozenset[str], *, but: Key | None = None) -> Decimal:
        """What these companies have of it, less the promises that only they can keep."""
        there = sum((self._on_hand.get((sku, firm), ZERO) for firm in circle), ZERO)
        bound = (units for key, units, firms in self._promises[sku] if key != but and firms <= circle)
        return there - sum(bound, ZERO)


def rule_of(world: World, truth: Mapping[Key, Sold], key: Key) -> Rule:
    """The rule of an order; of one that was never sold, that of its store's own shop."""
    order = truth.get(key)
    return world.rule(key[0], order.market if order else "")


def oversold(world: World, truth: Mapping[Key, Sold], books: Books) -> int:
    """Units promised beyond what came in, by the ledger's entries, or sold in the ERP beyond it; the worse of both."""
    sales: dict[Key, dict[Place, Decimal]] = {}
    for sale in books.sales:
        own = sales.setdefault(sale.key, {})
        for sku, units in sale.units.items() if sale.is_open else ():
            own[sku, sale.company] = own.get((sku, sale.company), ZERO) + units
    promised = Shelves(world, truth, books.on_hand, books.promised)
    sold = Shelves(world, truth, books.on_hand, sales)
    skus = {sku for claims in (books.promised, sales) for own in claims.values() for sku, _ in own}
    beyond = sum((max(promised.excess(sku), sold.excess(sku)) for sku in skus), ZERO)
    return int(beyond.to_integral_value(rounding="ROUND_CEILING"))
