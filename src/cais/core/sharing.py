"""An order's money among the companies that serve it (feature C4): to the cent, and the parts add up to the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cais.core.allocation import Served
from cais.core.values import ZERO, money, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What an order is paid for: the total of each line with its quantity, and what stands beside the lines.

    `discount` is what is taken off, as a positive amount. Payments need not add up to the order (a store may not say).
    """

    lines: tuple[SoldLine, ...]
    freight: Decimal = ZERO
    discount: Decimal = ZERO
    surcharge: Decimal = ZERO
    payments: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    key: int
    quantity: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShare:
    line: int
    quantity: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyShare:
    """One company's part of an order. `payments` stand in the order of the order's payments."""

    company: int
    lines: tuple[LineShare, ...]
    freight: Decimal
    discount: Decimal
    surcharge: Decimal
    payments: tuple[Decimal, ...]

    @property
    def goods(self) -> Decimal:
        return sum((line.total for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        return self.goods + self.freight - self.discount + self.surcharge


def share_money(sold: Sold, served: Sequence[Served]) -> tuple[MoneyShare, ...]:
    """The share of each company, those that serve first first; a cent left over on a tie goes to the earlier one.

    A line's total follows its quantity, freight and surcharge follow the goods. No part is negative when the order is
    not. Raises ValueError when `served` is not the whole order: money is not shared before the goods are.
    """
    companies = tuple(dict.fromkeys(item.company for item in served))
    lines = [_line_shares(line, companies, served) for line in sold.lines]
    if {item.line for item in served} - {line.key for line in sold.lines}:
        raise ValueError("served is not in the order")
    goods = [sum((line[place].total for line in lines), ZERO) for place in range(len(companies))]
    freight = share(sold.freight, goods)
    surcharge = share(sold.surcharge, goods)
    beside = [one + other for one, other in zip(freight, surcharge, strict=True)]
    discount = _discounts(sold.discount, goods=goods, beside=beside)
    totals = [g + b - d for g, b, d in zip(goods, beside, discount, strict=True)]
    payments = share_payments(sold.payments, totals)
    return tuple(
        MoneyShare(
            company=company,
            lines=tuple(line[place] for line in lines if line[place].quantity),
            freight=freight[place],
            discount=discount[place],
            surcharge=surcharge[place],
            payments=tuple(payment[place] for payment in payments),
        )
        for place, company in enumerate(companies)
    )


def _line_shares(line: SoldLine, companies: Sequence[int], served: Sequence[Served]) -> list[LineShare]:
    own = [item for item in served if item.line == line.key]
    quantities = [sum((item.quantity for item in own if item.company == company), ZERO) for company in companies]
    if sum(quantities, ZERO) != line.quantity:
        raise ValueError(f"line {line.key} is not served whole")
    totals = share(line.total, quantities)
    pairs = zip(quantities, totals, strict=True)
    return [LineShare(line=line.key, quantity=amount, total=total) for amount, total in pairs]


def _discounts(discount: Decimal, *, goods: Sequence[Decimal], beside: Sequence[Decimal]) -> list[Decimal]:
    """By the goods, and never more than a part's goods; only what is more than all goods together eats into freight."""
    on_goods = min(discount, sum(goods, ZERO))
    pairs = zip(share(on_goods, goods), share(discount - on_goods, beside), strict=True)
    return [one + other for one, other in pairs]


def share_payments(payments: Sequence[Decimal], totals: Sequence[Decimal]) -> list[list[Decimal]]:
    """Each payment is shared by what the companies are still to be paid, so that both ways of adding up come out even
    where the payments are the order's total; what is paid beyond it is shared by the totals."""
    owed = list(totals)
    found: list[list[Decimal]] = []
    for payment in payments:
        enough = money(payment) <= sum(owed, ZERO)
        parts = share(payment, owed if enough else totals)
        owed = [max(ZERO, rest - part) for rest, part in zip(owed, parts, strict=True)]
        found.append(parts)
    return found
