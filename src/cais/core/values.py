"""Small values of the trade: money, quantities and the Brazilian tax documents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from stdnum.br import cnpj as _cnpj
from stdnum.br import cpf as _cpf

CENT = Decimal("0.01")
QUANTUM = Decimal("0.0001")
ZERO = Decimal(0)


def is_within(value: Decimal, least: Decimal | int, most: Decimal | int) -> bool:
    """A number between these, both included. NaN, which cannot be compared at all, and infinity are within nothing."""
    return value.is_finite() and least <= value <= most


def money(value: Decimal | int | str) -> Decimal:
    """Round to cents, half up, as invoices do."""
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def quantity(value: Decimal | int | str) -> Decimal:
    """Cut to four places, downwards: nobody may sell a rounding."""
    return Decimal(value).quantize(QUANTUM, ROUND_DOWN)


def document_text(text: str) -> str:
    """CPF or CNPJ as letters and digits only, upper case; a CNPJ may hold letters since July 2026."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def is_cpf(text: str) -> bool:
    """True for eleven digits with right check digits that are not all the same."""
    return len(text) == 11 and text.isdigit() and len(set(text)) > 1 and bool(_cpf.is_valid(text))


def is_cnpj(text: str) -> bool:
    """True for fourteen characters, digits or capital letters, with right check digits."""
    return len(text) == 14 and text == document_text(text) and len(set(text)) > 1 and bool(_cnpj.is_valid(text))


def is_tax_document(text: str) -> bool:
    return is_cpf(text) or is_cnpj(text)


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def fold(text: str) -> str:
    """The form in which two free texts of a store are compared: no accents, one space, lower case."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"\s+", " ", plain).strip().casefold()


def share(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Cut `total` cents among `weights` by largest remainder: the parts always add up to the total.

    With no weight at all the first part takes everything. Ties go to the earlier part.
    """
    if not weights:
        return []
    cents = int(money(total) / CENT)
    whole = sum(weights, ZERO)
    if whole <= 0:
        return [money(total), *[money(0)] * (len(weights) - 1)]
    exact = [Decimal(abs(cents)) * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: abs(cents) - sum(parts)]:
        parts[i] += 1
    sign = -1 if cents < 0 else 1
    return [sign * part * CENT for part in parts]
