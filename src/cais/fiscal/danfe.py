"""The DANFE: drawn from a procNFe in processes of their own, kept by key, layout and status."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from enum import StrEnum
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from pypdf import PdfReader, PdfWriter

from cais.fiscal.identifiers import is_key
from cais.fiscal.proc import AUTHORISED
from cais.fiscal.protocol import read_time
from cais.fiscal.tags import Unparsable, find, parse, read

PROCESSES = 2
# A process is replaced now and then, so that what the drawing leaves behind does not pile up.
SHEETS_PER_PROCESS = 500
SECONDS = 60.0
# From this day of issue on NT 2026.010 rules the sheet.
NEW_LAYOUT_SINCE = date(2026, 12, 1)


class Layout(StrEnum):
    MOC_7 = "moc_7_0"
    NT_2026_010 = "nt_2026_010"


class NotPrintable(ValueError):
    """A DANFE is printed of authorised notes only."""


class DrawingFailed(Exception):
    """The sheet could not be drawn; the note itself is untouched."""

    sentence = "O DANFE não pôde ser desenhado agora. A nota continua autorizada; tente abrir o DANFE de novo."


def layout_on(issued_on: date) -> Layout:
    """The layout in force on the day of issue, on the issuer's own clock."""
    return Layout.NT_2026_010 if issued_on >= NEW_LAYOUT_SINCE else Layout.MOC_7


class DanfePress:
    """Draws and keeps sheets. One per process; close it, or use it in a `with`."""

    def __init__(self, folder: Path, *, processes: int = PROCESSES) -> None:
        self._folder = folder
        self._processes = processes
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool:
            pool.shutdown(cancel_futures=True)

    def sheet(self, proc: bytes, *, is_cancelled: bool = False) -> bytes:
        """The A4 PDF of a note. Raises NotPrintable for one not authorised, DrawingFailed.

        Takes some 80 ms the first time: never inside a transaction.
        """
        return self.sheets([proc], is_cancelled=is_cancelled)[0]

    def sheets(self, procs: Iterable[bytes], *, is_cancelled: bool = False) -> list[bytes]:
        """The same for many, drawn side by side."""
        wanted = [(proc, *self._kept_as(proc, is_cancelled=is_cancelled)) for proc in procs]
        drawn = [
            None if path.is_file() else self._submit(proc, layout, is_cancelled=is_cancelled)
            for proc, path, layout in wanted
        ]
        return [
            path.read_bytes() if future is None else self._keep(path, self._result(future))
            for (_, path, _), future in zip(wanted, drawn, strict=True)
        ]

    def _kept_as(self, proc: bytes, *, is_cancelled: bool) -> tuple[Path, Layout]:
        key, layout = _identify(proc)
        status = "cancelled" if is_cancelled else "authorised"
        return self._folder / f"{key}-{layout}-{status}.pdf", layout

    def _submit(self, proc: bytes, layout: Layout, *, is_cancelled: bool) -> Future[bytes]:
        arguments = proc.decode(), layout.value, is_cancelled
        with self._lock:
            self._pool = self._pool or self._new_pool()
            try:
                return self._pool.submit(draw, *arguments)
            except BrokenProcessPool:
                # A process of the pool was killed: that says nothing about this note.
                self._pool = self._new_pool()
                return self._pool.submit(draw, *arguments)

    def _new_pool(self) -> ProcessPoolExecutor:
        # Spawned, not forked: the parent has threads and database connections that a copy must not inherit.
        return ProcessPoolExecutor(
            self._processes, mp_context=get_context("spawn"), max_tasks_per_child=SHEETS_PER_PROCESS
        )

    def _result(self, future: Future[bytes]) -> bytes:
        try:
            return future.result(timeout=SECONDS)
        except Exception as error:
            # Whatever a foreign library raises on one note is this sheet's failure and nothing more.
            raise DrawingFailed(f"{type(error).__name__}: {error}") from error

    def _keep(self, path: Path, pdf: bytes) -> bytes:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        unfinished.write_bytes(pdf)
        unfinished.replace(path)
        return pdf


def draw(proc: str, layout: str, is_cancelled: bool) -> bytes:
    """Runs in the pool's process: the drawing library is loaded there alone."""
    from brazilfiscalreport.danfe import Danfe, DanfeConfig, DanfeLayout

    config = DanfeConfig(layout=DanfeLayout(layout), watermark_cancelled=is_cancelled)
    return bytes(Danfe(xml=proc, config=config).output())


def merge(sheets: Iterable[bytes]) -> bytes:
    """Many sheets as one PDF, in order."""
    writer = PdfWriter()
    for sheet in sheets:
        writer.append(PdfReader(io.BytesIO(sheet)))
    merged = io.BytesIO()
    writer.write(merged)
    return merged.getvalue()


def _identify(proc: bytes) -> tuple[str, Layout]:
    try:
        root = parse(proc)
        protocol = find(root, "protNFe")
        issued_at = read_time(read(root, "dhEmi"))
    except Unparsable as error:
        raise NotPrintable(f"no procNFe: {error}") from error
    key = read(protocol, "chNFe") if protocol is not None else ""
    if protocol is None or read(protocol, "cStat") not in AUTHORISED or not is_key(key):
        raise NotPrintable("the note is not authorised")
    return key, layout_on(issued_at.date())
