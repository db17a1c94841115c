"""Products, variants and kits of one simulated store, and who takes stock from them."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from cais.connectors.tray.simulator.catalogue import Item
from cais.connectors.tray.simulator.errors import not_found
from cais.connectors.tray.simulator.records import KitPart, Product, Variant

CENT = Decimal("0.01")
StockWitness = Callable[[dict[str, object]], None]


class Shelf:
    """Not thread-safe: the store's lock is held around every call."""

    def __init__(self, *, now: Callable[[], float], witness: StockWitness, first_id: int = 1) -> None:
        self._now = now
        self._witness = witness
        self._next_id = first_id
        self.products: dict[int, Product] = {}
        self.variants: dict[int, Variant] = {}
        self.parts: dict[int, KitPart] = {}
        self._families: dict[str, int] = {}
        self._categories: dict[str, int] = {}
        self._variants_of: dict[int, list[int]] = {}
        self._parts_of: dict[int, list[int]] = {}

    def new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    # Filling the shelf

    def put_catalogue(self, items: list[Item], *, stock_factor: int = 1) -> None:
        by_sku: dict[str, int] = {}
        for item in items:
            if item.family:
                self._put_variant(item, stock_factor)
            else:
                by_sku[item.sku] = self._put_item(item, stock_factor).id
            for component in item.components:
                self.add_part(
                    KitPart(
                        id=self.new_id(),
                        product_parent_id=by_sku[item.sku],
                        product_id=by_sku[component.sku],
                        quantity=component.quantity,
                    )
                )

    def _put_item(self, item: Item, stock_factor: int) -> Product:
        product = Product(
            id=self.new_id(), name=item.name, price=item.price, stock=item.stock * stock_factor,
            reference="" if item.family else item.sku, ean="" if item.family else item.gtin, ncm=item.ncm,
            brand=item.brand, category_id=self._category(item.category), category_name=item.category,
            weight=item.weight, length=item.length, width=item.width, height=item.height,
            is_kit=bool(item.components),
        )  # fmt: skip
        return self.add_product(product)

    def _put_variant(self, item: Item, stock_factor: int) -> None:
        if item.family not in self._families:
            self._families[item.family] = self._put_item(item, stock_factor).id
        self.add_variant(
            Variant(
                id=self.new_id(), product_id=self._families[item.family], reference=item.sku, ean=item.gtin,
                price=item.price, stock=item.stock * stock_factor, skus=[("Cor", item.colour)],
                weight=item.weight, length=item.length, width=item.width, height=item.height,
            )
        )  # fmt: skip

    def _category(self, name: str) -> int:
        return self._categories.setdefault(name, 20 + len(self._categories))

    def add_product(self, product: Product) -> Product:
        product.created = product.modified = self._now()
        self.products[product.id] = product
        return product

    def add_variant(self, variant: Variant) -> Variant:
        variant.created = variant.modified = self._now()
        self.variants[variant.id] = variant
        self._variants_of.setdefault(variant.product_id, []).append(variant.id)
        return variant

    def add_part(self, part: KitPart) -> KitPart:
        self.parts[part.id] = part
        self._parts_of.setdefault(part.product_parent_id, []).append(part.id)
        return part

    def remove_product(self, product: Product) -> None:
        """With its variants, and with its parts when it is a kit; kits that it is a part of lose it."""
        for variant in self.variants_of(product.id):
            self.remove_variant(variant)
        for part in [one for one in self.parts.values() if product.id in (one.product_parent_id, one.product_id)]:
            del self.parts[part.id]
            self._parts_of[part.product_parent_id].remove(part.id)
        del self.products[product.id]

    def remove_variant(self, variant: Variant) -> None:
        del self.variants[variant.id]
        self._variants_of[variant.product_id].remove(variant.id)

    # Reading

    def bearing(self, reference: str) -> list[Product | Variant]:
        """What can be sold under this reference: a variant, or a product without any."""
        simple = [one for one in self.products.values() if one.reference == reference and not self.variants_of(one.id)]
        return [*simple, *(one for one in self.variants.values() if one.reference == reference)]

    def product(self, product_id: int) -> Product:
        """Raises Refusal (404)."""
        if product_id not in self.products:
            raise not_found("Product")
        return self.products[product_id]

    def variant(self, variant_id: int) -> Variant:
        """Raises Refusal (404)."""
        if variant_id not in self.variants:
            raise not_found("Variant")
        return self.variants[variant_id]

    def variants_of(self, product_id: int) -> list[Variant]:
        return [self.variants[one] for one in self._variants_of.get(product_id, ())]

    def parts_of(self, product_id: int) -> list[KitPart]:
        return [self.parts[one] for one in self._parts_of.get(product_id, ())]

    def stock(self, product: Product) -> int:
        """A parent has the sum of its variants, a kit as many as its parts allow (Tray contract §15)."""
        variants = self.variants_of(product.id)
        if variants:
            return sum(variant.stock for variant in variants)
        parts = self.parts_of(product.id)
        if parts:
            return min(self.products[part.product_id].stock // part.quantity for part in parts)
        return product.stock

    def price(self, product: Product) -> Decimal:
        parts = self.parts_of(product.id)
        if not parts:
            return product.price
        return sum((self.part_price(part) * part.quantity for part in parts), Decimal("0.00"))

    def part_price(self, part: KitPart) -> Decimal:
        """``price_rule`` 2 takes the discount off, 1 is the store's price (Tray contract §8)."""
        price = self.products[part.product_id].price
        if part.price_rule != "2":
            return price
        cut = part.discount_value if part.discount_type == "$" else price * part.discount_value / 100
        return (price - cut).quantize(CENT, rounding=ROUND_HALF_UP)

    # Stock

    def move(self, product_id: int, variant_id: int, quantity: int, *, why: str) -> None:
        """Add a quantity (negative: take). What the store no longer has on its shelf is left alone."""
        target = self.variants.get(variant_id) or self.products.get(product_id)
        if target is not None and quantity:
            self.set_stock(target, target.stock + quantity, why=why)
            target.quantity_sold -= quantity

    def set_stock(self, target: Product | Variant, stock: int, *, why: str) -> None:
        facts: dict[str, object] = {
            "product_id": target.product_id if isinstance(target, Variant) else target.id,
            "variant_id": target.id if isinstance(target, Variant) else 0,
            "reference": target.reference,
            "was": target.stock,
            "is": stock,
            "by": why,
        }
        target.stock = stock
        target.modified = self._now()
        self._witness(facts)
