"""What a note says before it is one: issuer, buyer, items, amounts, payment; frozen, free of any database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from cais.core.values import ZERO
from cais.fiscal.profile import Regime, TaxProfile


class Environment(StrEnum):
    """tpAmb."""

    PRODUCTION = "1"
    TRIAL = "2"


class Freight(StrEnum):
    """modFrete: who contracts the carrier."""

    SELLER = "0"
    BUYER = "1"
    THIRD_PARTY = "2"
    SELLERS_OWN = "3"
    BUYERS_OWN = "4"
    NONE = "9"


class Tender(StrEnum):
    """tPag: how the buyer paid."""

    CASH = "01"
    CHEQUE = "02"
    CREDIT_CARD = "03"
    DEBIT_CARD = "04"
    STORE_CREDIT = "05"
    VOUCHER = "12"
    BOLETO = "15"
    DEPOSIT = "16"
    PIX = "17"
    TRANSFER = "18"
    CASHBACK = "19"
    STATIC_PIX = "20"
    NONE = "90"
    OTHER = "99"


CARDS = frozenset([Tender.CREDIT_CARD, Tender.DEBIT_CARD])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address in Brazil. `city_code` (IBGE) wins over the name when given; phone and postal code as digits."""

    street: str
    number: str = ""
    complement: str = ""
    district: str = ""
    city: str
    state: str
    postal_code: str = ""
    city_code: str = ""
    phone: str = ""
    country: str = "BR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The company that sells: its CNPJ may hold letters. `state_registration` (IE) as digits."""

    cnpj: str
    name: str
    place: Place
    state_registration: str
    regime: Regime
    trade_name: str = ""
    city_registration: str = ""
    activity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """`document` is a CPF or CNPJ; an IE given with a CNPJ makes the buyer a contributor (indIEDest 1)."""

    document: str
    name: str
    place: Place
    state_registration: str = ""
    email: str = ""
    buys_to_resell: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where the goods go when that is not the buyer's own address. Its state decides whether the sale is interstate."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line. `total` is the gross value in cents; quantity × unit price gives it back to within a cent.

    `tax_class` names the rule of the profile; `discount` is the line's own, beside its share of the note's.
    `approximate_taxes` is the value of Lei 12.741/2012, when the merchant informs it.
    """

    sku: str
    name: str
    ncm: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal
    tax_class: str
    unit: str = "UN"
    origin: str = "0"
    cest: str = ""
    gtin: str = ""
    discount: Decimal = ZERO
    approximate_taxes: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """`description` (xPag) is needed with OTHER; `institution` is the CNPJ of the card's or PIX's institution.

    `brand` is the card's tBand, two digits.
    """

    tender: Tender
    value: Decimal
    description: str = ""
    institution: str = ""
    brand: str = ""
    is_deferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intermediary:
    """The marketplace through which it was sold; `seller_id` is the seller's name or id there."""

    cnpj: str
    seller_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    name: str = ""
    document: str = ""
    state_registration: str = ""
    address: str = ""
    city: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """Packages; weights in kilograms with three places."""

    count: int
    kind: str = "VOLUME"
    net_weight: Decimal | None = None
    gross_weight: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalContact:
    """infRespTec: who answers for the program that issues."""

    cnpj: str
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDoc:
    """A sale to be invoiced, still without number. The amounts are the note's; they are shared out to the items.

    `may_download` lists CPFs and CNPJs allowed to fetch the XML from SEFAZ (autXML; Bahia demands the accountant's).
    """

    environment: Environment
    operation: str
    issuer: Issuer
    buyer: Buyer
    items: tuple[Item, ...]
    payments: tuple[Payment, ...]
    profile: TaxProfile
    delivery: Delivery | None = None
    freight: Decimal = ZERO
    discount: Decimal = ZERO
    surcharge: Decimal = ZERO
    freight_by: Freight = Freight.SELLER
    through_marketplace: bool = False
    intermediary: Intermediary | None = None
    carrier: Carrier | None = None
    volumes: Volumes | None = None
    additional: tuple[str, ...] = ()
    may_download: tuple[str, ...] = ()
    technical_contact: TechnicalContact | None = None

    @property
    def destination(self) -> Place:
        """Where the goods enter (LC 87/1996 art. 11 §7, by LC 190/2022; rules 772 and 773 read it so too)."""
        return self.delivery.place if self.delivery else self.buyer.place


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """What makes a note unique; taken under lock, stored before signing. `issued_at` is aware, of any zone."""

    series: int
    number: int
    cnf: str
    issued_at: datetime = field()
