"""Transfer with its lines, Inventory with its lines. What they change of the stock is in the ledger."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cais.catalog.models import Product
from cais.companies.fields import known_quantity_field, quantity_field
from cais.companies.models import Warehouse
from cais.companies.tenant import TenantModel
from cais.orders.models import Order


class Transfer(TenantModel):
    """*Transferência*: proposed by somebody, sent from `source`, received at `target`.

    While it is sent its units are in neither warehouse. `note_key` is the access key of the NF-e that goods need on
    their way from one CNPJ to another. `slip` names the form that was filled in, which makes one proposal.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposta"
        SENT = "sent", "Em trânsito"
        RECEIVED = "received", "Recebida"
        RETURNED = "returned", "Devolvida"
        CANCELLED = "cancelled", "Cancelada"

    number = models.PositiveIntegerField()
    source = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField(max_length=200)
    order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="transfers")
    slip = models.UUIDField(null=True)
    note_key = models.CharField(max_length=44, blank=True)
    proposed_by = models.CharField(max_length=120)
    proposed_at = models.DateTimeField(default=timezone.now)
    sent_by = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["group", "number"], name="transfer_number_once"),
            models.UniqueConstraint(
                fields=["group", "slip"], condition=Q(slip__isnull=False), name="transfer_slip_once"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="transfer_goes_elsewhere"),
        )

    @property
    def needs_note(self) -> bool:
        """The goods change their CNPJ on the way: they travel with an NF-e of their own."""
        return self.source.company_id != self.target.company_id


class TransferLine(TenantModel):
    """`received` is what arrived; null until somebody looked."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = quantity_field()
    received = known_quantity_field()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["transfer", "product"], name="transfer_product_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="transfer_quantity_positive"),
        )


class Inventory(TenantModel):
    """*Inventário* of one warehouse. `blind`: who counts is not shown what there should be.

    One open at a time in a warehouse, so that no difference is posted twice.
    """

    class State(models.TextChoices):
        OPEN = "open", "Aberto"
        CLOSED = "closed", "Fechado"
        ABANDONED = "abandoned", "Abandonado"

    number = models.PositiveIntegerField()
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    blind = models.BooleanField(default=False)
    scope = models.CharField(max_length=100, blank=True)
    opened_by = models.CharField(max_length=120)
    opened_at = models.DateTimeField(default=timezone.now)
    ended_by = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["group", "number"], name="inventory_number_once"),
            models.UniqueConstraint(fields=["warehouse"], condition=Q(state="open"), name="one_open_inventory"),
        )


class InventoryLine(TenantModel):
    """One product of the sheet. `expected` is what the ledger held at `counted_at`, the instant of the count.

    `superseded`: another count of the product was posted in between, so that this one changed nothing.
    """

    inventory = models.ForeignKey(Inventory, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=60)
    counted = known_quantity_field()
    counted_at = models.DateTimeField(null=True)
    counted_by = models.CharField(max_length=120, blank=True)
    expected = known_quantity_field()
    superseded = models.BooleanField(default=False)

    class Meta:
        ordering = ("sku",)
        constraints = (
            models.UniqueConstraint(fields=["inventory", "product"], name="inventory_product_once"),
            models.CheckConstraint(condition=Q(counted=None) | Q(counted__gte=0), name="counted_not_negative"),
            models.CheckConstraint(
                condition=Q(counted=None, counted_at=None, expected=None)
                | Q(counted__isnull=False, counted_at__isnull=False, expected__isnull=False),
                name="counted_at_an_instant",
            ),
        )
        indexes = (models.Index(fields=["inventory", "sku"], name="inventory_sheet"),)

    @property
    def difference(self) -> Decimal | None:
        """Units more (or less) than the ledger held when they were counted; None while nobody counted."""
        return None if self.counted is None or self.expected is None else self.counted - self.expected
