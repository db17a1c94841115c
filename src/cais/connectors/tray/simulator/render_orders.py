"""Orders on the wire: the short form of lists, the detail, and the complete record."""

from cais.connectors.tray.simulator.book import Book
from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.dividing import division
from cais.connectors.tray.simulator.records import Line, Marketplace, Order, Payment, Status
from cais.connectors.tray.simulator.render_customers import customer_in_order
from cais.connectors.tray.simulator.render_invoices import in_complete_order, in_short_order
from cais.connectors.tray.simulator.wire import (
    NO_DATE,
    Json,
    cubic_weight,
    day,
    flag,
    hour,
    moment,
    money,
)

DAY = 86400
_ZERO = "0.00"


class OrderRenderer:
    """Holds what every order's text depends on: the book, the store's address and its choices."""

    def __init__(self, *, book: Book, base_url: str, choices: Choices, store_id: str) -> None:
        self._book = book
        self._url = base_url
        self._choices = choices
        self._store_id = store_id

    def status(self, status: Status) -> Json:
        closed = status.type != "open"
        spelt = self._choices.cancelled_type if status.type == "canceled" else status.type
        builtin = self._choices.builtin_default
        return {
            "id": str(status.id),
            "default": builtin if status.builtin else str(1 - int(builtin)),
            "type": spelt,
            "show_backoffice": "1",
            "allow_edit_order": flag(not closed),
            "description": status.description,
            "status": status.status,
            "show_status_central": "",
            "background": status.background,
        }

    def short(self, order: Order) -> Json:
        record = self._common(order)
        record["payment_form"] = order.payment_method
        record |= {"progressive_discount": _ZERO, "shipping_progressive_discount": _ZERO}
        if self._choices.coupon_object == "present" and order.coupon:
            record["coupon"] = {"code": order.coupon, "discount": money(order.coupon_discount)}
        return record | self._ids(order)

    def detail(self, order: Order) -> Json:
        return {"Order": self._detail_fields(order) | self._ids(order) | self._tail(order)}

    def complete(self, order: Order) -> Json:
        customer = self._book.customers[order.customer_id]
        record = self._detail_fields(order) | {
            "cost": "0",
            "urls": {"payment": f"{self._url}/loja/pagamento.php?loja={self._store_id}&pedido={order.access_code}"},
            "payment_method_type": order.payment_method_type,
            "Customer": customer_in_order(customer, order, choices=self._choices),
            "ProductsSold": [{"ProductsSold": self._line(line, order)} for line in order.lines],
            "OrderInvoice": [in_complete_order(invoice, self._choices) for invoice in order.invoices],
            "Payment": [{"Payment": self._payment(payment, order)} for payment in order.payments],
            "MlOrder": self._ml_order(order),
            "MarketplaceOrder": self._marketplace(order),
            "OrderTransactions": self._transactions(order),
            "OrderInvoiceAmount": [],
            "ExtraTabs": [],
            "PaymentMethodMessage": {"text": "", "text_pag": "", "text_confirm": "", "confirmation": "0"},
        }
        return {
            "Order": record | self._tail(order),
            "Extensions": [],
            "User": [],
            "Confirmation": [],
        }

    def _common(self, order: Order) -> Json:
        paid_flag = bool(order.paid_at) and self._choices.has_payment == "when_paid"
        coupon = f"{order.coupon}/{money(order.coupon_discount)}" if order.coupon else ""
        status = self._book.statuses[order.status_id]
        return {
            "status": status.status,
            "id": str(order.id),
            "date": day(order.created),
            "customer_id": str(order.customer_id),
            "partial_total": money(order.partial_total),
            "taxes": money(order.taxes),
            "discount": money(order.discount),
            "point_sale": order.point_sale,
            "shipment": order.shipment,
            "shipment_value": money(order.shipment_value),
            "shipment_date": order.sending_date,
            "store_note": order.store_note,
            "discount_coupon": coupon,
            "payment_method_rate": money(order.payment_method_rate),
            "value_1": _ZERO,
            "sending_code": order.sending_code,
            "session_id": order.session_id,
            "total": money(order.total),
            "payment_date": day(order.paid_at),
            "access_code": order.access_code,
            "shipment_integrator": order.shipment_integrator,
            "modified": moment(order.modified),
            "printed": "",
            "interest": _ZERO,
            "id_quotation": order.id_quotation,
            "estimated_delivery_date": day(order.created + order.delivery_time * DAY),
            "is_traceable": "",
            "external_code": order.external_code,
            "has_payment": flag(paid_flag),
            "has_shipment": flag(bool(order.sending_code)),
            "has_invoice": flag(bool(order.invoices)),
            "total_comission_user": _ZERO,
            "total_comission": _ZERO,
            "OrderStatus": self.status(status),
            "PickupLocation": [],
        }

    def _detail_fields(self, order: Order) -> Json:
        return self._common(order) | {
            "hour": hour(order.created),
            "delivered": flag(bool(order.sending_code)) if order.sending_code else "",
            "shipping_cancelled": "",
            "customer_note": order.customer_note,
            "partner_id": order.partner_id,
            "installment": str(order.installment),
            "sending_date": order.sending_date or NO_DATE,
            "billing_address": "0",
            "delivery_time": str(order.delivery_time),
            "payment_method_id": str(order.payment_method_id),
            "payment_method": order.payment_method,
            "tracking_url": order.tracking_url,
        }

    def _ids(self, order: Order) -> Json:
        return {
            "ProductsSold": [{"id": str(line.id)} for line in order.lines],
            "Payment": [{"id": str(payment.id)} for payment in order.payments],
            "OrderInvoice": [in_short_order(invoice) for invoice in order.invoices],
            "MlOrder": [{"id": str(order.id)}] if order.marketplace and order.marketplace.pack_id else [],
            "OrderTransactions": self._transactions(order),
            "MarketplaceOrder": self._marketplace(order),
            "Extensions": [],
        }

    def _tail(self, order: Order) -> Json:
        address = self._book.addresses.get(order.address_id)
        return {
            "CustomerAddress": {"id": str(address.id)} if address else [],
            "ShippingLabel": [],
            "payments_notification": {
                "notification": f"{self._url}/loja/retorno_pagamento.php?codigoAcesso={order.access_code}"
            },
            "partner_name": "",
            **division(order, self._choices),
        }

    def _transactions(self, order: Order) -> list[Json]:
        if order.marketplace is not None or not order.payment_method:
            return []
        return [{"url_payment": f"{self._url}/loja/transacao.php?pedido={order.access_code}", "bank_slip": ""}]

    def _line(self, line: Line, order: Order) -> Json:
        suffix = f" (Ref. {line.reference})" if self._choices.line_name == "with_reference" else ""
        first, second = line.kit_id, line.kit_group
        if self._choices.kit_fields == "group_then_kit":
            first, second = second, first
        return {
            "product_kit_id": str(first),
            "product_kit_id_kit": str(second),
            "id_campaign": "0",
            "product_id": str(line.product_id),
            "quantity": str(line.quantity),
            "id": str(line.id),
            "order_id": str(order.id),
            "name": f"{line.name}{suffix}",
            "original_name": line.name,
            "virtual_product": "0",
            "ean": line.ean,
            "Sku": [{"type": name, "value": value} for name, value in line.skus],
            "price": money(line.price),
            "cost_price": _ZERO,
            "original_price": money(line.original_price),
            "weight": str(line.weight),
            "weight_cubic": cubic_weight(line.length, line.width, line.height),
            "brand": line.brand,
            "model": "",
            "reference": line.reference,
            "length": str(line.length),
            "width": str(line.width),
            "height": str(line.height),
            "variant_id": str(line.variant_id),
            "additional_information": "",
            "text_variant": "",
            "warranty": "",
            "bought_together_id": "0",
            "ncm": line.ncm,
            "included_items": "",
            "release_date": "",
            "commissioner_value": _ZERO,
            "comissao": _ZERO,
            "ProductSoldImage": [],
            "Category": [],
            "is_giveaway": "1" if line.giveaway else "",
            "BoughtTogether": [],
            "url": {
                scheme: f"{scheme}://loja-{self._store_id}.exemplo.com.br/produto/{line.product_id}"
                for scheme in ("http", "https")
            },
            "Discount": [],
            "Stock": {"id": "1", "name": "Loja"},
        }

    def _payment(self, payment: Payment, order: Order) -> Json:
        return {
            "id": str(payment.id),
            "order_id": str(order.parent_id or order.id),
            "payment_method_id": str(payment.method_id),
            "method": payment.method,
            "payment_place": "",
            "value": money(payment.value),
            "date": day(payment.at),
            "note": "",
            "created": moment(payment.at),
            "modified": moment(payment.at),
        }

    def _marketplace(self, order: Order) -> list[Json]:
        if order.marketplace is None:
            return []
        return [{"MarketplaceOrder": _marketplace_record(order.marketplace, order)}]

    def _ml_order(self, order: Order) -> list[Json]:
        if order.marketplace is None or not order.marketplace.pack_id:
            return []
        return [{"MlOrder": _ml_record(order.marketplace, order, line)} for line in order.lines]


def _marketplace_record(market: Marketplace, order: Order) -> Json:
    return {
        "order_id": str(order.id),
        "marketplace_name": market.name,
        "marketplace_seller_name": market.seller_name,
        "marketplace_seller_id": market.seller_id,
        "marketplace_document": market.document,
        "payment_responsible_document": market.payment_document,
        "marketplace_order_id": market.order_id,
        "marketplace_shipping_id": market.shipping_id,
        "marketplace_shipping_type": market.shipping_type,
        "marketplace_internal_status": market.internal_status,
        "created": moment(order.created),
        "updated": moment(order.modified),
    }


def _ml_record(market: Marketplace, order: Order, line: Line) -> Json:
    return {
        "id": str(line.id),
        "created": moment(order.created),
        "updated": moment(order.modified),
        "pedido_id": str(order.id),
        "cliente_id": str(order.customer_id),
        "codigo": market.order_id,
        "item_id": f"MLB{line.product_id:010d}",
        "item_quantity": str(line.quantity),
        "item_title": line.name,
        "user_id": market.seller_id,
        "nickname": market.seller_name,
        "mercado_envio": market.shipping_type,
        "shipment_id": market.shipping_id,
        "pack_id": market.pack_id,
        "logistic_type": "cross_docking",
        "date_delivered": NO_DATE,
        "invoice_data_id": "",
        "order_id": str(order.id),
        "shipping_mode": market.shipping_type,
        "shipping_status": "pending",
        "shipping_substatus": "",
    }
