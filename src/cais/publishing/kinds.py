"""The kinds of publication: what each plans, how it speaks, and what follows from the answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.db import transaction
from django.db.models import QuerySet

from cais.connections.models import Connection
from cais.core.digest import digest_of
from cais.core.documents import StatusDoc
from cais.core.effects import Meaning
from cais.core.parts import CANCELLED, DONE, REFUSED
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.journal.services import note
from cais.movements import fulfilling
from cais.movements.parts import lock, others_of, set_erp_state
from cais.orders.agreed import is_other_than_agreed
from cais.orders.models import Order
from cais.orders.services import waiting_subject
from cais.ports.capabilities import Done, ErpOrders, LocalErp, StatusWriter
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.publishing.conversation import NothingThereError, SourceMovedError
from cais.publishing.erp_document import erp_document
from cais.publishing.hints import order_moved
from cais.publishing.live import ensure_still_cancelled
from cais.publishing.models import ErpOrderPublication, Publication, StatusPublication
from cais.publishing.moments import fits
from cais.publishing.telling import cause_of, numbered, tell_parts
from cais.publishing.together import created, place_together
from cais.publishing.wishes import Wish, wish_status
from cais.statuses import services as statuses
from cais.statuses.models import WriteBack

Row = TypeVar("Row", bound=Publication)


@dataclass(frozen=True, slots=True)
class Step:
    """One change to be made outside, planned from the database alone: what a rehearsal shows and a run applies."""

    verb: str
    label: str
    was: str
    wish: str
    speak: Callable[[Connection, Account, bool], Done]


class Kind(ABC, Generic[Row]):
    """One table of publications and its manners."""

    name: ClassVar[str]
    capability: ClassVar[Capability]

    @abstractmethod
    def rows(self) -> QuerySet[Row, Row]:
        """The table, with what `plan` needs."""

    @abstractmethod
    def plan(self, row: Row) -> Step | None:
        """What this row would say now; None when there is nothing left to say."""

    @abstractmethod
    def done(self, row: Row, step: Step, answer: Done) -> dict[str, Any]:
        """What follows, in the transaction that settles the row. Returns further facts of the row."""

    @abstractmethod
    def refused(self, row: Row, words: str, detail: str) -> str:
        """The vendor said no: tell it. Returns the reason the row is held for."""

    def in_doubt(self, row: Row, detail: str) -> None:
        """The answer was lost: say so where people look."""

    def nothing_there(self, row: Row) -> None:
        """The doubt is over: nothing was said, and it is to be decided anew."""

    def source(self, row: Row) -> str:
        """Digest of everything that the row's words are made of: a rehearsed row is said only while it is the same."""
        return row.desired_digest

    def may_speak(self, connection: Connection) -> bool:
        """Whether this connection is told anything of this kind."""
        return connection.does(self.capability)

    def goes_on(self) -> bool:
        """False when the rows that are left must wait for another turn."""
        return True

    def at_rest(self, row: Row) -> dict[str, Any]:
        """Further facts of a row that has nothing to say."""
        return {}

    def batch(self, connection: Connection) -> int:
        """How many rows are claimed at once: as many as are surely said before their lease ends."""
        return 25

    def claim(self, connection: Connection, most: int) -> list[Row]:
        """Take so many due rows, those first that must not wait behind the others."""
        rows: list[Row] = self.rows().filter(connection=connection).claim(most)  # type: ignore[attr-defined]
        return rows

    def say_together(self, connection: Connection, account: Account, rows: Sequence[Row]) -> set[int]:
        """Say many at once where the vendor can. Returns the rows that were answered; the others go one by one."""
        return set()


class ErpOrderKind(Kind[ErpOrderPublication]):
    name = "erp_order"
    capability = Capability.CREATE_ERP_ORDERS

    def rows(self) -> QuerySet[ErpOrderPublication, ErpOrderPublication]:
        return ErpOrderPublication.objects.select_related(
            "connection",
            "fulfilment__company",
            "fulfilment__movement",
            "fulfilment__order__buyer",
            "fulfilment__order__customer",
            "fulfilment__order__connection",
        )

    def plan(self, row: ErpOrderPublication) -> Step | None:
        order = row.fulfilment.order
        if row.wish == Wish.CANCELLED:
            return Step("cancel", order.number, "criado", "cancelado", lambda *a: self._cancel(row, *a))
        return Step("create", order.number, "não existe", "criado", lambda *a: self._create(row, *a))

    def source(self, row: ErpOrderPublication) -> str:
        """The whole document: a line, a price or a name that changed makes it another."""
        document = None if row.wish == Wish.CANCELLED else erp_document(row.fulfilment)
        return digest_of([row.desired_digest, row.external_id, document])

    def _create(self, row: ErpOrderPublication, connection: Connection, account: Account, look: bool) -> Done:
        vendor = cast(ErpOrders, connection.vendor)
        if look and (found := vendor.find_order(account, row.fulfilment.reference)):
            return found
        if look and is_other_than_agreed(row.fulfilment.order) and not _is_begun(row):
            raise NothingThereError("the store changed the order, and the ERP has none of it")
        return vendor.ensure_order(account, erp_document(row.fulfilment))

    def _cancel(self, row: ErpOrderPublication, connection: Connection, account: Account, look: bool) -> Done:
        """What was never created needs no cancelling; what may have been is looked for first.

        The store is asked once more: hours may lie between its cancellation and this moment. A sale that is undone
        while its order lives is our own matter.
        """
        if not row.undo:
            ensure_still_cancelled(row.fulfilment.order)
        vendor = cast(ErpOrders, connection.vendor)
        external_id = row.external_id
        if not external_id and look:
            found = vendor.find_order(account, row.fulfilment.reference)
            external_id = found.external_id if found else ""
        return vendor.cancel_order(account, external_id) if external_id else Done()

    def done(self, row: ErpOrderPublication, step: Step, answer: Done) -> dict[str, Any]:
        lock(row.fulfilment)
        if step.verb == "create" and not answer.is_cancelled:
            created([(row, answer)])
            return {"external_id": answer.external_id, "external_number": answer.number}
        self._cancelled(row, answer.number or row.external_number)
        return {"external_id": answer.external_id or row.external_id, "undo": False}

    def _cancelled(self, row: ErpOrderPublication, number: str) -> None:
        """As it was wished, or found so although it should live: then settling lets the order be sold anew."""
        part = row.fulfilment
        tell_parts({part: ()})
        together = set_erp_state({part.pk: CANCELLED})[part.order_id]
        note(row.group_id, "order", [part.order_id], "erp_cancelled", numbered(part, number, together.parts))
        if together.state == CANCELLED:
            fulfilling.close([part.order_id])
            wish_status([part.order] if part.order.meaning == Meaning.CANCELLED else [], WriteBack.Moment.CANCELLED)

    def batch(self, connection: Connection) -> int:
        return 100 if isinstance(connection.vendor, LocalErp) else super().batch(connection)

    def say_together(self, connection: Connection, account: Account, rows: Sequence[ErpOrderPublication]) -> set[int]:
        return place_together(self, connection, account, rows)

    def refused(self, row: ErpOrderPublication, words: str, detail: str) -> str:
        """The other companies' parts stay as they are: what exists is real, and the sale is not whole without this.

        What the ERP will not cancel is a sale there still, whatever the store says.
        """
        lock(row.fulfilment)
        keeps = row.wish == Wish.CANCELLED
        set_erp_state({row.fulfilment_id: DONE if keeps else REFUSED})
        reason = "erp_cancel_refused" if keeps else "erp_refused"
        self._tell(row, reason, words=words, detail=detail)
        return reason

    def in_doubt(self, row: ErpOrderPublication, detail: str) -> None:
        with transaction.atomic():
            lock(row.fulfilment)
            set_erp_state({row.fulfilment_id: "unknown"}, due=False)
            self._tell(row, "erp_unknown", detail=detail)

    def nothing_there(self, row: ErpOrderPublication) -> None:
        """Half of the old order and half of the new must not leave: settling takes the wish back and makes another."""
        with transaction.atomic():
            lock(row.fulfilment)
            set_erp_state({row.fulfilment_id: "creating"})
            tell_parts({row.fulfilment: ()})

    def _tell(self, row: ErpOrderPublication, reason: str, *, words: str = "", detail: str = "") -> None:
        tell_parts({row.fulfilment: [cause_of(row.fulfilment, reason, words=words, detail=detail)]})


def _is_begun(row: ErpOrderPublication) -> bool:
    """Another company's part of the sale exists, or may: the rest is made as it was agreed, and a person is told."""
    return any(part.erp_state in (DONE, "unknown") for part in others_of(row.fulfilment))


class StatusKind(Kind[StatusPublication]):
    name = "status"
    capability = Capability.WRITE_STATUS

    def rows(self) -> QuerySet[StatusPublication, StatusPublication]:
        return StatusPublication.objects.select_related("connection", "status", "order__status", "order__connection")

    def plan(self, row: StatusPublication) -> Step | None:
        """Written only while the order is still where the moment found it: a status never moves an order back."""
        order = row.order
        # What was written last may be another status than the one we read: then the store is asked.
        shown = order.status_id == row.status_id and row.published_digest in ("", row.desired_digest)
        if shown or not fits(order, row.moment, row.status):
            return None
        return Step("write", order.number, order.status_label, row.status.label, lambda *a: self._write(row, *a))

    def source(self, row: StatusPublication) -> str:
        order = row.order
        return digest_of([row.desired_digest, row.moment, order.status_id, order.meaning, order.erp_state])

    def _write(self, row: StatusPublication, connection: Connection, account: Account, look: bool) -> Done:
        """Look first, always: the store may have moved the order since we read it.

        Of an order in question the store would show just what was read, and its word would be written over.
        """
        if row.order.is_in_question:
            raise SourceMovedError("the store is being asked once more what became of the order")
        vendor = cast(StatusWriter, connection.vendor)
        now = vendor.current_status(account, row.order.external_id)
        wish = StatusDoc(label=row.status.label, external_id=row.status.external_id)
        if statuses.key_of(now) == row.status.key:
            return Done(external_id=row.order.external_id)
        if statuses.key_of(now) != row.order.status.key:
            order_moved.send(type(self), connection=connection, external_id=row.order.external_id)
            raise SourceMovedError(f"the store shows {now.label}")
        # Before it leaves, so that a reading which is faster than the answer knows our own word.
        Order.objects.filter(pk=row.order_id).update(written_status=row.status)
        return vendor.write_status(account, row.order.external_id, wish)

    def done(self, row: StatusPublication, step: Step, answer: Done) -> dict[str, Any]:
        note(row.group_id, "order", [row.order_id], "status_written", {"status": row.status.label})
        inbox.sync(row.group_id, {waiting_subject(row.order): ()}, among=("status_refused",))
        return {}

    def refused(self, row: StatusPublication, words: str, detail: str) -> str:
        params = {
            "number": row.order.number,
            "store": row.connection.name,
            "status": row.status.label,
            "words": words,
        }
        cause = Cause("status_refused", f"status:{row.connection_id}:{row.status_id}", params, detail)
        inbox.sync(row.group_id, {waiting_subject(row.order): (cause,)}, among=("status_refused",))
        return "status_refused"


ERP_ORDERS = ErpOrderKind()
STATUSES = StatusKind()
KINDS: tuple[Kind[Any], ...] = (ERP_ORDERS, STATUSES)
