"""Products that an order brings along (feature B5): made from what its lines say, linked, and left to be completed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection as database

from cais.catalog.drafts import Invalid, ProductDraft, gtin_problem
from cais.catalog.hints import tell_linked
from cais.catalog.models import Listing, Product
from cais.catalog.services import create_as_sold
from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.core.values import digits
from cais.journal.services import note
from cais.orders.models import Order, OrderLine
from cais.settling.goods import Goods, recognise

_LOCK_ROOM = 0x4E657770  # "Newp": the advisory locks of this room, the second key is the group
_LONGEST_SKU, _LONGEST_NAME = 60, 200


def register(connection: Connection, orders: Iterable[Order], goods: Goods) -> None:
    """Make the products that these orders' lines lack. One at a time in a group, so that none is made twice.

    A line without a store's product number stays unknown: there is nothing to link it by.
    """
    missing = [line for order in orders for line in goods.lines.get(order.pk, ()) if may_be_made(line, goods)]
    if not missing:
        return
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_ROOM, connection.group_id % 2**31])
    named, clashes = recognise(connection, missing)  # what another worker made while we waited
    goods.clashes.update(clashes)
    made = _make(connection, [line for line in missing if may_be_made(line, goods)], goods)
    update_each(OrderLine, {line.pk: {"product": line.product_id} for line in [*named, *made]})


def may_be_made(line: OrderLine, goods: Goods) -> bool:
    """Nothing in the register is this line's product, or may be, and the store's number can link one to it."""
    return line.product is None and line.pk not in goods.clashes and bool(line.product_external_id)


def _make(connection: Connection, lines: Sequence[OrderLine], goods: Goods) -> list[OrderLine]:
    """Each line's product, made or made for a line before it. Returns the lines that have one now."""
    linked: dict[tuple[str, str], Product] = {}
    by_sku: dict[str, Product] = {}
    by_gtin: dict[str, Product] = {}
    for line in lines:
        key = (line.product_external_id, line.variant_external_id)
        sku, gtin = _sku_of(connection, line), _gtin_of(line)
        found = linked.get(key) or by_gtin.get(gtin)
        if found is None and sku in by_sku:
            goods.clashes[line.pk] = by_sku[sku]
            continue
        found = found or _made(connection, line, sku, gtin)
        if found is None:
            continue
        if key not in linked:
            _link(connection, line, found)
        linked[key] = by_sku[sku] = line.product = found
        if gtin:
            by_gtin[gtin] = found
    return [line for line in lines if line.product is not None]


def _made(connection: Connection, line: OrderLine, sku: str, gtin: str) -> Product | None:
    """None when it is for a person to say which product it is: two have its GTIN, or its code was taken just now."""
    if gtin and Product.objects.filter(group=connection.group_id, gtin=gtin).exists():
        return None
    try:
        product = create_as_sold(
            connection.group, ProductDraft(sku=sku, name=_name_of(line) or sku, gtin=gtin, origin="")
        )
    except Invalid:
        return None
    params = {"sku": product.sku, "name": line.name}
    note(connection.group_id, "order", [line.order_id], "product_made", params)
    return product


def _link(connection: Connection, line: OrderLine, product: Product) -> None:
    Listing.objects.create(
        group_id=connection.group_id,
        connection=connection,
        product=product,
        external_id=line.product_external_id,
        variant_id=line.variant_external_id,
        reference=line.reference,
    )
    tell_linked(connection, [product.pk])


def _sku_of(connection: Connection, line: OrderLine) -> str:
    """The store's reference; without a usable one, the store's own number of the product."""
    reference = " ".join(line.reference.split())
    if reference and len(reference) <= _LONGEST_SKU:
        return reference
    variant = f"-{line.variant_external_id}" if line.variant_external_id else ""
    return f"LOJA{connection.pk}-{line.product_external_id}{variant}"[:_LONGEST_SKU]


def _gtin_of(line: OrderLine) -> str:
    """The line's GTIN when its check digit is right, else none."""
    gtin = digits(line.gtin)
    return gtin if gtin and not gtin_problem(gtin) else ""


def _name_of(line: OrderLine) -> str:
    return " ".join(f"{line.name} {line.variant_text}".split())[:_LONGEST_NAME]
