"""Tray over REST: what the engine may ask of a Tray store."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlencode

from cais.connectors.tray import invoices, mapping, notices, shelf, shipping
from cais.connectors.tray.address import api_address, safe_id, same_host, shop_address
from cais.connectors.tray.checks import check_account
from cais.connectors.tray.client import TrayClient
from cais.connectors.tray.manifest import MANIFEST
from cais.connectors.tray.reading import Record, flag, key_of, record_of, text_of
from cais.core.digest import digest_of
from cais.core.documents import InvoiceDoc, OrderDoc, StatusDoc, TrackingDoc
from cais.core.shelf import PriceDoc, ProductDoc, ShelfRef, ShelfRow
from cais.ports.capabilities import (
    Check,
    Done,
    Doorbell,
    Notice,
    OrderPage,
    OrderRef,
    ShelfPage,
    StoreInvoice,
    Window,
)
from cais.ports.errors import ConfigurationError, NotFound, Rejected, Unreadable
from cais.ports.session import Account, Priority, Tokens

# A filter that is passed over in silence must not cost the day's calls.
MOST_FOUND = 10
ORDERS = ("Orders", "Order")
STATUSES = ("OrderStatuses", "OrderStatus")
LISTS = {
    "products": ("/products", shelf.PRODUCTS, shelf.product_row),
    "variants": ("/products/variants", shelf.VARIANTS, shelf.variant_row),
}


class TrayConnector:
    """Stateless; implements every protocol of `ports.capabilities` but that of an ERP."""

    manifest = MANIFEST

    def check(self, account: Account) -> Sequence[Check]:
        return check_account(account)

    def list_orders(self, account: Account, window: Window, page: int) -> OrderPage:
        query = [
            ("modified", f"{window.first:%Y-%m-%d},{window.last:%Y-%m-%d}"),
            ("sort", "id_asc"),
            ("page", str(page)),
        ]
        found = TrayClient(account).page("/orders", names=ORDERS, priority=Priority.ORDERS, query=query)
        refs = tuple(_ref(record) for record in found.records)
        return OrderPage(refs=refs, next_page=0 if found.is_last else page + 1, total=found.total)

    def fetch_order(self, account: Account, external_id: str) -> bytes:
        """The `/complete` answer; with the plain detail beside it where a delivery address was chosen among several."""
        client = TrayClient(account)
        path = f"/orders/{safe_id(external_id)}"
        complete = _complete(client, path)
        if not mapping.needs_chosen_address(complete):
            return complete
        detail = client.get(path, priority=Priority.ORDERS)
        detail.json()
        return mapping.envelope(complete, detail.body)

    def read_order(self, raw: bytes) -> OrderDoc:
        return mapping.read_order(raw)

    def list_statuses(self, account: Account) -> Sequence[StatusDoc]:
        records = TrayClient(account).all_pages("/orders/statuses", names=STATUSES, priority=Priority.STATUS)
        found = {key_of(record, "id"): _status(record) for record in records}
        return tuple(status for key, status in found.items() if key)

    def write_status(self, account: Account, order_id: str, status: StatusDoc) -> Done:
        if not status.external_id:
            raise Rejected(f"A situação “{status.label}” não tem número nesta loja.", code="status_without_id")
        body = {"Order": {"status_id": status.external_id}}
        answer = TrayClient(account).put(f"/orders/{safe_id(order_id)}", priority=Priority.STATUS, json=body)
        return Done(external_id=text_of(record_of(answer.json()), "id") or order_id)

    def current_status(self, account: Account, order_id: str) -> StatusDoc:
        return mapping.read_status(_plain_order(TrayClient(account), order_id, priority=Priority.STATUS))

    def write_tracking(self, account: Account, order_id: str, tracking: TrackingDoc) -> Done:
        path, body = f"/orders/{safe_id(order_id)}", shipping.body_of(tracking)
        answer = TrayClient(account).put(path, priority=Priority.STATUS, json=body)
        return Done(external_id=text_of(record_of(answer.json()), "id") or order_id)

    def current_tracking(self, account: Account, order_id: str) -> TrackingDoc:
        return shipping.read_tracking(_plain_order(TrayClient(account), order_id, priority=Priority.STATUS))

    def list_invoices(self, account: Account, order_id: str) -> Sequence[StoreInvoice]:
        client = TrayClient(account)
        try:
            answer = client.get(f"/orders/{safe_id(order_id)}/invoices", priority=Priority.INVOICES)
        except NotFound:
            _ensure_without_invoice(client, order_id)
            return ()
        return invoices.read_invoices(answer.json())

    def write_invoice(self, account: Account, order_id: str, invoice: InvoiceDoc, *, external_id: str = "") -> Done:
        client, path = TrayClient(account), f"/orders/{safe_id(order_id)}/invoices"
        body = invoices.body_of(invoice)
        if external_id:
            path = f"{path}/{safe_id(external_id)}"
            answer = client.put(path, priority=Priority.INVOICES, json=body)
        else:
            answer = client.post(path, priority=Priority.INVOICES, json=body)
        return invoices.acknowledged(answer.json(), external_id=external_id)

    def list_products(self, account: Account, page: str) -> ShelfPage:
        """All products first, then all variants: their list is far cheaper than one call a product (contract §3)."""
        kind, _, number = (page or "products:1").partition(":")
        path, names, row = LISTS[kind]
        query = [("sort", "id_asc"), ("page", number)]
        found = TrayClient(account).page(path, names=names, priority=Priority.READ_BACK, query=query)
        following = f"{kind}:{int(number) + 1}"
        if found.is_last:
            following = "variants:1" if kind == "products" else ""
        return ShelfPage(rows=tuple(row(each) for each in found.records), next_page=following)

    def find_products(self, account: Account, references: Sequence[str]) -> Sequence[ShelfRow]:
        client = TrayClient(account)
        return [row for reference in references for row in _bearing(client, reference)]

    def show_product(self, account: Account, ref: ShelfRef) -> ShelfRow:
        return shelf.row_of(_shown(account, ref, priority=Priority.READ_BACK), ref)

    def write_stock(self, account: Account, ref: ShelfRef, quantity: Decimal) -> Done:
        shown = MANIFEST.facts(account.modality).shown_stock(quantity)
        return _told(account, ref, {"stock": int(shown)}, priority=Priority.STOCK)

    def current_stock(self, account: Account, ref: ShelfRef) -> Decimal | None:
        return shelf.stock_of(_shown(account, ref, priority=Priority.STOCK))

    def write_price(self, account: Account, ref: ShelfRef, price: PriceDoc) -> Done:
        return _told(account, ref, shelf.price_fields(price), priority=Priority.PRICES)

    def current_price(self, account: Account, ref: ShelfRef) -> PriceDoc | None:
        return shelf.price_of(_shown(account, ref, priority=Priority.PRICES))

    def ensure_product(self, account: Account, product: ProductDoc) -> Done:
        client = TrayClient(account)
        found = shelf.only_one(_bearing(client, product.reference), product.reference)
        if found is not None:
            return found
        body: dict[str, object] = {"Product": shelf.new_product_fields(product)}
        return shelf.made(client.post("/products", priority=Priority.CATALOGUE, json=body).json())

    def update_product(self, account: Account, ref: ShelfRef, product: ProductDoc) -> Done:
        return _told(account, _whole_product(ref), shelf.product_fields(product), priority=Priority.CATALOGUE)

    def read_product(self, account: Account, ref: ShelfRef) -> ProductDoc:
        return shelf.product_doc(_shown(account, _whole_product(ref), priority=Priority.CATALOGUE))

    def authorise_url(self, account: Account, callback: str) -> str:
        """The approval page of the shop. `callback` bears whatever proves that the answer is ours (contract §2.2)."""
        shop = shop_address(account.settings.get("store_url", ""), reach=account.reach)
        query = {
            "response_type": "code",
            "consumer_key": account.settings.get("consumer_key", ""),
            "callback": callback,
        }
        return f"{shop}/auth.php?{urlencode(query)}"

    def settings_from_callback(self, account: Account, query: dict[str, str]) -> dict[str, str]:
        """The code and the address of the store. It comes through a browser: only the store we asked may answer."""
        code, told = query.get("code", "").strip(), query.get("api_address", "").strip()
        if not code or not told:
            words = "A Tray voltou sem o código de autorização. Comece a autorização de novo."
            raise ConfigurationError(words, field="code", code="needs_authorisation")
        if not same_host(told, account.settings.get("store_url", "")):
            words = f"A autorização veio de outro endereço ({told[:80]}). Corrija o endereço da loja e tente de novo."
            raise ConfigurationError(words, field="store_url", code="other_store")
        address = api_address(told, reach=account.reach, field="api_address")
        store = query.get("store", "").strip()
        # One source shows a whole address in place of the number (contract §17).
        return {"code": code, "api_address": address, **({"store_code": store} if store.isdecimal() else {})}

    def redeem(self, account: Account) -> Tokens:
        return TrayClient(account).access.redeemed()

    def renew(self, account: Account) -> Tokens:
        return TrayClient(account).access.extended()

    def doorbell(self, account: Account) -> Doorbell:
        """One address for the application and all its stores; a notice names the store (contract §4).

        Who was not let in by a store hears nothing of it, whatever number was typed.
        """
        tokens = account.tokens.current()
        seller = (tokens.account_id or account.settings.get("store_code", "")) if tokens else ""
        return Doorbell(app=account.settings.get("consumer_key", ""), seller=seller)

    def read_notice(self, content_type: str, body: bytes) -> Notice:
        return notices.read_notice(content_type, body)


def _ref(record: Record) -> OrderRef:
    number = key_of(record, "id")
    if not number:
        raise Unreadable("A lista de pedidos da loja traz um pedido sem número (campo id).")
    return OrderRef(
        external_id=number,
        version=mapping.version_of(record),
        digest=digest_of(record),
        changed_at=mapping.changed_at(record),
    )


def _complete(client: TrayClient, path: str) -> bytes:
    """`/complete`, or `/full`, as one source calls it, where the first is unknown. Raises NotFound when both are."""
    try:
        answer = client.get(f"{path}/complete", priority=Priority.ORDERS)
    except NotFound:
        answer = client.get(f"{path}/full", priority=Priority.ORDERS)
    answer.json()
    return answer.body


def _plain_order(client: TrayClient, order_id: str, *, priority: Priority) -> Record:
    answer = client.get(f"/orders/{safe_id(order_id)}", priority=priority)
    order = record_of(record_of(answer.json()).get("Order"))
    if not order:
        raise Unreadable("A resposta da loja não traz um pedido (campo Order).")
    return order


def _ensure_without_invoice(client: TrayClient, order_id: str) -> None:
    """No source says whether an order without invoices answers its list with 404; the order itself knows better.

    Raises NotFound for an unknown order, Unreadable for one that has an invoice which the store does not show.
    """
    if flag(_plain_order(client, order_id, priority=Priority.INVOICES), "has_invoice"):
        raise Unreadable("A loja diz que o pedido já tem nota, mas não mostrou qual é.")


def _bearing(client: TrayClient, reference: str) -> list[ShelfRow]:
    """Every product and variant with exactly this reference, whatever the filter takes for the same."""
    found: list[ShelfRow] = []
    for path, names, row in LISTS.values():
        query = [("reference", reference)]
        records = client.all_pages(path, names=names, priority=Priority.CATALOGUE, query=query, most=MOST_FOUND)
        found += [each for each in map(row, records) if each.reference == reference]
    return found


def _told(account: Account, ref: ShelfRef, fields: dict[str, object], *, priority: Priority) -> Done:
    body = shelf.body_of(ref, fields)
    TrayClient(account).put(shelf.path_of(ref), priority=priority, json=body).json()
    return Done(external_id=ref.external_id)


def _shown(account: Account, ref: ShelfRef, *, priority: Priority) -> Record:
    return shelf.record_in(TrayClient(account).get(shelf.path_of(ref), priority=priority).json(), ref)


def _whole_product(ref: ShelfRef) -> ShelfRef:
    if ref.variant_id:
        raise Rejected("Na loja este produto é uma variação, e variações ainda não são enviadas.", code="variant")
    return ref


def _status(record: Record) -> StatusDoc:
    return StatusDoc(label=text_of(record, "status"), external_id=key_of(record, "id"), hint=mapping.hint_of(record))


CONNECTOR = TrayConnector()
