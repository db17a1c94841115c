"""Texts and numbers as the NF-e layout takes them: printable Latin-1 on one line, decimals with a point."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from cais.core.values import CENT

# What fits each field (leiaute 4.00).
NAME = 60
PRODUCT = 120
CODE = 60
UNIT = 6
ADDITIONAL = 5000
ITEM_ADDITIONAL = 500
QUANTITY_PLACES = 4
PRICE_PLACES = 10

_READY = re.compile(r"[!-~\xa1-\xac\xae-\xff](?:[ -~\xa1-\xac\xae-\xff]*[!-~\xa1-\xac\xae-\xff])?")
_BLANKS = re.compile(r"\s+")
_MAPPED = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys("‘’‚‛′ʼʹ", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    **dict.fromkeys("•‣▪●◦", " "),
    "…": "...",
    "⁄": "/",
    "€": "EUR",
    "™": "(TM)",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "œ": "oe",
    "Œ": "OE",
    "\xad": "",
}


def fit(text: str, limit: int) -> str:
    """The text as the layout takes it, at most `limit` characters; may come out empty (emoji alone).

    Characters of Latin-1 stay as they are (º, ², µ: compatibility folding would change what they say); dashes,
    quotes and the like become their plain forms; what has no Latin-1 form is dropped; blanks become one space.
    """
    if not _READY.fullmatch(text) or "  " in text:
        text = _BLANKS.sub(" ", "".join(map(_plain, unicodedata.normalize("NFC", text)))).strip()
    return text if len(text) <= limit else text[:limit].rstrip()


def _plain(character: str) -> str:
    if character in _MAPPED:
        return _MAPPED[character]
    if character.isspace() or unicodedata.category(character) == "Cc":
        return " "
    if character <= "\xff":
        return character
    # A folded form may itself hold a fraction slash or a ligature: look at each part again.
    folded = unicodedata.normalize("NFKD", character)
    if folded == character:
        return ""
    return "".join(map(_plain, folded))


def amount(value: Decimal) -> str:
    """Money with two places; the value is already in cents."""
    return f"{value:.2f}"


def quantity(value: Decimal) -> str:
    """A quantity with four places."""
    return f"{value:.4f}"


def price(value: Decimal) -> str:
    """A unit price with two to ten places, no more than it has."""
    text = f"{value:.10f}"
    return text[:-8] + text[-8:].rstrip("0")


def rate(value: Decimal) -> str:
    """A percentage with two to four places."""
    text = f"{value:.4f}"
    return text[:-2] + text[-2:].rstrip("0")


def places(value: Decimal) -> int:
    """How many decimal places a number really uses: 2.50 uses one."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def unit_price_of(total: Decimal, quantity: Decimal) -> Decimal:
    """The price with ten places whose product with the quantity gives the line's total back to the cent."""
    return (total / quantity).quantize(Decimal(1).scaleb(-PRICE_PLACES), ROUND_HALF_UP)


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
