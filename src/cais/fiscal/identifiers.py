"""The names of an NF-e: check digits with letters, the random code (cNF) and the access key."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from cais.fiscal.places import UF_CODES

MODEL = "55"
KEY_SHAPE = re.compile(r"[0-9]{6}[0-9A-Z]{12}[0-9]{26}", re.ASCII)
CNF_LIMIT = 10**8
_RUN = "0123456789" * 2
# 00000000 … 99999999 and the ten runs 01234567 … 90123456 are refused by SEFAZ (897).
GUESSABLE_CNF = frozenset([str(digit) * 8 for digit in range(10)] + [_RUN[start : start + 8] for start in range(10)])


def mod11(text: str) -> int:
    """Check digit of digits and upper-case letters: weights 2 to 9 from the right, each character its code less 48."""
    total, weight = 0, 2
    for character in reversed(text):
        total += (ord(character) - 48) * weight
        weight = 2 if weight == 9 else weight + 1
    rest = total % 11
    return 0 if rest < 2 else 11 - rest


def is_cnf(cnf: str, *, number: int) -> bool:
    """Whether SEFAZ takes this code for this number (else 897)."""
    well_formed = len(cnf) == 8 and cnf.isascii() and cnf.isdigit()
    return well_formed and cnf not in GUESSABLE_CNF and int(cnf) != number


def draw_cnf(number: int) -> str:
    """A random code for a number. Drawn once, stored with it, never drawn again for it."""
    while True:
        cnf = f"{secrets.randbelow(CNF_LIMIT):08d}"
        if is_cnf(cnf, number=number):
            return cnf


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """The parts of a key. `year_month` is AAMM of the issue date in the issuer's own zone."""

    state: str
    year_month: str
    cnpj: str
    series: int
    number: int
    emission: str = "1"
    cnf: str
    model: str = MODEL

    def __str__(self) -> str:
        body = self._body()
        return f"{body}{mod11(body)}"

    def _body(self) -> str:
        place = f"{UF_CODES[self.state]}{self.year_month}{self.cnpj:0>14}{self.model}"
        return f"{place}{self.series:03d}{self.number:09d}{self.emission}{self.cnf}"


def is_key(text: str) -> bool:
    """True for 44 characters of the right shape whose last one is right. Letters only inside the CNPJ."""
    return KEY_SHAPE.fullmatch(text) is not None and text[-1] == str(mod11(text[:-1]))


def parse_key(text: str) -> AccessKey:
    """Raises ValueError for what is no key."""
    state = _STATES.get(text[:2])
    if not is_key(text) or state is None:
        raise ValueError(f"{text!r} is no NF-e access key")
    return AccessKey(
        state=state,
        year_month=text[2:6],
        cnpj=text[6:20],
        model=text[20:22],
        series=int(text[22:25]),
        number=int(text[25:34]),
        emission=text[34],
        cnf=text[35:43],
    )


_STATES = {code: state for state, code in UF_CODES.items()}
