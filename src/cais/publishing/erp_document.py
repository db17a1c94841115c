"""The ERP order of a fulfilment as a document: what its lines are worth was written when the sale was decided."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Prefetch, prefetch_related_objects

from cais.core.documents import Address, BuyerDoc, ErpLine, ErpOrderDoc
from cais.movements.models import Fulfilment, FulfilmentLine
from cais.orders.models import Buyer, Order

PEW = "PEW"


def erp_document(fulfilment: Fulfilment) -> ErpOrderDoc:
    """What the ERP is asked to create. Lines add up to the goods; goods, freight and the rest to the total."""
    return erp_documents([fulfilment])[0]


def erp_documents(fulfilments: Sequence[Fulfilment]) -> list[ErpOrderDoc]:
    """The documents of many fulfilments, which come with their order, its buyer, customer and connection."""
    sold = FulfilmentLine.objects.select_related("product").order_by("line__position", "pk")
    prefetch_related_objects(
        fulfilments,
        Prefetch("lines", sold, to_attr="sold"),
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
        lines=tuple(_line(sold) for sold in _sold(fulfilment)),
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


def _sold(fulfilment: Fulfilment) -> Sequence[FulfilmentLine]:
    return fulfilment.sold  # type: ignore[attr-defined,no-any-return]


def _line(sold: FulfilmentLine) -> ErpLine:
    return ErpLine(
        sku=sold.product.sku,
        name=sold.product.name,
        quantity=sold.quantity,
        unit_price=_unit(sold.total, sold.quantity),
        total=sold.total,
    )


def _unit(total: Decimal, units: Decimal) -> Decimal:
    return (total / units).quantize(Decimal("0.0001"))
