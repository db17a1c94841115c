"""Reading a JSON value that may be anything: the promised type, or Unreadable with plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from cais.ports.errors import Unreadable

Record = Mapping[str, object]


def record(value: object, field: str) -> Record:
    if not isinstance(value, dict):
        raise _wrong(field, value)
    return value


def rows(value: object, field: str) -> Sequence[Record]:
    if not isinstance(value, list):
        raise _wrong(field, value)
    return [record(item, field) for item in value]


def text(owner: Record, field: str) -> str:
    """Text or a whole number as text; absent and null are empty."""
    value = owner.get(field)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _wrong(field, value)
    return str(value).strip()


def needed(owner: Record, field: str) -> str:
    found = text(owner, field)
    if not found:
        raise Unreadable(f"Falta o campo {field}.")
    return found


def number(owner: Record, field: str) -> Decimal:
    """Money or quantity, finite."""
    value = owner.get(field)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _wrong(field, value)
    try:
        found = Decimal(value)
    except InvalidOperation as error:
        raise _wrong(field, value) from error
    if not found.is_finite():
        raise _wrong(field, value)
    return found


def whole(owner: Record, field: str) -> int:
    value = owner.get(field)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(field, value)
    return value


def flag(owner: Record, field: str) -> bool:
    value = owner.get(field, False)
    if not isinstance(value, bool):
        raise _wrong(field, value)
    return value


def instant(owner: Record, field: str) -> datetime:
    """An ISO time with its offset, in UTC."""
    value = needed(owner, field)
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise _wrong(field, value) from error
    if found.tzinfo is None:
        raise _wrong(field, value)
    return found.astimezone(UTC)


def _wrong(field: str, value: object) -> Unreadable:
    shown = json.dumps(value, ensure_ascii=False, default=str)[:80]
    return Unreadable(f"O campo {field} veio com um valor que não se entende: {shown}.")
