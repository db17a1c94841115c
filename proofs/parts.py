"""The counts of sales orders: one for each company that serves an order, and all of them together the order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from proofs.books import Books, Place, Sale
from proofs.shelves import rule_of
from proofs.truth import Key, Sold
from proofs.worlds import World

ZERO, CENT = Decimal(0), Decimal("0.01")
NAMED_CHANGE = "changed_after_erp"


def open_sales(books: Books) -> dict[Key, list[Sale]]:
    found: dict[Key, list[Sale]] = defaultdict(list)
    for sale in books.sales:
        if sale.is_open:
            found[sale.key].append(sale)
    return dict(found)


def count_parts(world: World, truth: Mapping[Key, Sold], books: Books) -> dict[str, int]:
    """Every count that must be zero, over the open sales orders."""
    by_order = open_sales(books)
    known = {key: sales for key, sales in by_order.items() if key in truth}
    strangers = sum(len(sales) for key, sales in by_order.items() if key not in truth)
    return {
        "erp_orders_doubled": strangers + sum(_beyond_one_each(sales) for sales in known.values()),
        "totals_mismatch": sum(not _same_money(truth[key], sales, books) for key, sales in known.items()),
        "lines_mismatch": sum(not _same_units(truth[key], sales, books) for key, sales in known.items()),
        "shares_mismatch": sum(not _fair(truth[key], sales) for key, sales in known.items()),
        "parts_mismatch": sum(not _as_moved(truth[key], sales, books) for key, sales in known.items()),
        "rules_mismatch": sum(not _allowed(world, truth, key, sales) for key, sales in known.items()),
    }


def in_parts(books: Books) -> int:
    """Orders that several companies serve."""
    return sum(len({sale.company for sale in sales}) > 1 for sales in open_sales(books).values())


def _beyond_one_each(sales: Sequence[Sale]) -> int:
    return len(sales) - len({sale.company for sale in sales})


def _is_named_change(order: Sold, books: Books) -> bool:
    return NAMED_CHANGE in books.named_orders.get(order.key, ())


def _same_money(order: Sold, sales: Sequence[Sale], books: Books) -> bool:
    """To the cent; of an order changed after its sale, what it once was, and a person is told."""
    total = sum((sale.total for sale in sales), ZERO)
    adds_up = all(sale.parts == sale.total and sale.lines == sale.goods for sale in sales)
    is_current = total == order.total or _is_named_change(order, books)
    return adds_up and is_current and total in order.totals


def _same_units(order: Sold, sales: Sequence[Sale], books: Books) -> bool:
    units: dict[str, Decimal] = defaultdict(Decimal)
    for sale in sales:
        for sku, served in sale.units.items():
            units[sku] += served
    return units == order.needs or _is_named_change(order, books)


def _fair(order: Sold, sales: Sequence[Sale]) -> bool:
    """Each part bears what its units cost, and of the freight what its goods are of all goods, to less than a cent.

    Where a product has two prices in one order, a unit's price is anybody's guess.
    """
    goods, freight = (sum((getattr(sale, name) for sale in sales), ZERO) for name in ("goods", "freight"))
    for sale in sales:
        if sale.units.keys() <= order.prices.keys():
            cost = sum((units * order.prices[sku] for sku, units in sale.units.items()), ZERO)
            if abs(sale.goods - cost) >= CENT * len(sale.units):
                return False
        if goods and abs(sale.freight * goods - freight * sale.goods) >= CENT * goods:
            return False
    return True


def _as_moved(order: Sold, sales: Sequence[Sale], books: Books) -> bool:
    """Sold by the companies, and for the units, that the order's movement names; and held there, unless it changed."""
    sold: dict[Place, Decimal] = defaultdict(Decimal)
    for sale in sales:
        for sku, units in sale.units.items():
            sold[sku, sale.company] += units
    held = books.held.get(order.key, {})
    is_kept = _is_named_change(order, books) or all(held.get(place, ZERO) >= units for place, units in sold.items())
    return sold == books.moved.get(order.key) and is_kept


def _allowed(world: World, truth: Mapping[Key, Sold], key: Key, sales: Sequence[Sale]) -> bool:
    rule = rule_of(world, truth, key)
    firms = {sale.company for sale in sales}
    return firms <= rule.firms and (rule.may_split or len(firms) == 1)
