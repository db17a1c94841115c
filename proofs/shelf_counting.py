"""The counts of the shelf: each figure written, against the most that could be shown; each shelf at rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from proofs.books import POOLED, Books
from proofs.figures import percentile
from proofs.formula import Linked, Thing
from proofs.shelves import Shelves
from proofs.showing import History, Reach
from proofs.told import Told, Write
from proofs.truth import Key, Sold
from proofs.worlds import World

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`orders`: recorded orders by id; `things`: what is linked at each store, with what it must show at the end;
    `shelves`: what it shows. `window`: the real seconds within which a figure may rest on a reading."""

    world: World
    told: Told
    history: History
    reaches: Mapping[str, Reach]
    orders: Mapping[Key, int]
    things: Mapping[str, Mapping[Thing, Linked]]
    kits: Mapping[str, Mapping[str, Decimal]]
    shelves: Mapping[str, Mapping[Thing, int]]
    window: float

    def products(self) -> dict[str, int]:
        return {item.sku: item.product for own in self.things.values() for item in own.values()}


@dataclass(frozen=True, slots=True)
class Judged:
    """A figure that was written, and the most that might have been; None where nobody knew."""

    write: Write
    allowed: Decimal | None
    was_read: bool

    @property
    def excess(self) -> Decimal:
        return ZERO if self.allowed is None else max(ZERO, self.write.now - self.allowed)


def judge(seen: Evidence) -> list[Judged]:
    """Every write to something linked."""
    products = seen.products()
    return [_judged(seen, write, products[write.sku]) for write in seen.told.writes if write.sku in products]


def _judged(seen: Evidence, write: Write, product: int) -> Judged:
    """The orders that the store had sold before the reading are known; the ledger as it was at any moment since."""
    earliest = write.at - seen.window
    listed = seen.told.first_listed(write.store, since=earliest, until=write.at)
    since = earliest if listed is None else listed
    unread = _unread(seen, write, product, since=since)
    reach = seen.reaches[write.store]
    allowed = seen.history.allowed(reach, product, since=since, until=write.at, unread=unread)
    return Judged(write, allowed, was_read=listed is not None)


def _unread(seen: Evidence, write: Write, product: int, *, since: float) -> Callable[[float], Decimal]:
    """Units that the store had sold before the reading and that no reservation wanted yet at a moment."""
    sold = seen.told.sold_before(write.store, write.sku, before=since, until=write.at)

    def units(at: float) -> Decimal:
        stands = seen.history.stands.get(product)
        if stands is None:
            return Decimal(sum(sold.values()))
        stand = stands.at(at)
        return sum((max(ZERO, need - stand.wanted_by(seen.orders.get(key, 0))) for key, need in sold.items()), ZERO)

    return units


def count_writes(seen: Evidence) -> dict[str, int]:
    """What must be zero of the figures that were written."""
    judged = judge(seen)
    kits = {write.sku for write in seen.told.writes} & seen.kits.keys()
    return {
        "units_oversold_by_us": int(sum((each.excess for each in judged), ZERO)),
        "unread_mismatch": sum(not each.was_read for each in judged),
        "unknown_shown_mismatch": sum(each.allowed is None for each in judged) + len(kits),
    }


def count_shelves(seen: Evidence) -> dict[str, int]:
    """At rest: everything linked shows what it must."""
    wrong = [(store, sku) for store in seen.things for sku in differing(seen, store)]
    return {"shelves_mismatch": len(wrong)}


def differing(seen: Evidence, store: str) -> dict[str, tuple[int | None, Decimal]]:
    """SKU → what the store shows and what it must. What nobody counted is left as the store had it."""
    own, shelf = seen.things[store], seen.shelves[store]
    must = {item.sku: item.units for item in own.values()}
    must |= {kit: _kits(parts, must) for kit, parts in seen.kits.items() if kit in must}
    found: dict[str, tuple[int | None, Decimal]] = {}
    for thing, item in own.items():
        units = must[item.sku]
        if units is not None and shelf.get(thing) != units:
            found[item.sku] = shelf.get(thing), units
    return found


def _kits(parts: Mapping[str, Decimal], must: Mapping[str, Decimal | None]) -> Decimal | None:
    """The store makes its kits from what it shows of their parts; None where it was left one of them."""
    made: list[Decimal] = []
    for sku, quantity in parts.items():
        units = must.get(sku)
        if units is None:
            return None
        made.append((units / quantity).to_integral_value(ROUND_FLOOR))
    return min(made, default=None)


def oversold_at_the_end(world: World, truth: Mapping[Key, Sold], books: Books) -> dict[str, int]:
    """SKU → units that living orders want beyond what the companies have that serve their stores.

    Which channel may be served by whom is left aside: a store has one shelf for all its channels.
    """
    open_world = replace(world, stores=tuple(replace(store, channels={}) for store in world.stores))
    claims = {
        key: {(sku, POOLED): units for sku, units in order.needs.items()}
        for key, order in truth.items()
        if order.wants_units
    }
    shelves = Shelves(open_world, truth, books.on_hand, claims)
    skus = {sku for own in claims.values() for sku, _ in own}
    return {sku: int(units) for sku in sorted(skus) if (units := shelves.excess(sku))}


def writing_figures(seen: Evidence, *, since: float, until: float, kills: int) -> dict[str, float | int]:
    """How much was written for how many changes, and how old a change was when its store showed it.

    A figure may be written once for each change of it, for each move of the store's own, and again in doubt: where an
    answer was lost, or whoever waited for it was killed.
    """
    changes, ages = 0, []
    for store, reach in seen.reaches.items():
        for item in seen.things[store].values():
            went = seen.history.figures(reach, item.product, since=since, until=until)
            changes += len(went.times)
            writes = [each.at for each in seen.told.writes if (each.store, each.sku) == (store, item.sku)]
            ages += _ages(went.times, [at for at in writes if at >= since])
    writes_since = sum(each.at >= since for each in seen.told.writes)
    needed = changes + sum(at >= since for at in (*seen.told.moved, *seen.told.in_doubt)) + kills
    return {
        "writes_mismatch": max(0, writes_since - needed),
        "stock_writes": writes_since,
        "figures_changed": changes,
        "writes_per_change": round(writes_since / max(1, changes), 2),
        **_shares(sorted(ages)),
    }


def _ages(changes: list[float], writes: list[float]) -> list[float]:
    """Of each write: how long ago the oldest change was that no earlier write had said."""
    found, before = [], 0.0
    for at in writes:
        waiting = [change for change in changes if before < change <= at]
        if waiting:
            found.append(at - waiting[0])
        before = at
    return found


def _shares(ages: list[float]) -> dict[str, float]:
    return {f"change_to_shelf_p{share}_seconds": round(percentile(ages, share), 2) for share in (50, 95)}
