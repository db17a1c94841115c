"""Fluxo de venda: the columns of the board, how many orders stand in each, and the few of them that are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from django.db.models import QuerySet

from cais.companies.models import Group
from cais.orders.counts import phase_counts
from cais.orders.models import Order
from cais.orders.phase import STOPPED
from cais.web.keyset import count_up_to
from cais.web.orders.filters import OrderFilter

SHOWN: Final = 6
# Under a filter each column is counted order by order, and there are eight: the list counts further.
COUNTED: Final = 500
# An empresa's orders are found among all that stand in a column: where those are so many, fewer of them are counted.
MANY: Final = 10_000
COUNTED_OF_MANY: Final = 100


@dataclass(frozen=True, slots=True)
class Column:
    """A stage of the sale. Where orders wait the oldest comes first, where all is done the newest."""

    code: str
    title: str
    phases: tuple[str, ...]
    empty: str
    oldest_first: bool = True


COLUMNS: Final = (
    Column("parado", "Parado", STOPPED, "Nenhum pedido espera por você."),
    Column("pagamento", "Aguardando pagamento", ("awaiting_payment",), "Nenhum pedido espera pagamento."),
    Column("movimentar", "Sem movimentação", ("awaiting_movement", "awaiting_choice"), "Nenhum espera movimentação."),
    Column("criar", "A criar no ERP", ("awaiting_sync", "creating_erp_order"), "Nenhum espera o ERP."),
    Column("faturar", "A faturar", ("integrated", "invoicing"), "Nenhum espera nota."),
    Column("faturado", "Faturado", ("invoiced", "invoice_told", "note_issued"), "Nenhum espera envio."),
    Column("enviado", "Enviado", ("shipped",), "Nenhum está a caminho.", oldest_first=False),
    Column("entregue", "Entregue", ("delivered",), "Nenhum foi entregue ainda.", oldest_first=False),
)
# What an order waits for, where its situação does not say it by itself.
WAITS_FOR: Final[Mapping[str, str]] = {
    "awaiting_payment": "espera o pagamento",
    "awaiting_movement": "espera a movimentação",
    "awaiting_choice": "espera você escolher",
    "awaiting_sync": "espera a conferência no ERP",
    "creating_erp_order": "entrando no ERP agora",
    "integrated": "espera a nota",
    "invoicing": "nota a caminho da SEFAZ",
    "invoiced": "espera avisar a loja",
    "invoice_told": "espera o envio",
    "note_issued": "espera o envio",
    "shipped": "espera a entrega",
    "delivered": "nada mais a fazer",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A column as it stands: its orders that are shown, and how many there are; `is_more` when there are more still."""

    column: Column
    orders: Sequence[Order]
    count: int
    is_more: bool = False


def board(group: Group, chosen: OrderFilter) -> list[Standing]:
    """Every column. Each situação is read by its index in the order shown, so none is sorted or counted whole."""
    counts = phase_counts(list(chosen.stores) or None, moved=bool(chosen.companies))  # no company serves the others
    rows = chosen.apply(Order.objects.of(group))
    shown = _shown(rows, counts)
    if chosen.is_of_stores:
        return [Standing(column, shown.get(column.code, []), _kept(column, counts)) for column in COLUMNS]
    return [
        _counted(rows.filter(phase__in=column.phases), column, shown.get(column.code, []), _far(column, counts, chosen))
        for column in COLUMNS
    ]


def _kept(column: Column, counts: Mapping[str, int]) -> int:
    """From the kept counters, which know stores and nothing else."""
    return sum(counts.get(phase, 0) for phase in column.phases)


def _far(column: Column, counts: Mapping[str, int], chosen: OrderFilter) -> int:
    """How far a column is counted order by order; not at all where the counters know of none."""
    kept = _kept(column, counts)
    if not kept:
        return 0
    return COUNTED_OF_MANY if chosen.companies and kept > MANY else COUNTED


def _counted(rows: QuerySet[Order], column: Column, orders: Sequence[Order], most: int) -> Standing:
    """By looking, where not all are seen already."""
    if len(orders) < SHOWN or not most:
        return Standing(column, orders, len(orders))
    number = count_up_to(rows, most)
    return Standing(column, orders, min(number, most), is_more=number > most)


def _shown(rows: QuerySet[Order], counts: Mapping[str, int]) -> dict[str, list[Order]]:
    found = [
        _first(rows, phase, oldest_first=column.oldest_first)
        for column in COLUMNS
        for phase in column.phases
        if counts.get(phase)
    ]
    if not found:
        return {}
    together: QuerySet[Order, Any] = reduce(lambda one, other: one.union(other, all=True), found)
    keys: dict[str, list[int]] = {phase: [] for column in COLUMNS for phase in column.phases}
    for phase, key in together:
        keys[phase].append(key)
    wanted = [key for some in keys.values() for key in some]
    orders = Order.objects.select_related("connection", "buyer").prefetch_related("fulfilments__company")
    known = orders.in_bulk(wanted)
    return {column.code: _ordered(column, keys, known) for column in COLUMNS}


def _first(rows: QuerySet[Order], phase: str, *, oldest_first: bool) -> QuerySet[Order, Any]:
    order = ("placed_at", "id") if oldest_first else ("-placed_at", "-id")
    return rows.filter(phase=phase).order_by(*order).values_list("phase", "pk")[:SHOWN]


def _ordered(column: Column, keys: Mapping[str, Sequence[int]], known: Mapping[int, Order]) -> list[Order]:
    found = [known[key] for phase in column.phases for key in keys[phase] if key in known]
    found.sort(key=lambda order: (order.placed_at, order.pk), reverse=not column.oldest_first)
    return found[:SHOWN]
