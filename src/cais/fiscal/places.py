"""Brazilian places as a note needs them: IBGE codes of states and municipalities, and the clocks they live by."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

UF_CODES = {
    "RO": "11", "AC": "12", "AM": "13", "RR": "14", "PA": "15", "AP": "16", "TO": "17",
    "MA": "21", "PI": "22", "CE": "23", "RN": "24", "PB": "25", "PE": "26", "AL": "27", "SE": "28", "BA": "29",
    "MG": "31", "ES": "32", "RJ": "33", "SP": "35", "PR": "41", "SC": "42", "RS": "43",
    "MS": "50", "MT": "51", "GO": "52", "DF": "53",
}  # fmt: skip

BRASILIA_ZONE = "America/Sao_Paulo"
_STATE_ZONES = {
    "AC": "America/Rio_Branco",
    "AM": "America/Manaus",
    "MS": "America/Campo_Grande",
    "MT": "America/Cuiaba",
    "RO": "America/Porto_Velho",
    "RR": "America/Boa_Vista",
}
# Places on another clock than their state: Fernando de Noronha, and the west of Amazonas (Lei 12.876/2013).
_CITY_ZONES = {
    "2605459": "America/Noronha",
    **dict.fromkeys(
        [
            "1300201", "1300607", "1300706", "1301407", "1301506", "1301654", "1301803",
            "1301951", "1302306", "1302405", "1303502", "1303908", "1304062",
        ],
        "America/Eirunepe",
    ),
}  # fmt: skip
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_STATE_AT_END = re.compile(r"[\s(/,-]+([A-Za-z]{2})\)?\s*$")


@dataclass(frozen=True, slots=True)
class City:
    """A municipality of IBGE's table."""

    state: str
    code: str
    name: str


def find_city(state: str, name: str) -> City | None:
    """The municipality a person meant: accents, case, signs and a state written after it do not count."""
    by_name = _by_name().get(state)
    if by_name is None:
        return None
    if state == "DF" and name.strip():
        # The District is one municipality; buyers write their region of it (Taguatinga, Gama) as the city.
        return by_name["brasilia"]
    ending = _STATE_AT_END.search(name)
    plain = name[: ending.start()] if ending and ending[1].upper() == state else name
    return by_name.get(_folded(plain))


def city_of(code: str) -> City | None:
    return _by_code().get(code)


def near_cities(state: str, name: str) -> list[str]:
    """Up to three names of that state that look like the one written."""
    by_name = _by_name().get(state, {})
    return [by_name[key].name for key in difflib.get_close_matches(_folded(name), by_name, n=3, cutoff=0.75)]


def states_with(name: str) -> list[str]:
    """The states that have a municipality of this name: for one written with the wrong state."""
    folded = _folded(name)
    return [state for state, cities in _by_name().items() if folded in cities]


@cache
def zone_of(state: str, city_code: str = "") -> ZoneInfo:
    """The legal clock of a place."""
    return ZoneInfo(_CITY_ZONES.get(city_code) or _STATE_ZONES.get(state, BRASILIA_ZONE))


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    # Dias d'Ávila, Dias D Avila and Dias Davila are one place; Xique-Xique and Xique Xique too.
    return _NOT_LETTERS.sub("", plain)


@cache
def _by_code() -> dict[str, City]:
    text = files("cais.fiscal").joinpath("data/cities.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter=";")
    return {row["codigo"]: City(row["uf"], row["codigo"], row["nome"]) for row in rows}


@cache
def _by_name() -> dict[str, dict[str, City]]:
    found: dict[str, dict[str, City]] = {state: {} for state in UF_CODES}
    for city in _by_code().values():
        found[city.state][_folded(city.name)] = city
    return found
