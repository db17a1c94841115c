"""A spreadsheet of products: what it would make and change, row by row, and then doing exactly that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from django.db import transaction

from cais.catalog.drafts import ProductDraft
from cais.catalog.hints import tell
from cais.catalog.models import Product
from cais.catalog.numerals import NotANumber, read_decimal
from cais.catalog.spreadsheet import Problem, Row, Sheet, read
from cais.companies.models import Group
from cais.core.values import fold

_YES = {"sim", "s", "1", "x", "verdadeiro", "true"}
_NO = {"nao", "n", "0", "falso", "false"}
_FIELDS = [field.name for field in fields(ProductDraft)]
_BATCH = 1_000


def _text(text: str) -> str:
    return text


def _money(text: str) -> object:
    return read_decimal(text, places=2)


def _grams(text: str) -> object:
    return int(read_decimal(text, places=0))


def _yes_or_no(text: str) -> bool:
    word = fold(text)
    if word not in _YES | _NO:
        raise NotANumber(f"“{text}” deveria ser sim ou não.")
    return word in _YES


# Column → field of the draft, and how its cell is read.
COLUMNS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "sku": ("sku", _text),
    "nome": ("name", _text),
    "gtin": ("gtin", _text),
    "ncm": ("ncm", _text),
    "origem": ("origin", _text),
    "unidade": ("unit", _text),
    "preco": ("price", _money),
    "peso_g": ("weight_g", _grams),
    "comprimento_cm": ("length_cm", _money),
    "largura_cm": ("width_cm", _money),
    "altura_cm": ("height_cm", _money),
    "controla_estoque": ("tracks_stock", _yes_or_no),
    "ativo": ("active", _yes_or_no),
}
_COLUMN_OF = {field: column for column, (field, _) in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """A right row: the product it makes or changes, and whether it makes or changes anything."""

    row: int
    draft: ProductDraft
    is_new: bool
    changes: bool


@dataclass(frozen=True, slots=True)
class ProductPlan:
    sheet: Sheet
    lines: Sequence[Line]
    problems: Sequence[Problem]

    @property
    def new(self) -> int:
        return sum(line.is_new for line in self.lines)

    @property
    def changed(self) -> int:
        return sum(line.changes and not line.is_new for line in self.lines)

    @property
    def same(self) -> int:
        return sum(not line.changes for line in self.lines)


def plan(group: Group, content: bytes) -> ProductPlan:
    """Read the file and say what it would do; nothing is written. Raises spreadsheet.Unusable.

    An empty cell leaves what the product has. The same SKU twice is a problem of the second row.
    """
    sheet = read(content, known=COLUMNS, needed=["sku"])
    problems = sheet.problems_of_shape()
    wrong = {problem.row for problem in problems}
    skus = [" ".join(row.text("sku").split()) for row in sheet.rows]
    known = {product.sku: product for product in Product.objects.of(group).filter(sku__in=skus)}
    first_row: dict[str, int] = {}
    lines: list[Line] = []
    for sku, row in zip(skus, sheet.rows, strict=True):
        if row.number in wrong:
            continue
        if sku and sku in first_row:
            problems.append(Problem(row.number, f"O SKU {sku} já está na linha {first_row[sku]}.", "sku"))
            continue
        first_row[sku] = row.number
        line, found = _line(row, known.get(sku))
        problems += found
        lines += [line] if line else []
    return ProductPlan(sheet, lines, sorted(problems, key=lambda problem: problem.row))


def apply(group: Group, made: ProductPlan) -> int:
    """Write the plan's right rows, all or none; the number of products made or changed."""
    rows = [Product(group=group, **asdict(line.draft)) for line in made.lines if line.changes]
    with transaction.atomic():
        Product.objects.bulk_create(
            rows,
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["group", "sku"],
            update_fields=[name for name in _FIELDS if name != "sku"],
        )
        tell(group.pk, [row.pk for row in rows])
    return len(rows)


def _line(row: Row, product: Product | None) -> tuple[Line | None, list[Problem]]:
    values, problems = _values(row)
    if problems:
        return None, problems
    before = _draft_of(product) if product else ProductDraft(sku="", name="")
    draft = replace(before, **values).even()
    found = [Problem(row.number, words, _COLUMN_OF[field]) for field, words in draft.problems().items()]
    if found:
        return None, found
    return Line(row.number, draft, is_new=product is None, changes=product is None or draft != before), []


def _values(row: Row) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column, (field, read_cell) in COLUMNS.items():
        text = row.text(column)
        if not text:
            continue
        try:
            values[field] = read_cell(text)
        except NotANumber as error:
            problems.append(Problem(row.number, error.words, column))
    return values, problems


def _draft_of(product: Product) -> ProductDraft:
    return ProductDraft(**{name: getattr(product, name) for name in _FIELDS})
