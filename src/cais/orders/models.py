"""Order, its buyer, lines, adjustments and payments; imports by people; and the counters of lists and charts."""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from cais.catalog.models import Product
from cais.companies.fields import money_field, price_field, quantity_field
from cais.companies.folding import Folded
from cais.companies.tenant import TenantModel
from cais.connections.models import Connection
from cais.core.documents import AdjustmentKind, Bearer
from cais.core.effects import Meaning, effect_of
from cais.customers.models import Customer
from cais.mappings.models import BearerRule, FreightMethod, PaymentMethod, SalesChannel
from cais.orders.phase import phase_expression
from cais.statuses.models import StatusEntry


@pghistory.track()
class OrderImport(TenantModel):
    """*Importação*: what one person ticked at once. `left`: why some could not be taken → their numbers."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    actor_name = models.CharField("quem marcou", max_length=120)
    taken = models.PositiveIntegerField("pedidos importados")
    left = models.JSONField("ficaram de fora", default=dict)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.connection}, importação {self.pk}"


class Order(TenantModel):
    """*Pedido* of one store, unique by (connection, external id): the same number in two stores is two orders.

    The facts below `meaning` are written by the rooms that own them; `phase` follows by itself. `erp_state`,
    `erp_number` and `nfe_state` are what the order's parts come to together. `has_note`: an NF-e of one of them at
    least is authorised, so its goods have left the books. `marketplace_ships`: its channel says that the marketplace
    sends it from its own stock, and no ERP was told of it before. `is_history` and
    `choice` are decided when the order is first recorded; from then on only a person changes them.
    """

    class Choice(models.TextChoices):
        """What a person has to do with it where capture is *por escolha*; nothing when it goes on by itself."""

        NONE = "", "nenhuma"
        AWAITING = "awaiting", "espera escolha"
        LEFT_OUT = "left_out", "deixado de fora"

    class Split(models.TextChoices):
        """Where a division stands: until parent and parts are what was sold, nothing new goes out for any of them."""

        WAITING = "waiting", "conferindo as partes"
        SETTLED = "settled", "conferido"

    class Cancel(models.TextChoices):
        """Where a cancellation stands: read once and asked for again, or said by a person."""

        ASKED = "asked", "em conferência"
        BY_HAND = "by_hand", "dado por uma pessoa"

    # Its own index would be the beginning of `order_list_of_store`.
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="orders", db_index=False)
    external_id = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    version = models.CharField(max_length=40)
    digest = models.CharField(max_length=32)
    placed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="orders")

    status_label = models.CharField(max_length=120)
    status = models.ForeignKey(StatusEntry, on_delete=models.PROTECT, related_name="orders")
    channel = models.CharField(max_length=60, blank=True)
    marketplace = models.CharField(max_length=60, blank=True)
    marketplace_order = models.CharField(max_length=60, blank=True)
    marketplace_document = models.CharField(max_length=14, blank=True)
    intermediary_document = models.CharField(max_length=14, blank=True)
    shipping_method = models.CharField(max_length=100, blank=True)
    freight_method = models.ForeignKey(FreightMethod, on_delete=models.PROTECT, null=True, related_name="orders")
    sales_channel = models.ForeignKey(SalesChannel, on_delete=models.PROTECT, null=True, related_name="orders")
    buyer_note = models.TextField(blank=True)
    is_paid = models.BooleanField(default=False)
    lines_total = money_field()
    total = money_field()
    difference = money_field()
    accepted_difference = money_field()
    accepted_as = models.CharField(
        max_length=10, blank=True, choices=(("discount", "desconto"), ("expense", "despesa"))
    )

    meaning = models.CharField(max_length=20, blank=True)
    cancel_state = models.CharField(max_length=8, choices=Cancel.choices, blank=True)
    reread_since = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    parent_ref = models.CharField(max_length=60, blank=True)
    is_part = models.BooleanField(default=False)
    is_divided = models.BooleanField(default=False)
    part_refs = models.JSONField(default=list)
    sold_units = models.JSONField(default=dict)
    split_state = models.CharField(max_length=8, choices=Split.choices, blank=True)
    pack = models.CharField(max_length=60, blank=True)
    is_history = models.BooleanField(default=False)
    choice = models.CharField(max_length=10, blank=True, choices=Choice.choices, default=Choice.NONE)
    imported_in = models.ForeignKey(OrderImport, on_delete=models.PROTECT, null=True, related_name="orders")
    hold = models.CharField(max_length=40, blank=True)
    movement_state = models.CharField(max_length=12, default="none")
    erp_state = models.CharField(max_length=10, blank=True)
    written_status = models.ForeignKey(StatusEntry, on_delete=models.SET_NULL, null=True, related_name="+")
    erp_digest = models.CharField(max_length=32, blank=True)
    erp_facts = models.JSONField(default=dict)
    erp_number = models.CharField(max_length=40, blank=True)
    nfe_state = models.CharField(max_length=12, blank=True)
    has_note = models.BooleanField(default=False)
    marketplace_ships = models.BooleanField(default=False)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    tracking_code = models.CharField(max_length=80, blank=True)
    tracking_url = models.CharField(max_length=500, blank=True)
    carrier = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField(null=True)
    phase = models.GeneratedField(
        expression=phase_expression(), output_field=models.CharField(max_length=20), db_persist=True
    )

    class Meta:
        ordering = ("-placed_at", "-id")
        constraints = (models.UniqueConstraint(fields=["connection", "external_id"], name="order_once_per_store"),)
        indexes = (
            models.Index(fields=["group", "-placed_at", "-id"], name="order_list"),
            models.Index(fields=["connection", "-placed_at", "-id"], name="order_list_of_store"),
            models.Index(fields=["group", "phase", "-placed_at", "-id"], name="order_list_by_phase"),
            models.Index(
                fields=["group", "movement_state", "-placed_at", "-id"],
                name="order_list_by_movement",
                condition=~Q(movement_state="none"),
            ),
            models.Index(fields=["group", "number"], name="order_by_number"),
            models.Index(
                fields=["group", "marketplace_order"], name="order_by_market_number", condition=~Q(marketplace_order="")
            ),
            models.Index(fields=["group", "erp_number"], name="order_by_erp_number", condition=~Q(erp_number="")),
            models.Index(fields=["status"], name="order_by_status"),
            models.Index(fields=["connection", "parent_ref"], name="order_by_parent", condition=~Q(parent_ref="")),
            models.Index(fields=["connection", "pack"], name="order_by_pack", condition=~Q(pack="")),
            models.Index(fields=["connection"], name="order_to_reread", condition=Q(reread_since__isnull=False)),
            models.Index(fields=["connection", "due_at"], name="order_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["connection", "placed_at"], name="order_awaiting_choice", condition=Q(choice="awaiting")
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_integrated(self) -> bool:
        """*Integrado*: the ERP order exists (feature B4)."""
        return self.erp_state == "done"

    @property
    def is_ours(self) -> bool:
        """Cais serves it: it is neither history nor waiting for, or left out by, a person's choice."""
        return not self.is_history and not self.choice

    @property
    def is_in_question(self) -> bool:
        """The store must say what it is before anything new goes out for it."""
        asked, divided = self.cancel_state == self.Cancel.ASKED, self.split_state == self.Split.WAITING
        return asked or divided or self.gone_at is not None

    @property
    def may_be_sold(self) -> bool:
        """A sale may be made of it: its status says so, it is ours to send, and the store is asked nothing about it."""
        meaning = Meaning(self.meaning) if self.meaning else None
        return effect_of(meaning).to_erp and self.is_ours and not (self.marketplace_ships or self.is_in_question)

    @property
    def is_invoiced(self) -> bool:
        """Every company that serves it has an authorised NF-e for its part."""
        return self.nfe_state in ("authorised", "told", "issued")

    @property
    def is_partly_invoiced(self) -> bool:
        """One company has an NF-e for its part and another has none: the goods of that one have not left."""
        return self.has_note and not self.is_invoiced

    @property
    def is_sendable(self) -> bool:
        """A parcel may leave for it: it is a sale, and nobody took it back."""
        return self.erp_state == "done" and not self.is_history and self.meaning != Meaning.CANCELLED

    @property
    def is_at_sefaz(self) -> bool:
        """Its note is signed and may be authorised at any moment."""
        return self.nfe_state in ("signed", "unknown")

    @property
    def origin(self) -> str:
        return self.marketplace or self.channel


class Buyer(TenantModel):
    """The buyer as the store told it, with both addresses: a snapshot that later corrections do not touch.

    `folded` is the name as it is searched for; kept, since to fold a million names again takes two seconds. `placed_at`
    is the order's: those who bear a name are put in the order of the list without a look at each of their orders.
    """

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="buyer")
    placed_at = models.DateTimeField()
    name = models.CharField(max_length=300)
    folded = models.GeneratedField(expression=Folded("name"), output_field=models.TextField(), db_persist=True)
    document = models.CharField(max_length=20, blank=True)
    is_company = models.BooleanField(default=False)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    state_registration = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=2, blank=True)
    delivery = models.JSONField(default=dict)
    billing = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["document"], name="buyer_by_document"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="buyer_by_words"),
            models.Index(fields=["group", "placed_at", "order"], include=["folded"], name="buyer_by_date"),
        )


class OrderLine(TenantModel):
    """One sold line. A line the store took out later stays, `removed`: history is not rewritten."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    external_id = models.CharField(max_length=60)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="order_lines")
    product_external_id = models.CharField(max_length=60, blank=True)
    variant_external_id = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    gtin = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=300)
    variant_text = models.CharField(max_length=200, blank=True)
    kit_group = models.CharField(max_length=60, blank=True)
    is_gift = models.BooleanField(default=False)
    quantity = quantity_field()
    unit_price = price_field()
    list_price = price_field(default=Decimal(0))
    total = money_field()
    note = models.TextField(blank=True)
    removed = models.BooleanField(default=False)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["order", "external_id"], name="line_once_per_order"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_quantity_positive"),
        )
        indexes = (models.Index(F("group"), Lower("reference"), name="line_by_reference", condition=~Q(reference="")),)


class OrderAdjustment(TenantModel):
    """Freight, discount, surcharge: signed, with who bears it (feature B6).

    `borne_by` and `enters_invoice` follow `rule` until the ERP is told of the order; from then on they stay.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="adjustments")
    kind = models.CharField(max_length=14, choices=[(kind.value, kind.value) for kind in AdjustmentKind])
    label = models.CharField(max_length=100, blank=True)
    amount = money_field()
    borne_by = models.CharField(max_length=12, choices=[(bearer.value, bearer.value) for bearer in Bearer])
    rule = models.ForeignKey(BearerRule, on_delete=models.PROTECT, null=True, related_name="adjustments")
    enters_invoice = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)


class OrderPayment(TenantModel):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments")
    method = models.CharField(max_length=100)
    method_id = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    payment_method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, null=True, related_name="payments")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    paid_at = models.DateTimeField(null=True)
    instalments = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("id",)


class PhaseCount(TenantModel):
    """Orders per connection, situation and state of the movement, as changes to be summed: triggers add rows, the tick
    folds them."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    phase = models.CharField(max_length=20)
    movement_state = models.CharField(max_length=12, default="none")
    orders = models.IntegerField()

    class Meta:
        indexes = (models.Index(fields=["group", "phase"], name="phase_count"),)


class DaySales(TenantModel):
    """Orders and reais sold on a day, by store and origin, as changes to be summed (`orders.daily`).

    The day is the one in which the buyer bought, in the installation's time zone.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    origin = models.CharField(max_length=60, blank=True)
    orders = models.IntegerField()
    revenue = money_field()

    class Meta:
        indexes = (models.Index(fields=["group", "day"], name="day_sales"),)
