"""The rows that an address or a form names by their keys."""

from __future__ import annotations

from collections.abc import Iterable

# What surely fits PostgreSQL's bigint.
_DIGITS = 18


def key_of(text: str) -> int:
    """The key that this text is; nonsense is 0, which no row has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


def keys_of(texts: Iterable[str]) -> list[int]:
    """In the order given, without the nonsense."""
    return [key for text in texts if (key := key_of(text))]
