"""What each company serves of an order, and what that is worth: its money cut along its movement (feature C4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cais.catalog.models import KitComponent
from cais.core.allocation import Served
from cais.core.sharing import MoneyShare, Sold, SoldLine, share_money
from cais.core.values import ZERO, quantity, share
from cais.movements.models import MovementLine
from cais.orders.agreed import amounts_of
from cais.orders.models import Order, OrderLine

Recipes = Mapping[int, Mapping[int, Decimal]]
"""Kit → product → units of it in one kit."""


class NotServedWholeError(ValueError):
    """The movement does not serve what the order says now: no sale may be made of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLine:
    """One product of one line at one company; `total` is its cut of the line's money."""

    line_id: int
    product_id: int
    quantity: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One company's part. `amounts` are named as in `orders.agreed.amounts_of`, and so add up to the order's."""

    company_id: int
    amounts: Mapping[str, Decimal]
    lines: tuple[SharedLine, ...]


def shares_of(
    order: Order,
    lines: Sequence[OrderLine],
    served: Sequence[MovementLine],
    *,
    kept: Sequence[Share] = (),
    recipes: Recipes | None = None,
) -> list[Share]:
    """One share for each company, the first in the stock queue first. `served` come with product and company.

    A line's money follows its units; a kit's, the list price of its components. Of companies whose share is `kept` as
    it is there is none, and the others have what the order is worth beyond. Raises NotServedWholeError, also where
    that would be less than nothing.
    """
    if served_otherwise(lines, served, recipes or {}):
        raise NotServedWholeError(f"the movement of order {order.pk} does not serve what the order says now")
    done = {share.company_id for share in kept}
    served = [row for row in served if row.warehouse.company_id not in done]
    if not served:
        return []
    worth = _beyond(lines, served, kept)
    amounts = _amounts_beyond(order, kept)
    queue = sorted(served, key=lambda row: (row.warehouse.company.priority, row.warehouse.company_id))
    of_line: dict[int, dict[int, dict[int, list[MovementLine]]]] = defaultdict(lambda: defaultdict(dict))
    for row in queue:
        of_line[row.line_id][row.warehouse.company_id].setdefault(row.product_id, []).append(row)
    weighed = [
        Served(company=company_id, line=line_id, quantity=_weight(rows.values()))
        for line_id, companies in of_line.items()
        for company_id, rows in companies.items()
    ]
    # Companies stand in the order in which they are first named.
    queued = {row.warehouse.company_id: at for at, row in reversed(list(enumerate(queue)))}
    weighed.sort(key=lambda item: queued[item.company])
    sold = Sold(
        lines=tuple(
            SoldLine(key=key, quantity=sum((w.quantity for w in weighed if w.line == key), ZERO), total=total)
            for key, total in worth.items()
        ),
        freight=amounts["freight"],
        discount=amounts["discount"],
        surcharge=amounts["surcharge"],
    )
    parts = share_money(sold, weighed)
    totals = [part.total for part in parts]
    beside = zip(share(amounts["subsidy"], totals), share(amounts["withheld"], totals), strict=True)
    return [
        _share(part, {line: companies.get(part.company, {}) for line, companies in of_line.items()}, subsidy, withheld)
        for part, (subsidy, withheld) in zip(parts, beside, strict=True)
    ]


def _beyond(lines: Sequence[OrderLine], served: Sequence[MovementLine], kept: Sequence[Share]) -> dict[int, Decimal]:
    """What each line that is `served` is worth beyond the kept shares; one that costs something is given to nobody."""
    if not kept:
        return {line.pk: line.total for line in lines}
    here = {row.line_id for row in served}
    worth = {line.pk: line.total for line in lines}
    for each in (line for part in kept for line in part.lines):
        worth[each.line_id] -= each.total
    for line in lines:
        rest = worth[line.pk]
        if (rest < ZERO or (not rest and line.total)) if line.pk in here else rest:
            raise NotServedWholeError(f"line {line.pk} leaves {rest} to those without a note")
    return {key: rest for key, rest in worth.items() if key in here}


def _amounts_beyond(order: Order, kept: Sequence[Share]) -> dict[str, Decimal]:
    amounts = amounts_of(order)
    rest = {name: amount - sum(share.amounts[name] for share in kept) for name, amount in amounts.items()}
    if kept and min(rest.values()) < ZERO:
        raise NotServedWholeError(f"the notes of order {order.pk} say more than it is worth")
    return rest


def recipes_of(lines: Iterable[OrderLine]) -> Recipes:
    """What the kits among these lines are made of."""
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for part in KitComponent.objects.filter(kit__in={line.product_id for line in lines}, kit__is_kit=True):
        found[part.kit_id][part.product_id] = part.quantity
    return found


def served_otherwise(lines: Iterable[OrderLine], served: Iterable[MovementLine], recipes: Recipes) -> set[int]:
    """Ids of lines that are not served as they are now, and of those that are served and are in the order no more.

    A kit of which there is no recipe is taken to be served as it should.
    """
    units: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for row in served:
        units[row.line_id][row.product_id] += row.quantity
    living = {line.pk: line for line in lines}
    both = [line for key, line in living.items() if key in units]
    return (units.keys() ^ living.keys()) | {line.pk for line in both if not _fits(line, units[line.pk], recipes)}


def _fits(line: OrderLine, units: Mapping[int, Decimal], recipes: Recipes) -> bool:
    recipe = recipes.get(line.product_id or 0)
    if recipe is None:
        return units.get(line.product_id or 0, line.quantity) == line.quantity
    takes = {product: quantity(each * line.quantity) for product, each in recipe.items()}
    return units == {product: amount for product, amount in takes.items() if amount}


def _weight(products: Iterable[Sequence[MovementLine]]) -> Decimal:
    return sum((_worth(row) for rows in products for row in rows), ZERO)


def _worth(row: MovementLine) -> Decimal:
    return row.quantity * (row.product.price or Decimal(1))


def _share(
    part: MoneyShare,
    of_line: Mapping[int, Mapping[int, Sequence[MovementLine]]],
    subsidy: Decimal,
    withheld: Decimal,
) -> Share:
    amounts = {
        "goods": part.goods,
        "freight": part.freight,
        "discount": part.discount,
        "surcharge": part.surcharge,
        "total": part.total,
        "subsidy": subsidy,
        "withheld": withheld,
    }
    lines = [item for line in part.lines for item in _products(line.line, line.total, of_line[line.line])]
    return Share(company_id=part.company, amounts=amounts, lines=tuple(lines))


def _products(line_id: int, total: Decimal, products: Mapping[int, Sequence[MovementLine]]) -> list[SharedLine]:
    """A company's cut of a line over the products that it sends of it, in the order in which it serves them."""
    cut = share(total, [_weight([rows]) for rows in products.values()])
    return [
        SharedLine(
            line_id=line_id,
            product_id=product_id,
            quantity=sum((row.quantity for row in rows), ZERO),
            total=worth,
        )
        for (product_id, rows), worth in zip(products.items(), cut, strict=True)
    ]
