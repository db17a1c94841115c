"""The charts of the Painel: orders and revenue by day, by origin and by company, from the daily sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from django.http import QueryDict
from django.utils import timezone

from cais.backoffice.daily import companies_sold_since
from cais.companies.models import Company, Group
from cais.core.values import ZERO
from cais.orders.daily import sold_since
from cais.web.present import now
from cais.web.wording import count_text, money_text, origin_text

PERIODS: Final = (7, 30, 90)
USUAL: Final = 30
_MOST = 6
_WIDTH, _LEFT, _TOP, _BASE = 640, 72, 16, 184
# How many days lie between two that are named below the bars.
_NAMED_EVERY: Final = {7: 1, 30: 5, 90: 15}
Key = TypeVar("Key")
Sums = tuple[int, Decimal]


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart, in units of its drawing."""

    label: str
    day: date
    orders: int
    revenue: Decimal
    told: str
    x: float
    y: int
    width: float
    height: int
    is_today: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True)
class Share:
    """One origin or company; `told` is the figure that is asked for, `part` of `total` draws the bar."""

    label: str
    orders: int
    revenue: Decimal
    told: str
    part: int
    total: int

    @property
    def percent(self) -> str:
        """In words, for who cannot see the bar."""
        return f"{round(100 * self.part / self.total)} %" if self.total else "0 %"


@dataclass(frozen=True, slots=True)
class Charts:
    days: int
    by_revenue: bool
    bars: Sequence[Bar]
    lines: Sequence[tuple[int, str]]
    origins: Sequence[Share]
    companies: Sequence[Share]
    told: str


def period_of(query: QueryDict) -> int:
    asked = query.get("periodo", "")
    return int(asked) if asked in {str(days) for days in PERIODS} else USUAL


def charts(group: Group, *, days: int, by_revenue: bool) -> Charts:
    """Everything in two statements, whatever the number of orders."""
    today = timezone.localtime(now()).date()
    first = today - timedelta(days=days - 1)
    by_day: dict[date, Sums] = {}
    by_origin: dict[str, Sums] = {}
    for sold in sold_since(group, first):
        if sold.day > today:
            continue  # a store's clock that runs ahead
        sums = sold.orders, sold.revenue
        by_day[sold.day] = _plus(by_day.get(sold.day), sums)
        name = origin_text(sold.origin)
        by_origin[name] = _plus(by_origin.get(name), sums)
    bars, lines = _bars(by_day, first=first, days=days, by_revenue=by_revenue)
    return Charts(
        days=days,
        by_revenue=by_revenue,
        bars=bars,
        lines=lines,
        origins=_shares(by_origin, by_revenue=by_revenue),
        companies=_companies(group, first, by_revenue=by_revenue),
        told=_told(_all(by_day), by_revenue=by_revenue),
    )


def _plus(known: Sums | None, more: Sums) -> Sums:
    return (known[0] + more[0], known[1] + more[1]) if known else more


def _all(found: Mapping[Key, Sums]) -> Sums:
    return sum(orders for orders, _ in found.values()), sum((money for _, money in found.values()), ZERO)


def _told(sums: Sums, *, by_revenue: bool) -> str:
    return money_text(sums[1]) if by_revenue else count_text(sums[0])


def _companies(group: Group, first: date, *, by_revenue: bool) -> Sequence[Share]:
    """None where the group has one company: the chart would say nothing."""
    names = dict(Company.objects.of(group).values_list("pk", "name"))
    if len(names) < 2:
        return []
    found: dict[str, Sums] = {}
    for sold in companies_sold_since(group, first):
        found[names[sold.company_id]] = _plus(found.get(names[sold.company_id]), (sold.orders, sold.revenue))
    return _shares(found, by_revenue=by_revenue)


def _shares(found: Mapping[str, Sums], *, by_revenue: bool) -> Sequence[Share]:
    """The greatest first; what is beyond the sixth is one line."""
    ranked = sorted(found.items(), key=lambda pair: (-pair[1][1 if by_revenue else 0], pair[0]))
    shown, rest = ranked[:_MOST], dict(ranked[_MOST:])
    if rest:
        shown.append((f"Outras {len(rest)}", _all(rest)))
    total = _all(found)
    return [
        Share(
            name,
            sums[0],
            sums[1],
            _told(sums, by_revenue=by_revenue),
            int(sums[1]) if by_revenue else sums[0],
            int(total[1]) if by_revenue else total[0],
        )
        for name, sums in shown
    ]


def _bars(
    found: Mapping[date, Sums], *, first: date, days: int, by_revenue: bool
) -> tuple[Sequence[Bar], Sequence[tuple[int, str]]]:
    """A bar for each day; the scale ends on a round number above the highest."""
    shown = [first + timedelta(days=at) for at in range(days)]
    values = [Decimal(found.get(day, (0, ZERO))[1 if by_revenue else 0]) for day in shown]
    top = _round_top(max(values))
    step = (_WIDTH - _LEFT) / days
    bars = [
        _bar(
            found.get(day, (0, ZERO)),
            value / top,
            day=day,
            at=at,
            step=step,
            label=_day_name(day, at=at, days=days),
            is_today=at == days - 1,
        )
        for at, (day, value) in enumerate(zip(shown, values, strict=True))
    ]
    return bars, [(_BASE, "0"), ((_BASE + _TOP) // 2, _tick(top / 2)), (_TOP, _tick(top))]


def _bar(sums: Sums, share: Decimal, *, day: date, at: int, step: float, label: str, is_today: bool) -> Bar:
    height = max(int((_BASE - _TOP) * share), 0)
    return Bar(
        label=label,
        day=day,
        orders=sums[0],
        revenue=sums[1],
        told=f"{day:%d/%m}: {count_text(sums[0])} · {money_text(sums[1])}",
        x=round(_LEFT + at * step + step * 0.15, 2),
        y=_BASE - height,
        width=round(step * 0.7, 2),
        height=height,
        is_today=is_today,
    )


def _day_name(day: date, *, at: int, days: int) -> str:
    """Today's bar says so; of the others only some have room for their name."""
    if at == days - 1:
        return "hoje"
    is_named = (days - 1 - at) % _NAMED_EVERY[days] == 0
    return f"{day:%d/%m}" if is_named else ""


def _round_top(highest: Decimal) -> Decimal:
    """The least of 2, 5, 10, 20, 50 … that holds the highest bar."""
    top, factor = Decimal(2), 0
    while top < highest:
        factor += 1
        top = Decimal((2, 5, 10)[factor % 3]) * Decimal(10) ** (factor // 3)
    return top


def _tick(value: Decimal) -> str:
    if value >= 10_000:
        return f"{count_text(int(value / 1000))} mil"
    return count_text(int(value)) if value == int(value) else f"{value:.1f}".replace(".", ",")
