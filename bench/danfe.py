"""make bench NAME=danfe: sheets through the press, against building and signing the note they show."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from bench import nfe_sample as sample
from cais.fiscal.build import build
from cais.fiscal.certificate import open_a1
from cais.fiscal.danfe import PROCESSES, DanfePress, merge
from cais.fiscal.proc import join
from cais.fiscal.protocol import read_protocol
from cais.fiscal.schema import package_from
from cais.fiscal.sign import sign

ONE_BY_ONE, BATCH = 40, 100


def main() -> int:
    a1 = open_a1(sample.pfx(), sample.PASSWORD, company_cnpj=sample.CNPJ, now=sample.NOW)
    package, order = package_from({}), sample.sale()
    began = time.perf_counter()
    notes = [sign(build(order, sample.numbering(number)), a1) for number in range(1, ONE_BY_ONE + BATCH + 3)]
    note_ms = (time.perf_counter() - began) * 1000 / len(notes)
    procs = [join(note, read_protocol(sample.protocol(note)), package) for note in notes]
    warm, single, batch = procs[:2], procs[2 : 2 + ONE_BY_ONE], procs[2 + ONE_BY_ONE :]
    with tempfile.TemporaryDirectory(prefix="cais-bench-") as folder, DanfePress(Path(folder)) as press:
        press.sheets(warm)
        times = sorted(_timed(partial(press.sheet, proc)) for proc in single)
        kept = median(_timed(partial(press.sheet, proc)) for proc in single)
        began = time.perf_counter()
        sheets = press.sheets(batch)
        batch_s = time.perf_counter() - began
        merge_s = _timed(lambda: merge(sheets)) / 1000
    figures = {
        "sheet_ms": round(median(times), 1),
        "sheet_p95_ms": round(times[int(len(times) * 0.95)], 1),
        "kept_sheet_ms": round(kept, 3),
        "batch_sheets": len(batch),
        "batch_s": round(batch_s, 2),
        "batch_sheets_per_s": round(len(batch) / batch_s, 1),
        "merge_s": round(merge_s, 2),
        "sheet_bytes": round(sum(map(len, sheets)) / len(sheets)),
        "processes": PROCESSES,
        "cores": os.cpu_count(),
    }
    ratios = {
        "sheet_over_note": round(median(times) / note_ms, 1),
        "batch_over_one_by_one": round(median(times) * len(batch) / 1000 / batch_s, 2),
    }
    floor = {"note_built_and_signed_ms": round(note_ms, 3)}
    print(json.dumps({"name": "danfe", "figures": figures, "floor": floor, "ratios": ratios}))
    return 0


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
