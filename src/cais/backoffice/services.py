"""Sales orders of the embedded ERP: made once per reference, numbered without gaps, checked against the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from cais.backoffice.models import SalesOrder, SalesOrderCounter, SalesOrderLine
from cais.catalog.models import Product
from cais.companies.models import Company, Group
from cais.core.digest import plain
from cais.core.documents import ErpOrderDoc
from cais.core.values import ZERO, document_text
from cais.customers.models import Customer
from cais.ports.capabilities import LineCheck
from cais.ports.errors import Rejected
from cais.stock import selectors as stock

_LENGTHS = {field.name: field.max_length for field in SalesOrder._meta.concrete_fields if field.max_length}


def ensure(company: Company, order: ErpOrderDoc) -> SalesOrder:
    """The sales order with this reference, made now when there is none. Asked twice, even at once, it makes one.

    Raises Rejected, in words for the user, when a line names a product that does not exist.
    """
    found = _by_reference(company, order.reference)
    if found is not None:
        return found
    products = _products(company, order)
    try:
        with transaction.atomic():
            return _create(company, order, products)
    except IntegrityError:
        # Another company of the group took the reference between the look and the insert; numbers roll back with it.
        found = _by_reference(company, order.reference)
        if found is None:
            raise
        return found


def cancel(group: Group, order_id: int) -> SalesOrder:
    """Cancelling a cancelled order changes nothing. Raises SalesOrder.DoesNotExist."""
    with transaction.atomic():
        order = SalesOrder.objects.of(group).select_for_update().get(pk=order_id)
        if order.state == SalesOrder.State.OPEN:
            order.state = SalesOrder.State.CANCELLED
            order.cancelled_at = timezone.now()
            order.save(update_fields=["state", "cancelled_at"])
    return order


def check(company: Company, lines: Sequence[tuple[str, Decimal]]) -> list[LineCheck]:
    """The word on each (sku, quantity): does it exist, is it active, is that much physically in the company?

    Promised units count as there: the engine reserves before it asks, so the promise is the asking order's own.
    Lines of the same product are added up, and all of them are short when the sum is.
    """
    found = Product.objects.of(company.group).filter(sku__in={sku for sku, _ in lines})
    products = {product.sku: product for product in found.prefetch_related("components")}
    on_hand = stock.on_hand_of(company, _physical_ids(products.values()))
    wanted: dict[str, Decimal] = {}
    for sku, quantity in lines:
        wanted[sku] = wanted.get(sku, ZERO) + quantity
    return [_word(sku, wanted[sku], products.get(sku), on_hand) for sku, _ in lines]


def _by_reference(company: Company, reference: str) -> SalesOrder | None:
    return SalesOrder.objects.filter(group_id=company.group_id, reference=reference).first()


def _products(company: Company, order: ErpOrderDoc) -> dict[str, Product]:
    skus = {line.sku for line in order.lines}
    found = Product.objects.filter(group_id=company.group_id, sku__in=skus)
    products = {product.sku: product for product in found}
    if missing := sorted(skus - products.keys()):
        raise Rejected(f"O produto {missing[0]} não existe na retaguarda", code="unknown_product")
    return products


def _create(company: Company, order: ErpOrderDoc, products: Mapping[str, Product]) -> SalesOrder:
    SalesOrderCounter.objects.bulk_create(
        [SalesOrderCounter(group_id=company.group_id, company=company)], ignore_conflicts=True
    )
    counter = SalesOrderCounter.objects.select_for_update().get(company=company)
    # Whoever waited for the counter may find that the one before it made this very order.
    found = _by_reference(company, order.reference)
    if found is not None:
        return found
    counter.last += 1
    counter.save(update_fields=["last"])
    made = _header(company, order, number=counter.last)
    made.save(force_insert=True)
    SalesOrderLine.objects.bulk_create(_lines(made, order, products))
    return made


def _header(company: Company, order: ErpOrderDoc, *, number: int) -> SalesOrder:
    return SalesOrder(
        group_id=company.group_id,
        company=company,
        number=number,
        reference=order.reference,
        kind=order.kind,
        tag=_cut("tag", order.tag),
        store_number=order.store_number,
        channel=_cut("channel", order.channel),
        customer=_customer(company, order.buyer.document),
        buyer_name=_cut("buyer_name", order.buyer.name),
        placed_at=order.placed_at,
        goods=sum((line.total for line in order.lines), ZERO),
        freight=order.freight,
        discount=order.discount,
        surcharge=order.surcharge,
        total=order.total,
        shipping_method=_cut("shipping_method", order.shipping_method),
        payment_method=_cut("payment_method", order.payment_method),
        buyer_note=order.buyer_note,
        content=plain(order),
    )


def _cut(field: str, text: str) -> str:
    """As much of a free text as the column holds; `content` keeps the whole."""
    return text[: _LENGTHS[field]]


def _customer(company: Company, document: str) -> Customer | None:
    bare = document_text(document)
    if not bare:
        return None
    return Customer.objects.filter(group_id=company.group_id, document=bare).first()


def _lines(made: SalesOrder, order: ErpOrderDoc, products: Mapping[str, Product]) -> list[SalesOrderLine]:
    return [
        SalesOrderLine(
            group_id=made.group_id,
            sales_order=made,
            product=products[line.sku],
            position=position,
            sku=line.sku,
            name=line.name[:300],
            quantity=line.quantity,
            unit_price=line.unit_price,
            total=line.total,
        )
        for position, line in enumerate(order.lines, start=1)
    ]


def _physical_ids(products: Iterable[Product]) -> set[int]:
    """The products whose units are counted: a kit stands for its components (feature C6)."""
    ids: set[int] = set()
    for product in products:
        ids |= {part.product_id for part in product.components.all()} if product.is_kit else {product.pk}
    return ids


def _word(sku: str, wanted: Decimal, product: Product | None, on_hand: Mapping[int, Decimal]) -> LineCheck:
    if product is None:
        return LineCheck(sku=sku, problem="unknown_product")
    if not product.active:
        return LineCheck(sku=sku, problem="inactive")
    if not product.tracks_stock:
        return LineCheck(sku=sku)
    available = _there(product, on_hand)
    shown = format(available.normalize(), "f")
    return LineCheck(sku=sku, problem="short" if available < wanted else "", available=shown)


def _there(product: Product, on_hand: Mapping[int, Decimal]) -> Decimal:
    if not product.is_kit:
        return on_hand.get(product.pk, ZERO)
    parts = product.components.all()
    return stock.kits_from({part.product_id: part.quantity for part in parts}, on_hand)
