"""The counts of notes: the store's and SEFAZ's word against each other and the shelves. Pure, to be tested by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from proofs.books import Books
from proofs.founding import KNOWN_MARKET
from proofs.notes import Bought, Note, Sending, Shown

ZERO = Decimal(0)
# What the store calls a sale of its own.
OWN_SHOP = "LOJA VIRTUAL"
BLOCKED = "nfe_blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the simulators say. `shown` by order; `received` are the units that came in at first, by SKU.

    `store` is the name of the connection of all of it.
    """

    bought: Sequence[Bought]
    notes: Sequence[Note]
    sent: Sequence[Sending]
    shown: Mapping[str, Sequence[Shown]]
    findings: Sequence[str]
    received: Mapping[str, int]
    store: str


def may_have_note(order: Bought) -> bool:
    """Of the two marketplaces one issues the notes of its sales itself: the company must not."""
    return order.market in (OWN_SHOP, KNOWN_MARKET)


def count_notes(seen: Evidence, books: Books, *, last_number: int) -> dict[str, int]:
    """Every count that must be zero. `last_number` is where the company's counter stands."""
    of_order: dict[str, list[Note]] = defaultdict(list)
    for note in seen.notes:
        of_order[note.order].append(note)
    expected = {order.order: order for order in seen.bought if may_have_note(order)}
    one_each = [(expected[key], note) for key, notes in of_order.items() if key in expected for note in notes]
    return {
        "notes_lost": len(expected.keys() - of_order.keys()),
        "notes_doubled": sum(len(notes) - 1 for notes in of_order.values()),
        "blocked_mismatch": len(of_order.keys() - expected.keys()) + _blocked_silently(seen, books),
        **_numbers(seen.notes, last_number),
        "invoices_mismatch": _invoices(one_each, seen.shown) + len(seen.shown.keys() - of_order.keys()),
        "invoices_doubled": sum(len(shown) - 1 for shown in seen.shown.values()),
        "exits_mismatch": _exits(seen, books) + _still_held(seen.store, of_order, books),
        "balances_mismatch": books.unequal_balances + books.unequal_reservations,
        "resigned_mismatch": _resigned(seen.sent),
        "totals_mismatch": sum(1 for order, note in one_each if note.total != order.total),
        "sefaz_findings_mismatch": len(seen.findings),
    }


def _blocked_silently(seen: Evidence, books: Books) -> int:
    """Orders that can have no note and of which the inbox does not say so."""
    barred = [order.order for order in seen.bought if not may_have_note(order)]
    return sum(1 for key in barred if BLOCKED not in books.named_orders.get((seen.store, key), ()))


def _numbers(notes: Sequence[Note], last_number: int) -> dict[str, int]:
    """Of one company and one series: from 1 on, none left out, none used up for nothing."""
    taken = {note.number for note in notes}
    return {
        "numbers_doubled": len(notes) - len(taken),
        "numbers_skipped": len(set(range(1, max([last_number, *taken]) + 1)) - taken),
    }


def _invoices(one_each: Iterable[tuple[Bought, Note]], shown: Mapping[str, Sequence[Shown]]) -> int:
    """Notes of which the store shows nothing, or something else."""
    return sum(
        1
        for order, note in one_each
        if not any(_is_shown(order, note, invoice) for invoice in shown.get(order.order, ()))
    )


def _is_shown(order: Bought, note: Note, invoice: Shown) -> bool:
    facts = (invoice.key, invoice.number, invoice.series, invoice.total)
    cfops = {product: note.cfops.get(sku, "") for product, sku in order.products.items()}
    return (
        facts == (note.key, note.number, note.series, note.total)
        and invoice.cfops == cfops
        and note.xml in invoice.xml
        and f"<nProt>{note.protocol}</nProt>" in invoice.xml
    )


def _exits(seen: Evidence, books: Books) -> int:
    """Products of which not exactly the invoiced units have left."""
    left: dict[str, Decimal] = defaultdict(Decimal)
    for note in seen.notes:
        for sku, units in note.units.items():
            left[sku] += units
    there: dict[str, Decimal] = defaultdict(Decimal)
    for (sku, _), units in books.on_hand.items():
        there[sku] += units
    skus = seen.received.keys() | left.keys() | there.keys()
    return sum(1 for sku in skus if there[sku] != seen.received.get(sku, 0) - left[sku])


def _still_held(store: str, of_order: Mapping[str, object], books: Books) -> int:
    """Invoiced orders that still keep units."""
    return sum(1 for key in of_order if any(books.held.get((store, key), {}).values()))


def _resigned(sent: Iterable[Sending]) -> int:
    digests: dict[str, set[str]] = defaultdict(set)
    for sending in sent:
        digests[sending.key].add(sending.digest)
    return sum(1 for found in digests.values() if len(found) > 1)
