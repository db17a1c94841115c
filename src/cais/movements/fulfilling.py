"""What follows a checked movement: a fulfilment for each company, and the day it is done or over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch, prefetch_related_objects
from django.db.models.functions import Now

from cais.companies.writing import update_each
from cais.core.parts import SIGNED
from cais.movements.models import Fulfilment, FulfilmentLine, Movement, MovementLine
from cais.movements.parts import end_movements, parts_of
from cais.movements.shares import NotServedWholeError, Share, SharedLine, recipes_of, served_otherwise, shares_of
from cais.orders.agreed import amounts_of, facts_of, fingerprint_of
from cais.orders.models import Order, OrderLine

_LIVING = OrderLine.objects.filter(removed=False)
# What a part is worth, and of that what an invoice says: who pays it is another matter.
_SOLD: Final = ("goods", "freight", "discount", "surcharge", "total")
_AMOUNTS: Final = (*_SOLD, "subsidy", "withheld")


@dataclass(frozen=True, slots=True)
class Outdated:
    """A movement that does not serve what its order says now. `items` names the lines that do not fit."""

    movement: Movement
    items: str


def finish(movements: Sequence[Movement]) -> tuple[list[Fulfilment], list[Outdated]]:
    """*Finalizar*: these movements are checked; each company's part becomes a fulfilment. Asked twice it makes one.

    With those that do not serve what their orders say now nothing is done; they are told second. `movement.order` is
    locked; must run in a transaction.
    """
    if not movements:
        return [], []
    orders = [movement.order for movement in movements]
    prefetch_related_objects(orders, "adjustments", "buyer", Prefetch("lines", _LIVING))
    known = _known(movements)
    outdated = _divide([movement for movement in movements if movement.pk not in known], known)
    movements = [movement for movement in movements if movement.pk in known]
    _agree([movement.order for movement in movements])
    Movement.objects.filter(pk__in=[movement.pk for movement in movements]).update(state=Movement.State.VALIDATED)
    return [part for movement in movements for part in known[movement.pk]], outdated


def _agree(orders: Sequence[Order]) -> None:
    """What the sale of each order is made of is what it says now."""
    facts = {order.pk: facts_of(order, order.lines.all()) for order in orders}
    told = {pk: {"erp_digest": fingerprint_of(each), "erp_facts": each} for pk, each in facts.items()}
    update_each(Order, told, how={"movement_state": f"'{Movement.State.VALIDATED}'", "erp_state": "'creating'"})


def _known(movements: Sequence[Movement]) -> dict[int, list[Fulfilment]]:
    found: dict[int, list[Fulfilment]] = defaultdict(list)
    for row in Fulfilment.objects.filter(movement__in=movements).order_by("pk"):
        found[row.movement_id].append(row)
    return found


def _divide(movements: Sequence[Movement], into: dict[int, list[Fulfilment]]) -> list[Outdated]:
    """Make the parts of these movements and what their lines are worth, many at once. Returns those that do not fit."""
    served = served_by(movements)
    recipes = recipes_of(line for movement in movements for line in movement.order.lines.all())
    wrong = {m.pk: served_otherwise(m.order.lines.all(), served[m.pk], recipes) for m in movements}
    pairs = [
        (_fulfilment(movement, share), share)
        for movement in movements
        if not wrong[movement.pk]
        for share in shares_of(movement.order, list(movement.order.lines.all()), served[movement.pk])
    ]
    Fulfilment.objects.bulk_create(row for row, _ in pairs)
    FulfilmentLine.objects.bulk_create(line for row, share in pairs for line in _lines(row, share))
    for row, _ in pairs:
        into[row.movement_id].append(row)
    return [Outdated(movement, _named(wrong[movement.pk])) for movement in movements if wrong[movement.pk]]


def _named(lines: Collection[int]) -> str:
    return ", ".join(OrderLine.objects.filter(pk__in=lines).order_by("position").values_list("name", flat=True))


def served_by(movements: Collection[Movement]) -> dict[int, list[MovementLine]]:
    """The lines of these movements with their product, warehouse and company."""
    found: dict[int, list[MovementLine]] = defaultdict(list)
    rows = MovementLine.objects.filter(movement__in=movements).select_related("product", "warehouse__company")
    for row in rows.order_by("pk"):
        found[row.movement_id].append(row)
    return found


def _fulfilment(movement: Movement, share: Share) -> Fulfilment:
    return Fulfilment(
        group_id=movement.group_id,
        movement=movement,
        company_id=share.company_id,
        order=movement.order,
        reference=f"CAIS-{movement.order_id}-{movement.pk}-{share.company_id}",
        erp_state="creating",
        **share.amounts,
    )


def _lines(part: Fulfilment, share: Share) -> list[FulfilmentLine]:
    return [
        FulfilmentLine(
            group_id=part.group_id,
            fulfilment=part,
            line_id=line.line_id,
            product_id=line.product_id,
            quantity=line.quantity,
            total=line.total,
        )
        for line in share.lines
    ]


def agree_anew(order: Order) -> None:
    """A person says that the ERP was brought in line with the order as it is now: its parts are worth what it says.

    What a signed note says of its part stays, and the others have the rest. Where the units are others than were moved,
    or nothing is left, all parts stay as they are, and no note is made of them (`sells_what_is_agreed`). `order` is
    locked.
    """
    parts = parts_of([order.pk]).get(order.pk, [])
    if not parts:
        return
    lines = list(order.lines.filter(removed=False))
    served = served_by([parts[0].movement])[parts[0].movement_id]
    of_company = {part.company_id: part for part in parts}
    kept = [_as_said(part) for part in parts if part.nfe_state in SIGNED]
    try:
        shares = shares_of(order, lines, served, kept=kept, recipes=recipes_of(lines))
    except NotServedWholeError:
        return
    for share in shares:
        part = of_company[share.company_id]
        Fulfilment.objects.filter(pk=part.pk).update(**share.amounts)
        FulfilmentLine.objects.filter(fulfilment=part).delete()
        FulfilmentLine.objects.bulk_create(_lines(part, share))


def _as_said(part: Fulfilment) -> Share:
    """What this part's note says: its share as it was written down."""
    lines = tuple(
        SharedLine(line_id=row.line_id, product_id=row.product_id, quantity=row.quantity, total=row.total)
        for row in part.lines.all()
    )
    return Share(company_id=part.company_id, amounts={name: getattr(part, name) for name in _AMOUNTS}, lines=lines)


def sells_what_is_agreed(order: Order) -> bool:
    """Whether the parts together are the sale that was agreed on: the same money, and line by line the same units."""
    parts = parts_of([order.pk]).get(order.pk, [])
    agreed = amounts_of(order)
    if any(sum(getattr(part, name) for part in parts) != agreed[name] for name in _SOLD):
        return False
    sold: dict[int, list[FulfilmentLine]] = defaultdict(list)
    for row in FulfilmentLine.objects.filter(fulfilment__in=parts):
        sold[row.line_id].append(row)
    lines = list(order.lines.filter(removed=False))
    return sold.keys() == {line.pk for line in lines} and all(_is_same(line, sold[line.pk]) for line in lines)


def _is_same(line: OrderLine, sold: Sequence[FulfilmentLine]) -> bool:
    own = [row.quantity for row in sold if row.product_id == line.product_id]
    return sum(row.total for row in sold) == line.total and (not own or sum(own) == line.quantity)


def close(order_ids: Iterable[int]) -> None:
    """*Cancelado*: the ERP orders of all parts are cancelled, or never will be."""
    ids = list(order_ids)
    end_movements(ids)
    Order.objects.filter(pk__in=ids).update(movement_state=Movement.State.CANCELLED)


def mark_done(order_ids: Iterable[int]) -> None:
    """*Realizado*: the ERP orders of all parts exist. The orders themselves are the caller's to write."""
    living = Movement.objects.filter(order__in=list(order_ids)).exclude(state=Movement.State.CANCELLED)
    living.update(state=Movement.State.DONE, finished_at=Now())
