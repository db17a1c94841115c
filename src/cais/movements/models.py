"""Reservation, Movement, MovementLine, Fulfilment and what its lines are worth."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cais.catalog.models import Product
from cais.companies.fields import money_field, quantity_field
from cais.companies.models import Company, Warehouse
from cais.companies.tenant import TenantModel
from cais.connections.models import Connection
from cais.orders.models import Order, OrderLine
from cais.stock.models import Pool
from cais.waiting.rows import WaitingRow


class Reservation(TenantModel):
    """What one line needs of one product (a kit: of each component), and how much of it is promised, and where.

    held < wanted is a shortage: the order waits, and the next units that arrive are its own, oldest order first.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="reservations")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="reservations")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="reservations")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, related_name="+")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, null=True, related_name="+")
    wanted = quantity_field()
    held = quantity_field(default=Decimal(0))
    placed_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["line", "product", "warehouse"], name="reservation_once_per_place", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0) & Q(held__lte=F("wanted")), name="reservation_held_in_wanted"
            ),
        )
        indexes = (
            models.Index(
                fields=["product", "placed_at", "id"], name="reservation_short", condition=Q(held__lt=F("wanted"))
            ),
        )


class Movement(WaitingRow):
    """*Movimentação* of one order: a draft until finalised. At most one that is not cancelled.

    `explanation` is what was proposed and why, as `movements.explanation` reads it; a person's edit leaves it.
    `discarded`: a person did away with it, and Cais makes the order no other by itself.
    """

    class State(models.TextChoices):
        PENDING_SYNC = "pending_sync", "Pendente de sincronização"
        VALIDATED = "validated", "Validada"
        ERROR = "error", "Com erro"
        DONE = "done", "Realizado"
        CANCELLED = "cancelled", "Cancelado"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="movements")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING_SYNC)
    automatic = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=120, blank=True)
    finished_at = models.DateTimeField(null=True)
    explanation = models.JSONField(default=dict)
    discarded = models.BooleanField(default=False)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["order"], condition=~Q(state="cancelled"), name="one_living_movement"),
        )
        indexes = (
            models.Index(fields=["connection", "due_at"], name="movement_due", condition=Q(due_at__isnull=False)),
        )


class MovementLine(TenantModel):
    """How much of one product one warehouse serves for one order line. `problem` is a code of `ports.LineCheck`."""

    movement = models.ForeignKey(Movement, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="movement_lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    quantity = quantity_field()
    checked_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=20, blank=True)
    available = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=Q(quantity__gt=0), name="movement_quantity_positive"),)


class Fulfilment(TenantModel):
    """The part of an order that one company serves: one ERP order, later one NF-e.

    `reference` is what the ERP knows us by; unique, so that asking twice makes one order. `total` is what is invoiced:
    the buyer paid it less `subsidy`, which somebody else pays, and more `withheld`, which the merchant never gets.
    The amounts of an order's parts add up to the order's. `erp_state` and `nfe_state` are this part's alone; the order
    bears what they come to together (`movements.parts`). A part `stands` until its movement is cancelled.
    """

    movement = models.ForeignKey(Movement, on_delete=models.CASCADE, related_name="fulfilments")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="fulfilments")
    # Its own index would be the beginning of `fulfilment_by_company`.
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=60)
    goods = money_field()
    freight = money_field()
    discount = money_field()
    surcharge = money_field()
    total = money_field()
    subsidy = money_field()
    withheld = money_field()
    erp_state = models.CharField(max_length=10, blank=True)
    erp_number = models.CharField(max_length=40, blank=True)
    nfe_state = models.CharField(max_length=12, blank=True)
    stands = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["group", "reference"], name="fulfilment_reference_once"),
            models.UniqueConstraint(fields=["movement", "company"], name="one_fulfilment_per_company"),
        )
        indexes = (
            models.Index(fields=["group", "erp_number"], name="fulfilment_by_erp_number", condition=~Q(erp_number="")),
            # All that *served by this company* asks, so that no row of it is looked up.
            models.Index(fields=["company", "order"], include=["group", "stands"], name="fulfilment_by_company"),
        )


class FulfilmentLine(TenantModel):
    """What one company sells of one product for one order line: its ERP order and its NF-e say exactly this.

    Written when the sale is decided, so that the two never differ; the totals of a line over all parts are the line's.
    """

    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = quantity_field()
    total = money_field()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["fulfilment", "line", "product"], name="fulfilment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="fulfilment_quantity_positive"),
        )
