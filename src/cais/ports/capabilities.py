"""One small protocol per capability: what a connector does for the engine, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable

from cais.core.documents import ErpOrderDoc, InvoiceDoc, OrderDoc, StatusDoc, TrackingDoc
from cais.core.shelf import PriceDoc, ProductDoc, ShelfRef, ShelfRow
from cais.ports.errors import Rejected
from cais.ports.manifest import Manifest
from cais.ports.session import Account, Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRef:
    """An order as a list shows it. `digest` changes when anything in the list's row changes.

    `changed_at` is the vendor's time of the last change, where it tells one.
    """

    external_id: str
    version: str
    digest: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """`total` is the vendor's own count of the window, None when it gives none; `next_page` 0 ends the pass."""

    refs: tuple[OrderRef, ...]
    next_page: int
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days, both included, in the vendor's own calendar."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The vendor acknowledged. `external_id` is its id of the record; `is_new`: this very call made it, for sure.

    `is_cancelled`: the record is there and is nothing any more, as an ERP order that was cancelled.
    """

    external_id: str = ""
    number: str = ""
    is_new: bool = False
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of *Testar conexão*, in plain Portuguese."""

    ok: bool
    text: str
    help: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCheck:
    """The ERP's word on one line: `problem` is empty, unknown_product, inactive or short."""

    sku: str
    problem: str = ""
    available: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreInvoice:
    """An invoice that the store already holds for an order.

    `external_id` is the store's id of it. `key` is the access key without punctuation and in upper case, empty where
    the store holds the invoice without one.
    """

    external_id: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfPage:
    """`next_page` is the vendor's own word for where to go on; empty ends the pass."""

    rows: tuple[ShelfRow, ...]
    next_page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorbell:
    """Where a store's notices come in: by the application they are sent to, and the account's number in them.

    Accounts of the same `app` share one address. Either is empty while it is not known yet.
    """

    app: str
    seller: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """ "Look at this record", said by a store to an address of ours. It proves nothing and carries no data.

    `kind` is "orders", or empty for records that the engine does not follow; `act` is insert, update or delete.
    """

    seller: str
    kind: str
    external_id: str
    act: str


class Connector(Protocol):
    """A vendor. Stateless: every call names the account. Each method may raise the errors of `ports.errors`."""

    manifest: Manifest

    def check(self, account: Account) -> Sequence[Check]:
        """Try the access, the rights and the address; never raises for what the account's owner can correct."""


class OrderSource(Connector, Protocol):
    def list_orders(self, account: Account, window: Window, page: int) -> OrderPage:
        """One page of the orders changed in the window, oldest id first. Pages start at 1."""

    def fetch_order(self, account: Account, external_id: str) -> bytes:
        """The whole order as received, byte for byte. Raises NotFound."""

    def read_order(self, raw: bytes) -> OrderDoc:
        """Understand a fetched order. Pure: no network. Raises Unreadable with what is wrong in plain words."""


class StatusCatalogue(Connector, Protocol):
    def list_statuses(self, account: Account) -> Sequence[StatusDoc]:
        """All statuses the store knows."""


class StatusWriter(Connector, Protocol):
    def write_status(self, account: Account, order_id: str, status: StatusDoc) -> Done:
        """Set the order's status; absolute, twice equals once."""

    def current_status(self, account: Account, order_id: str) -> StatusDoc:
        """What the store says now: the look before speaking again."""


class ErpOrders(Connector, Protocol):
    def ensure_order(self, account: Account, order: ErpOrderDoc) -> Done:
        """Find the order by its reference, else create it. Asked twice it makes one; one that was cancelled stays so,
        and the answer says it."""

    def find_order(self, account: Account, reference: str) -> Done | None:
        """The order with our reference, cancelled or not; None when the ERP surely has none."""

    def cancel_order(self, account: Account, external_id: str) -> Done:
        """Cancel; cancelling a cancelled order is no error. Raises Rejected when the ERP forbids it."""

    def check_lines(self, account: Account, cnpj: str, lines: Sequence[tuple[str, str]]) -> Sequence[LineCheck]:
        """For each (sku, quantity as text): does it exist in that company, active, and in that quantity?"""


@runtime_checkable
class LocalErp(ErpOrders, Protocol):
    """An ERP that answers for many orders in one stroke. None of its calls leaves the machine or is ever in doubt."""

    def ensure_orders(self, account: Account, orders: Sequence[ErpOrderDoc]) -> Sequence[Done | Rejected]:
        """`ensure_order` for each: an answer or a refusal of its own, in the order asked."""

    def check_many(
        self, account: Account, asked: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    ) -> Sequence[Sequence[LineCheck]]:
        """`check_lines` for each (cnpj, lines), in the order asked."""


class Authoriser(Connector, Protocol):
    def authorise_url(self, account: Account, callback: str) -> str:
        """Where the merchant's browser goes to approve us."""

    def settings_from_callback(self, account: Account, query: dict[str, str]) -> dict[str, str]:
        """The settings that the vendor's redirect brings. Raises ConfigurationError when it is not this store's."""

    def redeem(self, account: Account) -> Tokens:
        """Change the stored code for tokens, saved before they are returned."""

    def renew(self, account: Account) -> Tokens:
        """A new pair although the present one still lasts, saved before it is returned: its days begin anew."""


class InvoicePublisher(Connector, Protocol):
    """A store does not refuse a second invoice with the same key: whoever writes looks first, each time."""

    def list_invoices(self, account: Account, order_id: str) -> Sequence[StoreInvoice]:
        """Every invoice that the store holds for the order: the look before speaking. Raises NotFound for the order.

        Empty means surely none; an answer that leaves it open raises Unreadable.
        """

    def write_invoice(self, account: Account, order_id: str, invoice: InvoiceDoc, *, external_id: str = "") -> Done:
        """Tell the store of the invoice: a new one, or in place of the one with `external_id`.

        The first is not repeatable (OutcomeUnknown: list before trying again), the second is absolute, twice equals
        once. The `external_id` of Done is the store's id of the invoice.
        """


class TrackingWriter(Connector, Protocol):
    """A store may mail its buyer at a change of status: who writes both writes the tracking first (feature E7)."""

    def write_tracking(self, account: Account, order_id: str, tracking: TrackingDoc) -> Done:
        """Tell the store how the parcel is followed; absolute, twice equals once. Raises NotFound for the order."""

    def current_tracking(self, account: Account, order_id: str) -> TrackingDoc:
        """What the store says now, its `code` empty when it has none. A store without a field leaves it empty."""


class ProductCatalogue(Connector, Protocol):
    """What a store has on its shelf, product by product and variant by variant."""

    def list_products(self, account: Account, page: str) -> ShelfPage:
        """One page of everything; the first is "". Rows may move between pages while they are read."""

    def find_products(self, account: Account, references: Sequence[str]) -> Sequence[ShelfRow]:
        """Every row that bears one of these references, exactly; several may bear the same, and some none."""

    def show_product(self, account: Account, ref: ShelfRef) -> ShelfRow:
        """The row of this one thing as it is now, whatever page it stands on. Raises NotFound."""


class StockWriter(Connector, Protocol):
    def write_stock(self, account: Account, ref: ShelfRef, quantity: Decimal) -> Done:
        """Set what can be sold of it; absolute, twice equals once. Raises NotFound.

        Told as `Facts.shown_stock` says. What has no stock of its own, a product with variants or a kit that the store
        computes, is not changed by it: the store may refuse (Rejected) or pass over it in silence.
        """

    def current_stock(self, account: Account, ref: ShelfRef) -> Decimal | None:
        """What the store shows now, None when it shows none. Raises NotFound."""


class PriceWriter(Connector, Protocol):
    def write_price(self, account: Account, ref: ShelfRef, price: PriceDoc) -> Done:
        """Set price and promotion; absolute, twice equals once. Without a promotion, one that stands is ended.

        Raises NotFound, and Rejected for what makes no sense (`PriceDoc.is_sensible`) or lacks a day that is wanted.
        """

    def current_price(self, account: Account, ref: ShelfRef) -> PriceDoc | None:
        """What the store holds now, None when it shows no price. Raises NotFound."""


class ProductWriter(Connector, Protocol):
    """Who writes a product says nothing of its stock, and of its price only when it is made."""

    def ensure_product(self, account: Account, product: ProductDoc) -> Done:
        """Find the product by its reference, else create it. What is found stays as it is.

        A new one has nothing to sell until its stock is told. Asked twice it makes one; after OutcomeUnknown asking
        again finds what was made. Raises Rejected with code `ambiguous_reference` when the reference is of several, of
        a variant, or of a product with variants. The `external_id` of Done is the product's; `is_new`: it was made now.
        """

    def update_product(self, account: Account, ref: ShelfRef, product: ProductDoc) -> Done:
        """Set everything but stock and price; absolute, twice equals once. Raises NotFound.

        `ref` names a whole product: one that is a variant over there may be refused (Rejected, code `variant`).
        """

    def read_product(self, account: Account, ref: ShelfRef) -> ProductDoc:
        """What the store holds now, its price included. Raises NotFound."""


class Announcer(Connector, Protocol):
    """A store that says when something changed. A notice only makes us look sooner; any of them may be lost."""

    def doorbell(self, account: Account) -> Doorbell:
        """Whose notices are about this account. No network."""

    def read_notice(self, content_type: str, body: bytes) -> Notice:
        """Understand one notice as received. Pure; raises Unreadable for what is none."""
