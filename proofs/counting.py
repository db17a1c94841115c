"""The counts: the store's truth against the database's books. Pure, so that each count can be tested by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from proofs.books import Books, Sale
from proofs.shop import PACKING
from proofs.truth import CANCELLED, MOVED_ON, PAID, Sold

ZERO = Decimal(0)
NAMED_CHANGE = "changed_after_erp"
FAILING = ("lost", "doubled", "oversold", "skipped", "mismatch")


def broken(figures: Mapping[str, object]) -> list[str]:
    """The keys that make the proof fail: every one of these words must stand for zero."""
    return [key for key, value in figures.items() if any(word in key for word in FAILING) and value != 0]


def unsettled(truth: Mapping[int, Sold], books: Books) -> list[int]:
    """Paid orders without an open sales order: each needs a reason."""
    captured = _captured(books)
    return [number for number, sold in truth.items() if sold.status in PAID and str(number) not in captured]


def count(
    truth: Mapping[int, Sold], books: Books, *, is_sound: Callable[[int], bool], late_seconds: float
) -> dict[str, int]:
    """Every count that must be zero.

    `is_sound` answers for the orders of `unsettled`. A status written over one that had stood for less than
    `late_seconds` of the store's clock crossed it on the way: no client of this interface can prevent that.
    """
    return {
        **_orders(truth, books),
        **_sales(truth, books),
        "erp_orders_lost": len(_not_served(truth, books, is_sound)),
        "units_oversold": _oversold(books),
        "balances_mismatch": books.unequal_balances,
        "reservations_mismatch": books.unequal_reservations + _held_by_nobody(truth, books),
        "statuses_mismatch": _statuses(truth, books, late_seconds),
    }


def _orders(truth: Mapping[int, Sold], books: Books) -> dict[str, int]:
    sold = {str(number): order for number, order in truth.items()}
    recorded = {row.external_id: row for row in books.orders if row.external_id in sold}
    changed = [
        key
        for key, row in recorded.items()
        if (row.status, row.total, row.quantities) != (sold[key].status, sold[key].total, sold[key].quantities)
        and key not in books.named_documents
    ]
    return {
        "orders_lost": len(sold.keys() - recorded.keys() - books.named_documents),
        "orders_doubled": len(books.orders) - len(recorded),
        "changes_lost": len(changed),
    }


def _sales(truth: Mapping[int, Sold], books: Books) -> dict[str, int]:
    of_order: dict[str, list[Sale]] = defaultdict(list)
    for sale in books.sales:
        if sale.is_open:
            of_order[sale.store_number].append(sale)
    sold = {str(number): order for number, order in truth.items()}
    known = {key: sales for key, sales in of_order.items() if key in sold}
    strangers = sum(len(sales) for key, sales in of_order.items() if key not in sold)
    one_each = [(sold[key], sale) for key, sales in known.items() for sale in sales]
    return {
        "erp_orders_doubled": strangers + sum(len(sales) - 1 for sales in known.values()),
        "cancellations_lost": sum(1 for key in known if sold[key].is_cancelled),
        "totals_mismatch": sum(1 for order, sale in one_each if not _same_money(order, sale, books)),
        "lines_mismatch": sum(1 for order, sale in one_each if not _same_units(order, sale, books)),
        "numbers_skipped": _gaps(sale.number for sale in books.sales),
    }


def _is_named_change(order: Sold, books: Books) -> bool:
    return NAMED_CHANGE in books.named_orders.get(str(order.number), ())


def _same_money(order: Sold, sale: Sale, books: Books) -> bool:
    """To the cent; of an order changed after its sale, what it once was, and a person is told."""
    adds_up = sale.parts == sale.total and sale.lines == sale.goods
    is_current = sale.total == order.total or _is_named_change(order, books)
    return adds_up and is_current and sale.total in order.totals


def _same_units(order: Sold, sale: Sale, books: Books) -> bool:
    return dict(sale.units) == dict(order.needs) or _is_named_change(order, books)


def _gaps(numbers: Iterable[int]) -> int:
    taken = set(numbers)
    return max(taken, default=0) - len(taken)


def _not_served(truth: Mapping[int, Sold], books: Books, is_sound: Callable[[int], bool]) -> list[int]:
    """Paid orders with nothing against a sales order: sound, and their units there.

    What is free is what came in, less what other orders that want units hold of it. Of a product that nobody
    registered nothing ever came in.
    """
    claims = _claims(truth, books)
    taken: dict[str, Decimal] = defaultdict(Decimal)
    for own in claims.values():
        for sku, units in own.items():
            taken[sku] += units

    def has_units(order: Sold) -> bool:
        own = claims.get(str(order.number), {})
        free = {sku: books.on_hand.get(sku, ZERO) - taken[sku] + own.get(sku, ZERO) for sku in order.needs}
        return bool(order.needs) and all(free[sku] >= units for sku, units in order.needs.items())

    return [number for number in unsettled(truth, books) if has_units(truth[number]) and is_sound(number)]


def _claims(truth: Mapping[int, Sold], books: Books) -> dict[str, dict[str, Decimal]]:
    """Per order that may hold units: what it holds of what it needs."""
    living = _may_hold(truth, books)
    needs = {str(number): order.needs for number, order in truth.items()}
    return {
        key: {sku: min(units, needs[key].get(sku, ZERO)) for sku, units in own.items()}
        for key, own in books.held.items()
        if key in living
    }


def _may_hold(truth: Mapping[int, Sold], books: Books) -> set[str]:
    captured = _captured(books)
    return {str(number) for number, order in truth.items() if order.wants_units or str(number) in captured}


def _captured(books: Books) -> set[str]:
    return {sale.store_number for sale in books.sales if sale.is_open}


def _held_by_nobody(truth: Mapping[int, Sold], books: Books) -> int:
    """Orders that are over, or were never sold, and yet keep units from others."""
    living = _may_hold(truth, books)
    return len([key for key, own in books.held.items() if any(own.values()) and key not in living])


def _oversold(books: Books) -> int:
    """Units promised beyond what came in, by the ledger's entries, or sold in the ERP beyond it; the worse of both."""
    sold: dict[str, Decimal] = defaultdict(Decimal)
    for sale in books.sales:
        for sku, units in sale.units.items() if sale.is_open else ():
            sold[sku] += units
    beyond = ZERO
    for sku in books.promised.keys() | sold.keys():
        worse = max(books.promised.get(sku, ZERO), sold.get(sku, ZERO))
        beyond += max(ZERO, worse - books.on_hand.get(sku, ZERO))
    return int(beyond.to_integral_value(rounding="ROUND_CEILING"))


def _statuses(truth: Mapping[int, Sold], books: Books, late_seconds: float) -> int:
    captured = _captured(books)
    unwritten = [
        order
        for key in captured & {str(number) for number in truth}
        if (order := truth[int(key)]).status in PAID - {PACKING}
    ]
    unearned = [order for number, order in truth.items() if order.status == PACKING and str(number) not in captured]
    return len(unwritten) + len(unearned) + len(crossings(truth, least=late_seconds))


def crossings(truth: Mapping[int, Sold], *, least: float = 0.0, most: float = float("inf")) -> list[int]:
    """Orders that had moved on and were moved back by a status that Cais wrote, that long after they had."""
    return [
        order.number
        for order in truth.values()
        for writing in order.writings
        if writing.was in MOVED_ON and least <= writing.stood < most and writing.now not in CANCELLED
    ]
