"""*Sincronizar* (C3): ask each company's ERP whether it can serve its lines of a movement, then finish the movement."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import cast

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from cais.companies.models import Company
from cais.companies.writing import update_each
from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.inbox import services as inbox
from cais.inbox.movement_reasons import MOVEMENT_REASONS
from cais.inbox.services import Cause
from cais.journal.services import note
from cais.movements import fulfilling
from cais.movements.models import Movement, MovementLine
from cais.orders.models import Order
from cais.orders.services import waiting_subject
from cais.ports.capabilities import ErpOrders, LineCheck, LocalErp
from cais.ports.session import Account
from cais.publishing import outdated
from cais.publishing.conversation import End, attempt
from cais.publishing.wishes import erp_of, place_erp_orders
from cais.waiting.many import settle_together
from cais.waiting.rows import WaitingQuerySet

MovementRows = WaitingQuerySet[Movement]
log = logging.getLogger(__name__)
# What is far away is asked row by row, and a lease must outlast the batch.
BATCH, LOCAL_BATCH = 25, 100

PROBLEMS = {
    "unknown_product": "{sku} não existe no ERP",
    "inactive": "{sku} está inativo no ERP",
    "short": "{sku}: há {available} no ERP e o pedido leva {quantity}",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What one company's ERP is asked of one movement: units by SKU, of the lines that the company serves."""

    company: Company
    lines: Sequence[MovementLine]

    @property
    def asked(self) -> list[tuple[str, str]]:
        wanted: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for line in self.lines:
            wanted[line.product.sku] += line.quantity
        return [(sku, format(units.normalize(), "f")) for sku, units in wanted.items()]

    def hear(self, answers: Sequence[LineCheck]) -> None:
        """Write the ERP's words on the lines, not yet in the database."""
        by_sku = {answer.sku: answer for answer in answers}
        for line in self.lines:
            answer = by_sku.get(line.product.sku) or LineCheck(sku=line.product.sku, problem="unknown_product")
            line.problem, line.available, line.checked_at = answer.problem, answer.available[:20], timezone.now()


@dataclass(frozen=True, slots=True)
class Check:
    """A movement and the questions that its companies' ERPs must all say yes to, the first in the stock queue first."""

    movement: Movement
    questions: Sequence[Question]

    @property
    def lines(self) -> list[MovementLine]:
        return [line for question in self.questions for line in question.lines]

    @property
    def problems(self) -> str:
        """Where several companies serve it, each problem with the company that has it."""
        several = len(self.questions) > 1
        found = [
            f"{_words(line)} (empresa {question.company.name})" if several else _words(line)
            for question in self.questions
            for line in question.lines
            if line.problem
        ]
        return "; ".join(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Ear:
    """A company's ERP that may be asked now."""

    erp: Connection
    account: Account


def check_movements(connection: Connection, *, limit: int | None = None) -> int:
    """Check the due movements of one store connection at their companies' ERPs. Returns how many were taken."""
    rows = Movement.objects.filter(
        connection=connection, state__in=(Movement.State.PENDING_SYNC, Movement.State.ERROR)
    ).select_related("order__connection", "connection__company")
    ears = _ears(_companies_of(rows) or {connection.company_id})
    if not ears:
        return 0
    is_local = all(_is_local(ear) for ear in ears.values())
    most = limit or (LOCAL_BATCH if is_local else max(1, BATCH // len(ears)))
    for ear in ears.values():
        most = health.at_most(ear.erp, most)
    checks = _checks(_that_may_be_asked(rows, ears).claim(most))
    if is_local and _check_together(checks, ears):
        return len(checks)
    deaf: set[int] = set()
    for check in checks:
        if deaf & {question.company.pk for question in check.questions}:
            check.movement.postpone(1, error="", counted=False)
            continue
        try:
            _check(check, ears, deaf)
        except Exception as error:  # the edge of the loop: the row is kept, with what happened
            log.exception("movement %s", check.movement.pk)
            check.movement.postpone(None, error=repr(error))
    return len(checks)


def _companies_of(rows: MovementRows) -> set[int]:
    """The companies that serve the due movements of a store."""
    due = rows.filter(due_at__lte=Now())
    served = MovementLine.objects.filter(movement__in=due.values("pk")).order_by()
    return set(served.values_list("warehouse__company", flat=True).distinct())


def _ears(company_ids: Collection[int]) -> dict[int, Ear]:
    """By company, without those whose ERP must not or cannot be asked now."""
    found: dict[int, Ear] = {}
    for company_id in sorted(company_ids):
        erp = erp_of(company_id)
        account = account_for_work(erp)
        if account is not None:
            found[company_id] = Ear(erp, account)
    return found


def _that_may_be_asked(rows: MovementRows, ears: Mapping[int, Ear]) -> MovementRows:
    """A movement is checked whole: while one of its ERPs cannot be asked it stays due and waits for it."""
    others = MovementLine.objects.filter(movement=OuterRef("pk")).exclude(warehouse__company__in=list(ears))
    return rows.filter(~Exists(others))


def _is_local(ear: Ear) -> bool:
    return isinstance(ear.erp.vendor, LocalErp)


def _checks(movements: Sequence[Movement]) -> list[Check]:
    lines: dict[int, dict[Company, list[MovementLine]]] = defaultdict(lambda: defaultdict(list))
    rows = MovementLine.objects.filter(movement__in=movements).select_related("product", "warehouse__company")
    for line in rows.order_by("warehouse__company__priority", "warehouse__company", "pk"):
        lines[line.movement_id][line.warehouse.company].append(line)
    return [
        Check(movement, [Question(company, own) for company, own in lines[movement.pk].items()])
        for movement in movements
    ]


def _check_together(checks: Sequence[Check], ears: Mapping[int, Ear]) -> bool:
    """All at once, in one transaction. False when one of them spoils it: nothing is written, each is asked alone."""
    by_company: dict[int, list[Question]] = defaultdict(list)
    for check in checks:
        for question in check.questions:
            by_company[question.company.pk].append(question)
    try:
        for company_id, questions in by_company.items():
            ear = ears[company_id]
            asked = [(question.company.cnpj, question.asked) for question in questions]
            answers = cast(LocalErp, ear.erp.vendor).check_many(ear.account, asked)
            for question, answer in zip(questions, answers, strict=True):
                question.hear(answer)
        _answered(checks)
    except Exception:  # the edge of the loop: whoever it was will be found alone
        log.exception("a batch of %s movements, one by one now", len(checks))
        return False
    return True


def _check(check: Check, ears: Mapping[int, Ear], deaf: set[int]) -> None:
    """Ask each company's ERP. `deaf` gets the companies whose ERP must not be asked more now."""
    for question in check.questions:
        ear = ears[question.company.pk]
        vendor = cast(ErpOrders, ear.erp.vendor)
        ask = partial(vendor.check_lines, ear.account, question.company.cnpj, question.asked)
        heard = attempt(ear.erp, check.movement, ask)
        if heard.end is End.DONE:
            question.hear(heard.answer or ())
        elif heard.end is End.REFUSED:
            with transaction.atomic():
                _with_error(check.movement, heard.words)
        elif heard.end is End.STOP:
            deaf.add(question.company.pk)
        if heard.end in (End.DONE, End.REFUSED):
            health.answered(ear.erp)
        if heard.end is not End.DONE:
            return
    _answered([check])


def _answered(checks: Sequence[Check]) -> None:
    """Orders are locked first and in key order, as everywhere; what they are worth is read under the lock."""
    with transaction.atomic():
        keys = [check.movement.order_id for check in checks]
        orders = Order.objects.filter(pk__in=keys).select_related("connection").order_by("pk")
        locked = {order.pk: order for order in orders.select_for_update(of=("self",))}
        for check in checks:
            check.movement.order = locked[check.movement.order_id]
        _write_words([line for check in checks for line in check.lines])
        for check in checks:
            if check.problems:
                _with_error(check.movement, check.problems)
        _finish([check.movement for check in checks if not check.problems])


def _write_words(lines: Sequence[MovementLine]) -> None:
    said = {
        line.pk: {"problem": line.problem, "available": line.available, "checked_at": line.checked_at} for line in lines
    }
    update_each(MovementLine, said)


def _finish(checked: Sequence[Movement]) -> None:
    """What Cais proposed goes on by itself; what a person made waits for their *Criar pedido*."""
    facts = {movement.pk: {"state": Movement.State.VALIDATED} for movement in checked}
    served = settle_together(checked, facts)
    parts, unfit = fulfilling.finish([movement for movement in served if movement.automatic])
    place_erp_orders(parts)
    by_hand = [movement.order_id for movement in served if not movement.automatic]
    if by_hand:
        Order.objects.filter(pk__in=by_hand).update(movement_state=Movement.State.VALIDATED)
    subjects = {waiting_subject(movement.order): () for movement in served}
    if served:
        inbox.sync(served[0].group_id, subjects, among=MOVEMENT_REASONS)
    outdated.tell(unfit)


def _words(line: MovementLine) -> str:
    quantity = format(line.quantity.normalize(), "f")
    return PROBLEMS[line.problem].format(sku=line.product.sku, available=line.available or "0", quantity=quantity)


def _with_error(movement: Movement, words: str) -> None:
    """The movement waits for a mended register, and looks again by itself now and then."""
    if not movement.settle(state=Movement.State.ERROR):
        return
    Movement.objects.filter(pk=movement.pk).update(due_at=Now() + outdated.LOOK_AGAIN)
    order = movement.order
    Order.objects.filter(pk=order.pk).update(movement_state=Movement.State.ERROR)
    cause = Cause("line_refused", f"order:{order.pk}", {"number": order.number, "words": words})
    inbox.sync(movement.group_id, {waiting_subject(order): (cause,)}, among=("line_refused",))
    note(movement.group_id, "order", [order.pk], "line_refused", {"words": words})
