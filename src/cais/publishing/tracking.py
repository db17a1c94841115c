"""The tracking of an order in its store: looked at, written, and then the status that may mail the buyer."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet

from cais.connections.models import Connection
from cais.core.clock import BRASILIA
from cais.core.digest import digest_of
from cais.core.documents import TrackingDoc
from cais.core.effects import Meaning
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.journal.services import note
from cais.orders.models import Order
from cais.orders.services import waiting_subject
from cais.ports.capabilities import Done, TrackingWriter
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.publishing.kinds import Kind, Step
from cais.publishing.models import TrackingPublication
from cais.publishing.wishes import wish_progress

REFUSED = "tracking_refused"


class TrackingKind(Kind[TrackingPublication]):
    name = "tracking"
    capability = Capability.WRITE_TRACKING

    def rows(self) -> QuerySet[TrackingPublication, TrackingPublication]:
        return TrackingPublication.objects.select_related("connection", "order__status", "order__connection")

    def plan(self, row: TrackingPublication) -> Step | None:
        order = row.order
        if order.shipped_at is None or order.meaning == Meaning.CANCELLED:
            return None
        wish = order.tracking_code or order.tracking_url
        return Step("write", order.number, "sem rastreio", wish, lambda *a: self._write(row, *a))

    def source(self, row: TrackingPublication) -> str:
        return digest_of([row.desired_digest, row.order.meaning])

    def _write(self, row: TrackingPublication, connection: Connection, account: Account, look: bool) -> Done:
        """Look first, always: what the store shows already is not told again."""
        vendor, order = cast(TrackingWriter, connection.vendor), row.order
        wish = tracking_of(order)
        if says(vendor.current_tracking(account, order.external_id), wish):
            return Done(external_id=order.external_id)
        return vendor.write_tracking(account, order.external_id, wish)

    def done(self, row: TrackingPublication, step: Step, answer: Done) -> dict[str, Any]:
        note(row.group_id, "order", [row.order_id], "tracking_told", {"code": step.wish})
        inbox.sync(row.group_id, {waiting_subject(row.order): ()}, among=(REFUSED,))
        wish_progress([row.order_id], tracking_is_told=True)
        return {}

    def refused(self, row: TrackingPublication, words: str, detail: str) -> str:
        """The parcel left all the same: its status is still written."""
        order = row.order
        params = {"number": order.number, "store": row.connection.name, "words": words}
        cause = Cause(REFUSED, f"order:{order.pk}", params, detail)
        inbox.sync(row.group_id, {waiting_subject(order): (cause,)}, among=(REFUSED,))
        wish_progress([order.pk], tracking_is_told=True)
        return REFUSED


def tracking_of(order: Order) -> TrackingDoc:
    """What the store is told; the day is that of Brasília."""
    shipped_on = order.shipped_at.astimezone(BRASILIA).date() if order.shipped_at else None
    return TrackingDoc(code=order.tracking_code, url=order.tracking_url, carrier=order.carrier, shipped_on=shipped_on)


def says(now: TrackingDoc, wish: TrackingDoc) -> bool:
    """Whether the store shows our tracking; the carrier does not count, since not every store has a field for it."""
    return (now.code, now.url, now.shipped_on) == (wish.code, wish.url or now.url, wish.shipped_on)


TRACKINGS = TrackingKind()
