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


def ensure(company: Company, orders: Sequence[ErpOrderDoc]) -> list[SalesOrder | Rejected]:
    """The sales orders with these references, made now where there is none. Asked twice, even at once, each is one.

    An order is refused, in words for the user, when one of its lines names a product that does not exist.
    """
    known = _by_reference(company, orders)
    fresh = [order for order in orders if order.reference not in known]
    products = _products(company, fresh)
    refused = {order.reference: no for order in fresh if (no := _refusal(order, products))}
    try:
        with transaction.atomic():
            known |= _create(company, [order for order in fresh if order.reference not in refused], products)
    except IntegrityError:
        # Another company of the group took a reference between the look and the insert; numbers roll back with it.
        return _after_a_clash(company, orders)
    return [refused.get(order.reference) or known[order.reference] for order in orders]


def _after_a_clash(company: Company, orders: Sequence[ErpOrderDoc]) -> list[SalesOrder | Rejected]:
    if len(orders) > 1:
        return [answer for order in orders for answer in ensure(company, [order])]
    known = _by_reference(company, orders)
    if not known:
        raise IntegrityError(f"the sales order {orders[0].reference} can neither be made nor found")
    return [known[orders[0].reference]]


def cancel(group: Group, order_id: int) -> SalesOrder:
    """Cancelling a cancelled order changes nothing. Raises SalesOrder.DoesNotExist."""
    with transaction.atomic():
        order = SalesOrder.objects.of(group).select_for_update().get(pk=order_id)
        if order.state == SalesOrder.State.OPEN:
            order.state = SalesOrder.State.CANCELLED
            order.cancelled_at = timezone.now()
            order.save(update_fields=["state", "cancelled_at"])
    return order


def check(company: Company, asked: Sequence[Sequence[tuple[str, Decimal]]]) -> list[list[LineCheck]]:
    """The word on each (sku, quantity): does it exist, is it active, is that much physically in the company?

    Promised units count as there: the engine reserves before it asks, so the promise is the asking order's own.
    Lines of the same product in one order are added up, and all of them are short when the sum is.
    """
    found = Product.objects.of(company.group).filter(sku__in={sku for lines in asked for sku, _ in lines})
    products = {product.sku: product for product in found.prefetch_related("components")}
    on_hand = stock.on_hand_of(company, _physical_ids(products.values()))
    return [_words(lines, products, on_hand) for lines in asked]


def _words(
    lines: Sequence[tuple[str, Decimal]], products: Mapping[str, Product], on_hand: Mapping[int, Decimal]
) -> list[LineCheck]:
    wanted: dict[str, Decimal] = {}
    for sku, quantity in lines:
        wanted[sku] = wanted.get(sku, ZERO) + quantity
    return [_word(sku, wanted[sku], products.get(sku), on_hand) for sku, _ in lines]


def _by_reference(company: Company, orders: Sequence[ErpOrderDoc]) -> dict[str, SalesOrder]:
    references = [order.reference for order in orders]
    rows = SalesOrder.objects.filter(group_id=company.group_id, reference__in=references)
    return {row.reference: row for row in rows}


def _products(company: Company, orders: Sequence[ErpOrderDoc]) -> dict[str, Product]:
    skus = {line.sku for order in orders for line in order.lines}
    return {row.sku: row for row in Product.objects.filter(group_id=company.group_id, sku__in=skus)}


def _refusal(order: ErpOrderDoc, products: Mapping[str, Product]) -> Rejected | None:
    missing = sorted({line.sku for line in order.lines} - products.keys())
    if not missing:
        return None
    return Rejected(f"O produto {missing[0]} não existe na retaguarda", code="unknown_product")


def _create(company: Company, orders: Sequence[ErpOrderDoc], products: Mapping[str, Product]) -> dict[str, SalesOrder]:
    if not orders:
        return {}
    counter = _locked_counter(company)
    # Whoever waited for the counter may find that the one before it made these very orders.
    known = _by_reference(company, orders)
    customers = _customers(company, orders)
    made: list[SalesOrder] = []
    fresh = [order for order in orders if order.reference not in known]
    for order in fresh:
        counter.last += 1
        customer = customers.get(document_text(order.buyer.document))
        made.append(_header(company, order, number=counter.last, customer=customer))
    counter.save(update_fields=["last"])
    SalesOrder.objects.bulk_create(made)
    SalesOrderLine.objects.bulk_create(
        line for row, order in zip(made, fresh, strict=True) for line in _lines(row, order, products)
    )
    return known | {row.reference: row for row in made}


def _locked_counter(company: Company) -> SalesOrderCounter:
    rows = SalesOrderCounter.objects.filter(company=company).select_for_update()
    found = rows.first()
    if found is None:
        fresh = SalesOrderCounter(group_id=company.group_id, company=company)
        SalesOrderCounter.objects.bulk_create([fresh], ignore_conflicts=True)
    return found or rows.get()


def _header(company: Company, order: ErpOrderDoc, *, number: int, customer: Customer | None) -> SalesOrder:
    return SalesOrder(
        group_id=company.group_id,
        company=company,
        number=number,
        reference=order.reference,
        kind=order.kind,
        tag=_cut("tag", order.tag),
        store_number=order.store_number,
        channel=_cut("channel", order.channel),
        customer=customer,
        buyer_name=_cut("buyer_name", order.buyer.name),
        placed_at=order.placed_at,
        goods=sum((line.total for line in order.lines), ZERO),
        freight=order.freight,
        discount=order.discount,
        surcharge=order.surcharge,
        total=order.total,
        shipping_method=_cut("shipping_method", order.shipping_method),
        carrier=_cut("carrier", order.carrier),
        freight_service=_cut("freight_service", order.freight_service),
        freight_by=order.freight_by,
        payment_method=_cut("payment_method", order.payment_method),
        payment_form=order.payment_form,
        instalments=order.instalments,
        buyer_note=order.buyer_note,
        content=plain(order),
    )


def _cut(field: str, text: str) -> str:
    """As much of a free text as the column holds; `content` keeps the whole."""
    return text[: _LENGTHS[field]]


def _customers(company: Company, orders: Sequence[ErpOrderDoc]) -> dict[str, Customer]:
    """The group's customers by the buyers' documents; a buyer without one is nobody's."""
    bare = {document_text(order.buyer.document) for order in orders} - {""}
    rows = Customer.objects.filter(group_id=company.group_id, document__in=bare)
    return {row.document: row for row in rows}


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
