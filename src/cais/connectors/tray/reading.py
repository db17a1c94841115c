"""Scalars as Tray writes them: strings, numbers, empty texts, empty lists and zero dates, read alike (contract §1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from cais.core.clock import BRASILIA
from cais.core.values import ZERO
from cais.ports.errors import Unreadable
from cais.wire.http import Json

Record = Mapping[str, Json]

_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,10})?", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2}))?", re.ASCII)
_HOUR = re.compile(r"\d{2}:\d{2}:\d{2}", re.ASCII)
# PostgreSQL stores neither a NUL nor half a surrogate pair; JSON can carry both.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_YEARS = range(1990, 2101)


def text(value: Json) -> str:
    """A scalar as text; whatever Tray writes for "nothing" (null, "", [], {}) is an empty text."""
    match value:
        case str():
            return _UNSTORABLE.sub("", value).strip()
        case bool():
            return "1" if value else "0"
        case Decimal():
            return format(value, "f")
        case int():
            return str(value)
    return ""


def text_of(record: Record, *keys: str) -> str:
    """The first of the fields that says anything."""
    return next((found for found in (text(record.get(key)) for key in keys) if found), "")


def key_of(record: Record, key: str) -> str:
    """An id; "0" is how Tray says none."""
    found = text(record.get(key))
    return "" if found == "0" else found


def flag(record: Record, key: str) -> bool:
    return text(record.get(key)) == "1"


def amount(record: Record, key: str, label: str) -> Decimal:
    """A money or quantity field; an empty one is zero. Raises Unreadable for anything that is no plain number."""
    found = text(record.get(key))
    if not found and not record.get(key):
        return ZERO
    if not _NUMBER.fullmatch(found) or record.get(key) is True:
        raise wrong(record, key, label, "que não é um número com ponto decimal")
    return Decimal(found)


def required_amount(record: Record, key: str, label: str) -> Decimal:
    if not text(record.get(key)):
        raise wrong(record, key, label, "e esse valor é indispensável")
    return amount(record, key, label)


def moment(record: Record, key: str, label: str, *, hour: str = "") -> datetime | None:
    """A Brasília date, with the time in it or in a field beside; None for the forms of "no date".

    Raises Unreadable for a date or a time that cannot be.
    """
    found = text(record.get(key))
    if not found or found.startswith("0000-00-00"):
        return None
    parts = _DATE.fullmatch(found)
    try:
        numbers = [int(part) for part in parts.groups(default="0")] if parts else []
        if not numbers or numbers[0] not in _YEARS:
            raise ValueError(found)
        plain = datetime(*numbers)  # type: ignore[arg-type]
    except ValueError as error:
        raise wrong(record, key, label, "que não é uma data possível") from error
    return _at_hour(record, plain, hour=hour, label=label).replace(tzinfo=BRASILIA)


def _at_hour(record: Record, day: datetime, *, hour: str, label: str) -> datetime:
    found = text(record.get(hour)) if hour else ""
    if not found:
        return day
    try:
        if not _HOUR.fullmatch(found):
            raise ValueError(found)
        return datetime.combine(day.date(), datetime.strptime(found, "%H:%M:%S").time())
    except ValueError as error:
        raise wrong(record, hour, f"hora de {label}", "que não é uma hora possível") from error


def rows(value: Json, wrapper: str) -> list[Record]:
    """The records of a list, each with or without its wrapper; a lone record counts as a list of one."""
    items = value if isinstance(value, list) else [value]
    found = (item.get(wrapper, item) if isinstance(item, dict) else None for item in items)
    return [item for item in found if isinstance(item, dict) and item]


def record_of(value: Json) -> Record:
    """An object; the empty list that PHP writes for one is an empty object."""
    return value if isinstance(value, dict) else {}


def wrong(record: Record, key: str, label: str, why: str) -> Unreadable:
    """The one sentence that a person reads: which field, which value, what is wrong with it."""
    value = record.get(key)
    shown = text(value) if isinstance(value, str | int | Decimal) else ("" if not value else "uma lista")
    said = f"veio como “{shown[:40]}”, {why}" if shown else "veio vazio"
    return Unreadable(f"O campo {key} ({label}) {said}.", detail=f"{key}={value!r}"[:200])
