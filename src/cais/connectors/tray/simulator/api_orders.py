"""The order calls: list, single, complete, create, change, cancel, lines."""

import itertools
from decimal import Decimal

from cais.connectors.tray.simulator import fields
from cais.connectors.tray.simulator.call import Call
from cais.connectors.tray.simulator.errors import Refusal, invalid
from cais.connectors.tray.simulator.listing import Listing, days_of, listed
from cais.connectors.tray.simulator.people import Person
from cais.connectors.tray.simulator.records import Line, Marketplace, Order
from cais.connectors.tray.simulator.render_orders import OrderRenderer
from cais.connectors.tray.simulator.sale import line_of, start_order
from cais.connectors.tray.simulator.store import Store
from cais.connectors.tray.simulator.wire import Json, day, envelope, flag, local, moment

_PUT_FIELDS = frozenset((
    "status_id", "taxes", "shipment", "shipment_value", "discount", "sending_code", "sending_date",
    "tracking_url", "store_note", "customer_note", "partner_id",
))  # fmt: skip
_TEXT_FIELDS = ("shipment", "sending_code", "sending_date", "tracking_url", "customer_note", "partner_id")
_MONEY_FIELDS = ("taxes", "shipment_value", "discount")


def renderer(store: Store) -> OrderRenderer:
    return OrderRenderer(
        book=store.book, base_url=store.base_url, choices=store.choices, store_id=store.config.store_id
    )


def listing(store: Store) -> Listing[Order]:
    book, paid_visible = store.book, store.choices.has_payment == "when_paid"
    return Listing(
        plural="Orders",
        singular="Order",
        render=renderer(store).short,
        filters={
            "id": lambda order: str(order.id),
            "status": lambda order: book.statuses[order.status_id].status,
            "partner_id": lambda order: order.partner_id,
            "session_id": lambda order: order.session_id,
            "sending_code": lambda order: order.sending_code,
            "customer_id": lambda order: str(order.customer_id),
            "shipment": lambda order: order.shipment,
            "point_sale": lambda order: order.point_sale,
            "payment_form": lambda order: order.payment_method,
            "access_code": lambda order: order.access_code,
            "external_code": lambda order: order.external_code,
            "has_payment": lambda order: flag(bool(order.paid_at) and paid_visible),
            "has_invoice": lambda order: flag(bool(order.invoices)),
            "has_shipment": lambda order: flag(bool(order.sending_code)),
            "printed": lambda order: "",
            "payment_method_id": lambda order: str(order.payment_method_id),
            "store_note": lambda order: order.store_note,
            "discount_coupon": lambda order: order.coupon,
            "modified": lambda order: moment(order.modified),
            "date": lambda order: day(order.created),
            "shipment_date": lambda order: order.sending_date,
            "payment_date": lambda order: day(order.paid_at),
        },
        days=frozenset(("modified", "date", "shipment_date", "payment_date")),
        commas=frozenset(("status",)),
        also_available=("with_statuses",),
        sorts={
            "id": lambda order: order.id,
            "date": lambda order: order.created,
            "modified": lambda order: order.modified,
            "total": lambda order: order.total,
        },
    )


def list_orders(call: Call) -> Json:
    query = call.request.query
    book = call.store.book
    index = next((name for name in ("id", "modified", "date") if query.get(name)), "")
    # Only the days asked for are looked at: a store may hold many thousand orders.
    if index == "id":
        one = book.orders.get(fields.record_id(query["id"]))
        rows = [one] if one else []
    elif index:
        rows = book.on_days(index, days_of(query[index]))
    else:
        rows = list(book.orders.values())
    return listed(listing(call.store), rows, query, window=call.window(), choices=call.store.choices, settled=index)


def get_order(call: Call) -> Json:
    return renderer(call.store).detail(_order(call))


def get_complete(call: Call) -> Json:
    return renderer(call.store).complete(_order(call))


def get_full(call: Call) -> Json:
    if call.store.choices.complete_path == "complete":
        raise Refusal(404, "Not Found")
    return get_complete(call)


def create_order(call: Call) -> Json:
    """Not idempotent: the same body twice makes two orders (Tray contract §11.3)."""
    store = call.store
    record = fields.wrapped(call.request, "Order")
    sent_customer = record.get("Customer")
    if not isinstance(sent_customer, dict):
        raise invalid("Customer", "Campo obrigatório")
    # The form sample of the documentation nests the lines in the customer; both places are read.
    sent_lines = record.get("ProductsSold") or sent_customer.get("ProductsSold")
    if not isinstance(sent_lines, list) or not sent_lines:
        raise invalid("ProductsSold", "Informe ao menos um produto")
    lines = [_sent_line(store, line) for line in sent_lines]
    customer, address = store.book.customer_for(_person(sent_customer))
    order = start_order(store, customer=customer, address=address, lines=lines)
    order.point_sale = fields.text(record, "point_sale", longest=45) or "PARTICULAR"
    order.session_id = fields.text(record, "session_id") or order.session_id
    order.shipment = fields.text(record, "shipment", longest=100)
    order.shipment_value = fields.money_field(record, "shipment_value", Decimal("0.00"))
    order.payment_method = fields.text(record, "payment_form", longest=50)
    order.marketplace = _sent_marketplace(record.get("MarketplaceOrder"))
    store.book.place(order, by="api")
    return envelope("Created", order.id, 201, store.choices)


def change_order(call: Call) -> Json:
    store = call.store
    order = _order(call)
    record = fields.known_only(fields.wrapped(call.request, "Order"), _PUT_FIELDS, store.choices)
    if store.choices.closed_order_edit == "refused" and store.book.status(order.status_id).type != "open":
        raise invalid("Order", "O pedido não permite alteração")
    amounts = {name: fields.money_field(record, name) for name in _MONEY_FIELDS if name in record}
    texts = {name: fields.text(record, name) for name in _TEXT_FIELDS if name in record}
    status = _sent_status(store, record)
    before = {name: str(getattr(order, name)) for name in record if hasattr(order, name)}
    for name, value in (amounts | texts).items():
        setattr(order, name, value)
    if "store_note" in record:
        _write_note(store, order, fields.text(record, "store_note", longest=20_000))
    store.book.touch(order)
    changed = {name: value for name, value in record.items() if before.get(name) != str(value)}
    if set(changed) - {"status_id"}:
        store.record("changed", {"order_id": order.id, "fields": changed, "by": "api"})
    _move(store, order, status, tracked=bool(changed.get("sending_code")))
    return envelope("Saved", order.id, 200, store.choices)


def cancel_order(call: Call) -> Json:
    order = _order(call)
    call.store.book.cancel(order, by="api")
    return envelope("Saved", order.id, 200, call.store.choices)


def include_product(call: Call) -> Json:
    order = _order(call)
    line = _sent_line(call.store, fields.wrapped(call.request, "ProductsSold"))
    call.store.book.add_line(order, line, by="api")
    return envelope("Success", order.id, 200, call.store.choices)


def exclude_product(call: Call) -> Json:
    order = _order(call)
    call.store.book.drop_product(order, fields.record_id(call.places["product_id"]), by="api")
    return envelope("Success", order.id, 200, call.store.choices)


def _order(call: Call) -> Order:
    return call.store.book.order(fields.record_id(call.places["id"]))


def _sent_status(store: Store, record: Json) -> int:
    """0 when nothing usable was sent. Raises Refusal for an unknown id when the choice is to refuse it."""
    written = str(record.get("status_id", "")).strip()
    known = fields.record_id(written)
    if not written or known in store.book.statuses:
        return known if written else 0
    if store.choices.unknown_status == "refused":
        raise invalid("status_id", "Status inexistente")
    return 0


def _write_note(store: Store, order: Order, note: str) -> None:
    if store.choices.store_note == "replaced" or not order.store_note:
        order.store_note = note
        return
    stamp = local(store.clock.now()).strftime("%d/%m/%Y %H:%M:%S")
    order.store_note = f"{stamp} {note}\n{order.store_note}"


def _move(store: Store, order: Order, status_id: int, *, tracked: bool) -> None:
    if tracked and store.choices.tracking_moves_status == "yes" and not status_id:
        status_id = store.book.status_named("ENVIADO").id
    if not status_id:
        return
    status = store.book.status(status_id)
    if status.type == "canceled" and not store.book.is_cancelled(order):
        # A cancelling status gives the stock back like the cancel call does.
        store.book.cancel(order, by="api")
    if order.status_id != status.id:
        store.book.set_status(order, status, by="api")


def _sent_line(store: Store, sent: object) -> Line:
    record = sent.get("ProductsSold", sent) if isinstance(sent, dict) else None
    if not isinstance(record, dict):
        raise invalid("ProductsSold", "Formato inválido")
    product = store.shelf.products.get(fields.whole(record, "product_id"))
    if product is None:
        raise invalid("product_id", "Produto inexistente")
    variant = store.shelf.variants.get(fields.whole(record, "variant_id", 0))
    price = fields.money_field(record, "price", variant.price if variant else product.price)
    quantity = fields.whole(record, "quantity", 1)
    if quantity < 1:
        raise invalid("quantity", "Informe uma quantidade maior que zero")
    line = line_of(store, product, variant, quantity=quantity, price=price)
    line.original_price = fields.money_field(record, "original_price", price)
    return line


def _person(record: Json) -> Person:
    addresses = record.get("CustomerAddress") or [{}]
    first = addresses[0] if isinstance(addresses, list) else addresses
    address: Json = first if isinstance(first, dict) else {}
    digits = "".join(itertools.takewhile(str.isdigit, fields.text(address, "zip_code").replace("-", "")))
    return Person(
        name=fields.required(record, "name", longest=300),
        email=fields.text(record, "email", longest=100),
        phone=fields.text(record, "phone"),
        birth_date="",
        gender="1" if record.get("gender") == "F" else "0",
        cpf=fields.text(record, "cpf"),
        cnpj=fields.text(record, "cnpj"),
        company_name=fields.text(record, "company_name"),
        address=fields.text(address, "address"),
        number=fields.text(address, "number"),
        complement=fields.text(address, "complement", longest=60),
        neighborhood=fields.text(address, "neighborhood", longest=100),
        city=fields.text(address, "city", longest=200),
        state=fields.text(address, "state", longest=2),
        zip_code=digits,
    )


def _sent_marketplace(sent: object) -> Marketplace | None:
    first = sent[0] if isinstance(sent, list) and sent else sent
    if not isinstance(first, dict):
        return None
    return Marketplace(
        name=fields.text(first, "marketplace_name"),
        seller_name=fields.text(first, "marketplace_seller_name"),
        seller_id=fields.text(first, "marketplace_seller_id"),
        document=fields.text(first, "marketplace_document"),
        payment_document=fields.text(first, "payment_responsible_document"),
        order_id=fields.text(first, "marketplace_order_id"),
        shipping_id=fields.text(first, "marketplace_shipping_id"),
        shipping_type=fields.text(first, "marketplace_shipping_type"),
        internal_status=fields.text(first, "marketplace_internal_status"),
    )
