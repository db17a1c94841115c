"""What *Movimentar* shows of one order: three steps, the matrix, what each empresa will invoice, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from cais.companies.roles import Action as May
from cais.core.placing import Problem
from cais.core.values import ZERO
from cais.movements.desk import desk_of, is_open, seen_of, served_now
from cais.movements.eligible import Eligibility
from cais.movements.explanation import from_json
from cais.movements.models import Fulfilment, Movement, MovementLine
from cais.movements.shares import NotServedWholeError, shares_of
from cais.orders.models import Order
from cais.settling.moving import may_be_moved
from cais.web.access import GroupRequest
from cais.web.orders.division import explained
from cais.web.orders.movement_table import Column, Places, Table, columns_of, places_of, sentences
from cais.web.orders.situations import situation_of
from cais.web.orders.steps import moving_steps, quiet_of
from cais.web.parts import Action, Crumb
from cais.web.status_words import word
from cais.web.wording import plural_text


@dataclass(frozen=True, slots=True)
class PartRow:
    """What one empresa invoices: its sums, its items, and its ERP order where it exists."""

    name: str
    units: str
    goods: Decimal
    freight: Decimal
    discount: Decimal
    surcharge: Decimal
    total: Decimal
    erp_number: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was typed, and why it could not be done. `whole_at`: the key of the empresa that was to serve all of it."""

    problems: Sequence[Problem]
    typed: Mapping[str, str]
    whole_at: str = ""


def movement_of(order: Order) -> Movement | None:
    """The living movement, else the last one that was."""
    rows = Movement.objects.filter(order=order)
    return rows.exclude(state=Movement.State.CANCELLED).first() or rows.first()


def movement_context(request: GroupRequest, order: Order, refusal: Refusal | None = None) -> dict[str, object]:
    movement = movement_of(order)
    lines = list(movement.lines.select_related("product", "warehouse__company")) if movement else []
    desk = desk_of(Eligibility(order.connection, [order], only_looking=True), order)
    served = places_of(desk.request.lines, served_now(desk.request.lines, lines))
    columns = columns_of(desk, served)
    editable = movement is not None and is_open(movement, order) and request.may(May.WORK_ORDERS)
    wrong, whole = sentences(refusal.problems, desk, order) if refusal else ({}, [])
    table = Table(desk, columns, served, lines, refusal.typed if refusal else {}, wrong)
    parts = parts_of(order, movement, lines)
    situation = situation_of(order)
    return {
        "order": order,
        "movement": movement,
        "state": word("movement", order.movement_state),
        "crumbs": crumbs(request, order),
        "quiet": quiet_of(order),
        "steps": moving_steps(order, situation, movement, lines=len(desk.request.lines)),
        "waits": situation.causes,
        "columns": columns,
        "rows": table.rows(order),
        "is_single": len(columns) < 2,
        "answered": any(row.checked_at for row in lines),
        "sums": _sums(columns, parts),
        "parts": parts,
        "total": _total(parts),
        "editable": editable,
        "is_checking": movement is not None and is_open(movement, order) and movement.due_at is not None,
        "seen": seen_of(lines),
        "stand": stand_of(movement),
        "wrong_whole": whole,
        "is_refused": refusal is not None,
        "whole_at": _name_of(columns, refusal.whole_at) if refusal else "",
        "can_create": may_be_moved(order) and request.may(May.WORK_ORDERS),
        "next": _next(order, movement) if editable else "",
        **_explained(order, movement, served),
        "what_if": reverse("order_division", args=[request.group.slug, order.pk]) if not order.erp_state else "",
    }


def _name_of(columns: Sequence[Column], key: str) -> str:
    return next((column.company.name for column in columns if str(column.company.pk) == key), "")


def crumbs(request: GroupRequest, order: Order) -> list[Crumb]:
    slug = request.group.slug
    return [
        Crumb("Pedidos", reverse("orders", args=[slug])),
        Crumb(order.number, reverse("order", args=[slug, order.pk])),
        Crumb("Movimentação"),
    ]


def stand_of(movement: Movement | None) -> str:
    """What the page asks about while it waits: another answer means that something moved."""
    if movement is None:
        return "-"
    return f"{movement.pk}.{movement.state}.{'due' if movement.due_at else 'rest'}"


def _next(order: Order, movement: Movement | None) -> str:
    """The step that is the person's to press."""
    if movement is None or not is_open(movement, order):
        return ""
    return "create" if movement.state == Movement.State.VALIDATED else "check"


def parts_of(order: Order, movement: Movement | None, lines: Sequence[MovementLine]) -> list[PartRow]:
    """What was made of each empresa's part; before that, what would be."""
    if movement is None:
        return []
    names = {row.warehouse.company_id: row.warehouse.company.name for row in lines}
    made = list(Fulfilment.objects.filter(movement=movement).select_related("company").order_by("pk"))
    if made:
        return [_made(part, lines) for part in made]
    try:
        shares = shares_of(order, list(order.lines.filter(removed=False)), lines)
    except NotServedWholeError:
        return []
    return [
        _part(names[share.company_id], _units(lines, share.company_id), share.amounts, erp_number="")
        for share in shares
    ]


def _made(part: Fulfilment, lines: Sequence[MovementLine]) -> PartRow:
    amounts = {name: getattr(part, name) for name in ("goods", "freight", "discount", "surcharge", "total")}
    return _part(part.company.name, _units(lines, part.company_id), amounts, erp_number=part.erp_number)


def _part(name: str, units: str, amounts: Mapping[str, Decimal], *, erp_number: str) -> PartRow:
    return PartRow(
        name,
        units,
        amounts["goods"],
        amounts["freight"],
        amounts["discount"],
        amounts["surcharge"],
        amounts["total"],
        erp_number,
    )


def _units(lines: Sequence[MovementLine], company: int) -> str:
    items = {row.line_id for row in lines if row.warehouse.company_id == company}
    return plural_text(len(items), "item", "itens")


def _sums(columns: Sequence[Column], parts: Sequence[PartRow]) -> list[tuple[str, PartRow | None]]:
    """The foot of the matrix: one cell for each column, with its empresa."""
    by_name = {part.name: part for part in parts}
    return [(column.company.name, by_name.get(column.company.name)) for column in columns]


def _total(parts: Sequence[PartRow]) -> PartRow | None:
    if len(parts) < 2:
        return None
    sums = {
        name: sum((getattr(part, name) for part in parts), ZERO)
        for name in ("goods", "freight", "discount", "surcharge", "total")
    }
    return _part("Pedido", "", sums, erp_number="")


def _explained(order: Order, movement: Movement | None, served: Places) -> dict[str, object]:
    """*Por que esta divisão*, as it was when it was proposed; `was_changed` when a person chose another."""
    allocation = from_json(movement.explanation) if movement else None
    if allocation is None or len(allocation.candidates) < 2:
        return {"options": [], "companies": []}
    proposed = {(one.line, one.company): one.quantity for one in allocation.served}
    now: dict[tuple[int, int], Decimal] = {}
    for (line, company, _), amount in served.items():
        now[line, company] = now.get((line, company), ZERO) + amount
    return {**explained(order, allocation), "was_changed": proposed != now}


def typed_of(posted: Mapping[str, str]) -> dict[str, str]:
    """The fields as they came, to be shown again."""
    return {name: text[:20] for name, text in posted.items() if name.startswith("q-")}


def movement_action(request: GroupRequest, order: Order) -> Action | None:
    """The way from the order to its movement: *Movimentar* while a person may change it, else *Visualizar*."""
    url = reverse("order_movement", args=[request.group.slug, order.pk])
    if request.may(May.WORK_ORDERS) and may_be_moved(order):
        return Action("Movimentar", url, icon="arrows-right-left", style="primary")
    if order.movement_state == "none":
        return None
    movement = movement_of(order)
    if movement is None:
        return None
    if request.may(May.WORK_ORDERS) and is_open(movement, order):
        waits = not movement.automatic and movement.due_at is None
        return Action("Movimentar", url, icon="arrows-right-left", style="primary" if waits else "plain")
    return Action("Visualizar movimentação", url, icon="arrows-right-left", hide_narrow=True)
