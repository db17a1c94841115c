"""The figures of the Painel: today beside the same day last week, at the same hour."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils import timezone

from cais.companies.models import Group
from cais.core.values import ZERO
from cais.orders.daily import NOT_SALES
from cais.orders.models import Order
from cais.web.parts import Kpi
from cais.web.present import now, start_of_today
from cais.web.wording import count_text, money_text

_WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")


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
    rows = Order.objects.of(group).filter(placed_at__gte=begin, placed_at__lt=end).exclude(phase__in=NOT_SALES)
    found = rows.order_by().aggregate(orders=Count("pk"), revenue=Sum("total"))
    return found["orders"], found["revenue"] or ZERO
