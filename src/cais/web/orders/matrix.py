"""The lines of an order beside what serves them: kits opened, units reserved, warehouse, answer of the ERP."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain

from cais.catalog.models import KitComponent, Product
from cais.companies.models import Company
from cais.core.values import ZERO
from cais.movements.models import Movement, MovementLine, Reservation
from cais.orders.models import Order, OrderLine
from cais.web.orders.places import Places, places_of
from cais.web.status_words import StatusWord, word
from cais.web.wording import quantity_text

_PROBLEMS = {
    "unknown_product": "product_missing",
    "inactive": "inactive",
    "short": "insufficient",
}
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """One product of one line. `wanted` None: nothing is reserved for it, on purpose or because it is over."""

    name: str
    sku: str
    ordered: Decimal
    product_id: int | None = None
    held: Decimal = ZERO
    wanted: Decimal | None = None
    places: str = ""
    answer: StatusWord | None = None
    no_stock_control: bool = False

    @property
    def is_short(self) -> bool:
        return self.wanted is not None and self.held < self.wanted


@dataclass(frozen=True, slots=True)
class Row:
    line: OrderLine
    own: Cell
    parts: Sequence[Cell] = field(default=())


@dataclass(frozen=True, slots=True)
class Matrix:
    """`company` is named once, at the top, where all units can only be its own."""

    rows: Sequence[Row]
    company: Company | None


def matrix_of(order: Order, movement: Movement | None) -> Matrix:
    lines = list(order.lines.select_related("product").order_by("removed", "position"))
    reserved = _reserved(order)
    checked = _checked(movement)
    components = _components([line.product_id for line in lines if line.product and line.product.is_kit])
    places = places_of(order, chain(*reserved.values()), chain(*checked.values()))
    return Matrix([_Drawing(components, reserved, checked, places).row(line) for line in lines], places.company)


def _reserved(order: Order) -> Mapping[Key, list[Reservation]]:
    found: dict[Key, list[Reservation]] = defaultdict(list)
    for row in Reservation.objects.filter(order=order).select_related("warehouse__company", "pool"):
        found[row.line_id, row.product_id].append(row)
    return found


def _checked(movement: Movement | None) -> Mapping[Key, list[MovementLine]]:
    found: dict[Key, list[MovementLine]] = defaultdict(list)
    if movement is not None:
        for row in movement.lines.select_related("warehouse__company"):
            found[row.line_id, row.product_id].append(row)
    return found


def _components(kits: Sequence[int | None]) -> Mapping[int, list[KitComponent]]:
    found: dict[int, list[KitComponent]] = defaultdict(list)
    for part in KitComponent.objects.filter(kit__in=kits).select_related("product"):
        found[part.kit_id].append(part)
    return found


@dataclass(frozen=True, slots=True)
class _Drawing:
    components: Mapping[int, Sequence[KitComponent]]
    reserved: Mapping[Key, Sequence[Reservation]]
    checked: Mapping[Key, Sequence[MovementLine]]
    places: Places

    def row(self, line: OrderLine) -> Row:
        product = line.product
        if product is None:
            return Row(line, Cell(line.name, line.reference, line.quantity))
        if not product.is_kit:
            return Row(line, self._cell(line, product, line.quantity))
        opened = self.components.get(product.pk, ())
        parts = [self._cell(line, part.product, part.quantity * line.quantity) for part in opened]
        return Row(line, Cell(product.name, product.sku, line.quantity, product.pk), parts)

    def _cell(self, line: OrderLine, product: Product, units: Decimal) -> Cell:
        promises = self.reserved.get((line.pk, product.pk), ())
        answers = self.checked.get((line.pk, product.pk), ())
        return Cell(
            product.name,
            product.sku,
            units,
            product.pk,
            held=sum((row.held for row in promises), ZERO),
            wanted=sum((row.wanted for row in promises), ZERO) if promises else None,
            places=self.places.words(promises, answers),
            answer=answer_of(answers),
            no_stock_control=not product.tracks_stock,
        )


def answer_of(answers: Sequence[MovementLine]) -> StatusWord | None:
    """The worst word of the ERP on the parts of one product."""
    if not answers:
        return None
    bad = next((row for row in answers if row.problem), None)
    if bad is not None:
        found = word("movement_line", _PROBLEMS.get(bad.problem, bad.problem))
        if bad.problem == "short":
            there = quantity_text(Decimal(bad.available)) if bad.available else "0"
            found = replace(found, label=f"Há {there} de {quantity_text(bad.quantity)}")
        return found
    if any(row.checked_at is None for row in answers):
        return word("movement_line", "unchecked")
    return word("movement_line", "reserved", label="Conferida")
