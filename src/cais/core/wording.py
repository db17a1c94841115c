"""How numbers and money are written for people in Brazil: 1.284, 1,5, R$ 1.247,60."""

from __future__ import annotations

from decimal import Decimal

from cais.core.values import CENT

UNKNOWN = "–"
MINUS = "−"
NBSP = "\u00a0"


def _grouped(digits: str) -> str:
    """Thousands separated by points: 1247 is 1.247."""
    return f"{int(digits):,}".replace(",", ".")


def money_text(value: Decimal | None, *, symbol: bool = True) -> str:
    """R$ 1.247,60; a true minus sign; unknown is a dash, never zero."""
    if value is None:
        return UNKNOWN
    whole, cents = f"{abs(value).quantize(CENT)}".split(".")
    sign = MINUS if value.quantize(CENT) < 0 else ""
    prefix = f"R${NBSP}" if symbol else ""
    return f"{sign}{prefix}{_grouped(whole)},{cents}"


def quantity_text(value: Decimal | int | None, *, unit: str = "") -> str:
    """2, 1,5 or 1.284; no zeros after the last significant decimal; unknown is a dash."""
    if value is None:
        return UNKNOWN
    whole, _, fraction = f"{abs(Decimal(value)):f}".partition(".")
    fraction = fraction.rstrip("0")
    number = _grouped(whole) + (f",{fraction}" if fraction else "")
    sign = MINUS if value < 0 else ""
    return f"{sign}{number}{NBSP}{unit}" if unit else f"{sign}{number}"


def count_text(value: int | None) -> str:
    """1.284."""
    return UNKNOWN if value is None else _grouped(str(value))
