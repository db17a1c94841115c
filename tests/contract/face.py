"""A running simulator as the contract sees it; each vendor has one small adapter with this face."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from cais.core.shelf import ShelfRef
from cais.ports.capabilities import Window
from cais.ports.session import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where the faults of an operation strike: prefixes of "METHOD /path", as the simulator hears them."""

    listing: str
    fetch: str
    statuses: str
    write_status: str
    renew: str
    list_invoices: str = ""
    add_invoice: str = ""
    replace_invoice: str = ""
    write_tracking: str = ""
    read_tracking: str = ""
    list_shelf: str = ""
    read_shelf: str = ""
    write_shelf: str = ""
    make_product: str = ""
    erp_find: str = ""
    erp_create: str = ""
    erp_checks: str = ""


class Vendor(Protocol):
    """A running simulator. Every method acts on the simulator alone, never on the connector."""

    name: str
    connector: Any
    paths: Paths

    def account(self) -> Account:
        """A fresh connection to it, authorised by its owner."""

    def unauthorised_account(self) -> Account:
        """A connection with what its owner has typed, before the vendor was asked for a yes."""

    def lately(self) -> Window:
        """Yesterday to tomorrow, so that a midnight does not matter."""

    def sell(self, count: int = 1) -> list[str]:
        """Sell flawless orders; their ids."""

    def sell_unreadable(self) -> str:
        """An order whose document makes no sense, though its row in the list does."""

    def sell_with_status(self, words: str) -> str:
        """An order in a status that the merchant has just invented."""

    def change(self, order_id: str) -> None: ...

    def fault(self, name: str, *, times: int = 1, only: str = "", seconds: float = 5.0) -> None: ...

    def limit_with_retry_after(self, only: str) -> float:
        """The next fitting call is refused with a Retry-After; the seconds it names."""

    def another_status(self, order_id: str) -> str:
        """The id of a status that the order does not have now and may be given."""

    def status_of(self, order_id: str) -> str: ...

    def status_writes(self, order_id: str) -> int:
        """How many writes of a status have been carried out, by the simulator's own ledger."""

    def expire_access(self) -> None: ...

    def withdraw_access(self) -> None:
        """No token and no code of before is good any more."""

    def block(self) -> None: ...

    def forgives_lost_renewals(self, on: bool) -> None:
        """Whether a way in is left when the answer to a renewal is lost."""

    def renewals(self) -> int:
        """How many pairs of tokens have been handed out."""

    def calls(self) -> int:
        """How many calls have arrived."""

    def as_another_store(self, query: dict[str, str]) -> dict[str, str]:
        """The same approval, as if another store had sent it."""

    def approve(self, url: str) -> dict[str, str]:
        """Be the merchant's browser: open, say yes, and return the query that comes back."""


class TellingVendor(Vendor, Protocol):
    def notices(self) -> list[tuple[str, bytes]]:
        """What it has said so far, oldest first: content type and body, as they would arrive."""

    def account_number(self) -> str:
        """The number by which a notice names this account."""


class InvoiceVendor(Vendor, Protocol):
    def invoices_added(self, order_id: str) -> list[str]:
        """The access key of every invoice that the client added to the order, twins included, by the ledger."""

    def last_invoice(self, order_id: str) -> dict[str, Any]:
        """What the client last told of an invoice of the order: id, key, number and series as integers, total,
        xml, link, cfops as (product, variant or empty, cfop)."""

    def issue_invoice(self, order_id: str, key: str) -> None:
        """Somebody else adds an invoice to the order."""


class ShippingVendor(Vendor, Protocol):
    def tracking_of(self, order_id: str) -> tuple[str, str, str]:
        """Code, address and day (YYYY-MM-DD) that the store holds for the order; empty texts for none."""

    def tracking_writes(self, order_id: str) -> int:
        """How many tellings have changed the order's tracking, by the simulator's own ledger."""


class ShelfVendor(Vendor, Protocol):
    def put_on_shelf(self, reference: str, *, stock: str = "5", price: str = "10.00", gtin: str = "") -> ShelfRef:
        """The merchant puts a simple product on sale."""

    def put_variants(self, *references: str) -> list[ShelfRef]:
        """The merchant puts a product with variants on sale; the product, then its variants, five units of each."""

    def give_reference(self, ref: ShelfRef, reference: str) -> None:
        """The merchant gives a product another reference."""

    def shelf_stock(self, ref: ShelfRef) -> Decimal:
        """What a buyer could put into the cart."""

    def stock_writes(self, ref: ShelfRef) -> int:
        """How many writes have changed its stock, by the simulator's own ledger."""

    def shelf_price(self, ref: ShelfRef) -> tuple[Decimal, Decimal, str, str]:
        """Price, promotional price (0 for none), first and last day (YYYY-MM-DD, empty for an open end)."""

    def price_writes(self, ref: ShelfRef) -> int:
        """How many writes have changed its price, by the simulator's own ledger."""

    def sell_from_shelf(self, ref: ShelfRef, units: int) -> str:
        """A buyer orders so many of it; the order's id."""

    def products_bearing(self, reference: str) -> int:
        """How many products of the store bear the reference."""

    def refuse_shelf(self) -> None:
        """Every write to the shelf is refused with words from now on."""


class ErpVendor(Vendor, Protocol):
    def erp_orders(self, reference: str) -> int:
        """How many ERP orders exist with the reference, cancelled ones included."""

    def erp_cancelled(self, reference: str) -> int:
        """How many cancellations have been carried out."""

    def erp_document(self, reference: str) -> dict[str, Any]:
        """What the ERP holds: cnpj, document of the buyer, lines as (sku, quantity, total), lines_total, freight,
        discount, surcharge, total; amounts as decimals."""

    def erp_refuses(self, only: str) -> None:
        """The next fitting call is refused with words."""

    def dedupes(self, on: bool) -> None:
        """Whether the ERP itself recognises a reference when asked to create again."""

    def stock(self, cnpj: str, sku: str, *, quantity: str, active: bool = True) -> None: ...
