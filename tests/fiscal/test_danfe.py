"""The DANFE on paper: drawn in a process of its own, kept, and its bars read back by a stranger."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from cais.fiscal.danfe import DanfePress, DrawingFailed, Layout, NotPrintable, layout_on, merge
from cais.fiscal.documents import NoteDoc
from cais.fiscal.proc import join
from cais.fiscal.protocol import read_protocol
from cais.fiscal.schema import package_from
from tests.fiscal.samples import CNPJ_WITH_LETTERS, NUMBERING, by, item, note, protocol_of, signed

PACKAGE = package_from({})


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DanfePress]:
    with DanfePress(tmp_path_factory.mktemp("danfe"), processes=1) as press:
        yield press


def proc(document: NoteDoc | None = None, *, number: int = 123) -> bytes:
    ours = signed(document, replace(NUMBERING, number=number))
    return join(ours, read_protocol(protocol_of(ours)), PACKAGE)


def _bars(pdf: bytes, folder: Path) -> str:
    """What a barcode reader reads on the first page. A missing program fails the test, never skips it."""
    (folder / "danfe.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "200", "-png", "-singlefile", str(folder / "danfe.pdf"), str(folder / "page")],
        check=True,
        timeout=60,
    )
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", str(folder / "page.png")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return read.stdout.strip()


@pytest.mark.parametrize("cnpj", ["11222333000181", CNPJ_WITH_LETTERS])
def test_the_bars_say_the_key_even_with_letters(press: DanfePress, cnpj: str, tmp_path: Path) -> None:
    document = by(cnpj, note())
    assert _bars(press.sheet(proc(document)), tmp_path) == signed(document).key


def test_the_sheet_says_what_it_is(press: DanfePress) -> None:
    words = PdfReader(BytesIO(press.sheet(proc()))).pages[0].extract_text()
    assert "SEM VALOR FISCAL" in words.upper()
    assert "135260000000123" in words
    assert "Jurubim Comércio Ltda" in words or "JURUBIM COMÉRCIO LTDA" in words
    assert "119,80" in words


def test_a_cancelled_note_says_so_on_a_sheet_of_its_own(press: DanfePress) -> None:
    plain, cancelled = press.sheet(proc()), press.sheet(proc(), is_cancelled=True)
    assert plain != cancelled
    assert "CANCELAD" in PdfReader(BytesIO(cancelled)).pages[0].extract_text().upper()
    assert "CANCELAD" not in PdfReader(BytesIO(plain)).pages[0].extract_text().upper()


def test_a_sheet_is_drawn_once_and_kept(tmp_path: Path) -> None:
    document = proc()
    with DanfePress(tmp_path / "kept", processes=1) as press:
        first = press.sheet(document)
    (path,) = (tmp_path / "kept").iterdir()
    assert path.name == f"{signed().key}-moc_7_0-authorised.pdf"
    path.write_bytes(b"%PDF kept")
    with DanfePress(tmp_path / "kept", processes=1) as press:
        assert press.sheet(document) == b"%PDF kept"
    assert first.startswith(b"%PDF")


def test_what_is_not_authorised_is_not_printed(press: DanfePress) -> None:
    denied = proc().replace(b"<cStat>100<", b"<cStat>110<")
    for document in (denied, signed().xml, b"", b"<a/>"):
        with pytest.raises(NotPrintable):
            press.sheet(document)


def test_a_sheet_that_cannot_be_drawn_says_that_the_note_stands(tmp_path: Path) -> None:
    broken = proc().replace(b"ide>", b"idx>")
    with DanfePress(tmp_path, processes=1) as press:
        with pytest.raises(DrawingFailed) as failed:
            press.sheet(broken)
        assert "continua autorizada" in failed.value.sentence
        assert list(tmp_path.iterdir()) == []
        assert press.sheet(proc()).startswith(b"%PDF")


def test_a_killed_process_costs_one_try_and_not_the_press(tmp_path: Path) -> None:
    with DanfePress(tmp_path, processes=1) as press:
        press.sheet(proc())
        pool = press._pool
        assert pool is not None
        for process in list(pool._processes.values()):
            process.kill()
            process.join()
        for number in range(200, 210):
            try:
                assert press.sheet(proc(number=number)).startswith(b"%PDF")
                return
            except DrawingFailed:
                continue
        pytest.fail("the press did not recover")


def test_many_sheets_become_one_file_in_order(press: DanfePress) -> None:
    documents = [proc(number=number) for number in (301, 302, 303)]
    pages = PdfReader(BytesIO(merge(press.sheets(documents)))).pages
    assert [
        ("000.000." + str(number)) in page.extract_text() for number, page in zip((301, 302, 303), pages, strict=True)
    ] == [True] * 3


def test_a_long_note_runs_over_several_pages(press: DanfePress) -> None:
    long = note(*[item("1", "1.01", name=f"Produto {index}") for index in range(120)])
    assert len(PdfReader(BytesIO(press.sheet(proc(long, number=400)))).pages) > 1


def test_the_layout_follows_the_day_of_issue() -> None:
    assert layout_on(date(2026, 11, 30)) is Layout.MOC_7
    assert layout_on(date(2026, 12, 1)) is Layout.NT_2026_010
