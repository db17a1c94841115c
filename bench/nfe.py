"""make bench NAME=nfe: an order becomes a checked, signed, valid note, against a bare RSA-2048 signature.

The floor is measured between our notes, round by round, so that a busy machine slows both alike. Peers run at 100
notes in an environment of their own, made and thrown away here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from bench import nfe_sample as sample
from cais.fiscal.amounts import amounts_of
from cais.fiscal.build import build
from cais.fiscal.certificate import A1, open_a1
from cais.fiscal.documents import NoteDoc
from cais.fiscal.preflight import preflight
from cais.fiscal.schema import SchemaPackage, faults, package_from
from cais.fiscal.sign import SignedNote, sign, verify

ROUNDS, NOTES, PEER_NOTES = 20, 30, 100
TARGET = 5.0
PEERS = ("pynfe", "nfelib")
PACKAGES = ["PyNFe==0.6.5", "nfelib[sign]==3.2.0", "requests", "pyopenssl"]


def milliseconds(work: Callable[[int], object], times: int) -> list[float]:
    taken = []
    for index in range(times):
        began = time.perf_counter()
        work(index)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


@dataclass(frozen=True)
class Race:
    """Milliseconds of bare signatures and of whole notes, in rounds that take turns."""

    rounds: list[tuple[list[float], list[float]]]

    @property
    def ratio(self) -> float:
        return median(median(ours) / median(bare) for bare, ours in self.rounds)

    @property
    def bare(self) -> list[float]:
        return sorted(value for each, _ in self.rounds for value in each)

    @property
    def ours(self) -> list[float]:
        return sorted(value for _, each in self.rounds for value in each)


def issue(order: NoteDoc, number: int, *, a1: A1, package: SchemaPackage) -> SignedNote:
    """What the worker does for each order, up to what is stored and sent."""
    if preflight(order, now=sample.NOW):
        raise SystemExit("the order of the bench does not pass its own preflight")
    signed = sign(build(order, sample.numbering(number)), a1)
    if faults(signed.xml, package):
        raise SystemExit("the note of the bench is not valid")
    return signed


def race(order: NoteDoc, *, a1: A1, package: SchemaPackage) -> Race:
    to_sign = b"x" * 600
    numbers = count(1)

    def bare(_: int) -> object:
        return a1.key.sign(to_sign, padding.PKCS1v15(), hashes.SHA1())

    def ours(_: int) -> object:
        return issue(order, next(numbers), a1=a1, package=package)

    milliseconds(bare, 50)
    milliseconds(ours, 5)
    return Race([(milliseconds(bare, NOTES), milliseconds(ours, NOTES)) for _ in range(ROUNDS)])


def stages(order: NoteDoc, *, a1: A1, package: SchemaPackage) -> dict[str, float]:
    unsigned = build(order, sample.numbering(1))
    signed = sign(unsigned, a1)
    verify(signed.xml)
    work: dict[str, Callable[[int], object]] = {
        "amounts_ms": lambda _: amounts_of(order),
        "preflight_ms": lambda _: preflight(order, now=sample.NOW),
        "build_ms": lambda _: build(order, sample.numbering(1)),
        "sign_ms": lambda _: sign(unsigned, a1),
        "validate_ms": lambda _: faults(signed.xml, package),
    }
    return {name: round(median(milliseconds(each, 200)), 3) for name, each in work.items()}


def main() -> int:
    pfx = sample.pfx()
    a1 = open_a1(pfx, sample.PASSWORD, company_cnpj=sample.CNPJ, now=sample.NOW)
    package, order = package_from({}), sample.sale()
    run = race(order, a1=a1, package=package)
    note_ms = median(run.ours)
    peers = measure_peers(issue(order, 1, a1=a1, package=package).xml, pfx)
    figures = {
        "note_ms": round(note_ms, 3),
        "note_p95_ms": round(run.ours[int(len(run.ours) * 0.95)], 3),
        "notes_per_s": round(1000 / note_ms),
        **stages(order, a1=a1, package=package),
        **{f"{name}_ms": value for name, value in peers.items()},
    }
    over = {f"{name}_over_note": round(value / note_ms, 1) for name, value in peers.items() if isinstance(value, float)}
    report = {
        "name": "nfe",
        "figures": figures,
        "floor": {"rsa2048_sha1_ms": round(median(run.bare), 3)},
        "ratios": {"note_over_floor": round(run.ratio, 2), **over},
        "target": {"note_over_floor": TARGET},
    }
    print(json.dumps(report))
    return 0 if run.ratio <= TARGET else 1


def measure_peers(xml: bytes, pfx: bytes) -> dict[str, float | str]:
    """PyNFe and nfelib in a fresh environment; a word of why for one that could not run."""
    with tempfile.TemporaryDirectory(prefix="cais-bench-") as folder:
        root = Path(folder)
        (root / "note.xml").write_bytes(xml)
        (root / "a1.pfx").write_bytes(pfx)
        print("peers: making their environment", file=sys.stderr)
        venv.create(root / "env", with_pip=True)
        python = str(root / "env" / "bin" / "python")
        _run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *PACKAGES])
        return {peer: _measure(peer, python, folder) for peer in PEERS}


def _measure(peer: str, python: str, folder: str) -> float | str:
    script = str(Path(__file__).with_name("nfe_peers.py"))
    run = _run([python, script, peer, folder, sample.PASSWORD, str(PEER_NOTES)])
    lines = run.stdout.split()
    return float(lines[-1]) if run.returncode == 0 and lines else f"did not run: {run.stderr.strip()[-200:]}"


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)


if __name__ == "__main__":
    raise SystemExit(main())
