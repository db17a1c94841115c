"""StatusEntry (their word → our meaning) and WriteBack (our moment → their word)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils import timezone

from cais.companies.tenant import TenantModel
from cais.connections.models import Connection
from cais.core.effects import Meaning

MEANING_LABELS = {
    Meaning.AWAITING_PAYMENT: "Aguardando pagamento",
    Meaning.PENDING: "Pendente",
    Meaning.INVOICED: "Faturado",
    Meaning.SHIPPED: "Enviado",
    Meaning.FINISHED: "Finalizado",
    Meaning.CANCELLED: "Cancelado / Excluído",
    Meaning.IGNORE: "Ignorar",
}


@pghistory.track(exclude=["external_id", "in_catalogue"])
class StatusEntry(TenantModel):
    """One status of one store. `meaning` empty = not mapped: shown and counted, never guessed (feature B2)."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="statuses")
    label = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    external_id = models.CharField(max_length=40, blank=True)
    hint = models.CharField(max_length=20, blank=True)
    in_catalogue = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField(default=timezone.now)
    meaning = models.CharField(max_length=20, choices=[(m.value, w) for m, w in MEANING_LABELS.items()], blank=True)
    mapped_by = models.CharField(max_length=120, blank=True)
    mapped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("label",)
        constraints = (models.UniqueConstraint(fields=["connection", "key"], name="status_once_per_store"),)

    def __str__(self) -> str:
        return self.label


@pghistory.track()
class WriteBack(TenantModel):
    """What Cais writes in the store at a moment of the order; no row = nothing (feature B3)."""

    class Moment(models.TextChoices):
        CAPTURED = "captured", "Status Atualizar Pedido"
        INVOICED = "invoiced", "Status ao Faturar Nota"
        SHIPPED = "shipped", "Status ao Registrar Envio"
        DELIVERED = "delivered", "Status ao Marcar Entregue"
        CANCELLED = "cancelled", "Status Atualizar Pedido Cancelado"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="write_backs")
    moment = models.CharField(max_length=12, choices=Moment.choices)
    status = models.ForeignKey(StatusEntry, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "moment"], name="write_back_once_per_moment"),)
