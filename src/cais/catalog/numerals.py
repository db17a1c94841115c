"""How people write numbers in forms and spreadsheets: 1.234,56 and 1234.56, never a guess between the two."""

from __future__ import annotations

import re
from decimal import Decimal

_PLAIN = re.compile(r"-?\d+(,\d+)?")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?")
_POINT = re.compile(r"-?\d+\.\d+")
_GROUPED_POINT = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+\.\d+")
_LONGEST = 20


class NotANumber(ValueError):
    """`words` says to the user what to write instead."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def read_decimal(text: str, *, places: int) -> Decimal:
    """The number that was written, with at most `places` decimals. Raises NotANumber."""
    bare = re.sub(r"[\s\u00a0]|^R\$", "", text.strip()).replace("\u2212", "-")
    value = _value(bare, shown=text.strip()[:_LONGEST])
    if -int(value.normalize().as_tuple().exponent) > places:
        raise NotANumber(f"“{text.strip()}” tem mais de {places} casas decimais.")
    return value


def _value(bare: str, *, shown: str) -> Decimal:
    if not bare or len(bare) > _LONGEST:
        raise NotANumber(f"“{shown}” não é um número. Escreva, por exemplo, 1234,56.")
    if _PLAIN.fullmatch(bare):
        return Decimal(bare.replace(",", "."))
    if _GROUPED.fullmatch(bare):
        if bare.count(".") == 1 and "," not in bare:
            raise NotANumber(
                f"“{shown}” pode ser lido de dois jeitos. Escreva {bare.replace('.', '')} ou {_comma(bare)}."
            )
        return Decimal(bare.replace(".", "").replace(",", "."))
    if _POINT.fullmatch(bare):
        return Decimal(bare)
    if _GROUPED_POINT.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    raise NotANumber(f"“{shown}” não é um número. Escreva, por exemplo, 1234,56.")


def _comma(bare: str) -> str:
    return bare.replace(".", ",")


def write_decimal(value: Decimal) -> str:
    """The number as a field shows it for editing: 1234,5; what `read_decimal` reads back unchanged."""
    return format(value.normalize(), "f").replace(".", ",") if value else "0"
