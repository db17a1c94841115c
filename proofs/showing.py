"""What each store might have shown at any moment: the formula worked out from the witness's notes, by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from proofs.moments import Moments
from proofs.witness import EXCEPTION, LEDGER, POLICY, WANTS, Event

ZERO = Decimal(0)
Unread = Callable[[float], Decimal]


@dataclass(frozen=True, slots=True)
class Stand:
    """Of one product: units nobody was promised, by warehouse; promised, by pool; and what each order line wants.

    `wants`: reservation → (order, pool or none, wanted, held).
    """

    free: Mapping[int, Decimal] = field(default_factory=dict)
    pooled: Mapping[int, Decimal] = field(default_factory=dict)
    wants: Mapping[int, tuple[int, int | None, Decimal, Decimal]] = field(default_factory=dict)

    def wanted_by(self, order: int) -> Decimal:
        return sum((wanted for owner, _, wanted, _ in self.wants.values() if owner == order), ZERO)


@dataclass(frozen=True, slots=True)
class Law:
    """A store's policy, or a product's exception to it; None where an exception leaves it to the policy."""

    buffer: Decimal | None = ZERO
    cap: Decimal | None = None
    stopped: bool = False
    warehouses: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a store sells from: its connection, its companies' warehouses, and the pools that share units with them."""

    connection: int
    warehouses: frozenset[int]
    pools: frozenset[int]


@dataclass(slots=True)
class History:
    """The notes by product and by rule. Ids are the database's."""

    stands: dict[int, Moments[Stand]] = field(default_factory=dict)
    policies: dict[int, Moments[Law]] = field(default_factory=dict)
    exceptions: dict[tuple[int, int], Moments[Law | None]] = field(default_factory=dict)

    def figure(self, reach: Reach, product: int, at: float, *, unread: Decimal = ZERO) -> Decimal | None:
        """What the store may show: None where nobody counted the product. `unread` is taken off beside the rest."""
        policy = self.policies.get(reach.connection, Moments(Law())).at(at)
        own = self.exceptions.get((reach.connection, product), Moments[Law | None](None)).at(at)
        if policy.stopped or (own is not None and own.stopped):
            return ZERO
        stand = self.stands.get(product, Moments(Stand())).at(at)
        chosen = reach.warehouses if policy.warehouses is None else reach.warehouses & policy.warehouses
        if not chosen & stand.free.keys():
            return None
        units = sum((units for key, units in stand.free.items() if key in chosen), ZERO) - unread
        units -= sum((units for key, units in stand.pooled.items() if key in reach.pools), ZERO)
        units -= sum((wanted - held for _, pool, wanted, held in stand.wants.values() if pool in reach.pools), ZERO)
        return _shown(units, policy, own)

    def allowed(
        self, reach: Reach, product: int, *, since: float, until: float, unread: Unread = lambda _: ZERO
    ) -> Decimal | None:
        """The most that the store may have shown, had it been worked out at any moment between the two."""
        moments = {since, *self._changes(reach, product, since, until)}
        found = [self.figure(reach, product, at, unread=unread(at)) for at in moments]
        return max((units for units in found if units is not None), default=None)

    def figures(self, reach: Reach, product: int, *, since: float, until: float) -> Moments[Decimal | None]:
        """How the figure went, each value but once in a row."""
        found = Moments(self.figure(reach, product, since))
        for at in sorted(self._changes(reach, product, since, until)):
            if (units := self.figure(reach, product, at)) != found.last:
                found.add(at, units)
        return found

    def _changes(self, reach: Reach, product: int, since: float, until: float) -> set[float]:
        kept: Sequence[Moments[Any] | None] = (
            self.stands.get(product),
            self.policies.get(reach.connection),
            self.exceptions.get((reach.connection, product)),
        )
        return {at for moments in kept if moments for at in moments.changes(since, until)}


def history_of(events: Iterable[Event]) -> History:
    """The notes in the order of their commits; a transaction changes everything at once, at its last note."""
    found, by_tx = History(), defaultdict[int, list[Event]](list)
    for event in events:
        by_tx[event.tx].append(event)
    for notes in sorted(by_tx.values(), key=lambda notes: notes[-1].at):
        at = notes[-1].at
        _stock(found, [note for note in notes if note.relation in (LEDGER, WANTS)], at)
        for note in notes:
            _rule(found, note, at)
    return found


def _stock(found: History, notes: Sequence[Event], at: float) -> None:
    stands: dict[int, Stand] = {}
    for note in notes:
        product = note.facts["product_id"]
        kept = found.stands.setdefault(product, Moments(Stand()))
        stand = stands.get(product, kept.last)
        stands[product] = _posted(stand, note.facts) if note.relation == LEDGER else _wanted(stand, note)
    for product, stand in stands.items():
        found.stands[product].add(at, stand)


def _posted(stand: Stand, facts: Mapping[str, Any]) -> Stand:
    """One entry of the ledger."""
    if (warehouse := facts["warehouse_id"]) is not None:
        units = _units(facts["on_hand"]) - _units(facts["reserved"])
        return replace(stand, free=_plus(stand.free, warehouse, units))
    return replace(stand, pooled=_plus(stand.pooled, facts["pool_id"], _units(facts["reserved"])))


def _wanted(stand: Stand, note: Event) -> Stand:
    facts, wants = note.facts, dict(stand.wants)
    wants.pop(facts["id"], None)
    if not note.is_gone:
        wants[facts["id"]] = facts["order_id"], facts["pool_id"], _units(facts["wanted"]), _units(facts["held"])
    return replace(stand, wants=wants)


def _rule(found: History, note: Event, at: float) -> None:
    facts = note.facts
    if note.relation == POLICY:
        law = Law() if note.is_gone else replace(_law(facts), warehouses=_chosen(facts["warehouses"]))
        found.policies.setdefault(facts["connection_id"], Moments(Law())).add(at, law)
    elif note.relation == EXCEPTION:
        kept = found.exceptions.setdefault((facts["connection_id"], facts["product_id"]), Moments(None))
        kept.add(at, None if note.is_gone else _law(facts))


def _law(facts: Mapping[str, Any]) -> Law:
    buffer, cap = (None if facts[name] is None else _units(facts[name]) for name in ("buffer", "cap"))
    return Law(buffer=buffer, cap=cap, stopped=facts["stopped"])


def _chosen(warehouses: Sequence[int] | None) -> frozenset[int] | None:
    return None if warehouses is None else frozenset(warehouses)


def _shown(units: Decimal, policy: Law, own: Law | None) -> Decimal:
    """The buffer is kept back, then the cap; whole units, never less than none."""
    buffer = policy.buffer if own is None or own.buffer is None else own.buffer
    cap = policy.cap if own is None or own.cap is None else own.cap
    left = units - (buffer or ZERO)
    if cap is not None:
        left = min(left, cap)
    return max(ZERO, left.to_integral_value(ROUND_FLOOR))


def _plus(units: Mapping[int, Decimal], key: int, more: Decimal) -> dict[int, Decimal]:
    added: dict[int, Decimal] = defaultdict(Decimal, units)
    added[key] += more
    return dict(added)


def _units(value: object) -> Decimal:
    return Decimal(str(value))
