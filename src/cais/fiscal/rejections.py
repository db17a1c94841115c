"""What a person, or the engine, should do about a rejection: families and advice, as data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Family(StrEnum):
    """What must change before the note may be signed again, always under the same number.

    CLOCK wants a new time of issue, CERTIFICATE holds all notes of the issuer, PROGRAM is our fault: a person looks
    first. A code nobody listed is DATA: most are about what the note says.
    """

    DATA = "data"
    TAX = "tax"
    COMPANY = "company"
    CERTIFICATE = "certificate"
    CLOCK = "clock"
    PROGRAM = "program"


GENERAL = "Corrija o que a SEFAZ apontou e emita de novo; o número da nota continua o mesmo."


@dataclass(frozen=True, slots=True)
class Advice:
    family: Family
    sentence: str


def advice_on(status: str) -> Advice:
    """The advice for a cStat, beside SEFAZ's own words (which name the field or the item)."""
    return _listed().get(status, Advice(Family.DATA, GENERAL))


@cache
def _listed() -> dict[str, Advice]:
    text = files("cais.fiscal").joinpath("data/rejections.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter=";")
    return {row["cstat"]: Advice(Family(row["family"]), row["advice"]) for row in rows}
