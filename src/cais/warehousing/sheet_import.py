"""The sheet of an inventory as a spreadsheet: what was counted, checked row by row before a line is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cais.catalog.numerals import NotANumber, read_decimal
from cais.catalog.spreadsheet import Problem, Row, read
from cais.warehousing.models import Inventory

COLUMNS = ("sku", "quantidade")


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """`counted` by product id; rows without a quantity were not counted and are left out."""

    counted: dict[int, Decimal]
    problems: Sequence[Problem]


def plan(inventory: Inventory, content: bytes) -> SheetPlan:
    """What the file says; nothing is written. Raises spreadsheet.Unusable."""
    sheet = read(content, known=COLUMNS, needed=COLUMNS)
    products = dict(inventory.lines.values_list("sku", "product_id"))
    problems = sheet.problems_of_shape()
    counted: dict[int, Decimal] = {}
    first_row: dict[str, int] = {}
    for row in sheet.rows:
        found = _read_row(row, products, first_row)
        if isinstance(found, Problem):
            problems.append(found)
        elif found is not None:
            counted[products[row.text("sku")]] = found
    return SheetPlan(counted, sorted(problems, key=lambda problem: problem.row))


def _read_row(row: Row, products: dict[str, int], first_row: dict[str, int]) -> Decimal | Problem | None:
    sku, written = row.text("sku"), row.text("quantidade")
    if not written:
        return None
    if sku not in products:
        words = f"{sku} não está na folha deste inventário." if sku else "Falta o SKU."
        return Problem(row.number, words, "sku")
    if sku in first_row:
        return Problem(row.number, f"{sku} já foi contado na linha {first_row[sku]}.", "sku")
    first_row[sku] = row.number
    try:
        units = read_decimal(written, places=4)
    except NotANumber as error:
        return Problem(row.number, error.words, "quantidade")
    return units if units >= 0 else Problem(row.number, "A contagem é zero ou mais.", "quantidade")
