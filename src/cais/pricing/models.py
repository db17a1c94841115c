"""PriceList (how one connection prices its products) and PriceException (where a product differs from it)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pghistory
from django.db import models
from django.db.models import F, Q

from cais.catalog.models import Product
from cais.companies.tenant import TenantModel
from cais.connections.models import Connection
from cais.core.pricing import Direction, Rounding

ROUNDINGS = (
    (Rounding.NONE.value, "centavo a centavo"),
    (Rounding.FIVE_CENTS.value, "de 5 em 5 centavos"),
    (Rounding.NINETY.value, "termina em ,90"),
    (Rounding.NINETY_NINE.value, "termina em ,99"),
    (Rounding.WHOLE.value, "real inteiro"),
)
DIRECTIONS = ((Direction.NEAREST.value, "para o mais perto"), (Direction.UP.value, "para cima"))


def _percent(label: str, **options: Any) -> Any:
    return models.DecimalField(label, max_digits=7, decimal_places=2, **options)


def _reais(label: str, **options: Any) -> Any:
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)


def _in_order(name: str) -> models.CheckConstraint:
    either_open = Q(sale_first=None) | Q(sale_last=None)
    return models.CheckConstraint(condition=either_open | Q(sale_last__gte=F("sale_first")), name=name)


@pghistory.track()
class PriceList(TenantModel):
    """*Regra de preço*. A connection without one asks the base price of each product.

    `sale_percent` null: no promotion. Its days are included, in the store's calendar.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="price_list")
    percent = _percent("ajuste em %", default=Decimal(0))
    amount = _reais("ajuste em R$", default=Decimal(0))
    rounding = models.CharField("arredondamento", max_length=12, choices=ROUNDINGS, default=Rounding.NONE.value)
    direction = models.CharField("sentido", max_length=8, choices=DIRECTIONS, default=Direction.NEAREST.value)
    sale_percent = _percent("promoção, % a menos", null=True)
    sale_first = models.DateField("promoção desde", null=True)
    sale_last = models.DateField("promoção até", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(sale_percent=None) | Q(sale_percent__gt=0, sale_percent__lt=100),
                name="list_sale_is_a_part",
            ),
            _in_order("list_sale_days_in_order"),
        )


@pghistory.track()
class PriceException(TenantModel):
    """One product at one connection. Null: as the connection's list says. A `fixed` price knows no adjustment.

    `sale` says which promotion counts; an own one is `sale_price`, or `sale_percent` off.
    """

    class Sale(models.TextChoices):
        AS_LISTED = "listed", "a da loja"
        OWN = "own", "própria"
        NONE = "none", "nenhuma"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="price_exceptions")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="price_exceptions")
    is_sent = models.BooleanField("envia preço", default=True)
    fixed = _reais("preço próprio", null=True)
    percent = _percent("ajuste em %", null=True)
    amount = _reais("ajuste em R$", null=True)
    sale = models.CharField("promoção", max_length=6, choices=Sale.choices, default=Sale.AS_LISTED)
    sale_price = _reais("preço da promoção", null=True)
    sale_percent = _percent("promoção, % a menos", null=True)
    sale_first = models.DateField("promoção desde", null=True)
    sale_last = models.DateField("promoção até", null=True)

    class Meta:
        ordering = ("product__sku",)
        constraints = (
            models.UniqueConstraint(fields=["connection", "product"], name="price_exception_once"),
            models.CheckConstraint(condition=Q(fixed=None) | Q(fixed__gt=0), name="fixed_price_above_zero"),
            models.CheckConstraint(
                condition=Q(fixed=None) | Q(percent=None, amount=None), name="fixed_price_is_not_adjusted"
            ),
            models.CheckConstraint(
                condition=~Q(sale="own")
                | Q(sale_price__gt=0, sale_percent=None)
                | Q(sale_price=None, sale_percent__gt=0, sale_percent__lt=100),
                name="own_sale_says_one_price",
            ),
            _in_order("own_sale_days_in_order"),
        )
