"""Batch, Nfe and what was signed before; the invoice that a store should show. Set-up rows are in `setup_models`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from cais.companies.fields import money_field
from cais.companies.models import Company
from cais.companies.tenant import TenantModel
from cais.connections.models import Connection
from cais.fiscal.sign import SignedNote
from cais.movements.models import Fulfilment
from cais.nfe.setup_models import (
    ENVIRONMENTS,
    Certificate,
    FiscalSetup,
    NumberSeries,
    SefazState,
    TaxProfile,
    TaxRule,
)
from cais.orders.models import Order
from cais.publishing.models import Publication
from cais.waiting.rows import WaitingRow

__all__ = [
    "Batch",
    "Certificate",
    "FiscalSetup",
    "FormerCopy",
    "InvoicePublication",
    "Nfe",
    "NumberSeries",
    "Progress",
    "SefazState",
    "State",
    "TaxProfile",
    "TaxRule",
]


class State(models.TextChoices):
    """Where a note is. Signed and unknown wait for SEFAZ; blocked and rejected for a person; the others are final."""

    QUEUED = "queued", "Na fila"
    BLOCKED = "blocked", "Barrada na conferência"
    SIGNED = "signed", "Enviando"
    UNKNOWN = "unknown", "A conferir"
    AUTHORISED = "authorised", "Autorizada"
    REJECTED = "rejected", "Rejeitada"
    DENIED = "denied", "Denegada"
    NUMBER_TAKEN = "number_taken", "Número já usado"
    CANCELLED = "cancelled", "Cancelada"
    DROPPED = "dropped", "Desistida"


WORKING = (State.QUEUED, State.SIGNED, State.UNKNOWN)
AT_SEFAZ = (State.SIGNED, State.UNKNOWN)
MENDABLE = (State.BLOCKED, State.REJECTED)
# After these the fulfilment may have another note, under another number.
OVER = (State.DENIED, State.NUMBER_TAKEN, State.CANCELLED, State.DROPPED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: how many notes in each state."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Those that wait for nobody but a person, or for nothing at all."""
        return self.total - sum(self.counts.get(state, 0) for state in WORKING)

    @property
    def is_over(self) -> bool:
        return self.done == self.total

    def of(self, state: str) -> int:
        return self.counts.get(state, 0)


class Batch(TenantModel):
    """*Gerar notas*: what one person asked for at once. `actor_name` empty: Cais did it by itself."""

    created_at = models.DateTimeField(default=timezone.now)
    actor_name = models.CharField(max_length=120, blank=True)
    send_to_store = models.BooleanField(default=True)

    class Meta:
        ordering = ("-id",)

    def progress(self) -> Progress:
        rows = self.notes.order_by().values_list("state").annotate(Count("pk"))
        return Progress(dict(rows))


def new_token() -> str:
    """43 characters nobody can guess: whoever has the link sees the DANFE (feature A6)."""
    return secrets.token_urlsafe(32)


class Nfe(WaitingRow):
    """One NF-e. A row has one number at most, and `signed_xml` is exactly what was or will be sent.

    `due_at` is null while nothing is to be done by itself. `in_flight`: SEFAZ may have the note, so its key is
    consulted before anything is sent; what was ever sent (`sent_at`) is never given up without SEFAZ's word.
    """

    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="notes")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="notes")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="notes")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="notes")
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(default=timezone.now)

    environment = models.CharField(max_length=1, choices=ENVIRONMENTS, blank=True)
    series = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    cnf = models.CharField(max_length=8, blank=True)
    key = models.CharField(max_length=44, blank=True)
    issued_at = models.DateTimeField(null=True)
    total = money_field()
    signed_xml = models.BinaryField(default=b"")
    digest = models.CharField(max_length=28, blank=True)
    contents = models.CharField(max_length=32, blank=True)
    schema_package = models.CharField(max_length=40, blank=True)

    status = models.CharField(max_length=4, blank=True)
    words = models.TextField(blank=True)
    problems = models.JSONField(default=list)
    same_rejections = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    consults = models.PositiveSmallIntegerField(default=0)
    protocol = models.CharField(max_length=17, blank=True)
    authorised_at = models.DateTimeField(null=True)
    proc = models.BinaryField(default=b"")
    link_token = models.CharField(max_length=43, default=new_token, unique=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["fulfilment"], condition=~Q(state__in=OVER), name="one_living_note_per_fulfilment"
            ),
            models.UniqueConstraint(fields=["company", "environment", "series", "number"], name="note_number_once"),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="note_key_once"),
            models.CheckConstraint(
                condition=Q(state__in=(State.QUEUED, State.BLOCKED, State.DROPPED)) | Q(number__isnull=False),
                name="note_beyond_the_queue_has_a_number",
            ),
        )
        indexes = (
            models.Index(fields=["connection", "due_at"], name="note_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["group", "-id"], name="note_list"),
        )

    def __str__(self) -> str:
        return f"{self.series}/{self.number}" if self.number else f"nota do pedido {self.order}"

    @property
    def signed(self) -> SignedNote:
        return SignedNote(self.key, self.digest, bytes(self.signed_xml))


class FormerCopy(TenantModel):
    """What a note's bytes were before it was corrected and signed again. Kept for ever, never sent again."""

    nfe = models.ForeignKey(Nfe, on_delete=models.CASCADE, related_name="former_copies")
    key = models.CharField(max_length=44)
    digest = models.CharField(max_length=28)
    signed_xml = models.BinaryField()
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)


class InvoicePublication(Publication):
    """The invoice that an order should show in its store. `overwrite`: a person wants it written again."""

    nfe = models.OneToOneField(Nfe, on_delete=models.CASCADE, related_name="publication")
    overwrite = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["connection", "due_at"], name="invoice_due", condition=Q(due_at__isnull=False)),
        )
