"""*Sincronizar* (C3): ask the ERP whether each line of a movement can be served there, then finish the movement."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import cast

from django.db import transaction
from django.utils import timezone

from cais.companies.writing import update_each
from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.journal.services import note
from cais.movements import fulfilling
from cais.movements.models import Movement, MovementLine
from cais.orders.models import Order
from cais.orders.services import waiting_subject
from cais.ports.capabilities import ErpOrders, LineCheck, LocalErp
from cais.ports.session import Account
from cais.publishing.conversation import End, attempt
from cais.publishing.wishes import erp_of, place_erp_orders
from cais.waiting.many import settle_together

log = logging.getLogger(__name__)
# What is far away is asked row by row, and a lease must outlast the batch.
BATCH, LOCAL_BATCH = 25, 100
_LOOK_AGAIN = 900.0

PROBLEMS = {
    "unknown_product": "{sku} não existe no ERP",
    "inactive": "{sku} está inativo no ERP",
    "short": "{sku}: há {available} no ERP e o pedido leva {quantity}",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the ERP is asked of one movement: units by SKU."""

    movement: Movement
    lines: Sequence[MovementLine]

    @property
    def asked(self) -> list[tuple[str, str]]:
        wanted: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for line in self.lines:
            wanted[line.product.sku] += line.quantity
        return [(sku, format(units.normalize(), "f")) for sku, units in wanted.items()]

    @property
    def cnpj(self) -> str:
        return self.movement.connection.company.cnpj

    def hear(self, answers: Sequence[LineCheck]) -> None:
        """Write the ERP's words on the lines, not yet in the database."""
        by_sku = {answer.sku: answer for answer in answers}
        for line in self.lines:
            answer = by_sku.get(line.product.sku) or LineCheck(sku=line.product.sku, problem="unknown_product")
            line.problem, line.available, line.checked_at = answer.problem, answer.available[:20], timezone.now()

    @property
    def problems(self) -> str:
        return "; ".join(dict.fromkeys(_words(line) for line in self.lines if line.problem))


def check_movements(connection: Connection, *, limit: int | None = None) -> int:
    """Check the due movements of one store connection at its company's ERP. Returns how many were taken."""
    erp = erp_of(connection.company_id)
    account = account_for_work(erp)
    if account is None:
        return 0
    local = erp.vendor if isinstance(erp.vendor, LocalErp) else None
    rows = (
        Movement.objects.filter(connection=connection, state__in=(Movement.State.PENDING_SYNC, Movement.State.ERROR))
        .select_related("order__connection", "connection__company")
        .claim(health.at_most(erp, limit or (LOCAL_BATCH if local else BATCH)))
    )
    questions = _questions(rows)
    if local and _check_together(local, account, questions):
        return len(rows)
    for at, question in enumerate(questions):
        try:
            end = _check(erp, account, question)
        except Exception as error:  # the edge of the loop: the row is kept, with what happened
            log.exception("movement %s", question.movement.pk)
            question.movement.postpone(None, error=repr(error))
            continue
        if end is End.STOP:
            for left in questions[at + 1 :]:
                left.movement.postpone(1, error="", counted=False)
            break
    return len(rows)


def _questions(movements: Sequence[Movement]) -> list[Question]:
    lines: dict[int, list[MovementLine]] = defaultdict(list)
    for line in MovementLine.objects.filter(movement__in=movements).select_related("product"):
        lines[line.movement_id].append(line)
    return [Question(movement, lines[movement.pk]) for movement in movements]


def _check_together(erp: LocalErp, account: Account, questions: Sequence[Question]) -> bool:
    """All at once, in one transaction. False when one of them spoils it: nothing is written, each is asked alone."""
    try:
        answers = erp.check_many(account, [(question.cnpj, question.asked) for question in questions])
        for question, answer in zip(questions, answers, strict=True):
            question.hear(answer)
        _answered(questions)
    except Exception:  # the edge of the loop: whoever it was will be found alone
        log.exception("a batch of %s movements, one by one now", len(questions))
        return False
    return True


def _check(erp: Connection, account: Account, question: Question) -> End:
    vendor = cast(ErpOrders, erp.vendor)
    heard = attempt(erp, question.movement, lambda: vendor.check_lines(account, question.cnpj, question.asked))
    if heard.end is End.DONE:
        question.hear(heard.answer or ())
        _answered([question])
    elif heard.end is End.REFUSED:
        with transaction.atomic():
            _with_error(question.movement, heard.words)
    if heard.end in (End.DONE, End.REFUSED):
        health.answered(erp)
    return heard.end


def _answered(questions: Sequence[Question]) -> None:
    """Orders are locked first and in key order, as everywhere; what they are worth is read under the lock."""
    with transaction.atomic():
        keys = [question.movement.order_id for question in questions]
        orders = Order.objects.filter(pk__in=keys).select_related("connection").order_by("pk")
        locked = {order.pk: order for order in orders.select_for_update(of=("self",))}
        for question in questions:
            question.movement.order = locked[question.movement.order_id]
        _write_words([line for question in questions for line in question.lines])
        for question in questions:
            if question.problems:
                _with_error(question.movement, question.problems)
        _finish([question.movement for question in questions if not question.problems])


def _write_words(lines: Sequence[MovementLine]) -> None:
    said = {
        line.pk: {"problem": line.problem, "available": line.available, "checked_at": line.checked_at} for line in lines
    }
    update_each(MovementLine, said)


def _finish(checked: Sequence[Movement]) -> None:
    facts = {movement.pk: {"state": Movement.State.VALIDATED} for movement in checked}
    served = settle_together(checked, facts)
    place_erp_orders(fulfilling.finish(served))
    subjects = {waiting_subject(movement.order): () for movement in served}
    if served:
        inbox.sync(served[0].group_id, subjects, among=("line_refused",))


def _words(line: MovementLine) -> str:
    quantity = format(line.quantity.normalize(), "f")
    return PROBLEMS[line.problem].format(sku=line.product.sku, available=line.available or "0", quantity=quantity)


def _with_error(movement: Movement, words: str) -> None:
    """The movement waits for a mended register, and looks again by itself now and then."""
    if not movement.settle(state=Movement.State.ERROR):
        return
    Movement.objects.filter(pk=movement.pk).update(due_at=timezone.now() + timedelta(seconds=_LOOK_AGAIN))
    order = movement.order
    Order.objects.filter(pk=order.pk).update(movement_state=Movement.State.ERROR)
    cause = Cause("line_refused", f"order:{order.pk}", {"number": order.number, "words": words})
    inbox.sync(movement.group_id, {waiting_subject(order): (cause,)}, among=("line_refused",))
    note(movement.group_id, "order", [order.pk], "line_refused", {"words": words})
