"""The canonical documents: what a store or an ERP says, in one language, whatever the vendor called it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from cais.core.values import ZERO, money


class Bearer(StrEnum):
    """Who bears a discount or surcharge (feature B6)."""

    MERCHANT = "merchant"
    MARKETPLACE = "marketplace"
    GATEWAY = "gateway"
    BUYER = "buyer"


class AdjustmentKind(StrEnum):
    FREIGHT = "freight"
    DISCOUNT = "discount"
    COUPON = "coupon"
    PAYMENT_RATE = "payment_rate"
    TAX = "tax"
    INTEREST = "interest"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    street: str = ""
    number: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = "BR"
    recipient: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerDoc:
    """The buyer as the store tells it; `document` is a CPF or CNPJ without punctuation, possibly wrong or empty."""

    name: str
    document: str = ""
    is_company: bool = False
    email: str = ""
    phone: str = ""
    state_registration: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDoc:
    """One sold line. `unit_price` is what was charged, `list_price` what the shop showed."""

    external_id: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    list_price: Decimal = ZERO
    product_id: str = ""
    variant_id: str = ""
    reference: str = ""
    gtin: str = ""
    variant_text: str = ""
    kit_group: str = ""
    is_gift: bool = False
    note: str = ""

    @property
    def total(self) -> Decimal:
        return money(self.quantity * self.unit_price)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentDoc:
    """An amount beside the lines, signed: a discount is negative."""

    kind: AdjustmentKind
    amount: Decimal
    label: str = ""
    borne_by: Bearer = Bearer.MERCHANT


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDoc:
    method: str
    method_id: str = ""
    kind: str = ""
    amount: Decimal | None = None
    paid_at: datetime | None = None
    instalments: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDoc:
    """A store's status: its free text, its id where the modality has ids, and the vendor's own hint."""

    label: str
    external_id: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketplaceDoc:
    """`pack` is the marketplace's name of a parcel that several orders share; they stay orders of their own."""

    name: str
    order_id: str = ""
    seller_id: str = ""
    document: str = ""
    payment_document: str = ""
    pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDoc:
    """A store's order. `version` is the vendor's own mark of change; the newer text compares greater.

    A store may divide an order: the parent `is_divided` into `part_ids`, as far as it names them, and each part
    `is_part` of `parent_id`, empty where the store does not say of which. `is_own_shop`: the vendor leaves no doubt
    that it was sold on the merchant's own site.
    """

    external_id: str
    number: str
    version: str
    placed_at: datetime
    status: StatusDoc
    total: Decimal
    buyer: BuyerDoc
    delivery: Address
    billing: Address
    lines: tuple[LineDoc, ...]
    adjustments: tuple[AdjustmentDoc, ...] = ()
    payments: tuple[PaymentDoc, ...] = ()
    channel: str = ""
    marketplace: MarketplaceDoc | None = None
    shipping_method: str = ""
    shipping_integrator: str = ""
    is_own_shop: bool = False
    is_paid: bool = False
    buyer_note: str = ""
    is_part: bool = False
    parent_id: str = ""
    is_divided: bool = False
    part_ids: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @property
    def lines_total(self) -> Decimal:
        return sum((line.total for line in self.lines), ZERO)

    @property
    def difference(self) -> Decimal:
        """What the store's total has over the sum of its parts; 0 when they close (feature B6)."""
        parts = self.lines_total + sum((item.amount for item in self.adjustments), ZERO)
        return money(self.total) - money(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpLine:
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpOrderDoc:
    """A sales order for the ERP: the part of a store order that one company serves.

    `reference` is ours, unique and never reused: an ERP that is asked twice with it makes one order. `freight_by` is
    the note's modFrete, `payment_form` its tPag.
    """

    reference: str
    store_number: str
    company_cnpj: str
    kind: str
    tag: str
    placed_at: datetime
    buyer: BuyerDoc
    delivery: Address
    billing: Address
    lines: tuple[ErpLine, ...]
    freight: Decimal
    discount: Decimal
    surcharge: Decimal
    total: Decimal
    channel: str = ""
    shipping_method: str = ""
    carrier: str = ""
    freight_service: str = ""
    freight_by: str = ""
    payment_method: str = ""
    payment_form: str = ""
    instalments: int = 1
    buyer_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """Under which CFOP (four digits) a product of the store went out; the ids are the store's own."""

    product_id: str
    variant_id: str
    cfop: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDoc:
    """An authorised NF-e as a store is told of it.

    `key` is the access key of 44 characters, `xml` the whole nfeProc as text, `link` where the buyer opens the DANFE.
    `issued_at` is aware.
    """

    key: str
    number: int
    series: int
    issued_at: datetime
    total: Decimal
    xml: str = field(repr=False)
    link: str = field(repr=False)
    lines: tuple[InvoiceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingDoc:
    """How a parcel is followed. `shipped_on` is a day of the store's calendar; None when it says none."""

    code: str
    url: str = ""
    carrier: str = ""
    shipped_on: date | None = None
