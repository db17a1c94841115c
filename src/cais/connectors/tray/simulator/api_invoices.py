"""The invoice calls: the list over all orders, those of one order, one, create, overwrite. There is no delete."""

import datetime
import re
from decimal import Decimal

from cais.connectors.tray.simulator import fields
from cais.connectors.tray.simulator.call import Call
from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.errors import Refusal, invalid, not_found
from cais.connectors.tray.simulator.faults import FATURADOR
from cais.connectors.tray.simulator.listing import listed
from cais.connectors.tray.simulator.records import Cfop, Invoice, Order
from cais.connectors.tray.simulator.render_invoices import invoice_listing, of_order
from cais.connectors.tray.simulator.store import Store
from cais.connectors.tray.simulator.wire import NO_DATE, Json, envelope

# Field | longest text. A key has 44 characters; the other lengths are the simulator's own.
_TEXTS = {"number": 20, "serie": 10, "key": 44, "link": 2_000, "xml_danfe": 5_000_000}
_FIELDS = frozenset((*_TEXTS, "issue_date", "value", "ProductCfop"))
_CFOP_FIELDS = frozenset(("product_id", "variation_id", "cfop"))
_BLANK: Json = {**dict.fromkeys(_TEXTS, ""), "issue_date": "", "value": Decimal("0.00"), "cfops": ()}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MERCADO_LIVRE = "Mercado Livre"


def list_invoices(call: Call) -> Json:
    listing = invoice_listing(call.store.choices)
    rows = list(call.store.book.invoices.values())
    return listed(listing, rows, call.request.query, window=call.window(), choices=call.store.choices)


def list_of_order(call: Call) -> Json:
    order, choices = _order(call), call.store.choices
    if not order.invoices and choices.no_invoices == "not_found":
        raise not_found("OrderInvoices")
    return {"OrderInvoices": [of_order(invoice, choices) for invoice in order.invoices]}


def get_invoice(call: Call) -> Json:
    return {"OrderInvoices": [of_order(_invoice(call), call.store.choices)]}


def create_invoice(call: Call) -> Json:
    """Not idempotent: the same key twice makes two invoices (Tray contract §12)."""
    order, sent = _order(call), _flat(call)
    told = _told(sent, call.store.choices)
    if _issued_by_mercado_livre(call, order):
        # Nothing in the answer says why; that is what makes this refusal hard on a client.
        raise Refusal(call.store.choices.faturador_status, "An error has occurred")
    invoice = _write(call.store, _started(call.store, order), told=told, sent=sent, by="api")
    return envelope("Created", invoice.id, 201, call.store.choices)


def change_invoice(call: Call) -> Json:
    invoice, sent = _invoice(call), _flat(call)
    told = _told(sent, call.store.choices)
    if call.store.choices.invoice_put == "clears_absent":
        told = _BLANK | told
    _write(call.store, invoice, told=told, sent=sent, by="api")
    return envelope("Saved", invoice.id, 200, call.store.choices)


def issue(store: Store, order: Order, sent: Json) -> Invoice:
    """An invoice that someone else wrote, the merchant or another system. Raises Refusal."""
    return _write(store, _started(store, order), told=_told(sent, store.choices), sent=sent, by="merchant")


def _order(call: Call) -> Order:
    return call.store.book.order(fields.record_id(call.places["id"]))


def _invoice(call: Call) -> Invoice:
    return call.store.book.invoice(_order(call), fields.record_id(call.places["invoice_id"]))


def _issued_by_mercado_livre(call: Call, order: Order) -> bool:
    theirs = order.marketplace is not None and order.marketplace.name == _MERCADO_LIVRE
    return theirs and call.store.faults.fires(FATURADOR, call.request)


def _started(store: Store, order: Order) -> Invoice:
    return Invoice(id=store.book.new_id("invoice"), order_id=order.id)


def _write(store: Store, invoice: Invoice, *, told: Json, sent: Json, by: str) -> Invoice:
    for name, value in told.items():
        setattr(invoice, name, value)
    store.book.write_invoice(invoice, sent=sent, by=by)
    return invoice


def _flat(call: Call) -> Json:
    body = fields.body_of(call.request)
    if not isinstance(body, dict):
        raise invalid("OrderInvoice", "O corpo deve trazer os campos da nota, sem lista em volta")
    return body


def _told(sent: Json, choices: Choices) -> Json:
    """The invoice's fields by name, only those that were sent. Raises Refusal."""
    record = fields.known_only(sent, _FIELDS, choices)
    told: Json = {
        name: fields.text(record, name, longest=longest) for name, longest in _TEXTS.items() if name in record
    }
    if "issue_date" in record:
        told["issue_date"] = _issue_date(record)
    if "value" in record:
        told["value"] = fields.money_field(record, "value")
    if "ProductCfop" in record:
        told["cfops"] = _cfops(record["ProductCfop"], choices)
    # No field is marked as required, but a body in which the platform finds nothing, such as a wrapped one, may fail.
    if not any(told.values()) and choices.empty_invoice == "refused":
        raise invalid("OrderInvoice", "Nenhum dado da nota foi informado")
    return told


def _issue_date(record: Json) -> str:
    written = fields.text(record, "issue_date").strip()
    if written in ("", NO_DATE):
        return ""
    reason = "Informe a data no formato AAAA-MM-DD"
    if not _DAY.fullmatch(written):
        raise invalid("issue_date", reason)
    try:
        return datetime.date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise invalid("issue_date", reason) from error


def _cfops(sent: object, choices: Choices) -> tuple[Cfop, ...]:
    rows = sent or []
    if not isinstance(rows, list):
        raise invalid("ProductCfop", "Informe uma lista de produtos")
    return tuple(_cfop(row, choices) for row in rows)


def _cfop(sent: object, choices: Choices) -> Cfop:
    if not isinstance(sent, dict):
        raise invalid("ProductCfop", "Formato inválido")
    # The name here is variation_id; variant_id, as everywhere else, is an unknown key.
    row = fields.known_only(sent, _CFOP_FIELDS, choices)
    return Cfop(
        product_id=fields.required(row, "product_id", longest=15),
        variation_id=fields.text(row, "variation_id", longest=15) or "0",
        cfop=fields.required(row, "cfop", longest=4),
    )
