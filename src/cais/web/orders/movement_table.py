"""The matrix of *Movimentar*: items × empresas, what is free, what each serves, and the form that changes it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cais.catalog.models import Product
from cais.catalog.numerals import NotANumber, read_decimal
from cais.companies.models import Company, Warehouse
from cais.core.allocation import Component, Line
from cais.core.placing import Problem, Wanted, Wrong
from cais.core.values import ZERO, quantity
from cais.movements.desk import Desk
from cais.movements.models import MovementLine
from cais.orders.models import Order, OrderLine
from cais.web.orders.matrix import answer_of
from cais.web.status_words import StatusWord
from cais.web.wording import quantity_text

_NAME = re.compile(r"q-(\d{1,18})-(\d{1,18})-(\d{1,18})")
_ANY = 0
MOST = Decimal(10**9)

Places = Mapping[tuple[int, int, int], Decimal]
"""(line, company, depot or 0 for any) → units that it serves."""


@dataclass(frozen=True, slots=True)
class Column:
    """One company of the queue. `depots` are named only where it has several."""

    company: Company
    place: int
    depots: Sequence[Warehouse]


@dataclass(frozen=True, slots=True)
class Field:
    """One quantity of the form: `free` is what could be had there, this order's own units included."""

    name: str
    label: str
    value: str
    free: Decimal
    depot: str = ""
    is_kit: bool = False
    no_count: bool = False

    @property
    def is_on(self) -> bool:
        return self.value not in ("", "0")


@dataclass(frozen=True, slots=True)
class PartCell:
    """A kit's component at one company: what it gives, and what is there."""

    company: str
    given: Decimal
    free: Decimal
    short: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Cell:
    """One item at one company."""

    company: str
    fields: Sequence[Field]

    @property
    def is_on(self) -> bool:
        return any(one.is_on for one in self.fields)


@dataclass(frozen=True, slots=True)
class PartRow:
    name: str
    sku: str
    ordered: Decimal
    cells: Sequence[PartCell]


@dataclass(frozen=True, slots=True)
class Row:
    line: OrderLine
    name: str
    sku: str
    cells: Sequence[Cell]
    answer: StatusWord | None
    parts: Sequence[PartRow] = field(default=())
    wrong: str = ""


def columns_of(desk: Desk, served: Places) -> list[Column]:
    """The companies of the queue, and any that serves though it is not in it any more."""
    keys = [candidate.company for candidate in desk.request.candidates]
    keys += sorted({company for _, company, _ in served} - set(keys))
    companies = {company.pk: company for company in Company.objects.filter(pk__in=keys)}
    depots: dict[int, list[Warehouse]] = defaultdict(list)
    for depot in Warehouse.objects.filter(company__in=keys, active=True).order_by("pk"):
        depots[depot.company_id].append(depot)
    return [Column(companies[key], place, depots[key]) for place, key in enumerate(keys, start=1)]


def places_of(lines: Sequence[Line], wanted: Sequence[Wanted]) -> Places:
    """Where fields stand: a product's by depot, a kit's by company."""
    kits = {line.key for line in lines if line.is_kit}
    found: dict[tuple[int, int, int], Decimal] = defaultdict(lambda: ZERO)
    for one in wanted:
        depot = _ANY if one.line in kits else one.warehouse or _ANY
        found[one.line, one.company, depot] += one.quantity
    return found


def read_form(posted: Mapping[str, str]) -> tuple[list[Wanted], list[Problem]]:
    """What was typed, and the fields that are no quantity. An empty field is nothing."""
    wanted: list[Wanted] = []
    problems: list[Problem] = []
    for name, text in posted.items():
        found = _NAME.fullmatch(name)
        if found is None or not text.strip():
            continue
        line, company, depot = (int(number) for number in found.groups())
        amount = _amount(text)
        if amount is None:
            problems.append(Problem(wrong=Wrong.NO_NUMBER, line=line, company=company))
        else:
            wanted.append(Wanted(line=line, company=company, quantity=amount, warehouse=depot or None))
    return wanted, problems


def _amount(text: str) -> Decimal | None:
    """2 or 1,5; never more than four places, never less than nothing, and no guess whether 1.000 is a thousand."""
    try:
        amount = read_decimal(text, places=4)
    except NotANumber:
        return None
    return quantity(amount) if ZERO <= amount <= MOST else None


def all_at(lines: Sequence[Line], company: int) -> list[Wanted]:
    """The whole order at one company."""
    return [Wanted(line=line.key, company=company, quantity=line.quantity) for line in lines]


@dataclass(frozen=True, slots=True)
class Table:
    """What the rows are drawn from; `typed` are the texts of a form that could not be done."""

    desk: Desk
    columns: Sequence[Column]
    served: Places
    lines: Sequence[MovementLine]
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[int, str] = field(default_factory=dict)

    def rows(self, order: Order) -> list[Row]:
        items = order.lines.filter(removed=False).select_related("product").order_by("position")
        asked = {line.key: line for line in self.desk.request.lines}
        products = self._products()
        return [self._row(item, asked.get(item.pk), products) for item in items]

    def _products(self) -> dict[int, Product]:
        keys = {part.product for line in self.desk.request.lines for part in line.components}
        return {product.pk: product for product in Product.objects.filter(pk__in=keys)}

    def _row(self, item: OrderLine, line: Line | None, products: Mapping[int, Product]) -> Row:
        product = item.product
        name, sku = (product.name, product.sku) if product else (item.name, item.reference)
        answers = [row for row in self.lines if row.line_id == item.pk]
        if line is None:
            return Row(item, name, sku, (), answer_of(answers))
        return Row(
            item,
            name,
            sku,
            [self._cell(name, line, column) for column in self.columns],
            answer_of(answers),
            [self._part(line, part, products[part.product]) for part in line.components] if line.is_kit else (),
            self.wrong.get(item.pk, ""),
        )

    def _cell(self, name: str, line: Line, column: Column) -> Cell:
        several = len(column.depots) > 1 and not line.is_kit
        depots = column.depots if several else column.depots[:1]
        return Cell(
            column.company.name,
            [self._field(name, line, column, depot if not line.is_kit else None, several) for depot in depots],
        )

    def _field(self, item: str, line: Line, column: Column, depot: Warehouse | None, several: bool) -> Field:
        key = (line.key, column.company.pk, depot.pk if depot else _ANY)
        name = f"q-{key[0]}-{key[1]}-{key[2]}"
        place = f"{column.company.name}, {depot.name}" if several and depot else column.company.name
        return Field(
            name,
            f"{item} em {place}",
            self.typed.get(name, quantity_text(self.served.get(key, ZERO)).replace(".", "")),
            self._free(line, column.company.pk, depot.pk if depot else None),
            depot=depot.name if several and depot else "",
            is_kit=line.is_kit,
            no_count=not any(part.counted for part in line.components),
        )

    def _free(self, line: Line, company: int, depot: int | None) -> Decimal:
        """In units of the line: of a kit, how many could be made were it the only item."""
        each = [self._there(company, part.product, depot) / part.per_unit for part in line.components if part.counted]
        least = min(each, default=line.quantity)
        return quantity(least // 1 if line.is_kit else least)

    def _there(self, company: int, product: int, depot: int | None = None) -> Decimal:
        depots = [one for each in self.desk.request.candidates if each.company == company for one in each.depots]
        able = [one for one in depots if depot in (None, one.warehouse)]
        return sum((max(ZERO, one.free.get(product) or ZERO) for one in able), ZERO)

    def _part(self, line: Line, part: Component, product: Product) -> PartRow:
        cells = []
        for column in self.columns:
            company = column.company.pk
            given = self.served.get((line.key, company, _ANY), ZERO) * part.per_unit
            there = self._there(company, part.product)
            cells.append(
                PartCell(column.company.name, given, there, max(ZERO, given - there) if part.counted else ZERO)
            )
        return PartRow(product.name, product.sku, line.quantity * part.per_unit, cells)


def sentences(problems: Sequence[Problem], desk: Desk, order: Order) -> tuple[dict[int, str], list[str]]:
    """Why a division cannot be done: a sentence by line, and those of the whole order."""
    names = _Names(desk, order, problems)
    of_line: dict[int, str] = {}
    whole: list[str] = []
    for problem in problems:
        words = names.sentence(problem)
        if problem.line is None:
            whole.append(words)
        else:
            of_line[problem.line] = f"{of_line[problem.line]} {words}" if problem.line in of_line else words
    return of_line, whole


SENTENCES: Mapping[Wrong, str] = {
    Wrong.LESS: "Falta dizer de onde saem {quantity}.",
    Wrong.MORE: "Passou do pedido em {quantity}.",
    Wrong.SHORT: "{company} tem {there} livres de {product}, e a divisão pede {quantity}.",
    Wrong.PROMISED: "Juntas, as empresas não têm tanto de {product}: parte está prometida a outros pedidos.",
    Wrong.STRANGER: "{company} não pode atender este pedido, ou o depósito não está em uso.",
    Wrong.NO_SPLIT: "O canal de venda não deixa dividir este pedido: escolha uma empresa só.",
    Wrong.BROKEN_KIT: "Um kit sai inteiro de uma empresa: use números inteiros.",
    Wrong.NO_NUMBER: "Digite só números, sem ponto de milhar e com até quatro casas: 1000, ou 1,5.",
}


class _Names:
    def __init__(self, desk: Desk, order: Order, problems: Collection[Problem]) -> None:
        self.companies = dict(Company.objects.of(order.group).values_list("pk", "name"))
        wanted = {problem.product for problem in problems if problem.product}
        self.products = dict(Product.objects.of(order.group).filter(pk__in=wanted).values_list("pk", "name"))

    def sentence(self, problem: Problem) -> str:
        return SENTENCES[problem.wrong].format(
            company=self.companies.get(problem.company or 0, "Esta empresa"),
            product=self.products.get(problem.product or 0, "este produto"),
            quantity=quantity_text(problem.quantity),
            there=quantity_text(problem.there),
        )
