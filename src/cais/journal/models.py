"""Exchange, Note and SyncRun: partitioned by month from the first day, so that old months leave in one stroke.

The tables are made in SQL (migration 0001): PostgreSQL wants the partition key inside the primary key, so ids are
unique by sequence and other tables refer to them without a foreign key.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from cais.companies.tenant import TenantModel


class Exchange(TenantModel):
    """One question to an outside system and its answer, redacted."""

    at = models.DateTimeField(default=timezone.now)
    connection_id = models.BigIntegerField()
    run_id = models.BigIntegerField(null=True)
    method = models.CharField(max_length=8)
    url = models.TextField()
    status = models.SmallIntegerField(null=True)
    seconds = models.FloatField()
    request_body = models.TextField(blank=True)
    response_body = models.TextField(blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-at", "-id")


class Note(TenantModel):
    """One thing that happened to a record, by us or by a person: the timeline. `code` is of `journal.words`."""

    at = models.DateTimeField(default=timezone.now)
    subject = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-at", "-id")


class SyncRun(TenantModel):
    """*Rodada*: one reading of one store that brought something, was asked for, or failed; or several that did not.

    It follows what it brought: `rested_at` is when all of it had come to rest, `result` what had become of it then.
    A run of kind *quiet* stands for `readings` readings in a row that had nothing to tell.
    `found` counts what a reading of another `kind` than orders tells beside it.
    """

    ORDERS, QUIET = "orders", "quiet"

    at = models.DateTimeField(default=timezone.now)
    connection_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    asked_by = models.CharField(max_length=120, blank=True)
    finished_at = models.DateTimeField(null=True)
    seen = models.IntegerField(default=0)
    listed = models.IntegerField(default=0)
    fetched = models.IntegerField(default=0)
    recorded = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    found = models.JSONField(default=dict)
    readings = models.IntegerField(default=1)
    asked_by_id = models.BigIntegerField(null=True)
    told_at = models.DateTimeField(null=True)
    rested_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-id")


class RunItem(TenantModel):
    """One order that a run listed as new or different, and what came of it. `outcome` is empty until then."""

    class Outcome(models.TextChoices):
        BROUGHT = "brought", "Trazido"
        CHANGED = "changed", "Atualizado"
        CANCELLED = "cancelled", "Cancelado"
        SAME = "same", "Sem mudança"
        UNREADABLE = "unreadable", "Ilegível"
        GONE = "gone", "Sumiu da loja"

    at = models.DateTimeField(default=timezone.now)
    run_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    external_id = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run_id", "external_id"], name="run_item_once"),)
        indexes = (
            models.Index(fields=["connection_id", "external_id"], name="run_item_open", condition=models.Q(outcome="")),
        )
