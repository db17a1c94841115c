"""The shelf of the imaginary store: what it sells, how much of it, at what price, and who changed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from cais.connectors.imaginary.simulator.goods import name_of
from cais.connectors.imaginary.simulator.premises import Premises

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing on sale. `variant` is empty for a product of its own; `stock` None: the store does not count it.

    `first` and `last` are days as text, empty for an open end; `offer` None for no promotion. `made_at` is when the API
    made it, 0 for what the merchant put up long ago.
    """

    id: str
    reference: str
    variant: str = ""
    name: str = ""
    gtin: str = ""
    ncm: str = ""
    brand: str = ""
    description: str = ""
    weight: int = 0
    length: int = 0
    width: int = 0
    height: int = 0
    stock: Decimal | None = Decimal(0)
    price: Decimal | None = Decimal(0)
    offer: Decimal | None = None
    first: str = ""
    last: str = ""
    active: bool = True
    made_at: float = 0.0

    @property
    def key(self) -> Key:
        return self.id, self.variant


class Shelf:
    """Methods without underscore are for tests and proofs, from any thread; each change is noted with who made it."""

    def __init__(self, premises: Premises) -> None:
        self._premises, self._lock = premises, premises.lock
        self.items: dict[Key, Item] = {}
        self.former: dict[Key, Item] = {}
        self._taken: dict[str, list[tuple[Key, Decimal]]] = {}

    def put(
        self, sku: str, *, stock: str | None = "0", price: str | None = "10.00", product: str = "", **facts: object
    ) -> Key:
        """Put a thing on sale, or replace it; its (id, variant). `product` makes it a variant of that product."""
        key = (product, f"v-{sku.lower()}") if product else (f"p-{sku.lower()}", "")
        item = Item(
            id=key[0],
            variant=key[1],
            reference=sku,
            stock=None if stock is None else Decimal(stock),
            price=None if price is None else Decimal(price),
        )
        known: dict[str, object] = {"name": name_of(sku), **facts}
        with self._lock:
            self.items[key] = replace(item, **known)  # type: ignore[arg-type]
        return key

    def edit(self, key: Key, *, by: str = "merchant", **facts: object) -> None:
        """Change what is known of a thing, such as its reference."""
        with self._lock:
            self.items[key] = replace(self.items[key], **facts)  # type: ignore[arg-type]
            told = {name: None if value is None else str(value) for name, value in facts.items()}
            self._premises.note("product", "/".join(key), {"act": "changed", "by": by, "fields": told})

    def renumber(self, key: Key) -> Key:
        """The merchant takes a thing down and puts it up again: the same in all but its id."""
        with self._lock:
            old = self.items.pop(key)
            renewed = replace(old, id=f"{old.id}-novo")
            self.items[renewed.key] = renewed
            return renewed.key

    def remove(self, key: Key) -> None:
        with self._lock:
            del self.items[key]

    def stock_of(self, sku: str) -> Decimal | None:
        """What the first thing with this reference shows. Raises StopIteration when there is none."""
        with self._lock:
            return next(item.stock for item in self.items.values() if item.reference == sku)

    def set_stock(self, key: Key, stock: Decimal | None, *, by: str) -> None:
        with self._lock:
            item = self.items[key]
            self.former[key] = item
            self.items[key] = replace(item, stock=stock)
            was, now = (None if value is None else str(value) for value in (item.stock, stock))
            told = {"id": key[0], "variant": key[1], "reference": item.reference, "was": was, "is": now, "by": by}
            self._premises.note("stock", "/".join(key), told)

    def bearing(self, reference: str) -> list[Item]:
        return [item for item in self.items.values() if item.reference == reference]

    def has_variants(self, item: Item) -> bool:
        return not item.variant and any(variant and product == item.id for product, variant in self.items)

    def shows(self, wanted: Iterable[tuple[str, Decimal]]) -> bool:
        """Whether a buyer may put all of it into the cart; what the store does not count is always there."""
        return all(
            item.stock is None or item.stock >= units
            for sku, units in wanted
            for item in self.bearing(sku)[:1] or [_NOTHING]
        )

    def take(self, order_id: str, wanted: Iterable[tuple[str, Decimal]]) -> None:
        """An order takes its units, even more than there are; what is not on the shelf is left alone."""
        taken = self._taken.setdefault(order_id, [])
        for item, units in self._counted(wanted):
            taken.append((item.key, units))
            self._move(item.key, -units, by="sale")

    def give_back(self, order_id: str) -> None:
        """The units of an order return, once."""
        for key, units in self._taken.pop(order_id, []):
            if key in self.items:
                self._move(key, units, by="cancel")

    def _counted(self, wanted: Iterable[tuple[str, Decimal]]) -> Iterator[tuple[Item, Decimal]]:
        for sku, units in wanted:
            for item in self.bearing(sku)[:1]:
                if item.stock is not None:
                    yield item, units

    def _move(self, key: Key, units: Decimal, *, by: str) -> None:
        before = self.items[key].stock
        if before is not None:
            self.set_stock(key, before + units, by=by)


def units_of(lines: Iterable[Mapping[str, object]]) -> list[tuple[str, Decimal]]:
    """(sku, units) of an order's lines; a line that makes no sense takes nothing."""
    told = [(str(line.get("sku", "")), str(line.get("quantity", ""))) for line in lines]
    return [(sku, Decimal(units)) for sku, units in told if units.replace(".", "", 1).isdigit()]


_NOTHING = Item(id="", reference="", stock=Decimal(0))
