"""What a wish of each kind looks like in a rehearsal: the look outside, and what is and would be, field by field."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final, Generic, TypeVar, cast

from cais.connections.models import Connection
from cais.core.documents import Address, ErpOrderDoc
from cais.core.shelf import PriceDoc
from cais.core.wording import money_text, quantity_text
from cais.exporting.documents import asked_here, brief, described, differences, document_of
from cais.exporting.looking import look_at_products
from cais.exporting.models import ProductPublication
from cais.exporting.products import ProductKind, seen_in_store
from cais.exporting.sending import CALLS_OF_ONE
from cais.nfe.models import InvoicePublication
from cais.nfe.store_invoice import INVOICES, invoice_document
from cais.ports.capabilities import ErpOrders, InvoicePublisher, StatusWriter, TrackingWriter
from cais.ports.session import Account
from cais.pricing.words import days_text
from cais.publishing.erp_document import erp_document
from cais.publishing.hints import order_moved
from cais.publishing.kinds import ERP_ORDERS, STATUSES, Kind
from cais.publishing.models import ErpOrderPublication, Publication, StatusPublication, TrackingPublication
from cais.publishing.tracking import TRACKINGS, says, tracking_of
from cais.publishing.wishes import Wish
from cais.rehearsals.models import Rehearsal
from cais.shelves.models import ShelfPublication
from cais.shelves.planning import is_planned, seen_lately
from cais.shelves.prices import PriceKind
from cais.shelves.stock import StockKind
from cais.shelves.telling import TellingKind, ref_of
from cais.statuses import services as statuses

Row = TypeVar("Row", bound=Publication)
Fields = Sequence[tuple[str, str, str]]
NOTHING: Final = "–"
NO_OFFER: Final = "sem promoção"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the look found. `is_same`: nothing to write. `has_moved`: the outside is not what we decided from.

    `verb`: what would be done, where only the look can tell.
    """

    fields: Fields
    is_same: bool = False
    has_moved: bool = False
    verb: str = ""


class Shape(ABC, Generic[Row]):
    """One kind of wish as a rehearsal reads it. `calls` is what saying it costs at most."""

    kind: ClassVar[Kind[Any]]
    calls: ClassVar[int]
    scope: ClassVar[Rehearsal.Scope] = Rehearsal.Scope.ORDERS
    what: ClassVar[str] = "o pedido"

    @abstractmethod
    def order_of(self, row: Row) -> tuple[int | None, str]:
        """The order's id and its number in the store; of what is no order, None and what it is called."""

    def prepare(self, connection: Connection) -> bool:
        """Called until it is True before the rows of a plan are made."""
        return True

    @abstractmethod
    def see(self, row: Row, account: Account) -> Seen:
        """Look outside, write nothing. Raises the errors of `ports.errors`."""


class StatusShape(Shape[StatusPublication]):
    kind = STATUSES
    calls = 2

    def order_of(self, row: StatusPublication) -> tuple[int, str]:
        return row.order_id, row.order.number

    def see(self, row: StatusPublication, account: Account) -> Seen:
        now = cast(StatusWriter, row.connection.vendor).current_status(account, row.order.external_id)
        moved = statuses.key_of(now) not in (row.order.status.key, row.status.key)
        if moved:
            order_moved.send(type(self), connection=row.connection, external_id=row.order.external_id)
        fields = [("Status na loja", now.label, row.status.label)]
        return Seen(fields, is_same=statuses.key_of(now) == row.status.key, has_moved=moved)


class ErpOrderShape(Shape[ErpOrderPublication]):
    kind = ERP_ORDERS
    calls = 2

    def order_of(self, row: ErpOrderPublication) -> tuple[int, str]:
        order = row.fulfilment.order
        return order.pk, order.number

    def see(self, row: ErpOrderPublication, account: Account) -> Seen:
        found = cast(ErpOrders, row.connection.vendor).find_order(account, row.fulfilment.reference)
        there = f"venda {found.number or found.external_id}" if found else "não existe"
        if row.wish == Wish.CANCELLED:
            return Seen([("Venda no ERP", there, "cancelada")], is_same=found is None)
        would = ("Venda no ERP", there, f"criada, {money_text(row.fulfilment.total)}")
        if found:
            return Seen([would], is_same=True)
        document = [(name, NOTHING, text) for name, text in _document(erp_document(row.fulfilment))]
        return Seen([would, *document])


class InvoiceShape(Shape[InvoicePublication]):
    kind = INVOICES
    calls = 2

    def order_of(self, row: InvoicePublication) -> tuple[int, str]:
        return row.nfe.order_id, row.nfe.order.number

    def see(self, row: InvoicePublication, account: Account) -> Seen:
        vendor = cast(InvoicePublisher, row.connection.vendor)
        there = vendor.list_invoices(account, row.nfe.order.external_id)
        shown = ", ".join(found.key for found in there) or "sem nota"
        ours = invoice_document(row.nfe)
        fields = [
            ("Chave da nota na loja", shown, ours.key),
            ("Número e série", NOTHING, f"{ours.number} / {ours.series}"),
            ("Valor", NOTHING, money_text(ours.total)),
        ]
        return Seen(fields, is_same=not row.overwrite and any(found.key == ours.key for found in there))


class TrackingShape(Shape[TrackingPublication]):
    kind = TRACKINGS
    calls = 2

    def order_of(self, row: TrackingPublication) -> tuple[int, str]:
        return row.order_id, row.order.number

    def see(self, row: TrackingPublication, account: Account) -> Seen:
        now = cast(TrackingWriter, row.connection.vendor).current_tracking(account, row.order.external_id)
        wish = tracking_of(row.order)
        fields = [
            ("Rastreio na loja", now.code or "sem rastreio", wish.code or NOTHING),
            ("Link do rastreio", now.url or NOTHING, wish.url or now.url or NOTHING),
            ("Dia do envio", _day(now.shipped_on), _day(wish.shipped_on)),
        ]
        return Seen(fields, is_same=says(now, wish))


class ShelfShape(Shape[ShelfPublication]):
    """What the store showed when its shelf was read for this plan costs no further call."""

    kind: ClassVar[TellingKind]
    calls = 1

    def order_of(self, row: ShelfPublication) -> tuple[int | None, str]:
        product = row.listing.product
        return None, f"{product.sku} {product.name}"[:60]

    def prepare(self, connection: Connection) -> bool:
        return is_planned(connection, self.kind.facet)

    def see(self, row: ShelfPublication, account: Account) -> Seen:
        now = row.shown if seen_lately(row) else self.kind.facet.read(row.connection, account, ref_of(row.listing))
        return Seen(self.fields(now, row.desired), is_same=now is not None and now == row.desired)

    @abstractmethod
    def fields(self, now: Any, would: Any) -> Fields:
        """What is and would be, field by field."""


class StockShape(ShelfShape):
    kind = StockKind()
    scope = Rehearsal.Scope.STOCK
    what = "o estoque"

    def fields(self, now: Decimal | None, would: Decimal | None) -> Fields:
        return [("Estoque na loja", quantity_text(now), quantity_text(would))]


class PriceShape(ShelfShape):
    kind = PriceKind()
    scope = Rehearsal.Scope.PRICES
    what = "o preço"

    def fields(self, now: PriceDoc | None, would: PriceDoc | None) -> Fields:
        found = [("Preço na loja", _price(now), _price(would)), ("Promoção na loja", _offer(now), _offer(would))]
        return [field for field in found if field[1:] != (NO_OFFER, NO_OFFER)]


def _price(doc: PriceDoc | None) -> str:
    return NOTHING if doc is None else money_text(doc.price)


def _offer(doc: PriceDoc | None) -> str:
    if doc is None:
        return NOTHING
    return f"{money_text(doc.promotion.price)} {days_text(doc.promotion)}".strip() if doc.promotion else NO_OFFER


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else NOTHING


def _document(document: ErpOrderDoc) -> Iterator[tuple[str, str]]:
    """The whole order as people check one: who, what, how much, where to."""
    yield "Empresa (CNPJ)", document.company_cnpj
    yield "Tipo e tag", f"{document.kind} · {document.tag}"
    yield "Cliente", document.buyer.name
    yield "CPF ou CNPJ", _masked(document.buyer.document)
    for at, line in enumerate(document.lines, 1):
        sum_ = f"{quantity_text(line.quantity)} × {money_text(line.unit_price)} = {money_text(line.total)}"
        yield f"Item {at}", f"{line.sku} · {line.name} · {sum_}"
    yield "Frete", money_text(document.freight)
    yield "Desconto", money_text(document.discount)
    yield "Acréscimo", money_text(document.surcharge)
    yield "Total", money_text(document.total)
    yield "Forma de recebimento", document.payment_method or NOTHING
    yield "Forma de envio", document.shipping_method or NOTHING
    yield "Entrega", _place(document.delivery)


def _masked(document: str) -> str:
    """Enough to recognise it; the plan is kept for longer than the look lasts."""
    return f"•••{document[-4:]}" if document else NOTHING


def _place(address: Address) -> str:
    """The town is enough to check, and no street is kept twice."""
    return " / ".join(part for part in (address.city, address.state) if part) or NOTHING


class ProductShape(Shape[ProductPublication]):
    """Found by its reference where it is not linked yet; what the person sees there is what may be written over."""

    kind = ProductKind()
    calls = CALLS_OF_ONE
    scope = Rehearsal.Scope.EXPORT
    what = "o produto"

    def order_of(self, row: ProductPublication) -> tuple[int | None, str]:
        return None, f"{row.product.sku} {row.product.name}"[:60]

    def prepare(self, connection: Connection) -> bool:
        while look_at_products(connection):
            pass
        return True

    def see(self, row: ProductPublication, account: Account) -> Seen:
        ours = document_of(row.product)
        assert ours is not None  # planned
        shown = seen_in_store(row, ours, account)
        if shown is None:
            made = described(asked_here(ours, row.product, row.connection))
            return Seen([("Produto na loja", "não existe", "cadastrado, sem estoque"), *made])
        found = [(name, brief(was), brief(would)) for name, was, would in differences(shown, ours)]
        if not found:
            return Seen([("Produto na loja", "já está igual", "vinculado")], is_same=row.is_ours, verb="link")
        return Seen([("Produto na loja", "já existe", "atualizado"), *found], verb="update")


SHAPES: Final[dict[str, Shape[Any]]] = {
    shape.kind.name: shape
    for shape in (
        ErpOrderShape(),
        InvoiceShape(),
        TrackingShape(),
        StatusShape(),
        StockShape(),
        PriceShape(),
        ProductShape(),
    )
}
"""By the name of the kind, in the order in which the steps follow each other."""
