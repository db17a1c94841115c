"""A spreadsheet of products: what it would make and change, row by row, and then doing exactly that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from typing import Any

from django.db import transaction

from cais.catalog.categories import Names, Tree, ensure, read_path
from cais.catalog.drafts import Invalid, ProductDraft
from cais.catalog.hints import tell
from cais.catalog.models import Product
from cais.catalog.numerals import NotANumber, read_decimal, write_decimal
from cais.catalog.spreadsheet import Problem, Row, Sheet, read
from cais.companies.models import Group
from cais.core.values import fold

_YES = {"sim", "s", "1", "x", "verdadeiro", "true"}
_NO = {"nao", "n", "0", "falso", "false"}
_FIELDS = [field.name for field in fields(ProductDraft)]
_CATEGORY = "category_id"
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


def _path(text: str) -> Names:
    try:
        return read_path(text)
    except Invalid as error:
        raise NotANumber(str(error)) from None


# Column → field of the draft, and how its cell is read.
COLUMNS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "sku": ("sku", _text),
    "nome": ("name", _text),
    "gtin": ("gtin", _text),
    "ncm": ("ncm", _text),
    "origem": ("origin", _text),
    "unidade": ("unit", _text),
    "marca": ("brand", _text),
    "categoria": (_CATEGORY, _path),
    "descricao": ("description", _text),
    "preco": ("price", _money),
    "peso_g": ("weight_g", _grams),
    "comprimento_cm": ("length_cm", _money),
    "largura_cm": ("width_cm", _money),
    "altura_cm": ("height_cm", _money),
    "controla_estoque": ("tracks_stock", _yes_or_no),
    "ativo": ("active", _yes_or_no),
}
_COLUMN_OF = {field: column for column, (field, _) in COLUMNS.items()}


def cells_of(product: Product, tree: Tree) -> list[str]:
    """The product as a row of a spreadsheet, in the order of `COLUMNS`; read back it changes nothing."""
    return [_cell(getattr(product, field), is_path=field == _CATEGORY, tree=tree) for field, _ in COLUMNS.values()]


def _cell(value: object, *, is_path: bool, tree: Tree) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "sim" if value else "não"
        case int() if is_path:
            return tree.path(value)
        case Decimal():
            return write_decimal(value)
    return str(value)


@dataclass(frozen=True, slots=True)
class Line:
    """A right row: the product it makes or changes, and whether it makes or changes anything.

    `new_category` is a path that the group does not have yet; until it is made the draft has no category.
    """

    row: int
    draft: ProductDraft
    is_new: bool
    changes: bool
    new_category: Names = ()


@dataclass(frozen=True, slots=True)
class ProductPlan:
    sheet: Sheet
    lines: Sequence[Line]
    problems: Sequence[Problem]
    tree: Tree

    @property
    def new_categories(self) -> int:
        """How many are made on the way, each level one of them."""
        return self.tree.missing(line.new_category for line in self.lines)

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
    tree = Tree.of(group)
    first_row: dict[str, int] = {}
    lines: list[Line] = []
    for sku, row in zip(skus, sheet.rows, strict=True):
        if row.number in wrong:
            continue
        if sku and sku in first_row:
            problems.append(Problem(row.number, f"O SKU {sku} já está na linha {first_row[sku]}.", "sku"))
            continue
        first_row[sku] = row.number
        line, found = _line(row, known.get(sku), tree)
        problems += found
        lines += [line] if line else []
    return ProductPlan(sheet, lines, sorted(problems, key=lambda problem: problem.row), tree)


def apply(group: Group, made: ProductPlan) -> int:
    """Write the plan's right rows, all or none; the number of products made or changed. Raises Invalid."""
    with transaction.atomic():
        rows = _rows(group, [line for line in made.lines if line.changes])
        Product.objects.bulk_create(
            rows,
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["group", "sku"],
            update_fields=[name for name in _FIELDS if name != "sku"],
        )
        tell(group.pk, [row.pk for row in rows])
    return len(rows)


def _rows(group: Group, lines: Sequence[Line]) -> list[Product]:
    """The products as they shall be, in categories that nobody takes away before the transaction ends."""
    made = ensure(group, {line.new_category for line in lines if line.new_category})
    drafts = [replace(line.draft, category_id=made.get(line.new_category, line.draft.category_id)) for line in lines]
    tree = Tree.of(group)
    if any(draft.category_id is not None and draft.category_id not in tree for draft in drafts):
        raise Invalid({"": "Uma das categorias foi apagada agora há pouco. Confira a planilha mais uma vez."})
    return [Product(group=group, **asdict(draft)) for draft in drafts]


def _line(row: Row, product: Product | None, tree: Tree) -> tuple[Line | None, list[Problem]]:
    values, problems = _values(row)
    if problems:
        return None, problems
    names: Names = values.pop(_CATEGORY, ())
    if names:
        values[_CATEGORY] = tree.find(names)
    new = names if names and values[_CATEGORY] is None else ()
    before = _draft_of(product) if product else ProductDraft(sku="", name="")
    draft = replace(before, **values).even()
    found = [Problem(row.number, words, _COLUMN_OF[field]) for field, words in draft.problems().items()]
    if found:
        return None, found
    changes = product is None or bool(new) or draft != before
    return Line(row.number, draft, is_new=product is None, changes=changes, new_category=new), []


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
