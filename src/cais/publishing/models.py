"""Publication (abstract) and one table per kind: the ERP order of a fulfilment, an order's status and tracking."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from cais.connections.models import Connection
from cais.movements.models import Fulfilment
from cais.orders.models import Order
from cais.statuses.models import StatusEntry, WriteBack
from cais.waiting.rows import WaitingQuerySet, WaitingRow

Row = TypeVar("Row", bound="Publication")


class PublicationQuerySet(WaitingQuerySet[Row]):
    def due(self) -> Self:
        """Rows that may be said now: those of a connection that only observes are wishes until they are allowed."""
        return super().due().filter(self._may_be_said())

    def that_may_leave(self) -> Self:
        """Rows that may be said now, whoever has claimed them."""
        return self.filter(self._may_be_said())

    def wished(self) -> Self:
        """Rows whose wish is not said yet, whether it may be or not."""
        return self.filter(due_at__isnull=False, hold="")

    def on_their_way(self) -> Self:
        """Wishes that will be said by themselves."""
        return self.wished().filter(self._may_be_said())

    def held_back(self) -> Self:
        """Wishes that wait only because a connection observes."""
        return self.wished().exclude(self._may_be_said())

    def of_connection(self, connection: Connection) -> Self:
        """What would be said at this connection, or because of it."""
        which = Q()
        for path in self.model.ANSWERS_TO:
            which |= Q(**{path: connection})
        return self.filter(which)

    def _may_be_said(self) -> Q:
        """A permission is for the wish that was shown: when the wish changes, it is over. What left is finished."""
        return self._live() | Q(in_flight=True) | (Q(allowed_digest=F("desired_digest")) & ~Q(allowed_digest=""))

    def _live(self) -> Q:
        """Every connection that may hold the row back publishes, and its function is switched on."""
        live = Q()
        for path in self.model.ANSWERS_TO:
            live &= Q(**{f"{path}__mode": Connection.Mode.PUBLISH})
        if self.model.FUNCTION:
            live &= Q(connection__functions__contains=[self.model.FUNCTION])
        return live


class Publication(WaitingRow):
    """Desired against published. `published_digest` is of what the vendor last acknowledged: it equals what we SENT.

    `allowed_digest` is the wish that a rehearsal released, `planned_digest` what that wish was derived from when a
    person saw it: when the facts are others by its turn, it is not said.
    """

    ANSWERS_TO: ClassVar[tuple[str, ...]] = ("connection",)
    """Paths to the connections that may hold this row back; all of them must publish."""
    FUNCTION: ClassVar[str] = ""
    """The function of the connection that a person must have switched on before anything is said by itself."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    desired_digest = models.CharField(max_length=32, blank=True)
    published_digest = models.CharField(max_length=32, blank=True)
    published_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=60, blank=True)
    allowed_digest = models.CharField(max_length=32, blank=True)
    planned_digest = models.CharField(max_length=32, blank=True)

    objects = PublicationQuerySet.as_manager()  # type: ignore[misc]  # narrower than every waiting row's

    class Meta:
        abstract = True


class ErpOrderPublication(Publication):
    """The ERP order that a fulfilment should have: placed, or cancelled.

    `undo`: it is cancelled although the store's order lives, because only some companies' parts could be made, or a
    person wants the sale made anew.
    """

    class Wish(models.TextChoices):
        PLACED = "placed", "criado"
        CANCELLED = "cancelled", "cancelado"

    ANSWERS_TO = ("connection", "fulfilment__order__connection")

    fulfilment = models.OneToOneField(Fulfilment, on_delete=models.CASCADE, related_name="publication")
    wish = models.CharField(max_length=10, choices=Wish.choices, default=Wish.PLACED)
    external_number = models.CharField(max_length=40, blank=True)
    undo = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["connection", "due_at"], name="erp_order_due", condition=Q(due_at__isnull=False)),
        )


class StatusPublication(Publication):
    """The status that an order should show in its store."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="status_publication")
    status = models.ForeignKey(StatusEntry, on_delete=models.CASCADE, related_name="+")
    moment = models.CharField(max_length=12, choices=WriteBack.Moment.choices)

    class Meta:
        indexes = (models.Index(fields=["connection", "due_at"], name="status_due", condition=Q(due_at__isnull=False)),)


class TrackingPublication(Publication):
    """The tracking that an order should show in its store; what it is stands on the order."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="tracking_publication")

    class Meta:
        indexes = (
            models.Index(fields=["connection", "due_at"], name="tracking_due", condition=Q(due_at__isnull=False)),
        )
