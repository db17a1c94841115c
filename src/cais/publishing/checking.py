"""*Sincronizar* (C3): ask the ERP whether each line of a movement can be served there, then finish the movement."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import cast

from django.db import transaction
from django.utils import timezone

from cais.connections.access import account_for_work
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.journal.services import note
from cais.movements import services as movements
from cais.movements.models import Movement, MovementLine
from cais.orders.models import Order
from cais.orders.services import waiting_subject
from cais.ports.capabilities import ErpOrders, LineCheck
from cais.ports.session import Account
from cais.publishing.conversation import End, attempt
from cais.publishing.wishes import erp_of, place_erp_orders

log = logging.getLogger(__name__)
BATCH = 25
_LOOK_AGAIN = 900.0

PROBLEMS = {
    "unknown_product": "{sku} não existe no ERP",
    "inactive": "{sku} está inativo no ERP",
    "short": "{sku}: há {available} no ERP e o pedido leva {quantity}",
}


def check_movements(connection: Connection, *, limit: int = BATCH) -> int:
    """Check the due movements of one store connection at its company's ERP. Returns how many were taken."""
    erp = erp_of(connection.company_id)
    account = account_for_work(erp)
    if account is None:
        return 0
    rows = (
        Movement.objects.filter(connection=connection, state__in=(Movement.State.PENDING_SYNC, Movement.State.ERROR))
        .select_related("order__connection", "connection")
        .claim(limit)
    )
    for row in rows:
        try:
            _check(erp, account, row)
        except Exception as error:  # the edge of the loop: the row is kept, with what happened
            log.exception("movement %s", row.pk)
            row.postpone(None, error=repr(error))
    return len(rows)


def _check(erp: Connection, account: Account, movement: Movement) -> None:
    lines = list(movement.lines.select_related("product"))
    wanted: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        wanted[line.product.sku] += line.quantity
    asked = [(sku, format(units.normalize(), "f")) for sku, units in wanted.items()]
    vendor = cast(ErpOrders, erp.vendor)
    cnpj = movement.connection.company.cnpj
    heard = attempt(erp, movement, lambda: vendor.check_lines(account, cnpj, asked))
    if heard.end is End.DONE:
        _answered(movement, lines, heard.answer or ())
    elif heard.end is End.REFUSED:
        with transaction.atomic():
            _with_error(movement, heard.words)


def _answered(movement: Movement, lines: Sequence[MovementLine], answers: Sequence[LineCheck]) -> None:
    by_sku = {answer.sku: answer for answer in answers}
    for line in lines:
        answer = by_sku.get(line.product.sku) or LineCheck(sku=line.product.sku, problem="unknown_product")
        line.problem, line.available, line.checked_at = answer.problem, answer.available[:20], timezone.now()
    with transaction.atomic():
        MovementLine.objects.bulk_update(lines, ["problem", "available", "checked_at"])
        problems = [_words(line) for line in lines if line.problem]
        if problems:
            _with_error(movement, "; ".join(dict.fromkeys(problems)))
            return
        Order.objects.select_for_update().get(pk=movement.order_id)
        if movement.settle(state=Movement.State.VALIDATED):
            place_erp_orders(movements.finish(movement))
            inbox.sync(movement.group_id, {waiting_subject(movement.order): ()}, among=("line_refused",))


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
