"""A spreadsheet of stock: entries, adjustments or a count, checked row by row before anything is posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cais.catalog.models import Product
from cais.catalog.numerals import NotANumber, read_decimal
from cais.catalog.spreadsheet import Problem, Row, Sheet, read
from cais.companies.models import Group, Warehouse
from cais.core.values import ZERO, fold
from cais.stock.models import Balance, LedgerEntry
from cais.stock.services import Entry, on_hand_by_place, problem, record

COLUMNS = ("sku", "deposito", "quantidade", "motivo")
_COLUMN_OF = {"quantity": "quantidade", "warehouse": "deposito", "reason": "motivo", "": "sku"}


# A change of fewer units is nobody's slip of a finger.
SMALLEST_LARGE = Decimal(10)


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """A right row: its number in the file, and the units in the warehouse before and after it."""

    row: int
    entry: Entry
    before: Decimal
    after: Decimal

    @property
    def is_large(self) -> bool:
        """Half of what was there, or more, would come or go: a person says that this is meant.

        A file is an outside reading, and its slips (a column moved, a thousand for a one) look like this. What was
        never there has nothing to be compared with; what our own orders take is not asked about.
        """
        change = abs(self.after - self.before)
        return self.before > ZERO and change >= SMALLEST_LARGE and change * 2 >= self.before


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """`entries` are the right rows."""

    sheet: Sheet
    entries: Sequence[PlannedEntry]
    problems: Sequence[Problem]

    @property
    def large(self) -> list[PlannedEntry]:
        return [planned for planned in self.entries if planned.is_large]


def plan(group: Group, content: bytes, *, kind: LedgerEntry.Kind) -> EntryPlan:
    """What the file would post; nothing is written. Raises spreadsheet.Unusable.

    Rows of the same product and warehouse add up, except in a count, where only one of them can be true.
    """
    sheet = read(content, known=COLUMNS, needed=["sku", "quantidade"])
    products = _products(group, sheet.rows)
    warehouses = Warehouses(group)
    judge = _Judge(group, products, kind=kind)
    problems = sheet.problems_of_shape()
    broken = {found.row for found in problems}
    entries: list[PlannedEntry] = []
    for row in sheet.rows:
        if row.number in broken:
            continue
        entry = _entry(row, kind=kind, products=products, warehouses=warehouses)
        if isinstance(entry, Problem):
            problems.append(entry)
            continue
        before = judge.there(entry)
        found = judge.problems(row.number, entry)
        problems += found
        if not found:
            entries.append(PlannedEntry(row.number, entry, before, judge.there(entry)))
    return EntryPlan(sheet, entries, sorted(problems, key=lambda item: item.row))


class _Judge:
    """Judges entry after entry against what the balances hold and what the rows before it changed."""

    def __init__(self, group: Group, products: Mapping[str, Product], *, kind: LedgerEntry.Kind) -> None:
        self._there = on_hand_by_place(Balance.objects.of(group).filter(product__in=products.values()))
        self._counts = kind == LedgerEntry.Kind.COUNT
        self._first_row: dict[tuple[int, int], int] = {}

    def there(self, entry: Entry) -> Decimal:
        """Units where the entry goes, as the rows before it left them."""
        return self._there.get(entry.place, ZERO)

    def problems(self, row: int, entry: Entry) -> list[Problem]:
        """What is wrong with the entry; when nothing is, it counts for the rows that follow."""
        there = self.there(entry)
        found = self._counted_before(entry) or problem(entry, entry.product, there=there)
        self._first_row.setdefault(entry.place, row)
        if not found:
            self._there[entry.place] = entry.quantity if self._counts else there + entry.quantity
        return [Problem(row, words, _COLUMN_OF[field]) for field, words in found.items()]

    def _counted_before(self, entry: Entry) -> dict[str, str]:
        first = self._first_row.get(entry.place)
        if first is None or not self._counts:
            return {}
        return {"": f"{entry.product.sku} em {entry.warehouse.name} já foi contado na linha {first}."}


def apply(group: Group, made: EntryPlan, *, actor_name: str) -> int:
    """Post the plan's right rows, all or none; how many. Raises drafts.Invalid when stock moved meanwhile."""
    record(group, [planned.entry for planned in made.entries], actor_name=actor_name)
    return len(made.entries)


class Warehouses:
    """The group's active warehouses by the name people write: *Depósito* or *Empresa / Depósito*."""

    def __init__(self, group: Group) -> None:
        self.all: list[Warehouse] = list(Warehouse.objects.of(group).filter(active=True).select_related("company"))
        self._by_name: dict[str, list[Warehouse]] = {}
        for warehouse in self.all:
            for name in (warehouse.name, f"{warehouse.company.name}/{warehouse.name}"):
                self._by_name.setdefault(_bare(name), []).append(warehouse)

    def find(self, name: str) -> Warehouse | str:
        """The warehouse, or the sentence that says why there is not exactly one. Without a name: the only one."""
        if not name:
            return self.all[0] if len(self.all) == 1 else "Escreva o depósito: há mais de um ativo."
        found = self._by_name.get(_bare(name), [])
        if len(found) == 1:
            return found[0]
        if found:
            return f"Mais de uma empresa tem o depósito {name}. Escreva Empresa / {name}."
        return f"O depósito {name} não existe ou não está ativo."


def _bare(name: str) -> str:
    return "/".join(part.strip() for part in fold(name).split("/"))


def _products(group: Group, rows: Sequence[Row]) -> dict[str, Product]:
    return {product.sku: product for product in Product.objects.of(group).filter(sku__in=[r.text("sku") for r in rows])}


def _entry(
    row: Row, *, kind: LedgerEntry.Kind, products: Mapping[str, Product], warehouses: Warehouses
) -> Entry | Problem:
    sku = row.text("sku")
    if sku not in products:
        return Problem(row.number, f"O produto {sku} não está no cadastro." if sku else "Falta o SKU.", "sku")
    warehouse = warehouses.find(row.text("deposito"))
    if isinstance(warehouse, str):
        return Problem(row.number, warehouse, "deposito")
    try:
        quantity: Decimal = read_decimal(row.text("quantidade"), places=4)
    except NotANumber as error:
        return Problem(row.number, error.words, "quantidade")
    return Entry(kind=kind, product=products[sku], warehouse=warehouse, quantity=quantity, reason=row.text("motivo"))
