"""Spreadsheets that leave Cais: CSV as programs here open it, and nothing in it that becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse

_OPENS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet_answer(name: str, rows: Iterable[Iterable[str]]) -> HttpResponse:
    """A file to be kept, `name` with its ending. The first row names the columns."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerows(safe_cells(row) for row in rows)
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def safe_cells(cells: Iterable[str]) -> list[str]:
    """What somebody outside wrote, a buyer's name say, must not become a formula in somebody's spreadsheet."""
    return [f"'{cell}" if cell.startswith(_OPENS_FORMULA) else cell for cell in cells]
