"""The ERP order of a fulfilment as a document: kits opened, money shared to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Prefetch, prefetch_related_objects

from cais.core.documents import Address, BuyerDoc, ErpLine, ErpOrderDoc
from cais.core.values import ZERO, share
from cais.movements.models import Fulfilment, MovementLine
from cais.orders.models import Buyer, Order, OrderLine

PEW = "PEW"


def erp_document(fulfilment: Fulfilment) -> ErpOrderDoc:
    """What the ERP is asked to create. Lines add up to the goods; goods, freight and the rest to the total."""
    return erp_documents([fulfilment])[0]


def erp_documents(fulfilments: Sequence[Fulfilment]) -> list[ErpOrderDoc]:
    """The documents of many fulfilments, which come with their order, its buyer, customer and connection."""
    parts = MovementLine.objects.select_related("product", "warehouse")
    lines = OrderLine.objects.filter(removed=False).order_by("position")
    prefetch_related_objects(
        fulfilments,
        Prefetch("movement__lines", parts, to_attr="parts"),
        Prefetch("order__lines", lines, to_attr="living"),
        "order__payments__payment_method",
        "order__freight_method",
        "order__sales_channel",
    )
    return [_document(fulfilment) for fulfilment in fulfilments]


def _document(fulfilment: Fulfilment) -> ErpOrderDoc:
    order, buyer = fulfilment.order, fulfilment.order.buyer
    payment = next(iter(order.payments.all()), None)
    freight, channel = order.freight_method, order.sales_channel
    return ErpOrderDoc(
        reference=fulfilment.reference,
        store_number=order.number,
        company_cnpj=fulfilment.company.cnpj,
        kind=PEW,
        tag=order.connection.name,
        placed_at=order.placed_at,
        buyer=_buyer(order, buyer),
        delivery=Address(**buyer.delivery),
        billing=Address(**buyer.billing),
        lines=_lines(order, fulfilment),
        freight=fulfilment.freight,
        discount=fulfilment.discount,
        surcharge=fulfilment.surcharge,
        total=fulfilment.total,
        channel=(channel.shown_as if channel else "") or order.origin,
        shipping_method=order.shipping_method,
        carrier=freight.carrier_name if freight else "",
        freight_service=freight.service if freight else "",
        freight_by=freight.freight_by if freight else "",
        payment_method=payment.method if payment else "",
        payment_form=payment.payment_method.tender if payment and payment.payment_method else "",
        instalments=payment.instalments if payment else 1,
        buyer_note=order.buyer_note,
    )


def _buyer(order: Order, buyer: Buyer) -> BuyerDoc:
    """A person's correction of the customer's document wins over what the store sent (feature B8)."""
    return BuyerDoc(
        name=buyer.name,
        document=(order.customer.document if order.customer else "") or buyer.document,
        is_company=buyer.is_company,
        email=buyer.email,
        phone=buyer.phone,
        state_registration=buyer.state_registration,
    )


def _lines(order: Order, fulfilment: Fulfilment) -> tuple[ErpLine, ...]:
    parts: dict[int, list[MovementLine]] = defaultdict(list)
    read: Sequence[MovementLine] = fulfilment.movement.parts  # type: ignore[attr-defined]
    for part in read:
        if part.warehouse.company_id == fulfilment.company_id:
            parts[part.line_id].append(part)
    lines: Sequence[OrderLine] = order.living  # type: ignore[attr-defined]
    return tuple(item for line in lines for item in _of_line(line, parts[line.pk]))


def _of_line(line: OrderLine, parts: Sequence[MovementLine]) -> list[ErpLine]:
    """A line's money over the products that serve it: by list price where it is a kit, by units where it is not."""
    units: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for part in parts:
        units[part.product_id] += part.quantity
    products = {part.product_id: part.product for part in parts}
    weights = [units[key] * (product.price or Decimal(1)) for key, product in products.items()]
    money = share(line.total, weights)
    return [
        ErpLine(
            sku=product.sku,
            name=product.name,
            quantity=units[key],
            unit_price=_unit(total, units[key]),
            total=total,
        )
        for (key, product), total in zip(products.items(), money, strict=True)
    ]


def _unit(total: Decimal, units: Decimal) -> Decimal:
    return (total / units).quantize(Decimal("0.0001"))
