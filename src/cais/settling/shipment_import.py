"""A spreadsheet of parcels: which orders were sent, or have arrived, checked row by row before anything is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from cais.catalog.spreadsheet import Problem, Row, Sheet, read, read_date
from cais.companies.models import Group
from cais.core.clock import BRASILIA
from cais.core.values import fold
from cais.orders.models import Order
from cais.settling.delivery import Shipment, is_web_address, mark_delivered, register_shipments, why_not

COLUMNS = ("pedido", "loja", "rastreio", "transportadora", "data", "link")
SENT, DELIVERED = "sent", "delivered"


@dataclass(frozen=True, slots=True)
class Parcel:
    row: int
    order: Order
    shipment: Shipment


@dataclass(frozen=True, slots=True)
class ParcelPlan:
    """`parcels` are the right rows, each with its number in the file."""

    sheet: Sheet
    parcels: Sequence[Parcel]
    problems: Sequence[Problem]


def plan(group: Group, content: bytes, *, mode: str) -> ParcelPlan:
    """What the file would register; nothing is written. Raises spreadsheet.Unusable."""
    sheet = read(content, known=COLUMNS, needed=["pedido"])
    problems = sheet.problems_of_shape()
    broken = {found.row for found in problems}
    known = _orders(group, sheet.rows)
    parcels: list[Parcel] = []
    taken: dict[int, int] = {}
    for row in sheet.rows:
        if row.number in broken:
            continue
        found = _parcel(row, known, taken, mode=mode)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            taken[found.order.pk] = row.number
            parcels.append(found)
    return ParcelPlan(sheet, parcels, sorted(problems, key=lambda item: item.row))


def apply(group: Group, made: ParcelPlan, *, mode: str, actor_name: str) -> int:
    """Register the plan's right rows; how many. An order that changed meanwhile is left as it is."""
    if mode == SENT:
        wanted = {parcel.order.pk: parcel.shipment for parcel in made.parcels}
        return len(register_shipments(group.pk, wanted, actor_name=actor_name))
    by_day: dict[datetime, list[int]] = defaultdict(list)
    for parcel in made.parcels:
        by_day[parcel.shipment.shipped_at].append(parcel.order.pk)
    return sum(len(mark_delivered(group.pk, ids, at=at, actor_name=actor_name)) for at, ids in by_day.items())


def _orders(group: Group, rows: Sequence[Row]) -> Mapping[str, list[Order]]:
    """Every order of the numbers named; the same number in two stores is two orders."""
    numbers = {row.text("pedido") for row in rows}
    found: dict[str, list[Order]] = defaultdict(list)
    for order in Order.objects.of(group).filter(number__in=numbers).select_related("connection"):
        found[order.number].append(order)
    return found


def _parcel(row: Row, known: Mapping[str, list[Order]], taken: Mapping[int, int], *, mode: str) -> Parcel | Problem:
    order = _order(row, known)
    if isinstance(order, Problem):
        return order
    if order.pk in taken:
        return Problem(row.number, f"O pedido {order.number} já está na linha {taken[order.pk]}.", "pedido")
    if reason := why_not(order):
        return Problem(row.number, f"O pedido {order.number} {reason}.", "pedido")
    if mode == DELIVERED and order.delivered_at is not None:
        return Problem(row.number, f"O pedido {order.number} já está marcado como entregue.", "pedido")
    day = read_day(row.text("data"))
    if day is None:
        return Problem(row.number, f"A data “{row.text('data')[:20]}” não é um dia até hoje.", "data")
    link = row.text("link")
    if link and not is_web_address(link):
        return Problem(row.number, "O link precisa começar com http:// ou https://.", "link")
    if len(row.text("rastreio")) > 80:
        return Problem(row.number, "O rastreio passa de 80 letras.", "rastreio")
    made = Shipment(shipped_at=day, code=row.text("rastreio"), carrier=row.text("transportadora"), url=link)
    return Parcel(row.number, order, made)


def _order(row: Row, known: Mapping[str, list[Order]]) -> Order | Problem:
    number, store = row.text("pedido"), row.text("loja")
    found = [o for o in known.get(number, ()) if not store or fold(o.connection.name) == fold(store)]
    if len(found) == 1:
        return found[0]
    if not found:
        return Problem(row.number, f"Não há pedido {number}{f' na loja {store}' if store else ''}.", "pedido")
    return Problem(row.number, f"O pedido {number} existe em mais de uma loja. Preencha a coluna loja.", "loja")


def read_day(text: str) -> datetime | None:
    """A day as people write it, as its noon in Brasília; now for an empty text. None for nonsense and for tomorrow."""
    now = datetime.now(BRASILIA)
    if not text.strip():
        return now
    day = read_date(text)
    if day is None or day > now.date():
        return None
    return now if day == now.date() else datetime.combine(day, time(12), BRASILIA)
