"""Pool, Balance (the row that is locked) and LedgerEntry (append-only; a balance is the sum of its entries)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cais.catalog.models import Product
from cais.companies.fields import quantity_field
from cais.companies.models import Warehouse
from cais.companies.tenant import TenantModel

_FOUR_PLACES: dict[str, Any] = {"max_digits": 15, "decimal_places": 4}


class Pool(TenantModel):
    """The companies that an order may be served by, while nobody chose one (feature C7). Made once, never changed.

    `companies` are their ids in ascending order; stores and channels with the same ones share the pool (ADR 16).
    """

    companies = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "companies"], name="pool_once_per_set"),)


class Place(models.Model):
    """A warehouse, or a pool: where units are promised before anyone chose a warehouse (feature C7)."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="%(class)s_rows")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, related_name="+")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


class Balance(TenantModel, Place):
    """`on_hand` units are there; `reserved` of them are promised. A pool has no units, only promises."""

    on_hand = quantity_field(default=Decimal(0))
    reserved = quantity_field(default=Decimal(0))

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["product", "warehouse", "pool"], name="balance_once_per_place", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(warehouse=None, pool__isnull=False, on_hand=0) | Q(warehouse__isnull=False, pool=None),
                name="balance_of_one_place",
            ),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="balance_reserved_not_negative"),
        )


class LedgerEntry(TenantModel, Place):
    """One change of a balance. Never updated, never deleted: the database refuses.

    `slip` names the form that a person filled in, which is posted once.
    """

    class Kind(models.TextChoices):
        RECEIVE = "receive", "Entrada"
        ADJUST = "adjust", "Ajuste"
        COUNT = "count", "Contagem"
        OBSERVE = "observe", "Leitura do ERP"
        RESERVE = "reserve", "Reserva"
        RELEASE = "release", "Liberação"
        SHIP = "ship", "Saída"
        TRANSFER = "transfer", "Transferência"

    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on_hand = quantity_field(default=Decimal(0))
    reserved = quantity_field(default=Decimal(0))
    order_id = models.BigIntegerField(null=True)
    order_number = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    actor_name = models.CharField(max_length=120, blank=True)
    slip = models.UUIDField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["group", "slip"], condition=Q(slip__isnull=False), name="ledger_slip_once"),
        )
        indexes = (
            models.Index(fields=["product", "-id"], name="ledger_of_product"),
            models.Index(fields=["order_id"], name="ledger_of_order", condition=Q(order_id__isnull=False)),
        )
