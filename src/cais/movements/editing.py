"""A person changes a movement that no ERP knows of: divided otherwise, put back, discarded (feature C2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now

from cais.companies.models import Company
from cais.core.allocation import Line
from cais.core.placing import Wanted
from cais.core.values import ZERO
from cais.core.wording import quantity_text
from cais.inbox import services as inbox
from cais.inbox.movement_reasons import MOVEMENT_REASONS
from cais.journal.services import note
from cais.movements import services as movements
from cais.movements.desk import desk_of, is_open, seen_of, served_now
from cais.movements.eligible import Eligibility
from cais.movements.models import Movement, MovementLine, Reservation
from cais.movements.proposing import Placing
from cais.orders.models import Order, OrderLine
from cais.orders.services import waiting_subject
from cais.stock import ledger

_WORDS = 400


class MovedOnError(Exception):
    """The movement is another than the one that was shown, or an ERP knows of it by now; nothing was done."""


def revise(order: Order, wanted: Sequence[Wanted], *, seen: str, actor_name: str) -> bool:
    """These companies serve these quantities from now on; the movement waits for *Sincronizar* again.

    False, and nothing is done, when they do so already. Raises MovedOnError, and WrongDivisionError for a division that
    is not the order, that its channel forbids, or that takes more than is free.
    """
    with transaction.atomic():
        held, movement = _taken(order, seen)
        eligibility = Eligibility(held.connection, [held])
        # The first lock waits for who writes at this moment, so that the second sees a pool's very first promise.
        ledger.lock(set(Reservation.objects.filter(order=held).values_list("product_id", flat=True)))
        desk = desk_of(eligibility, held, locked=True)
        if _is_the_same(wanted, served_now(desk.request.lines, _lines_of(movement))):
            return False
        parts = desk.parts(wanted)
        MovementLine.objects.filter(movement=movement).delete()
        placing = Placing()
        placing.add(held, movement, parts=parts, rows=desk.rows)
        placing.write()
        _make_draft(held, movement, actor_name)
        words = _said(wanted, desk.request.lines)
        note(held.group_id, "order", [held.pk], "movement_revised", {"words": words}, actor_name=actor_name)
    return True


def propose_again(order: Order, *, seen: str, actor_name: str) -> bool:
    """*Voltar à proposta*: a proposal made of the stock as it is now, as a draft of the person.

    False when nobody can serve the whole order any more: then it waits without a movement. Raises MovedOnError.
    """
    with transaction.atomic():
        held, _ = _taken(order, seen)
        movements.withdraw(held.connection, [held])
        made = movements.propose(held.connection, [held], actor_name=actor_name)
        _look_again(held)
        note(held.group_id, "order", [held.pk], "movement_proposed_again", actor_name=actor_name)
    return bool(made)


def discard(order: Order, *, seen: str, actor_name: str) -> None:
    """The movement is cancelled and the next one is a person's; the order keeps its units. Raises MovedOnError."""
    with transaction.atomic():
        held, movement = _taken(order, seen)
        movements.withdraw(held.connection, [held])
        Movement.objects.filter(pk=movement.pk).update(discarded=True)
        _look_again(held)
        note(held.group_id, "order", [held.pk], "movement_discarded", actor_name=actor_name)


def _taken(order: Order, seen: str) -> tuple[Order, Movement]:
    """The order, locked, and its living movement as it was shown."""
    rows = Order.objects.select_related("connection", "sales_channel")
    held = rows.select_for_update(of=("self",)).get(pk=order.pk)
    living = Movement.objects.filter(order=held).exclude(state=Movement.State.CANCELLED)
    movement = living.select_for_update(of=("self",)).first()
    if movement is None or not is_open(movement, held) or seen_of(movement.lines.all()) != seen:
        raise MovedOnError
    return held, movement


def _lines_of(movement: Movement) -> list[MovementLine]:
    return list(movement.lines.select_related("warehouse"))


def _is_the_same(wanted: Iterable[Wanted], served: Iterable[Wanted]) -> bool:
    """A depot that was not named may be any."""
    asked = [one for one in wanted if one.quantity]
    anywhere = {(one.line, one.company) for one in asked if one.warehouse is None}
    return _sums(asked, anywhere) == _sums(served, anywhere)


def _sums(rows: Iterable[Wanted], anywhere: set[tuple[int, int]]) -> dict[tuple[int, int, int | None], Decimal]:
    found: dict[tuple[int, int, int | None], Decimal] = {}
    for one in rows:
        key = (one.line, one.company, None if (one.line, one.company) in anywhere else one.warehouse)
        found[key] = found.get(key, ZERO) + one.quantity
    return found


def _make_draft(order: Order, movement: Movement, actor_name: str) -> None:
    """It is the person's now, and what an ERP said of it before is void; a check under way loses its lease."""
    Movement.objects.filter(pk=movement.pk).update(
        state=Movement.State.PENDING_SYNC,
        automatic=False,
        created_by=movement.created_by or actor_name,
        due_at=None,
        lease=None,
        lease_until=None,
        in_flight=False,
        attempts=0,
        hold="",
        held_digest="",
        error="",
    )
    Order.objects.filter(pk=order.pk).update(movement_state=Movement.State.PENDING_SYNC)
    _look_again(order)


def _look_again(order: Order) -> None:
    """The order is settled anew, and waits no more for an answer to what it is not any longer."""
    inbox.sync(order.group_id, {waiting_subject(order): ()}, among=MOVEMENT_REASONS)
    Order.objects.filter(pk=order.pk).update(due_at=Now())


def _said(wanted: Sequence[Wanted], lines: Sequence[Line]) -> str:
    """Casa: 2 Panela, 1 Rede; Sudeste: 2 Kit café."""
    names = dict(OrderLine.objects.filter(pk__in=[line.key for line in lines]).values_list("pk", "name"))
    companies = Company.objects.filter(pk__in={one.company for one in wanted if one.quantity})
    told = []
    for company in companies:
        own = [one for one in wanted if one.company == company.pk and one.quantity]
        goods = ", ".join(f"{quantity_text(one.quantity)} {names.get(one.line, '')}" for one in own)
        told.append(f"{company.name}: {goods}")
    return "; ".join(told)[:_WORDS]
