"""Spreadsheets as people send them: CSV or XLSX, read into rows of text with the numbers their program shows."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from cais.core.values import fold

LARGEST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
_MOST_UNPACKED = 80 * 1024 * 1024
_MOST_COLUMNS = 100
_OVERFLOW = (
    "A linha tem mais células que o cabeçalho. Números com vírgula precisam de aspas, ou use ; entre as colunas."
)
_FORMULA = ("=", "+", "-", "@")
_NOT_A_SHEET = "Isto não parece uma planilha. Envie um arquivo CSV ou XLSX."
_NO_SHEETS = (b"%PDF", b"<")  # a page of a browser too, which some programs name .xls
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DAYS = ("%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d")


class Unusable(Exception):
    """The file as a whole cannot be read; `words` says why and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts as spreadsheet programs do: the heading is row 1. `overflow`: more cells than headings."""

    number: int
    cells: Mapping[str, str]
    overflow: bool = False

    def text(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row, in a sentence for the user."""

    row: int
    words: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: Sequence[Row]
    columns: Sequence[str]
    ignored: Sequence[str]

    def problems_of_shape(self) -> list[Problem]:
        return [Problem(row.number, _OVERFLOW) for row in self.rows if row.overflow]


def read(content: bytes, *, known: Collection[str], needed: Iterable[str]) -> Sheet:
    """Raises Unusable when the file is too large, of another kind, or lacks a needed column."""
    if len(content) > LARGEST_BYTES:
        raise Unusable("O arquivo passa de 5 MB. Divida em partes menores e envie uma de cada vez.")
    if not content.strip():
        raise Unusable("O arquivo está vazio.")
    lines = _workbook_lines(content) if content.startswith(b"PK") else _csv_lines(content)
    heading = next(lines, [])
    names = [fold(cell).replace(" ", "_") for cell in heading]
    _check_heading(names, known=known, needed=needed)
    rows = list(islice(_rows(lines, names), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise Unusable("A planilha passa de 20.000 linhas. Divida em partes menores e envie uma de cada vez.")
    if not rows:
        raise Unusable("A planilha tem só o cabeçalho, sem nenhuma linha.")
    ignored = [shown for shown, name in zip(heading, names, strict=True) if name and name not in known]
    return Sheet(rows, [name for name in names if name in known], ignored)


def read_date(text: str) -> date | None:
    """A day as people and programs write it: 20/11/2026 or 2026-11-20, an hour behind it or not; None for no day."""
    day = text.strip().split("T")[0].split(" ")[0]
    return next((found for form in _DAYS if (found := _parsed(day, form))), None)


def _parsed(day: str, form: str) -> date | None:
    try:
        return datetime.strptime(day, form).date()  # a day has no zone
    except ValueError:
        return None


def _check_heading(names: Sequence[str], *, known: Collection[str], needed: Iterable[str]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        raise Unusable(f"Falta a coluna {missing[0]} na primeira linha da planilha.")
    doubled = next((name for name in names if name in known and names.count(name) > 1), "")
    if doubled:
        raise Unusable(f"A coluna {doubled} aparece duas vezes na primeira linha.")


def _rows(lines: Iterator[list[str]], names: Sequence[str]) -> Iterator[Row]:
    for number, cells in enumerate(lines, start=2):
        if not any(cells):
            continue
        overflow = any(cells[len(names) :])
        yield Row(number, {name: cell for name, cell in zip(names, cells, strict=False) if name}, overflow)


def _csv_lines(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [_bare(cell) for cell in cells[:_MOST_COLUMNS]]
    except csv.Error:
        raise Unusable("Não consegui separar as colunas. Salve como CSV ou XLSX e envie de novo.") from None


def _bare(cell: str) -> str:
    """What was meant. The sign that keeps a text from becoming a formula, ours or a program's, is not part of it."""
    text = cell.replace("\0", "").strip()
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def _decoded(content: bytes) -> str:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unusable("Este é o formato antigo do Excel (.xls). Salve como .xlsx ou CSV e envie de novo.")
    if content.lstrip().startswith(_NO_SHEETS):
        raise Unusable(_NOT_A_SHEET)
    if content.startswith(_UTF16):
        return _decoded_as(content, "utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded_as(content, "windows-1252")


def _decoded_as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unusable(_NOT_A_SHEET) from None


def _workbook_lines(content: bytes) -> Iterator[list[str]]:
    """The first sheet. The unpacked size is looked at first: 5 MB of zip can hold gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MOST_UNPACKED:
                raise Unusable("A planilha é grande demais. Divida em partes menores, ou salve como CSV.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise Unusable("Não consegui abrir a planilha. Salve de novo como XLSX ou CSV.") from None
    try:
        for cells in book.worksheets[0].iter_rows(max_row=2 * MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True):
            yield [_cell_text(cell) for cell in cells]
    finally:
        book.close()


def _cell_text(cell: object) -> str:
    """A cell as a person would have typed it; a fraction gets a comma, so that it is read in one way only."""
    match cell:
        case None:
            return ""
        case bool():
            return "sim" if cell else "não"
        case float() if cell.is_integer():
            return str(int(cell))
        case float():
            return f"{cell:.10f}".rstrip("0").replace(".", ",")
        case datetime() | date():
            return cell.isoformat()
    return str(cell).replace("\0", "").strip()
