"""The mapping tables of a store: freight methods, payment methods, sales channels, and who bears each discount."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cais.companies.models import Company
from cais.companies.tenant import TenantModel
from cais.connections.models import Connection
from cais.core.documents import AdjustmentKind, Bearer
from cais.fiscal.documents import Freight, Tender

FREIGHT_LABELS = {
    Freight.SELLER: "0 – Por conta da loja (CIF)",
    Freight.BUYER: "1 – Por conta do cliente (FOB)",
    Freight.THIRD_PARTY: "2 – Por conta de terceiros",
    Freight.SELLERS_OWN: "3 – Transporte próprio da loja",
    Freight.BUYERS_OWN: "4 – Transporte próprio do cliente",
    Freight.NONE: "9 – Sem transporte",
}
TENDER_LABELS = {
    Tender.CASH: "01 – Dinheiro",
    Tender.CHEQUE: "02 – Cheque",
    Tender.CREDIT_CARD: "03 – Cartão de crédito",
    Tender.DEBIT_CARD: "04 – Cartão de débito",
    Tender.STORE_CREDIT: "05 – Crédito da loja",
    Tender.VOUCHER: "12 – Vale-presente",
    Tender.BOLETO: "15 – Boleto bancário",
    Tender.DEPOSIT: "16 – Depósito bancário",
    Tender.PIX: "17 – Pix",
    Tender.TRANSFER: "18 – Transferência ou carteira digital",
    Tender.CASHBACK: "19 – Fidelidade ou cashback",
    Tender.STATIC_PIX: "20 – Pix estático",
    Tender.OTHER: "99 – Outros",
}
# tBand of the layout 4.00; the cards that Brazilian shops meet.
BRAND_LABELS = {
    "01": "Visa",
    "02": "Mastercard",
    "03": "American Express",
    "04": "Sorocred",
    "05": "Diners Club",
    "06": "Elo",
    "07": "Hipercard",
    "08": "Aura",
    "09": "Cabal",
    "99": "Outra",
}


class Mapping(TenantModel):
    """One value of a store. `filled_at` is null while nobody said what it means; orders with it wait meanwhile.

    `recognised`: Cais filled it by itself, because the store left no doubt. `key` is the folded value.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=120, blank=True)
    key = models.CharField(max_length=250)
    first_seen_at = models.DateTimeField(default=timezone.now)
    recognised = models.BooleanField(default=False)
    filled_by = models.CharField(max_length=120, blank=True)
    filled_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label or "não informado"


@pghistory.track()
class FreightMethod(Mapping):
    """*Forma de frete*: who carries it, by which service, and at whose charge (modFrete)."""

    integrator = models.CharField("integrador", max_length=60, blank=True)
    freight_by = models.CharField(
        "modalidade do frete", max_length=1, blank=True, choices=[(k.value, w) for k, w in FREIGHT_LABELS.items()]
    )
    carrier_name = models.CharField("transportadora", max_length=60, blank=True)
    carrier_document = models.CharField("CNPJ da transportadora", max_length=14, blank=True)
    service = models.CharField("serviço", max_length=60, blank=True)

    class Meta:
        ordering = ("label", "integrator")
        constraints = (models.UniqueConstraint(fields=["connection", "key"], name="freight_method_once"),)


@pghistory.track()
class PaymentMethod(Mapping):
    """*Forma de recebimento*: the code of the note (tPag); `institution` is the CNPJ that the money goes through."""

    kind = models.CharField("tipo na loja", max_length=40, blank=True)
    external_id = models.CharField(max_length=40, blank=True)
    tender = models.CharField(
        "forma na nota", max_length=2, blank=True, choices=[(k.value, w) for k, w in TENDER_LABELS.items()]
    )
    brand = models.CharField("bandeira", max_length=2, blank=True, choices=list(BRAND_LABELS.items()))
    institution = models.CharField("CNPJ da instituição", max_length=14, blank=True)
    is_deferred = models.BooleanField("a prazo", default=False)

    class Meta:
        ordering = ("label", "kind")
        constraints = (models.UniqueConstraint(fields=["connection", "key"], name="payment_method_once"),)


@pghistory.track()
class SalesChannel(Mapping):
    """*Canal de venda*: whose shop it is, the intermediary of the note, and the rules of feature C2.

    Without a `ChannelIssuer` every company of the connection may invoice it.
    """

    class Nature(models.TextChoices):
        OWN = "own", "Loja própria"
        MARKETPLACE = "marketplace", "Marketplace"

    class NoteBy(models.TextChoices):
        MERCHANT = "merchant", "A loja"
        MARKETPLACE = "marketplace", "O marketplace"

    nature = models.CharField("tipo", max_length=12, blank=True, choices=Nature.choices)
    shown_as = models.CharField("nome no Cais", max_length=60, blank=True)
    intermediary_cnpj = models.CharField("CNPJ do intermediador", max_length=14, blank=True)
    seller_id = models.CharField("loja no intermediador", max_length=60, blank=True)
    may_split = models.BooleanField("pode dividir o pedido", default=True)
    note_by = models.CharField("quem emite a nota", max_length=12, choices=NoteBy.choices, default=NoteBy.MERCHANT)
    fulfilled_by_marketplace = models.BooleanField("estoque no marketplace", default=False)

    class Meta:
        ordering = ("label",)
        constraints = (models.UniqueConstraint(fields=["connection", "key"], name="sales_channel_once"),)

    @property
    def is_marketplace(self) -> bool:
        return self.nature == self.Nature.MARKETPLACE


@pghistory.track()
class ChannelIssuer(TenantModel):
    """A company that may invoice what is sold in a channel (feature C2)."""

    channel = models.ForeignKey(SalesChannel, on_delete=models.CASCADE, related_name="issuers")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["channel", "company"], name="channel_issuer_once"),)


@pghistory.track()
class BearerRule(Mapping):
    """Who bears the discounts, or receives the surcharges, of one kind in one channel (feature B6).

    With `only` the rule is for adjustments with that label alone, and goes before the one for its whole kind.
    What does not enter the invoice changes neither the ERP order nor the note.
    """

    channel = models.ForeignKey(SalesChannel, on_delete=models.CASCADE, related_name="bearer_rules")
    kind = models.CharField(max_length=14, choices=[(kind.value, kind.value) for kind in AdjustmentKind])
    is_discount = models.BooleanField()
    only = models.CharField("só para", max_length=100, blank=True)
    borne_by = models.CharField(
        "por conta de", max_length=12, blank=True, choices=[(bearer.value, bearer.value) for bearer in Bearer]
    )
    enters_invoice = models.BooleanField("entra na nota", default=True)

    class Meta:
        ordering = ("channel__label", "kind", "only")
        constraints = (
            models.UniqueConstraint(fields=["connection", "key"], name="bearer_rule_once"),
            models.CheckConstraint(
                condition=~Q(is_discount=True, borne_by="merchant", enters_invoice=False),
                name="own_discount_enters_invoice",
            ),
        )
