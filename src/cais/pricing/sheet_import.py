"""The price list of one store as a spreadsheet: own prices and promotions, checked row by row before one is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from cais.catalog.models import Product
from cais.catalog.numerals import NotANumber, read_decimal, write_decimal
from cais.catalog.spreadsheet import Problem, Row, Sheet, read, read_date
from cais.connections.models import Connection
from cais.core.values import fold
from cais.pricing.figures import prices
from cais.pricing.models import PriceException
from cais.pricing.services import ExceptionDraft, draft_of, problems_of_exception, set_exceptions

COLUMNS: Final = ("sku", "preco", "promocao", "promocao_de", "promocao_ate")
AS_RULED: Final = "regra"
NONE: Final = "nenhuma"
_Sale = PriceException.Sale
_COLUMN_OF: Final = {
    "fixed": "preco",
    "sale_price": "promocao",
    "sale_percent": "promocao",
    "sale_first": "promocao_de",
    "sale_last": "promocao_ate",
}
_DAYS_ALONE: Final = "Diga o preço da promoção na mesma linha, ou deixe os dias vazios."


@dataclass(frozen=True, slots=True)
class Line:
    """A right row. `before` is what the store asks for the product today, None where that is no price."""

    row: int
    product: Product
    draft: ExceptionDraft
    changes: bool
    before: Decimal | None

    @property
    def is_large(self) -> bool:
        """Half or double of what is asked today, or a promotion that takes half: most often a column or a comma."""
        asked = self.draft.fixed or self.before
        if not self.changes or asked is None:
            return False
        if self.before is not None and not self.before / 2 < asked < self.before * 2:
            return True
        return self.draft.sale_price is not None and self.draft.sale_price <= asked / 2


@dataclass(frozen=True, slots=True)
class PricePlan:
    sheet: Sheet
    lines: Sequence[Line]
    problems: Sequence[Problem]

    @property
    def changed(self) -> int:
        return sum(line.changes for line in self.lines)

    @property
    def same(self) -> int:
        return len(self.lines) - self.changed


def plan(store: Connection, content: bytes) -> PricePlan:
    """Read the file and say what it would do; nothing is written. Raises spreadsheet.Unusable.

    An empty cell leaves what the product has in this store. The same SKU twice is a problem of the second row.
    """
    sheet = read(content, known=COLUMNS, needed=["sku"])
    problems = sheet.problems_of_shape()
    wrong = {problem.row for problem in problems}
    lines: list[Line] = []
    reader = _Reader.of(store, [row for row in sheet.rows if row.number not in wrong])
    for found in reader.read():
        if isinstance(found, Line):
            lines.append(found)
        else:
            problems.append(found)
    return PricePlan(sheet, lines, sorted(problems, key=lambda problem: problem.row))


def apply(store: Connection, made: PricePlan) -> int:
    """Write the plan's right rows, all or none; the number of products that differ now from before. Raises Invalid."""
    changing = {line.product.pk: line.draft for line in made.lines if line.changes}
    set_exceptions(store, changing)
    return len(changing)


def rows_of(store: Connection) -> Iterator[list[str]]:
    """The list as a spreadsheet, in the order of `COLUMNS`; read back it changes nothing."""
    rows = PriceException.objects.filter(connection=store).select_related("product").order_by("product__sku")
    for row in rows:
        if row.fixed is not None or row.sale == _Sale.NONE or row.sale_price is not None:
            yield [row.product.sku, _price(row.fixed), *_sale(row)]


def _sale(row: PriceException) -> tuple[str, str, str]:
    """A promotion by percentage has no column here: it is left as it is."""
    if row.sale != _Sale.OWN or row.sale_price is None:
        return (NONE if row.sale == _Sale.NONE else "", "", "")
    return (_price(row.sale_price), _day(row.sale_first), _day(row.sale_last))


def _price(value: Decimal | None) -> str:
    return "" if value is None else write_decimal(value)


def _day(value: date | None) -> str:
    return "" if value is None else f"{value:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """The rows with all that judging them takes, fetched in a number of queries that does not grow with them."""

    store: Connection
    rows: Sequence[Row]
    products: Mapping[str, Product]
    kept: Mapping[int, ExceptionDraft]
    asked: Mapping[int, Decimal]

    @classmethod
    def of(cls, store: Connection, rows: Sequence[Row]) -> _Reader:
        skus = {_sku(row) for row in rows}
        products = {row.sku: row for row in Product.objects.filter(group=store.group_id, sku__in=skus)}
        ids = [row.pk for row in products.values()]
        kept = PriceException.objects.filter(connection=store, product__in=ids)
        now = prices(store, ids)
        asked = {key: found.price.price for key, found in now.items() if found.price is not None}
        return cls(store, rows, products, {row.product_id: draft_of(row) for row in kept}, asked)

    def read(self) -> Iterator[Line | Problem]:
        first_row: dict[str, int] = {}
        for row in self.rows:
            sku = _sku(row)
            if sku in first_row:
                yield Problem(row.number, f"O SKU {sku} já está na linha {first_row[sku]}.", "sku")
            elif sku not in self.products:
                yield Problem(row.number, f"{sku} não está no cadastro." if sku else "Falta o SKU.", "sku")
            else:
                first_row[sku] = row.number
                yield self._line(row, self.products[sku])

    def _line(self, row: Row, product: Product) -> Line | Problem:
        before = self.kept.get(product.pk, ExceptionDraft())
        try:
            draft = _with_sale(_with_price(before, row), row)
        except _Wrong as wrong:
            return wrong.problem
        changes = draft != before
        # What a person said by hand stays, right or wrong, until the row says something else.
        for field, words in problems_of_exception(self.store, draft).items() if changes else ():
            return Problem(row.number, words, _COLUMN_OF.get(field, ""))
        return Line(row.number, product, draft, changes, self.asked.get(product.pk))


class _Wrong(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.words)
        self.problem = problem


def _sku(row: Row) -> str:
    return " ".join(row.text("sku").split())


def _with_price(before: ExceptionDraft, row: Row) -> ExceptionDraft:
    """An own price takes the place of an own adjustment."""
    text = row.text("preco")
    if not text:
        return before
    if fold(text) == AS_RULED:
        return replace(before, fixed=None)
    return replace(before, fixed=_reais(row, "preco"), percent=None, amount=None)


def _with_sale(before: ExceptionDraft, row: Row) -> ExceptionDraft:
    """The days belong to the promotion: where it is said anew, an empty day is an open end."""
    text, first, last = (row.text(name) for name in COLUMNS[2:])
    word = fold(text)
    if word in ("", AS_RULED, NONE):
        if first or last:
            raise _Wrong(Problem(row.number, _DAYS_ALONE, "promocao"))
        return before if not word else _without_own(before, _Sale.NONE if word == NONE else _Sale.AS_LISTED)
    return replace(
        before,
        sale=_Sale.OWN.value,
        sale_price=_reais(row, "promocao"),
        sale_percent=None,
        sale_first=_read_day(row, "promocao_de"),
        sale_last=_read_day(row, "promocao_ate"),
    )


def _without_own(before: ExceptionDraft, sale: PriceException.Sale) -> ExceptionDraft:
    return replace(before, sale=sale.value, sale_price=None, sale_percent=None, sale_first=None, sale_last=None)


def _reais(row: Row, column: str) -> Decimal:
    try:
        return read_decimal(row.text(column), places=2)
    except NotANumber as error:
        raise _Wrong(Problem(row.number, error.words, column)) from None


def _read_day(row: Row, column: str) -> date | None:
    text = row.text(column)
    if not text:
        return None
    found = read_date(text)
    if found is None:
        raise _Wrong(Problem(row.number, f"“{text[:20]}” não é um dia. Escreva, por exemplo, 20/11/2026.", column))
    return found
