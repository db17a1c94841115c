"""The counts: the stores' truth against the database's books. Pure, so that each count can be tested by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from proofs.books import POOLED, Books, Place, Sale
from proofs.parts import count_parts
from proofs.shelves import Shelves, oversold, rule_of
from proofs.shop import PACKING
from proofs.truth import CANCELLED, MOVED_ON, PAID, Key, Sold
from proofs.worlds import World

ZERO = Decimal(0)
FAILING = ("lost", "doubled", "oversold", "skipped", "mismatch")
# Of the store's clock, and real seconds between two recordings: neither can have been under way during the other.
SURELY_YOUNGER, SURELY_LATER = 60.0, 5.0
Truth = Mapping[Key, Sold]


def broken(figures: Mapping[str, object]) -> list[str]:
    """The keys that make the proof fail: every one of these words must stand for zero."""
    return [key for key, value in figures.items() if any(word in key for word in FAILING) and value != 0]


def unsettled(truth: Truth, books: Books) -> list[Key]:
    """Paid orders without an open sales order: each needs a reason."""
    captured = _captured(books)
    return [key for key, sold in truth.items() if sold.status in PAID and key not in captured]


def count(
    world: World, truth: Truth, books: Books, *, is_sound: Callable[[Key], bool], late_seconds: float
) -> dict[str, int]:
    """Every count that must be zero.

    `is_sound` answers for the orders of `unsettled`. A status written over one that had stood for less than
    `late_seconds` of the store's clock crossed it on the way: no client of this interface can prevent that.
    """
    return {
        **count_orders(truth, books),
        "cancellations_lost": len({sale.key for sale in books.sales if sale.is_open and _is_over(truth, sale)}),
        **count_parts(world, truth, books),
        "numbers_skipped": _gaps(books.sales),
        "erp_orders_lost": len(_not_served(world, truth, books, is_sound)),
        "units_oversold": oversold(world, truth, books),
        "turns_mismatch": len(_out_of_turn(world, truth, books)),
        "balances_mismatch": books.unequal_balances,
        "reservations_mismatch": books.unequal_reservations + held_by_nobody(truth, books),
        "statuses_mismatch": _statuses(truth, books, late_seconds),
    }


def _is_over(truth: Truth, sale: Sale) -> bool:
    return sale.key in truth and truth[sale.key].is_cancelled


def count_orders(truth: Truth, books: Books) -> dict[str, int]:
    recorded = {row.key: row for row in books.orders if row.key in truth}
    changed = [
        key
        for key, row in recorded.items()
        if (row.status, row.total, row.quantities) != (truth[key].status, truth[key].total, truth[key].quantities)
        and key not in books.named_documents
    ]
    return {
        "orders_lost": len(truth.keys() - recorded.keys() - books.named_documents),
        "orders_doubled": len(books.orders) - len(recorded),
        "changes_lost": len(changed),
    }


def _gaps(sales: Iterable[Sale]) -> int:
    """Numbers left out, in each company's own row of them."""
    taken: dict[str, set[int]] = defaultdict(set)
    for sale in sales:
        taken[sale.company].add(sale.number)
    return sum(max(numbers) - len(numbers) for numbers in taken.values())


def _not_served(world: World, truth: Truth, books: Books, is_sound: Callable[[Key], bool]) -> list[Key]:
    """Paid orders with nothing against a sales order: sound, and their units where they may be served from.

    What is free is what came in, less what other orders that want units hold of it. Of a product that nobody
    registered nothing ever came in.
    """
    shelves = Shelves(world, truth, books.on_hand, _claims(truth, books))
    return [key for key in unsettled(truth, books) if shelves.serves(truth[key]) and is_sound(key)]


def _claims(truth: Truth, books: Books) -> dict[Key, dict[Place, Decimal]]:
    """Per order that may hold units: what it holds, in each product never more than it needs, warehouses first."""
    living = _may_hold(truth, books)
    return {key: _within(own, truth[key].needs) for key, own in books.held.items() if key in living}


def _within(own: Mapping[Place, Decimal], needs: Mapping[str, Decimal]) -> dict[Place, Decimal]:
    left = dict(needs)
    found: dict[Place, Decimal] = {}
    for place in sorted(own, key=lambda place: place[1] == POOLED):
        found[place] = min(own[place], left.get(place[0], ZERO))
        left[place[0]] = left.get(place[0], ZERO) - found[place]
    return found


def _may_hold(truth: Truth, books: Books) -> set[Key]:
    captured = _captured(books)
    return {key for key, order in truth.items() if order.wants_units or key in captured}


def _captured(books: Books) -> set[Key]:
    return {sale.key for sale in books.sales if sale.is_open}


def held_by_nobody(truth: Truth, books: Books) -> int:
    """Orders that are over, or were never sold, and yet keep units from others."""
    living = _may_hold(truth, books)
    return len([key for key, own in books.held.items() if any(own.values()) and key not in living])


def _out_of_turn(world: World, truth: Truth, books: Books) -> list[Key]:
    """Orders that lack units which a younger order got where they might have been taken.

    Only what can be compared: the one that lacks was written down well before the other, and was never edited.
    """
    known = {row.key: row.at for row in books.orders}
    waiting = [order for key, order in truth.items() if key in known and order.wants_units and not order.was_edited]
    return [order.key for order in waiting if _was_passed_by(order, world, truth, books, known)]


def _was_passed_by(order: Sold, world: World, truth: Truth, books: Books, known: Mapping[Key, float]) -> bool:
    held: dict[str, Decimal] = defaultdict(Decimal)
    for (sku, _), units in books.held.get(order.key, {}).items():
        held[sku] += units
    lacking = {sku for sku, units in order.needs.items() if held[sku] < units}
    if not lacking:
        return False
    reach = rule_of(world, truth, order.key).firms
    younger = [
        key
        for key in books.held
        if key in truth
        and truth[key].sold_at > order.sold_at + SURELY_YOUNGER
        and known.get(key, 0.0) > known[order.key] + SURELY_LATER
    ]
    return any(
        sku in lacking and units and (frozenset([firm]) if firm else rule_of(world, truth, key).firms) <= reach
        for key in younger
        for (sku, firm), units in books.held[key].items()
    )


def _statuses(truth: Truth, books: Books, late_seconds: float) -> int:
    captured = _captured(books)
    unwritten = [key for key in captured & truth.keys() if truth[key].status in PAID - {PACKING}]
    unearned = [key for key, order in truth.items() if order.status == PACKING and key not in captured]
    return len(unwritten) + len(unearned) + len(crossings(truth, least=late_seconds))


def crossings(truth: Truth, *, least: float = 0.0, most: float = float("inf")) -> list[Key]:
    """Orders that had moved on and were moved back by a status that Cais wrote, that long after they had."""
    return [
        order.key
        for order in truth.values()
        for writing in order.writings
        if writing.was in MOVED_ON and least <= writing.stood < most and writing.now not in CANCELLED
    ]
