"""StockPolicy (what one connection may show of the stock), and the categories and products that differ from it."""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cais.catalog.models import Category, Product
from cais.companies.fields import known_quantity_field, quantity_field
from cais.companies.tenant import TenantModel
from cais.connections.models import Connection


@pghistory.track()
class StockPolicy(TenantModel):
    """*Estoque que a loja mostra*. A connection without one shows all of its companies' active warehouses, no buffer.

    `warehouses` null means all of them, also those that are made later. Of those chosen only the active ones of
    companies that serve the connection count: others cannot serve its orders.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="stock_policy")
    warehouses = ArrayField(models.BigIntegerField(), null=True, verbose_name="depósitos")
    buffer = quantity_field(default=Decimal(0), verbose_name="reserva de segurança")
    cap = known_quantity_field(verbose_name="máximo mostrado")
    stopped = models.BooleanField("venda parada", default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(buffer__gte=0), name="policy_buffer_not_negative"),
            models.CheckConstraint(condition=Q(cap=None) | Q(cap__gte=0), name="policy_cap_not_negative"),
        )


class StockDifference(TenantModel):
    """Where something differs from its store's rule. Null `buffer` or `cap`: as what stands above it says."""

    buffer = known_quantity_field(verbose_name="reserva de segurança")
    cap = known_quantity_field(verbose_name="máximo mostrado")
    stopped = models.BooleanField("venda parada", default=False)

    class Meta:
        abstract = True


@pghistory.track()
class StockCategoryRule(StockDifference):
    """All products of one category, and of those in it, at one connection. The nearest category that says it holds."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="stock_category_rules")
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, related_name="stock_rules", verbose_name="categoria"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "category"], name="stock_category_rule_once"),
            models.CheckConstraint(
                condition=Q(buffer=None) | Q(buffer__gte=0), name="category_rule_buffer_not_negative"
            ),
            models.CheckConstraint(condition=Q(cap=None) | Q(cap__gte=0), name="category_rule_cap_not_negative"),
        )


@pghistory.track()
class StockException(StockDifference):
    """One product at one connection."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="stock_exceptions")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="stock_exceptions")

    class Meta:
        ordering = ("product__sku",)
        constraints = (
            models.UniqueConstraint(fields=["connection", "product"], name="stock_exception_once"),
            models.CheckConstraint(condition=Q(buffer=None) | Q(buffer__gte=0), name="exception_buffer_not_negative"),
            models.CheckConstraint(condition=Q(cap=None) | Q(cap__gte=0), name="exception_cap_not_negative"),
        )
