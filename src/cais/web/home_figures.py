"""The figures and charts of the Painel: today beside the same day last week, and the last fourteen days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from cais.companies.models import Group
from cais.core.values import ZERO
from cais.orders.models import Order
from cais.web.parts import Kpi
from cais.web.present import now, start_of_day, start_of_today
from cais.web.wording import count_text, money_text, origin_text

DAYS = 14
_NOT_SALES = ("cancelled", "cancelling", "ignored")
_WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart, in units of its drawing."""

    label: str
    day: date
    orders: int
    revenue: Decimal
    x: int
    y: int
    height: int
    is_today: bool


@dataclass(frozen=True, slots=True)
class Chart:
    bars: Sequence[Bar]
    lines: Sequence[tuple[int, str]]
    top: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    label: str
    count: int
    total: int


def todays(group: Group, *, waiting: int, waiting_url: str, orders_url: str) -> list[Kpi]:
    begin, week = start_of_today(), timedelta(days=7)
    today = _sales(group, begin, now())
    before = _sales(group, begin - week, now() - week)
    day = _WEEKDAYS[timezone.localtime(now()).weekday()]
    compared = f"na {day} passada" if day not in ("sábado", "domingo") else f"no {day} passado"
    in_erp = Order.objects.of(group).filter(placed_at__gte=begin, erp_state="done").count()
    return [
        Kpi("Pedidos hoje", count_text(today[0]), f"{count_text(before[0])} {compared}, até esta hora", orders_url),
        Kpi("Vendido hoje", money_text(today[1]), f"{money_text(before[1])} {compared}"),
        Kpi("Esperando", count_text(waiting), "movimentação, sincronização ou você", waiting_url),
        Kpi("No ERP, de hoje", count_text(in_erp), f"de {count_text(today[0])} pedidos"),
    ]


def _sales(group: Group, begin: object, end: object) -> tuple[int, Decimal]:
    rows = Order.objects.of(group).filter(placed_at__gte=begin, placed_at__lt=end).exclude(phase__in=_NOT_SALES)
    found = rows.order_by().aggregate(orders=Count("pk"), revenue=Sum("total"))
    return found["orders"], found["revenue"] or ZERO


_WIDTH, _LEFT, _TOP, _BASE = 640, 44, 16, 184


def chart(group: Group, *, by_revenue: bool) -> Chart:
    """Bars for fourteen days; the scale ends on a round number above the highest."""
    rows = (
        Order.objects.of(group)
        .filter(placed_at__gte=start_of_day(DAYS - 1))
        .exclude(phase__in=_NOT_SALES)
        .order_by()
        .annotate(day=TruncDate("placed_at"))
        .values("day")
        .annotate(orders=Count("pk"), revenue=Sum("total"))
    )
    found = {row["day"]: (row["orders"], row["revenue"]) for row in rows}
    today = timezone.localtime(now()).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    values = [Decimal(found.get(day, (0, ZERO))[1 if by_revenue else 0]) for day in days]
    top = _round_top(max(values))
    step = (_WIDTH - _LEFT) // DAYS
    bars = [
        _bar(day, found.get(day, (0, ZERO)), value / top, x=_LEFT + at * step + 8, today=today)
        for at, (day, value) in enumerate(zip(days, values, strict=True))
    ]
    half = top / 2
    lines = [(_BASE, "0"), ((_BASE + _TOP) // 2, _tick(half)), (_TOP, _tick(top))]
    return Chart(bars, lines, top)


def _bar(day: date, sums: tuple[int, Decimal], share: Decimal, *, x: int, today: date) -> Bar:
    height = int((_BASE - _TOP) * share)
    label = "hoje" if day == today else str(day.day)
    return Bar(label, day, sums[0], sums[1], x, _BASE - height, height, day == today)


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


def by_origin(group: Group, *, most: int = 5) -> list[Share]:
    """Where the orders of the same fourteen days came from."""
    rows = (
        Order.objects.of(group)
        .filter(~Q(phase__in=_NOT_SALES), placed_at__gte=start_of_day(DAYS - 1))
        .order_by()
        .values("marketplace", "channel")
        .annotate(orders=Count("pk"))
        .order_by(F("orders").desc())[:50]
    )
    found: dict[str, int] = {}
    for row in rows:
        name = origin_text(row["marketplace"] or row["channel"])
        found[name] = found.get(name, 0) + row["orders"]
    total = sum(found.values())
    ranked = sorted(found.items(), key=lambda pair: -pair[1])[:most]
    return [Share(name, count, total) for name, count in ranked]
