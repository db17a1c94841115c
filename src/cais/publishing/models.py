"""Publication (abstract) and one table per kind: the ERP order of a fulfilment, the status of an order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cais.connections.models import Connection
from cais.movements.models import Fulfilment
from cais.orders.models import Order
from cais.statuses.models import StatusEntry, WriteBack
from cais.waiting.rows import WaitingRow


class Publication(WaitingRow):
    """Desired against published. `published_digest` is of what the vendor last acknowledged: it equals what we SENT."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    desired_digest = models.CharField(max_length=32, blank=True)
    published_digest = models.CharField(max_length=32, blank=True)
    published_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True


class ErpOrderPublication(Publication):
    """The ERP order that a fulfilment should have: placed, or cancelled."""

    class Wish(models.TextChoices):
        PLACED = "placed", "criado"
        CANCELLED = "cancelled", "cancelado"

    fulfilment = models.OneToOneField(Fulfilment, on_delete=models.CASCADE, related_name="publication")
    wish = models.CharField(max_length=10, choices=Wish.choices, default=Wish.PLACED)
    external_number = models.CharField(max_length=40, blank=True)

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
