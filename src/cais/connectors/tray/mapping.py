"""A Tray order turned into the canonical document. Pure: bytes in, document or one plain sentence out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cais.connectors.tray.reading import (
    Record,
    amount,
    flag,
    key_of,
    moment,
    record_of,
    required_amount,
    rows,
    text,
    text_of,
    wrong,
)
from cais.core.documents import (
    Address,
    AdjustmentDoc,
    AdjustmentKind,
    Bearer,
    BuyerDoc,
    LineDoc,
    MarketplaceDoc,
    OrderDoc,
    PaymentDoc,
    StatusDoc,
)
from cais.core.values import digits, document_text, fold, money, quantity
from cais.ports.errors import Unreadable
from cais.wire.http import Json, parse_json

# The point of sale of the shop's own site (contract §11.2), folded.
OWN_SHOP = "loja virtual"
# The store or application, two underscores, the parent, and which of its parts this is.
_PARENT = re.compile(r"(?:^|_)(\d{1,18})-\d+$", re.ASCII)
BRAZIL = frozenset({"", "BR", "BRA", "BRASIL", "BRAZIL"})


def read_order(raw: bytes) -> OrderDoc:
    """Understand an order as fetched: `/complete` alone, or our envelope of `/complete` and the plain detail.

    Raises Unreadable with one sentence for the user. An order without lines, or with a sum that does not close, or
    with an impossible document is readable: judging it is the engine's matter.
    """
    order, chosen = _opened(raw)
    number = text_of(order, "id")
    if not number:
        raise Unreadable("O pedido veio sem número (campo id).")
    placed_at = moment(order, "date", "data do pedido", hour="hour")
    if placed_at is None:
        raise wrong(order, "date", "data do pedido", "que não é uma data")
    customer = record_of(order.get("Customer"))
    delivery = _delivery(customer, chosen)
    return OrderDoc(
        external_id=number,
        number=number,
        version=version_of(order),
        placed_at=placed_at.astimezone(UTC),
        status=read_status(order),
        total=money(required_amount(order, "total", "total do pedido")),
        buyer=_buyer(customer, order),
        delivery=delivery,
        billing=_billing(customer, order, delivery=delivery),
        lines=_lines(order),
        adjustments=tuple(item for item in _adjustments(order) if item.amount),
        payments=tuple(_payments(order)),
        channel=text_of(order, "point_sale"),
        marketplace=_marketplace(order),
        shipping_method=text_of(order, "shipment"),
        shipping_integrator=text_of(order, "shipment_integrator"),
        is_own_shop=fold(text_of(order, "point_sale")) == OWN_SHOP,
        is_paid=_is_paid(order),
        buyer_note=text_of(order, "customer_note"),
        **_division(order),
        warnings=tuple(_warnings(order)),
    )


def _division(order: Record) -> dict[str, Any]:
    """Whose part the order is, and which parts it has (contract §16, observed by integrators).

    A child bears `external_code` such as X__1163-1, which names the parent. What `OrderChilds` holds is documented
    nowhere: ids are taken wherever they lie, and a list that cannot be read still says that the order was divided.
    """
    kind = text(record_of(order.get("DistributionCenter")).get("type"))
    named = _PARENT.search(text_of(order, "external_code"))
    is_part = kind == "child_order"
    children = order.get("OrderChilds")
    listed = children if isinstance(children, list) else [children]
    ids = (text(item) or key_of(record_of(record_of(item).get("OrderChild") or item), "id") for item in listed)
    return {
        "is_part": is_part,
        "parent_id": named[1] if is_part and named else "",
        "is_divided": bool(children) and not is_part,
        "part_ids": tuple(key for key in ids if key),
    }


def envelope(complete: bytes, detail: bytes) -> bytes:
    """Both answers in one JSON document, each byte for byte as received."""
    return b'{"complete":' + complete + b',"detail":' + detail + b"}"


def needs_chosen_address(raw: bytes) -> bool:
    """True when the buyer has more than one delivery address: then only the detail says which one was chosen."""
    try:
        order, _ = _opened(raw)
    except Unreadable:
        return False
    found = rows(record_of(order.get("Customer")).get("CustomerAddresses"), "CustomerAddress")
    return sum(text_of(item, "type") == "1" for item in found) > 1


def version_of(order: Record) -> str:
    """Tray's mark of change. An order never touched may have none; then the time it was placed."""
    modified = text_of(order, "modified")
    if modified and not modified.startswith("0000"):
        return modified
    return f"{text_of(order, 'date')} {text_of(order, 'hour')}".strip()


def changed_at(order: Record) -> datetime | None:
    """When it was last changed; a list must not fail for a time that makes no sense, so such a one is no time."""
    try:
        found = moment(order, "modified", "última alteração")
    except Unreadable:
        return None
    return found.astimezone(UTC) if found else None


def read_status(order: Record) -> StatusDoc:
    """The status of an order; its record may be missing, its text beside never is."""
    status = record_of(order.get("OrderStatus"))
    label = text_of(status, "status") or text_of(order, "status")
    return StatusDoc(label=label, external_id=text_of(status, "id"), hint=hint_of(status))


def hint_of(status: Record) -> str:
    """open, closed or canceled; Tray is seen to spell the last one in two ways (contract §11.4)."""
    hint = text_of(status, "type").lower()
    return "canceled" if hint == "cancelled" else hint


def _opened(raw: bytes) -> tuple[Record, str]:
    """The order and the id of the chosen delivery address, empty when nobody asked."""
    whole = record_of(parse_json(raw))
    detail = record_of(record_of(whole.get("detail")).get("Order"))
    complete = record_of(whole.get("complete")) or whole
    order = record_of(complete.get("Order"))
    if not order:
        raise Unreadable("A resposta da loja não traz um pedido (campo Order).")
    chosen = rows(detail.get("CustomerAddress") or order.get("CustomerAddress"), "CustomerAddress")
    return order, key_of(chosen[0], "id") if chosen else ""


def _buyer(customer: Record, order: Record) -> BuyerDoc:
    cnpj, cpf = document_text(text_of(customer, "cnpj")), document_text(text_of(customer, "cpf"))
    # `type` may be wrong; fourteen characters in cnpj are a company whatever it says (contract §10).
    is_company = len(cnpj) == 14 or (text_of(customer, "type") == "1" and (bool(cnpj) or not cpf))
    names = ("company_name", "name") if is_company else ("name", "company_name")
    return BuyerDoc(
        name=text_of(customer, *names),
        document=cnpj if is_company else cpf or cnpj,
        is_company=is_company,
        email=text_of(customer, "email"),
        phone=digits(text_of(customer, "phone", "cellphone")),
        state_registration=text_of(customer, "state_inscription") if is_company else "",
        external_id=key_of(customer, "id") or key_of(order, "customer_id"),
    )


def _delivery(customer: Record, chosen: str) -> Address:
    """The chosen address, else the active delivery address, else the buyer's own (contract §11.2)."""
    found = rows(customer.get("CustomerAddresses"), "CustomerAddress")
    by_choice = [item for item in found if chosen and key_of(item, "id") == chosen]
    active = [item for item in found if text_of(item, "type") == "1" and flag(item, "active")]
    return _address([*by_choice, *active, customer][0], customer)


def _billing(customer: Record, order: Record, *, delivery: Address) -> Address:
    """ "0" means the buyer's own address; an id names one of the buyer's addresses."""
    wanted = key_of(order, "billing_address")
    found = rows(customer.get("CustomerAddresses"), "CustomerAddress")
    named = next((item for item in found if wanted and key_of(item, "id") == wanted), customer)
    own = _address(named, customer)
    return own if own.street or own.postal_code else delivery


def _address(record: Record, customer: Record) -> Address:
    country = text_of(record, "country").upper()
    return Address(
        street=text_of(record, "address"),
        number=text_of(record, "number"),
        complement=text_of(record, "complement"),
        district=text_of(record, "neighborhood"),
        city=text_of(record, "city"),
        state=text_of(record, "state").upper(),
        postal_code=digits(text_of(record, "zip_code")),
        country="BR" if country in BRAZIL else country,
        recipient=text_of(record, "recipient") or text_of(customer, "name"),
    )


def _lines(order: Record) -> tuple[LineDoc, ...]:
    sold = order.get("ProductsSold")
    if not isinstance(sold, list | dict):
        raise Unreadable("O pedido veio sem a lista de produtos (campo ProductsSold).")
    items: list[Json] = sold if isinstance(sold, list) else [sold]
    found = rows(items, "ProductsSold")
    if len(found) != len(items):
        raise Unreadable("A lista de produtos do pedido (campo ProductsSold) traz uma linha vazia.")
    return tuple(_line(item) for item in found)


def _line(item: Record) -> LineDoc:
    if not text_of(item, "id"):
        raise wrong(item, "id", "número da linha do pedido", "e esse valor é indispensável")
    sold = quantity(required_amount(item, "quantity", "quantidade do produto"))
    if sold <= 0:
        raise wrong(item, "quantity", "quantidade do produto", "e deve ser maior que zero")
    kit = (key_of(item, "product_kit_id"), key_of(item, "product_kit_id_kit"))
    return LineDoc(
        external_id=text_of(item, "id"),
        name=text_of(item, "original_name", "name"),
        quantity=sold,
        unit_price=_price(item),
        list_price=amount(item, "original_price", "preço de tabela"),
        product_id=key_of(item, "product_id"),
        variant_id=key_of(item, "variant_id"),
        reference=text_of(item, "reference"),
        gtin=text_of(item, "ean"),
        variant_text=_variant_text(item),
        # Which of the two is the kit and which the group is documented nowhere; the pair tells groups apart.
        kit_group="-".join(kit) if any(kit) else "",
        is_gift=flag(item, "is_giveaway"),
        note=text_of(item, "additional_information"),
    )


def _price(item: Record) -> Decimal:
    price = required_amount(item, "price", "preço do produto")
    if price < 0:
        raise wrong(item, "price", "preço do produto", "e não pode ser negativo")
    return price


def _variant_text(item: Record) -> str:
    axes = [(text_of(axis, "type"), text_of(axis, "value")) for axis in rows(item.get("Sku"), "Sku")]
    return ", ".join(f"{kind}: {value}" if kind else value for kind, value in axes if value)


def _adjustments(order: Record) -> Iterator[AdjustmentDoc]:
    """Everything beside the lines, by the sum rule of contract §11.2.

    freight, discount, coupon and payment_method_rate were checked on the official samples; the rest is inferred from
    integrators' notes. Who bears it is inferred throughout: Tray says it nowhere, not even for marketplaces.
    """
    yield _added(order, "shipment_value", AdjustmentKind.FREIGHT, "Frete")
    yield _taken(order, "discount", AdjustmentKind.DISCOUNT, "Desconto")
    yield _coupon(order)
    yield _payment_rate(order)
    yield _added(order, "taxes", AdjustmentKind.TAX, "Taxas")
    yield _added(order, "interest", AdjustmentKind.INTEREST, "Juros")
    yield _taken(order, "progressive_discount", AdjustmentKind.DISCOUNT, "Desconto progressivo")
    yield _taken(order, "shipping_progressive_discount", AdjustmentKind.DISCOUNT, "Desconto progressivo no frete")
    yield _taken(order, "cart_additional_values_discount", AdjustmentKind.DISCOUNT, "Desconto no carrinho")
    yield _added(order, "cart_additional_values_increase", AdjustmentKind.OTHER, "Acréscimo no carrinho")


def _added(order: Record, key: str, kind: AdjustmentKind, label: str) -> AdjustmentDoc:
    return AdjustmentDoc(kind=kind, amount=money(amount(order, key, label)), label=label, borne_by=Bearer.BUYER)


def _taken(order: Record, key: str, kind: AdjustmentKind, label: str) -> AdjustmentDoc:
    return AdjustmentDoc(kind=kind, amount=-money(amount(order, key, label)), label=label)


def _coupon(order: Record) -> AdjustmentDoc:
    """`coupon` splits what `discount_coupon` says as code/value; it may be missing (contract §11.2)."""
    split = record_of(order.get("coupon"))
    code, _, value = text_of(order, "discount_coupon").rpartition("/")
    if not split:
        split = {"code": code, "discount": value}
    off = money(amount(split, "discount", "valor do cupom"))
    return AdjustmentDoc(kind=AdjustmentKind.COUPON, amount=-off, label=f"Cupom {text_of(split, 'code')}".strip())


def _payment_rate(order: Record) -> AdjustmentDoc:
    """What the method of payment adds; negative is a discount, as for pix, which the merchant grants."""
    rate = money(amount(order, "payment_method_rate", "acréscimo da forma de pagamento"))
    label = "Acréscimo da forma de pagamento" if rate > 0 else "Desconto da forma de pagamento"
    bearer = Bearer.BUYER if rate > 0 else Bearer.MERCHANT
    return AdjustmentDoc(kind=AdjustmentKind.PAYMENT_RATE, amount=rate, label=label, borne_by=bearer)


def _payments(order: Record) -> Iterator[PaymentDoc]:
    """The payments registered; an order that has none tells at least the method that was chosen."""
    found = rows(order.get("Payment"), "Payment")
    for item in found:
        yield _payment(item, order)
    if found or not text_of(order, "payment_method", "payment_form"):
        return
    yield PaymentDoc(
        method=text_of(order, "payment_method", "payment_form"),
        method_id=key_of(order, "payment_method_id"),
        kind=text_of(order, "payment_method_type"),
        # A payment_date alone proves nothing: an official sample has one with has_payment "0".
        paid_at=_paid_at(order, "payment_date") if flag(order, "has_payment") else None,
        instalments=_instalments(order),
    )


def _payment(item: Record, order: Record) -> PaymentDoc:
    method_id = key_of(item, "payment_method_id")
    is_main = method_id in ("", key_of(order, "payment_method_id"))
    return PaymentDoc(
        method=text_of(item, "method") or text_of(order, "payment_method", "payment_form"),
        method_id=method_id or key_of(order, "payment_method_id"),
        kind=text_of(order, "payment_method_type") if is_main else "",
        amount=money(amount(item, "value", "valor do pagamento")) if text_of(item, "value") else None,
        paid_at=_paid_at(item, "date"),
        instalments=_instalments(order) if is_main else 1,
    )


def _paid_at(record: Record, key: str) -> datetime | None:
    day = moment(record, key, "data do pagamento")
    return day.astimezone(UTC) if day else None


def _instalments(order: Record) -> int:
    found = text_of(order, "installment")
    return max(int(found), 1) if found.isdecimal() and len(found) < 4 else 1


def _is_paid(order: Record) -> bool:
    dated = (_paid_at(item, "date") for item in rows(order.get("Payment"), "Payment"))
    return flag(order, "has_payment") or any(dated)


def _marketplace(order: Record) -> MarketplaceDoc | None:
    """The marketplace and the two CNPJs an NF-e needs; Mercado Livre may come in a record of its own."""
    pack = next((text_of(item, "pack_id") for item in rows(order.get("MlOrder"), "MlOrder")), "")
    for item in rows(order.get("MarketplaceOrder"), "MarketplaceOrder"):
        return MarketplaceDoc(
            name=text_of(item, "marketplace_name"),
            order_id=text_of(item, "marketplace_order_id"),
            seller_id=text_of(item, "marketplace_seller_id", "marketplace_seller_name"),
            document=document_text(text_of(item, "marketplace_document")),
            payment_document=document_text(text_of(item, "payment_responsible_document")),
            pack=pack,
        )
    for item in rows(order.get("MlOrder"), "MlOrder"):
        order_id = text_of(item, "pack_id", "codigo")
        return MarketplaceDoc(name="Mercado Livre", order_id=order_id, seller_id=text_of(item, "user_id"), pack=pack)
    return None


def _warnings(order: Record) -> Iterator[str]:
    """A part of an order that Tray split between warehouses must not look like a second sale (contract §16)."""
    centre = order.get("DistributionCenter")
    if text(record_of(centre).get("type")) == "child_order":
        yield f"A Tray dividiu um pedido entre depósitos e este é uma das partes ({text_of(order, 'external_code')})."
