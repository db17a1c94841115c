"""How an order comes into being in a store: its numbers, its codes and its lines."""

import hashlib
from decimal import Decimal

from cais.connectors.tray.simulator.records import Address, Customer, Line, Order, Product, Variant
from cais.connectors.tray.simulator.store import Store


def start_order(store: Store, *, customer: Customer, address: Address, lines: list[Line]) -> Order:
    """An order with its own number, waiting for payment, not yet in the book."""
    number = store.book.new_id("order")
    now = store.clock.now()
    code = hashlib.sha256(f"{store.config.store_id}/{number}".encode()).hexdigest()
    return Order(
        id=number,
        created=now,
        modified=now,
        customer_id=customer.id,
        address_id=address.id,
        status_id=store.book.status_named("AGUARDANDO PAGAMENTO").id,
        session_id=code[20:46],
        access_code=code[:15].upper(),
        lines=lines,
    )


def line_of(store: Store, product: Product, variant: Variant | None, *, quantity: int, price: Decimal) -> Line:
    """A line with the product's data as they are now."""
    source = variant or product
    return Line(
        id=store.book.new_id("line"), product_id=product.id, variant_id=variant.id if variant else 0,
        quantity=quantity, price=price, original_price=source.price, name=product.name,
        reference=source.reference, ean=source.ean, ncm=product.ncm, brand=product.brand,
        weight=source.weight, length=source.length, width=source.width, height=source.height,
        skus=list(variant.skus) if variant else [],
    )  # fmt: skip


def kit_lines(store: Store, kit: Product, *, quantity: int) -> list[Line]:
    """The parts of a kit as separate lines that name the kit and one common group (Tray contract §8)."""
    lines = []
    for part in store.shelf.parts_of(kit.id):
        product = store.shelf.products[part.product_id]
        price = store.shelf.part_price(part)
        line = line_of(store, product, None, quantity=part.quantity * quantity, price=price)
        line.kit_id = kit.id
        lines.append(line)
    for line in lines:
        line.kit_group = lines[0].id
    return lines
