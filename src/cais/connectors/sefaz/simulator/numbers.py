"""Check digits and access keys, digits and letters alike."""

import re
from dataclasses import dataclass

CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")
KEY = re.compile(r"[0-9]{6}[0-9A-Z]{12}[0-9]{26}")
NO_KEY = "0" * 44  # where the layout wants a key and the caller gave none that can be read

_REPEATED = {digit * 8 for digit in "0123456789"}
_SEQUENCES = {"".join(str((first + step) % 10) for step in range(8)) for first in range(10)}
BARRED_CODES = frozenset(_REPEATED | _SEQUENCES)


def check_digit(text: str) -> str:
    """Modulus 11 over weights 2 to 9 from the right; a letter is worth its ASCII code minus 48."""
    total = sum((ord(sign) - 48) * (2 + place % 8) for place, sign in enumerate(reversed(text)))
    rest = total % 11
    return "0" if rest < 2 else str(11 - rest)


def is_cnpj(text: str) -> bool:
    if not CNPJ.fullmatch(text):
        return False
    first = check_digit(text[:12])
    return text[12:] == first + check_digit(text[:12] + first)


@dataclass(frozen=True, slots=True)
class Key:
    """The 44 signs of an access key, taken apart."""

    text: str

    @property
    def state(self) -> str:
        return self.text[:2]

    @property
    def cnpj(self) -> str:
        return self.text[6:20]

    @property
    def model(self) -> str:
        return self.text[20:22]

    @property
    def series(self) -> int:
        return int(self.text[22:25])

    @property
    def number(self) -> int:
        return int(self.text[25:34])

    @property
    def slot(self) -> tuple[str, str, int, int]:
        """What may be used once only: issuer, model, series, number."""
        return self.cnpj, self.model, self.series, self.number

    @property
    def is_right(self) -> bool:
        """The last digit is the one that the others ask for."""
        return check_digit(self.text[:43]) == self.text[43]

    def with_number(self, number: int) -> "Key":
        """The key of another number of the same series."""
        base = f"{self.text[:25]}{number:09d}{self.text[34:43]}"
        return Key(base + check_digit(base))


def read_key(text: str) -> Key | None:
    return Key(text) if KEY.fullmatch(text) else None
