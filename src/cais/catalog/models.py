"""Category, Product, KitComponent, Listing, Upload."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pghistory
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cais.companies.fields import quantity_field
from cais.companies.folding import Folded
from cais.companies.tenant import TenantModel, TenantQuerySet
from cais.connections.models import Connection

_FOUR_PLACES: dict[str, Any] = {"max_digits": 15, "decimal_places": 4}


@pghistory.track()
class Category(TenantModel):
    """*Categoria*: a place in the merchant's own tree of products, the same for all stores."""

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="children", verbose_name="dentro de"
    )
    name = models.CharField("nome", max_length=60)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                "group", "parent", Folded("name"), name="category_once_in_its_place", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(name=""), name="category_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(TenantQuerySet["Product"]):
    def kits(self) -> ProductQuerySet:
        return self.filter(is_kit=True, active=True)

    def incomplete(self) -> ProductQuerySet:
        """*Cadastro incompleto*: can be sold, not invoiced (the same rule as `Product.is_complete`)."""
        return self.filter(Q(ncm="") | Q(origin=""), active=True)

    def inactive(self) -> ProductQuerySet:
        return self.filter(active=False)

    def matching(self, text: str) -> ProductQuerySet:
        """Every word in the SKU or the name, or the whole text as GTIN."""
        words = text.split()
        found = Q(gtin=text.strip()) if words else Q()
        spoken = Q()
        for word in words:
            spoken &= Q(sku__icontains=word) | Q(name__folded_contains=word)
        return self.filter(found | spoken) if words else self


ProductManager = models.Manager.from_queryset(ProductQuerySet)


@pghistory.track()
class Product(TenantModel):
    """*Produto*. With components it is a kit, which has no stock of its own (feature C6)."""

    ORIGINS = (
        ("0", "0 – Nacional"),
        ("1", "1 – Estrangeira, importação direta"),
        ("2", "2 – Estrangeira, comprada no mercado interno"),
        ("3", "3 – Nacional, importação acima de 40% e até 70%"),
        ("4", "4 – Nacional, processo produtivo básico"),
        ("5", "5 – Nacional, importação até 40%"),
        ("6", "6 – Importação direta, sem similar nacional"),
        ("7", "7 – Mercado interno, sem similar nacional"),
        ("8", "8 – Nacional, importação acima de 70%"),
    )

    sku = models.CharField("SKU", max_length=60)
    name = models.CharField("nome", max_length=200)
    gtin = models.CharField("GTIN", max_length=14, blank=True)
    ncm = models.CharField(
        "NCM", max_length=8, blank=True, validators=[RegexValidator(r"^\d{8}$", "NCM tem 8 dígitos.")]
    )
    origin = models.CharField("origem", max_length=1, choices=ORIGINS, default="0", blank=True)
    unit = models.CharField("unidade", max_length=6, default="UN")
    brand = models.CharField("marca", max_length=120, blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="products", verbose_name="categoria"
    )
    description = models.TextField("descrição", blank=True)
    price = models.DecimalField(
        "preço", max_digits=14, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(Decimal(0))]
    )
    weight_g = models.PositiveIntegerField("peso (g)", default=0)
    length_cm = models.DecimalField("comprimento (cm)", max_digits=8, decimal_places=2, default=Decimal(0))
    width_cm = models.DecimalField("largura (cm)", max_digits=8, decimal_places=2, default=Decimal(0))
    height_cm = models.DecimalField("altura (cm)", max_digits=8, decimal_places=2, default=Decimal(0))
    tracks_stock = models.BooleanField("controla estoque", default=True)
    active = models.BooleanField("ativo", default=True)
    is_kit = models.BooleanField("é kit", default=False)
    made_from_order = models.BooleanField("criado por um pedido", default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[ProductManager[Product]] = ProductManager()

    class Meta:
        ordering = ("sku",)
        constraints = (
            models.UniqueConstraint(fields=["group", "sku"], name="sku_once_per_group"),
            models.CheckConstraint(condition=~models.Q(sku=""), name="sku_not_empty"),
        )
        indexes = (models.Index(fields=["group", "gtin"], name="product_by_gtin", condition=~models.Q(gtin="")),)

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @property
    def is_complete(self) -> bool:
        """False means *cadastro incompleto*: it can be sold, not invoiced."""
        return bool(self.ncm and self.origin)

    @property
    def is_as_the_store_said(self) -> bool:
        """Made from an order, and nobody has completed it: its SKU is one store's reference and proves nothing."""
        return self.made_from_order and not self.is_complete


@pghistory.track()
class KitComponent(TenantModel):
    kit = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="components")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="in_kits", verbose_name="componente")
    quantity = quantity_field(verbose_name="quantidade")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["kit", "product"], name="component_once_per_kit"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="component_quantity_positive"),
            models.CheckConstraint(condition=~models.Q(kit=models.F("product")), name="kit_not_in_itself"),
        )


@pghistory.track()
class Listing(TenantModel):
    """A product as one store names it: the link that survives a change of code on either side (feature D5)."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="listings")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="listings")
    external_id = models.CharField(max_length=60)
    variant_id = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "external_id", "variant_id"], name="listing_once_per_store_product"
            ),
        )


class StoreProduct(TenantModel):
    """A thing that one store sells, as its list showed it when it was last read; linked or not.

    `conflict` says why it is for a person: see `Conflict`. `left_alone`: somebody took its link away, so nothing but a
    person links it again.
    """

    class Conflict(models.TextChoices):
        TWINS = "twins", "outro item da loja tem o mesmo código"
        TAKEN = "taken", "o produto já tem vínculo com outro item da loja"
        CHANGED = "changed", "o código mudou na loja"
        GONE = "gone", "sumiu da loja"
        VARIED = "varied", "ganhou variações na loja"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="store_products")
    external_id = models.CharField(max_length=60)
    variant_id = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    gtin = models.CharField(max_length=14, blank=True)
    name = models.CharField(max_length=200, blank=True)
    has_variants = models.BooleanField(default=False)
    conflict = models.CharField(max_length=7, choices=Conflict.choices, blank=True)
    left_alone = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "external_id", "variant_id"], name="store_product_once_per_connection"
            ),
        )
        indexes = (models.Index(fields=["connection", "reference"], name="store_product_by_reference"),)

    @property
    def key(self) -> tuple[str, str]:
        return self.external_id, self.variant_id


class Upload(TenantModel):
    """A spreadsheet between its preview and the word of a person: nothing of it has been written yet.

    `purpose` names the screen that reads it; `mode` is what that screen was asked to do with it.
    """

    purpose = models.CharField(max_length=20)
    mode = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
