"""ERP orders placed many at once, where the ERP answers so; each row ends exactly as it would have ended alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from cais.connections.models import Connection
from cais.core.parts import DONE
from cais.journal.services import note_each
from cais.movements import fulfilling
from cais.movements.parts import Together, set_erp_facts
from cais.orders.models import Order
from cais.ports.capabilities import Done, LocalErp
from cais.ports.errors import Rejected
from cais.ports.session import Account
from cais.publishing.erp_document import erp_documents
from cais.publishing.models import ErpOrderPublication
from cais.publishing.telling import numbered, tell_parts
from cais.publishing.wishes import Wish, wish_status
from cais.statuses.models import WriteBack
from cais.waiting.many import depart_together, settle_together

if TYPE_CHECKING:
    from cais.publishing.kinds import ErpOrderKind

log = logging.getLogger(__name__)

Answered = Sequence[tuple[ErpOrderPublication, Done]]


def place_together(
    kind: ErpOrderKind, connection: Connection, account: Account, rows: Sequence[ErpOrderPublication]
) -> set[int]:
    """Place what may be said without looking first and needs no permission. Returns the rows that were answered.

    When one row spoils the batch nothing is written down: all go alone then, in flight, so that each is looked for.
    """
    erp = connection.vendor
    plain = [row for row in rows if row.wish == Wish.PLACED and not (row.in_flight or row.allowed_digest)]
    if not isinstance(erp, LocalErp) or not plain:
        return set()
    going = depart_together(plain)
    try:
        answers = erp.ensure_orders(account, erp_documents([row.fulfilment for row in going]))
        said = [(row, said) for row, said in zip(going, answers, strict=True) if not _is_over(said)]
        _settle(kind, said)
    except Exception:  # the edge of the loop: whoever it was will be found alone
        log.exception("a batch of %s ERP orders, one by one now", len(going))
        return set()
    return {row.pk for row, _ in said}


def _is_over(answer: Done | Rejected) -> bool:
    """The ERP has cancelled the order of this reference: its row goes alone, and finds that out."""
    return isinstance(answer, Done) and answer.is_cancelled


def _settle(kind: ErpOrderKind, pairs: Sequence[tuple[ErpOrderPublication, Done | Rejected]]) -> None:
    """Orders are locked first and in key order; rows whose lease was lost meanwhile change nothing."""
    with transaction.atomic():
        _lock([row for row, _ in pairs])
        placed = {row.pk: answer for row, answer in pairs if isinstance(answer, Done)}
        sent = [row for row, _ in pairs if row.pk in placed]
        kept = settle_together(sent, {row.pk: _published(row, placed[row.pk]) for row in sent})
        created([(row, placed[row.pk]) for row in kept])
        for row, answer in pairs:
            if isinstance(answer, Rejected):
                words = answer.words or str(answer)
                reason = kind.refused(row, words, answer.detail)
                row.keep_for_a_person(reason, digest=row.desired_digest, error=words)


def _lock(rows: Sequence[ErpOrderPublication]) -> None:
    found = Order.objects.filter(pk__in=[row.fulfilment.order_id for row in rows]).select_related("connection")
    locked = {order.pk: order for order in found.order_by("pk").select_for_update(of=("self",))}
    for row in rows:
        row.fulfilment.order = locked[row.fulfilment.order_id]


def _published(row: ErpOrderPublication, answer: Done) -> dict[str, object]:
    """What was sent, and what the ERP calls it."""
    return {
        "published_digest": row.desired_digest,
        "published_at": timezone.now(),
        "external_id": answer.external_id,
        "external_number": answer.number,
    }


def created(answered: Answered) -> None:
    """These ERP orders exist now: their parts say so, and what waited for the whole sale follows. Inside a transaction.

    An order is a sale when the ERP order of its last part exists; only then is its store told.
    """
    if not answered:
        return
    tell_parts({row.fulfilment: () for row, _ in answered})
    now_so = {row.fulfilment_id: {"erp_state": DONE, "erp_number": answer.number} for row, answer in answered}
    found = set_erp_facts(now_so)
    fulfilling.mark_done(key for key, together in found.items() if together.state == DONE)
    _write_down(answered, found)
    whole = {row.fulfilment.order_id: row.fulfilment.order for row, _ in answered}
    wish_status([order for key, order in whole.items() if found[key].state == DONE], WriteBack.Moment.CAPTURED)


def _write_down(answered: Answered, found: Mapping[int, Together]) -> None:
    told = [
        (part.order_id, "erp_created", numbered(part, answer.number, found[part.order_id].parts))
        for row, answer in answered
        for part in (row.fulfilment,)
    ]
    note_each(answered[0][0].group_id, "order", told)
