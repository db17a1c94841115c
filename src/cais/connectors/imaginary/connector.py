"""The imaginary vendor's capabilities: client and mapping put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from urllib.parse import quote

from cais.connectors.imaginary import mapping, shelf
from cais.connectors.imaginary.client import Client
from cais.connectors.imaginary.manifest import MANIFEST
from cais.core.documents import ErpOrderDoc, InvoiceDoc, OrderDoc, StatusDoc, TrackingDoc
from cais.core.shelf import PriceDoc, ProductDoc, ShelfRef, ShelfRow
from cais.ports.capabilities import (
    Check,
    Done,
    Doorbell,
    LineCheck,
    Notice,
    OrderPage,
    ShelfPage,
    StoreInvoice,
    Window,
)
from cais.ports.errors import AccessRefused, ConfigurationError, OutcomeUnknown, Unreadable, VendorError
from cais.ports.session import Account, Priority, Tokens
from cais.wire.http import Answer


class ImaginaryConnector:
    """Store and ERP at once; see `ports.capabilities` for what each method promises."""

    manifest = MANIFEST

    def check(self, account: Account) -> Sequence[Check]:
        try:
            Client(account).info()
        except ConfigurationError as error:
            return [Check(ok=False, text=error.words, code=error.code)]
        except AccessRefused as error:
            return [Check(ok=False, text=error.words, code=error.state)]
        except VendorError as error:
            return [Check(ok=False, text=error.words, code="unavailable")]
        return [Check(ok=True, text="O fornecedor imaginário atende e aceitou o acesso.")]

    def list_orders(self, account: Account, window: Window, page: int) -> OrderPage:
        return mapping.order_page(Client(account).orders(window, page))

    def fetch_order(self, account: Account, external_id: str) -> bytes:
        return Client(account).order(external_id)

    def read_order(self, raw: bytes) -> OrderDoc:
        return mapping.order_doc(raw)

    def list_statuses(self, account: Account) -> Sequence[StatusDoc]:
        return mapping.statuses(Client(account).statuses())

    def write_status(self, account: Account, order_id: str, status: StatusDoc) -> Done:
        return _acknowledged(Client(account).put_status(order_id, mapping.status_body(status)))

    def current_status(self, account: Account, order_id: str) -> StatusDoc:
        return mapping.status_of_order(Client(account).order(order_id, priority=Priority.STATUS))

    def list_invoices(self, account: Account, order_id: str) -> Sequence[StoreInvoice]:
        return mapping.invoices(Client(account).invoices(order_id))

    def write_invoice(self, account: Account, order_id: str, invoice: InvoiceDoc, *, external_id: str = "") -> Done:
        client, body = Client(account), mapping.invoice_body(invoice)
        if external_id:
            return _acknowledged(client.replace_invoice(order_id, external_id, body))
        return _acknowledged(client.add_invoice(order_id, body))

    def write_tracking(self, account: Account, order_id: str, tracking: TrackingDoc) -> Done:
        return _acknowledged(Client(account).put_shipment(order_id, mapping.shipment_body(tracking)))

    def current_tracking(self, account: Account, order_id: str) -> TrackingDoc:
        return mapping.tracking(Client(account).shipment(order_id))

    def list_products(self, account: Account, page: str) -> ShelfPage:
        return shelf.page(Client(account).products(page))

    def find_products(self, account: Account, references: Sequence[str]) -> Sequence[ShelfRow]:
        client = Client(account)
        return [row for each in references for row in shelf.bearing(client.products_bearing(each), each)]

    def show_product(self, account: Account, ref: ShelfRef) -> ShelfRow:
        return shelf.shown(Client(account).product(ref, priority=Priority.READ_BACK))

    def write_stock(self, account: Account, ref: ShelfRef, quantity: Decimal) -> Done:
        body = shelf.stock_body(MANIFEST.facts(account.modality).shown_stock(quantity))
        return _acknowledged(Client(account).put_product(ref, body, priority=Priority.STOCK, part="/stock"))

    def current_stock(self, account: Account, ref: ShelfRef) -> Decimal | None:
        return shelf.stock(Client(account).product(ref, priority=Priority.STOCK))

    def write_price(self, account: Account, ref: ShelfRef, price: PriceDoc) -> Done:
        body = shelf.price_body(price)
        return _acknowledged(Client(account).put_product(ref, body, priority=Priority.PRICES, part="/price"))

    def current_price(self, account: Account, ref: ShelfRef) -> PriceDoc | None:
        return shelf.price(Client(account).product(ref, priority=Priority.PRICES))

    def ensure_product(self, account: Account, product: ProductDoc) -> Done:
        client, reference = Client(account), product.reference
        found = shelf.only_one(shelf.bearing(client.products_bearing(reference), reference), reference)
        if found is not None:
            return found
        answer = client.add_product({**shelf.product_body(product), "price": str(product.price)})
        return replace(_acknowledged(answer), is_new=answer.status == HTTPStatus.CREATED)

    def update_product(self, account: Account, ref: ShelfRef, product: ProductDoc) -> Done:
        body = shelf.product_body(product)
        return _acknowledged(Client(account).put_product(ref, body, priority=Priority.CATALOGUE))

    def read_product(self, account: Account, ref: ShelfRef) -> ProductDoc:
        return shelf.product(Client(account).product(ref, priority=Priority.CATALOGUE))

    def ensure_order(self, account: Account, order: ErpOrderDoc) -> Done:
        client = Client(account)
        found = mapping.found_order(client.find_erp_order(order.reference))
        if found is not None:
            return found
        return _acknowledged(client.create_erp_order(mapping.erp_order_body(order)), mapping.erp_order)

    def find_order(self, account: Account, reference: str) -> Done | None:
        return mapping.found_order(Client(account).find_erp_order(reference))

    def cancel_order(self, account: Account, external_id: str) -> Done:
        return _acknowledged(Client(account).cancel_erp_order(external_id), mapping.erp_order)

    def check_lines(self, account: Account, cnpj: str, lines: Sequence[tuple[str, str]]) -> Sequence[LineCheck]:
        return mapping.line_checks(Client(account).check_lines(mapping.checks_body(cnpj, lines)))

    def authorise_url(self, account: Account, callback: str) -> str:
        return f"{Client(account).base_url()}/authorise?callback={quote(callback, safe='')}"

    def settings_from_callback(self, account: Account, query: dict[str, str]) -> dict[str, str]:
        expected = account.settings.get("store", "")
        if expected and query.get("store") != expected:
            words = "A autorização que voltou é de outra loja."
            raise ConfigurationError(words, field="store", code="another_store")
        if not query.get("code"):
            raise ConfigurationError("A autorização voltou sem código.", field="code", code="no_code")
        return {"code": query["code"], "store": query.get("store", "")}

    def redeem(self, account: Account) -> Tokens:
        with account.tokens.renewing():
            return Client(account).redeem()

    def renew(self, account: Account) -> Tokens:
        return Client(account).extended()

    def doorbell(self, account: Account) -> Doorbell:
        """One application for every store; the store's code names it, as typed or as told with the access."""
        return Doorbell(app="imaginary", seller=account.settings.get("store", ""))

    def read_notice(self, content_type: str, body: bytes) -> Notice:
        return mapping.notice(body)


def _acknowledged(answer: Answer, read: Callable[[object], Done] = mapping.done) -> Done:
    """A write's yes. One that cannot be read may well have been done: it must be looked at, not repeated."""
    try:
        return read(answer.json())
    except Unreadable as error:
        words = "O fornecedor recebeu o envio e respondeu algo que não se entende."
        raise OutcomeUnknown(words, detail=error.words) from error


CONNECTOR = ImaginaryConnector()
