"""The imaginary vendor's words ↔ canonical documents; pure, without network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from cais.connectors.imaginary.reading import (
    Record,
    flag,
    instant,
    needed,
    number,
    record,
    rows,
    text,
    whole,
)
from cais.core.digest import digest_of
from cais.core.documents import (
    Address,
    AdjustmentDoc,
    AdjustmentKind,
    BuyerDoc,
    ErpOrderDoc,
    InvoiceDoc,
    LineDoc,
    OrderDoc,
    PaymentDoc,
    StatusDoc,
    TrackingDoc,
)
from cais.core.values import document_text, money, quantity
from cais.ports.capabilities import Done, LineCheck, Notice, OrderPage, OrderRef, StoreInvoice
from cais.ports.errors import Unreadable
from cais.ports.session import Tokens
from cais.wire.http import parse_json

_ADDRESS_FIELDS = ("street", "number", "complement", "district", "city", "state", "postal_code", "recipient")
_KINDS = {kind.value: kind for kind in AdjustmentKind}
_PROBLEMS = frozenset({"", "unknown_product", "inactive", "short"})


def order_page(answer: object) -> OrderPage:
    page = record(answer, "orders")
    total = page.get("total")
    return OrderPage(
        refs=tuple(_order_ref(row) for row in rows(page.get("orders"), "orders")),
        next_page=whole(page, "next_page"),
        total=None if total is None else whole(page, "total"),
    )


def order_doc(raw: bytes) -> OrderDoc:
    """Raises Unreadable with the field and the value that cannot be understood."""
    order = record(record(parse_json(raw), "order").get("order"), "order")
    lines = tuple(_line(row) for row in rows(order.get("lines"), "lines"))
    delivery = _address(record(order.get("delivery"), "delivery"))
    billing = order.get("billing")
    return OrderDoc(
        external_id=needed(order, "id"),
        number=needed(order, "number"),
        version=version_of(order),
        placed_at=instant(order, "placed_at"),
        status=status_doc(record(order.get("status"), "status")),
        total=money(number(order, "total")),
        buyer=_buyer(record(order.get("buyer"), "buyer")),
        delivery=delivery,
        billing=delivery if billing is None else _address(record(billing, "billing")),
        lines=lines,
        adjustments=tuple(_adjustment(row) for row in rows(order.get("amounts"), "amounts")),
        payments=tuple(_payment(row) for row in rows(order.get("payments"), "payments")),
        channel=text(order, "channel"),
        shipping_method=text(order, "shipping"),
        is_paid=flag(order, "paid"),
        buyer_note=text(order, "buyer_note"),
        is_part=bool(text(order, "part_of")),
        parent_id=text(order, "part_of"),
        is_divided=bool(order.get("parts")),
        part_ids=tuple(needed(row, "id") for row in rows(order.get("parts") or [], "parts")),
    )


def version_of(order: Record) -> str:
    """The revision with leading zeros, so that the newer text compares greater."""
    return f"{whole(order, 'revision'):012d}"


def status_doc(row: Record) -> StatusDoc:
    return StatusDoc(label=needed(row, "name"), external_id=text(row, "id"), hint=text(row, "kind"))


def statuses(answer: object) -> Sequence[StatusDoc]:
    return [status_doc(row) for row in rows(record(answer, "statuses").get("statuses"), "statuses")]


def status_of_order(raw: bytes) -> StatusDoc:
    order = record(record(parse_json(raw), "order").get("order"), "order")
    return status_doc(record(order.get("status"), "status"))


def status_body(status: StatusDoc) -> dict[str, object]:
    """By id; by name for a status that never had one."""
    return {"status_id": status.external_id} if status.external_id else {"status_name": status.label}


def notice(body: bytes) -> Notice:
    told = record(parse_json(body), "notice")
    return Notice(
        seller=needed(told, "store"),
        kind="orders" if text(told, "record") == "order" else "",
        external_id=needed(told, "id"),
        act=text(told, "act") or "update",
    )


def invoices(answer: object) -> Sequence[StoreInvoice]:
    found = rows(record(answer, "invoices").get("invoices"), "invoices")
    return [StoreInvoice(external_id=needed(row, "id"), key=text(row, "key")) for row in found]


def invoice_body(invoice: InvoiceDoc) -> dict[str, object]:
    return {
        "key": invoice.key,
        "number": str(invoice.number),
        "series": str(invoice.series),
        "issued_at": invoice.issued_at.isoformat(),
        "total": str(invoice.total),
        "xml": invoice.xml,
        "link": invoice.link,
        "lines": [
            {"product_id": line.product_id, "variant_id": line.variant_id, "cfop": line.cfop} for line in invoice.lines
        ],
    }


def shipment_body(tracking: TrackingDoc) -> dict[str, object]:
    day = tracking.shipped_on.isoformat() if tracking.shipped_on else ""
    return {"code": tracking.code, "url": tracking.url, "carrier": tracking.carrier, "day": day}


def tracking(answer: object) -> TrackingDoc:
    told = record(record(answer, "shipment").get("shipment"), "shipment")
    day = text(told, "day")
    try:
        shipped_on = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise Unreadable(f"O dia do envio veio como “{day[:20]}”, que não é uma data.") from error
    return TrackingDoc(
        code=text(told, "code"), url=text(told, "url"), carrier=text(told, "carrier"), shipped_on=shipped_on
    )


def done(answer: object) -> Done:
    row = record(answer, "order")
    return Done(external_id=needed(row, "id"), number=text(row, "number"))


def erp_order(answer: object) -> Done:
    """A sales order as the ERP shows it; a cancelled one is there still."""
    return replace(done(answer), is_cancelled=text(record(answer, "order"), "status") == "cancelled")


def found_order(answer: object) -> Done | None:
    """The oldest live order of the answer, else the oldest: a cancelled twin never hides the order that counts."""
    found = rows(record(answer, "orders").get("orders"), "orders")
    if not found:
        return None
    live = [row for row in found if text(row, "status") != "cancelled"]
    return erp_order((live or found)[0])


def erp_order_body(order: ErpOrderDoc) -> dict[str, object]:
    return {
        "reference": order.reference,
        "store_number": order.store_number,
        "cnpj": order.company_cnpj,
        "kind": order.kind,
        "tag": order.tag,
        "placed_at": order.placed_at.isoformat(),
        "buyer": _party_body(order.buyer),
        "delivery": _address_body(order.delivery),
        "billing": _address_body(order.billing),
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": str(line.quantity),
                "price": str(line.unit_price),
                "total": str(line.total),
            }
            for line in order.lines
        ],
        "freight": str(order.freight),
        "discount": str(order.discount),
        "surcharge": str(order.surcharge),
        "total": str(order.total),
        "channel": order.channel,
        "shipping": order.shipping_method,
        "payment": order.payment_method,
        "buyer_note": order.buyer_note,
    }


def checks_body(cnpj: str, lines: Sequence[tuple[str, str]]) -> dict[str, object]:
    return {"cnpj": cnpj, "lines": [{"sku": sku, "quantity": wanted} for sku, wanted in lines]}


def line_checks(answer: object) -> Sequence[LineCheck]:
    """Raises Unreadable for a problem that is not one of the agreed words: an unknown "no" is not a yes."""
    checks = [
        LineCheck(sku=needed(row, "sku"), problem=text(row, "problem"), available=text(row, "available"))
        for row in rows(record(answer, "lines").get("lines"), "lines")
    ]
    for each in checks:
        if each.problem not in _PROBLEMS:
            raise Unreadable(f"O ERP recusou {each.sku} com um motivo que não se conhece: {each.problem}.")
    return checks


def tokens(answer: object, *, base_url: str) -> Tokens:
    pair = record(answer, "access")
    return Tokens(
        access=needed(pair, "access_token"),
        refresh=needed(pair, "refresh_token"),
        access_expires_at=instant(pair, "access_expires_at"),
        refresh_expires_at=instant(pair, "refresh_expires_at"),
        account_id=text(pair, "store"),
        base_url=base_url,
    )


def _order_ref(row: Record) -> OrderRef:
    return OrderRef(
        external_id=needed(row, "id"),
        version=version_of(row),
        digest=digest_of(dict(row)),
        changed_at=instant(row, "changed_at"),
    )


def _line(row: Record) -> LineDoc:
    sold = quantity(number(row, "quantity"))
    if sold <= 0:
        raise Unreadable(f"O item {text(row, 'sku')} veio com a quantidade {text(row, 'quantity')}.")
    return LineDoc(
        external_id=needed(row, "id"),
        name=text(row, "name"),
        quantity=sold,
        unit_price=number(row, "price"),
        list_price=number(row, "list_price"),
        product_id=text(row, "product_id"),
        variant_id=text(row, "variant_id"),
        reference=text(row, "sku"),
        gtin=text(row, "gtin"),
        is_gift=flag(row, "gift"),
        note=text(row, "note"),
    )


def _adjustment(row: Record) -> AdjustmentDoc:
    kind = _KINDS.get(text(row, "kind"), AdjustmentKind.OTHER)
    return AdjustmentDoc(kind=kind, amount=money(number(row, "value")), label=text(row, "label"))


def _payment(row: Record) -> PaymentDoc:
    amount: Decimal = money(number(row, "value"))
    return PaymentDoc(
        method=needed(row, "method"),
        method_id=text(row, "method_id"),
        amount=amount,
        paid_at=instant(row, "paid_at") if row.get("paid_at") else None,
        instalments=whole(row, "instalments"),
    )


def _buyer(row: Record) -> BuyerDoc:
    return BuyerDoc(
        name=needed(row, "name"),
        document=document_text(text(row, "document")),
        is_company=flag(row, "company"),
        email=text(row, "email"),
        phone=text(row, "phone"),
        state_registration=text(row, "state_registration"),
        external_id=text(row, "id"),
    )


def _address(row: Record) -> Address:
    fields = {name: text(row, name) for name in _ADDRESS_FIELDS}
    return Address(**fields, country=text(row, "country") or "BR")


def _party_body(buyer: BuyerDoc) -> Mapping[str, object]:
    return {
        "id": buyer.external_id,
        "name": buyer.name,
        "document": buyer.document,
        "company": buyer.is_company,
        "email": buyer.email,
        "phone": buyer.phone,
        "state_registration": buyer.state_registration,
    }


def _address_body(address: Address) -> Mapping[str, object]:
    return {**{name: getattr(address, name) for name in _ADDRESS_FIELDS}, "country": address.country}
