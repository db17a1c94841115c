"""A reason not to issue a note yet, in words for the person who can correct it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """The screen on which it is corrected."""

    ORDER = "order"
    BUYER = "buyer"
    PRODUCT = "product"
    COMPANY = "company"
    TAX_PROFILE = "tax_profile"
    CHANNEL = "channel"
    MACHINE = "machine"


# The answer of a SEFAZ to whatever its schema does not allow.
SCHEMA = "225"
# SEFAZ would take it, and the note would be wrong.
NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`code` is ours and stable; `prevents` the cStat SEFAZ would have answered; `item` counts from 1, 0 for none."""

    code: str
    prevents: str
    where: Where
    sentence: str
    item: int = 0
