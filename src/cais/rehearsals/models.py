"""Rehearsal (one plan for one connection) and RehearsalRow (one wish of it, field by field)."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cais.companies.tenant import TenantModel
from cais.connections.models import Connection
from cais.waiting.rows import WaitingRow

GOOD_FOR = timedelta(hours=24)
"""A plan that nobody applied by then tells of a store that is gone."""


class Rehearsal(WaitingRow):
    """*Ensaio*: a stored plan. Making it reads and writes nothing outside; applying it releases its wishes.

    Due while it is read or applied; it rests while a person looks at it. `is_listed`: its rows are made; where there
    may be very many they are made in the background. `seen_at`: when a person first looked at it, read to its end.
    """

    class State(models.TextChoices):
        READING = "reading", "Lendo"
        READY = "ready", "Pronto"
        APPLYING = "applying", "Aplicando"
        OVER = "over", "Terminado"

    class Scope(models.TextChoices):
        """What of a connection it is about: a plan of one says nothing of the other."""

        ORDERS = "orders", "Pedidos"
        STOCK = "stock", "Estoque"
        PRICES = "prices", "Preços"
        EXPORT = "export", "Produtos"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="rehearsals")
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.ORDERS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.CharField(max_length=120)
    ready_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.CharField(max_length=120, blank=True)
    finished_at = models.DateTimeField(null=True)
    stopping = models.BooleanField(default=False)
    left_out = models.PositiveIntegerField(default=0)
    is_listed = models.BooleanField(default=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["connection", "due_at"], name="rehearsal_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["group", "-id"], name="rehearsal_list"),
        )

    @property
    def is_expired(self) -> bool:
        return self.state == self.State.READY and timezone.now() - self.asked_at > GOOD_FOR


class RehearsalRow(TenantModel):
    """One wish as it was seen: what the outside shows, what it would show, and the digest of what that came from.

    `fields` are lists of [name, was, would be]. `publication_id` is of the table that `kind` names.
    """

    class State(models.TextChoices):
        TO_READ = "to_read", "A ler"
        READY = "ready", "Mudaria"
        SAME = "same", "Já está assim"
        MOVED = "moved", "Mudou depois"
        UNREADABLE = "unreadable", "Não deu para ler"
        RELEASED = "released", "Aplicando"
        APPLIED = "applied", "Aplicado"
        REFUSED = "refused", "Recusado"

    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=20)
    publication_id = models.BigIntegerField()
    order_id = models.BigIntegerField(null=True)
    label = models.CharField(max_length=60)
    verb = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.TO_READ)
    fields = models.JSONField(default=list)
    calls = models.PositiveSmallIntegerField(default=0)
    desired_digest = models.CharField(max_length=32)
    source_digest = models.CharField(max_length=32, blank=True)
    released_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["rehearsal", "kind", "publication_id"], name="rehearsed_once_per_plan"),
        )
        indexes = (models.Index(fields=["rehearsal", "state", "id"], name="rehearsal_rows_by_state"),)
