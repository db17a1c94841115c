"""SalesOrder, its lines, and what each company sold in a day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from cais.catalog.models import Product
from cais.companies.fields import money_field, price_field, quantity_field
from cais.companies.models import Company
from cais.companies.tenant import TenantModel, TenantQuerySet
from cais.customers.models import Customer

_MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "default": Decimal(0)}


class SalesOrderQuerySet(TenantQuerySet["SalesOrder"]):
    def matching(self, text: str) -> SalesOrderQuerySet:
        """The number here or in the store, or every word in the buyer's name."""
        if not text:
            return self
        spoken = models.Q()
        for word in text.split():
            spoken &= models.Q(buyer_name__folded_contains=word)
        found = spoken | models.Q(store_number__iexact=text) | models.Q(reference=text)
        if text.isascii() and text.isdigit() and len(text) < 10:
            found |= models.Q(number=int(text))
        return self.filter(found)


SalesOrderManager = models.Manager.from_queryset(SalesOrderQuerySet)


class SalesOrder(TenantModel):
    """*Pedido de venda*. `kind` PEW (*Pedido Web*) comes from a store and bears the integration's `tag`."""

    class State(models.TextChoices):
        OPEN = "open", "Em aberto"
        CANCELLED = "cancelled", "Cancelado"

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="sales_orders")
    number = models.PositiveIntegerField()
    reference = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, default="PEW")
    tag = models.CharField(max_length=60, blank=True)
    store_number = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=60, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="sales_orders")
    buyer_name = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    placed_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True)
    goods = money_field()
    freight = money_field()
    discount = money_field()
    surcharge = money_field()
    total = money_field()
    shipping_method = models.CharField(max_length=100, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    freight_service = models.CharField(max_length=60, blank=True)
    freight_by = models.CharField(max_length=1, blank=True)
    payment_method = models.CharField(max_length=100, blank=True)
    payment_form = models.CharField(max_length=2, blank=True)
    instalments = models.PositiveSmallIntegerField(default=1)
    buyer_note = models.TextField(blank=True)
    content = models.JSONField(default=dict)

    objects: ClassVar[SalesOrderManager[SalesOrder]] = SalesOrderManager()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["group", "reference"], name="sales_order_reference_once"),
            models.UniqueConstraint(fields=["company", "number"], name="sales_order_number_once"),
        )
        indexes = (models.Index(fields=["group", "-created_at", "-id"], name="sales_order_list"),)


class SalesOrderLine(TenantModel):
    sales_order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    sku = models.CharField(max_length=60)
    name = models.CharField(max_length=300)
    quantity = quantity_field()
    unit_price = price_field()
    total = money_field()

    class Meta:
        ordering = ("position",)


class SalesOrderCounter(TenantModel):
    """The last sales order number of a company; locked while the next one is taken."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="+")
    last = models.PositiveIntegerField(default=0)


class CompanyDaySales(TenantModel):
    """Sales orders and reais of a company on a day, as changes to be summed (`backoffice.daily`).

    The day is the one in which the buyer bought, in the installation's time zone.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    orders = models.IntegerField()
    revenue = money_field()

    class Meta:
        indexes = (models.Index(fields=["group", "day"], name="company_day_sales"),)
