"""What a simulated store holds, in its own terms: money as Decimal, moments as unix seconds."""

from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(slots=True, kw_only=True)
class Status:
    """``type`` is open, closed or canceled; the spelling on the wire is a choice."""

    id: int
    status: str
    type: str = "open"
    background: str = "#CAFAD1"
    description: str = ""
    builtin: bool = True


@dataclass(slots=True, kw_only=True)
class Variant:
    id: int
    product_id: int
    reference: str
    ean: str
    price: Decimal
    stock: int
    skus: list[tuple[str, str]]
    cost_price: Decimal = ZERO
    promotional_price: Decimal = ZERO
    start_promotion: str = ""
    end_promotion: str = ""
    minimum_stock: int = 0
    weight: int = 0
    length: int = 0
    width: int = 0
    height: int = 0
    quantity_sold: int = 0
    created: float = 0.0
    modified: float = 0.0


@dataclass(slots=True, kw_only=True)
class Product:
    """Grams and centimetres. ``stock`` counts only without variants and parts."""

    id: int
    name: str
    price: Decimal
    stock: int = 0
    reference: str = ""
    ean: str = ""
    ncm: str = ""
    brand: str = ""
    model: str = ""
    category_id: int = 0
    category_name: str = ""
    description: str = ""
    description_small: str = ""
    warranty: str = ""
    available: bool = True
    is_kit: bool = False
    virtual_product: bool = False
    cost_price: Decimal = ZERO
    promotional_price: Decimal = ZERO
    start_promotion: str = ""
    end_promotion: str = ""
    ipi_value: Decimal = ZERO
    availability: str = ""
    availability_days: int = 0
    minimum_stock: int = 0
    release_date: str = ""
    weight: int = 0
    length: int = 0
    width: int = 0
    height: int = 0
    quantity_sold: int = 0
    created: float = 0.0
    modified: float = 0.0


@dataclass(slots=True, kw_only=True)
class KitPart:
    id: int
    product_parent_id: int
    product_id: int
    quantity: int
    price_rule: str = "1"
    discount_type: str = "$"
    discount_value: Decimal = ZERO


@dataclass(slots=True, kw_only=True)
class Address:
    id: int
    customer_id: int
    address: str = ""
    number: str = ""
    complement: str = ""
    neighborhood: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    country: str = "Brasil"
    type: str = "1"
    active: str = "1"
    description: str = ""
    recipient: str = ""


@dataclass(slots=True, kw_only=True)
class Customer:
    """``type`` is "0" for a person and "1" for a company."""

    id: int
    name: str
    type: str = "0"
    cpf: str = ""
    cnpj: str = ""
    company_name: str = ""
    state_inscription: str = ""
    rg: str = ""
    email: str = ""
    phone: str = ""
    cellphone: str = ""
    birth_date: str = ""
    gender: str = "0"
    nickname: str = ""
    observation: str = ""
    created: float = 0.0
    modified: float = 0.0
    last_purchase: float = 0.0
    addresses: list[Address] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Line:
    """One line of an order; what the product was called and weighed when it was sold."""

    id: int
    product_id: int
    variant_id: int
    quantity: int
    price: Decimal
    original_price: Decimal
    name: str
    reference: str
    ean: str
    ncm: str
    brand: str
    weight: int
    length: int
    width: int
    height: int
    skus: list[tuple[str, str]] = field(default_factory=list)
    kit_id: int = 0
    kit_group: int = 0
    giveaway: bool = False


@dataclass(slots=True, kw_only=True)
class Payment:
    id: int
    method_id: int
    method: str
    value: Decimal
    at: float


@dataclass(slots=True, kw_only=True)
class Marketplace:
    """The marketplace side of an order, with the two company documents that an invoice needs."""

    name: str
    seller_name: str
    seller_id: str
    document: str
    payment_document: str
    order_id: str
    shipping_id: str = ""
    shipping_type: str = ""
    internal_status: str = "paid"
    pack_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cfop:
    """The fiscal code of one sold product; ``variation_id`` "0" means none."""

    product_id: str
    variation_id: str
    cfop: str


@dataclass(slots=True, kw_only=True)
class Invoice:
    """An invoice (NF-e) as it was told to the store, which checks and reads nothing of it."""

    id: int
    order_id: int
    issue_date: str = ""
    number: str = ""
    serie: str = ""
    value: Decimal = ZERO
    key: str = ""
    link: str = ""
    xml_danfe: str = ""
    cfops: tuple[Cfop, ...] = ()
    created: float = 0.0
    updated: float = 0.0


@dataclass(slots=True, kw_only=True)
class Order:
    """``total_slip`` is the difference that a store sometimes shows between the sum and the total."""

    id: int
    created: float
    modified: float
    customer_id: int
    address_id: int
    status_id: int
    session_id: str
    access_code: str
    point_sale: str = "LOJA VIRTUAL"
    shipment: str = ""
    shipment_value: Decimal = ZERO
    shipment_integrator: str = ""
    id_quotation: str = ""
    delivery_time: int = 0
    taxes: Decimal = ZERO
    discount: Decimal = ZERO
    coupon: str = ""
    coupon_discount: Decimal = ZERO
    payment_method_id: int = 0
    payment_method: str = ""
    payment_method_type: str = ""
    payment_method_rate: Decimal = ZERO
    installment: int = 1
    store_note: str = ""
    customer_note: str = ""
    partner_id: str = "0"
    sending_code: str = ""
    sending_date: str = ""
    tracking_url: str = ""
    external_code: str = ""
    total_slip: Decimal = ZERO
    paid_at: float = 0.0
    stock_taken: bool = False
    lines: list[Line] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    marketplace: Marketplace | None = None
    parent_id: int = 0
    children: list[int] = field(default_factory=list)

    @property
    def partial_total(self) -> Decimal:
        return sum((line.price * line.quantity for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        """Tray contract §11.2, the sum rule; taxes are presumed to add."""
        return (
            self.partial_total
            - self.discount
            - self.coupon_discount
            + self.shipment_value
            + self.payment_method_rate
            + self.taxes
            + self.total_slip
        )
