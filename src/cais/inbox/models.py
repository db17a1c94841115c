"""Pending: one record that waits for one reason. Rows with the same cause are mended together."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cais.companies.tenant import TenantModel


class Pending(TenantModel):
    """`reason` is a code of `inbox.reasons`; `cause` tells apart causes of one reason (a product, a status, an order).

    `params` fills the texts. A row is open while `closed_at` is null; closing keeps it as history.
    """

    reason = models.CharField(max_length=40)
    cause = models.CharField(max_length=160)
    connection_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(max_length=120, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    params = models.JSONField(default=dict)
    detail = models.TextField(blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subject", "subject_id", "reason", "cause"],
                condition=Q(closed_at=None),
                name="pending_open_once",
            ),
        )
        indexes = (
            models.Index(fields=["group", "reason", "cause"], name="pending_open", condition=Q(closed_at=None)),
            models.Index(fields=["subject", "subject_id"], name="pending_of_subject"),
        )
