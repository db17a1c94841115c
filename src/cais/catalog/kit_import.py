"""A spreadsheet of kits: one row per component; a kit that is named gets exactly the components of the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from cais.catalog import kits
from cais.catalog.kits import Part
from cais.catalog.models import KitComponent, Product
from cais.catalog.numerals import NotANumber, read_decimal
from cais.catalog.spreadsheet import Problem, Row, Sheet, read
from cais.companies.models import Group

COLUMNS = ("kit_sku", "componente_sku", "quantidade")


@dataclass(frozen=True, slots=True)
class KitLine:
    """One kit of the file. `row` is the first that names it."""

    row: int
    kit: Product
    parts: Sequence[Part]
    changes: bool


@dataclass(frozen=True, slots=True)
class KitPlan:
    sheet: Sheet
    lines: Sequence[KitLine]
    problems: Sequence[Problem]

    @property
    def new(self) -> int:
        return sum(not line.kit.is_kit for line in self.lines)

    @property
    def changed(self) -> int:
        return sum(line.changes and line.kit.is_kit for line in self.lines)

    @property
    def same(self) -> int:
        return sum(not line.changes for line in self.lines)


def plan(group: Group, content: bytes) -> KitPlan:
    """What the file would do; nothing is written. Raises spreadsheet.Unusable.

    A kit with one wrong row is wrong as a whole: half of a kit would be another kit.
    """
    sheet = read(content, known=COLUMNS, needed=COLUMNS)
    problems = sheet.problems_of_shape()
    products = _products(group, sheet.rows)
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for row in sheet.rows:
        rows_of[row.text("kit_sku")].append(row)
    will_be_kits = {sku for sku in rows_of if sku in products}
    broken = {problem.row for problem in problems}
    lines: list[KitLine] = []
    for sku, rows in rows_of.items():
        found = _problems(sku, rows, products=products, will_be_kits=will_be_kits)
        problems += found
        if not found and not broken & {row.number for row in rows}:
            lines.append(_line(products[sku], rows, products))
    good, more = _checked(lines, products)
    return KitPlan(sheet, good, sorted([*problems, *more], key=lambda problem: problem.row))


def apply(group: Group, made: KitPlan) -> int:
    """Compose the plan's kits, all or none; the number of kits made or changed. Raises Invalid."""
    changing = sorted((line for line in made.lines if line.changes), key=lambda line: line.kit.pk)
    with transaction.atomic():
        for line in changing:
            kits.compose(line.kit, line.parts)
    return len(changing)


def _products(group: Group, rows: Iterable[Row]) -> dict[str, Product]:
    skus = {row.text(column) for row in rows for column in ("kit_sku", "componente_sku")}
    return {product.sku: product for product in Product.objects.of(group).filter(sku__in=skus)}


def _problems(
    sku: str, rows: Sequence[Row], *, products: Mapping[str, Product], will_be_kits: set[str]
) -> list[Problem]:
    if sku not in products:
        words = f"O kit {sku} não está no cadastro. Cadastre o produto antes." if sku else "Falta o SKU do kit."
        return [Problem(rows[0].number, words, "kit_sku")]
    found: list[Problem] = []
    for row in rows:
        part = row.text("componente_sku")
        if part not in products:
            found.append(Problem(row.number, f"O componente {part} não está no cadastro.", "componente_sku"))
        elif part in will_be_kits:
            found.append(Problem(row.number, f"{part} é um kit nesta planilha.", "componente_sku"))
        try:
            _quantity(row)
        except NotANumber as error:
            found.append(Problem(row.number, error.words, "quantidade"))
    return found


def _quantity(row: Row) -> Decimal:
    return read_decimal(row.text("quantidade"), places=4)


def _line(kit: Product, rows: Sequence[Row], products: Mapping[str, Product]) -> KitLine:
    parts = [Part(products[row.text("componente_sku")].pk, _quantity(row)) for row in rows]
    return KitLine(rows[0].number, kit, parts, changes=True)


def _checked(lines: Iterable[KitLine], products: Mapping[str, Product]) -> tuple[list[KitLine], list[Problem]]:
    """The kits that the rules of a kit allow, each with whether it changes anything, and what the others break."""
    by_id = {product.pk: product for product in products.values()}
    current: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for component in KitComponent.objects.filter(kit__in=by_id):
        current[component.kit_id][component.product_id] = component.quantity
    good: list[KitLine] = []
    problems: list[Problem] = []
    for line in lines:
        words = kits.problem(line.kit, line.parts, by_id)
        if words:
            problems.append(Problem(line.row, words, "kit_sku"))
            continue
        wanted = {part.product_id: part.quantity for part in line.parts}
        good.append(KitLine(line.row, line.kit, line.parts, changes=wanted != current[line.kit.pk]))
    return good, problems
