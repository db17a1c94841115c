"""Which of our products a store's lines are, and what units they want."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cais.catalog.models import KitComponent, Listing, Product
from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.core.values import quantity
from cais.orders.models import OrderLine

Units = dict[tuple[int, int], Decimal]
"""(order line, product) → units."""


@dataclass(frozen=True, slots=True)
class Goods:
    """The living lines of a batch of orders, their products, and kits opened into components.

    `clashes`: line → the product that has its reference and may be another one.
    """

    lines: Mapping[int, list[OrderLine]]
    components: Mapping[int, list[KitComponent]] = field(default_factory=dict)
    clashes: dict[int, Product] = field(default_factory=dict)

    def wants(self, order_id: int) -> Units:
        """(line, product) → units to reserve. Products without stock control want none."""
        return self._units(order_id, only_tracked=True)

    def takes(self, order_id: int) -> Units:
        """(line, product) → units that serving the order takes from depots, with stock control or without."""
        return {key: units for key, units in self._units(order_id, only_tracked=False).items() if units}

    def _units(self, order_id: int, *, only_tracked: bool) -> Units:
        found: Units = {}
        for line in self.lines.get(order_id, ()):
            for product, units in self.parts(line):
                if product.tracks_stock or not only_tracked:
                    key = (line.pk, product.pk)
                    found[key] = found.get(key, Decimal(0)) + units
        return found

    def parts(self, line: OrderLine) -> list[tuple[Product, Decimal]]:
        """The products a line takes from the shelf: itself, or a kit's components (feature C6)."""
        if line.product is None:
            return []
        if not line.product.is_kit:
            return [(line.product, line.quantity)]
        kit = self.components.get(line.product.pk, [])
        return [(part.product, quantity(part.quantity * line.quantity)) for part in kit]


def goods_of(connection: Connection, order_ids: Iterable[int]) -> Goods:
    """Read the lines of these orders, naming products that were unknown until now; the names are kept."""
    goods, named = read_goods(connection, order_ids)
    update_each(OrderLine, {line.pk: {"product": line.product_id} for line in named})
    return goods


def read_goods(connection: Connection, order_ids: Iterable[int]) -> tuple[Goods, list[OrderLine]]:
    """As `goods_of`, writing nothing; and the lines that were named just now."""
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    rows = OrderLine.objects.filter(order__in=list(order_ids), removed=False).select_related("product")
    for line in rows.order_by("order_id", "position"):
        lines[line.order_id].append(line)
    named, clashes = recognise(connection, [line for own in lines.values() for line in own if line.product_id is None])
    kits = {line.product_id for own in lines.values() for line in own if line.product and line.product.is_kit}
    components: dict[int, list[KitComponent]] = defaultdict(list)
    for part in KitComponent.objects.filter(kit__in=kits).select_related("product"):
        components[part.kit_id].append(part)
    return Goods(lines=lines, components=components, clashes=clashes), named


def recognise(connection: Connection, lines: Sequence[OrderLine]) -> tuple[list[OrderLine], dict[int, Product]]:
    """By the link a person or an import made, else by SKU, else by a GTIN that only one product has. Never by name.

    The SKU of a product that an order made is one store's reference, and proves nothing of another product with the
    same one: then a line's product stays unknown, and what it clashes with is told by the line's id.
    """
    if not lines:
        return [], {}
    links = {
        (row.external_id, row.variant_id): row.product
        for row in Listing.objects.filter(
            connection=connection, external_id__in={line.product_external_id for line in lines} - {""}
        ).select_related("product")
    }
    by_sku = {p.sku: p for p in Product.objects.filter(sku__in={line.reference for line in lines if line.reference})}
    by_gtin = _only_ones(line.gtin for line in lines if line.gtin)
    named: list[OrderLine] = []
    clashes: dict[int, Product] = {}
    for line in lines:
        link = links.get((line.product_external_id, line.variant_external_id))
        namesake = by_sku.get(line.reference)
        trusted = None if namesake is None or namesake.is_as_the_store_said else namesake
        line.product = link or trusted or by_gtin.get(line.gtin)
        if line.product is not None:
            named.append(line)
        elif namesake is not None:
            clashes[line.pk] = namesake
    return named, clashes


def _only_ones(gtins: Iterable[str]) -> dict[str, Product]:
    found: dict[str, list[Product]] = defaultdict(list)
    for product in Product.objects.filter(gtin__in=set(gtins)):
        found[product.gtin].append(product)
    return {gtin: products[0] for gtin, products in found.items() if len(products) == 1}
