"""Any file a person may send is read, or refused in a plain sentence."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from cais.catalog import spreadsheet
from cais.catalog.spreadsheet import Sheet, Unusable


def _read(content: bytes) -> Sheet:
    return spreadsheet.read(content, known=["sku", "nome", "preco"], needed=["sku"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_usual_encoding_and_delimiter_is_read(encoding: str, delimiter: str) -> None:
    text = f"SKU{delimiter}Nome\r\nXIC{delimiter}Xícara de chá\r\n"
    assert _read(text.encode(encoding)).rows[0].cells == {"sku": "XIC", "nome": "Xícara de chá"}


def test_rows_keep_the_number_their_program_shows() -> None:
    sheet = _read(b"sku;nome\nA;1\n\n;\nB;2\n")
    assert [(row.number, row.text("sku")) for row in sheet.rows] == [(2, "A"), (5, "B")]


def test_headings_are_read_with_accents_capitals_and_spaces() -> None:
    assert _read("SKU;Preço ;Cor\nA;1;azul\n".encode()).columns == ["sku", "preco"]


def test_columns_that_are_not_known_are_named() -> None:
    assert _read("sku;Côr\nA;azul\n".encode()).ignored == ["Côr"]


def test_a_comma_that_splits_a_number_is_seen() -> None:
    sheet = _read(b"sku,preco\nA,1,50\n")
    assert [(problem.row, "mais" in problem.words) for problem in sheet.problems_of_shape()] == [(2, True)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vazio"),
        (b"nome;preco\nA;1\n", "Falta a coluna sku"),
        (b"sku;sku\nA;1\n", "duas vezes"),
        (b"sku;nome\n", "só o cabeçalho"),
        (b"PK\x03\x04 not a zip", "Não consegui abrir"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "formato antigo"),
        (b"sku;nome\n\x81\x8d;1\n", "não parece uma planilha"),
        (b"%PDF-1.4 sku", "não parece uma planilha"),
        (b"\n<html><table><tr><td>sku</td></tr></table>", "não parece uma planilha"),
        (b"sku\n" + b"A\n" * 20_001, "20.000"),
        (b"sku\n" + b"A" * (5 * 1024 * 1024), "5 MB"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content: bytes, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        _read(content)


def test_a_workbook_cell_is_read_as_it_was_typed() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["sku", "nome", "preco"], [7891000315507, True, 1.234], ["B", None, 12.0]):
        sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    rows = _read(file.getvalue()).rows
    assert rows[0].cells == {"sku": "7891000315507", "nome": "sim", "preco": "1,234"}
    assert rows[1].cells == {"sku": "B", "nome": "", "preco": "12"}


def test_a_small_file_that_unpacks_into_a_huge_one_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (81 * 1024 * 1024))
    assert len(file.getvalue()) < 1024 * 1024
    with pytest.raises(Unusable, match="grande demais"):
        _read(file.getvalue())


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("foto.jpg", b"x")
    with pytest.raises(Unusable, match="Não consegui abrir"):
        _read(file.getvalue())
