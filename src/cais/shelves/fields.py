"""The kind of column that holds a price with its promotion."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

from cais.core.shelf import PriceDoc, Promotion

if TYPE_CHECKING:
    PriceDocs = models.CharField[PriceDoc | None, PriceDoc | None]
else:
    PriceDocs = models.CharField


class PriceDocField(PriceDocs):
    """A `PriceDoc`, or null where none is known; equal documents are equal texts, also for the database.

    35.90, or with a promotion 35.90 29.90 2026-11-20 2026-11-30; an open end is *.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 80, "null": True} | options)

    def from_db_value(self, value: str | None, *_: object) -> PriceDoc | None:
        return None if value is None else _read(value)

    def to_python(self, value: Any) -> Any:
        return _read(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return _written(value) if isinstance(value, PriceDoc) else value


def _written(doc: PriceDoc) -> str:
    if doc.promotion is None:
        return f"{doc.price:.2f}"
    days = (day.isoformat() if day else "*" for day in (doc.promotion.first, doc.promotion.last))
    return " ".join([f"{doc.price:.2f}", f"{doc.promotion.price:.2f}", *days])


def _read(text: str) -> PriceDoc:
    price, *offer = text.split(" ")
    if not offer:
        return PriceDoc(price=Decimal(price))
    first, last = (None if day == "*" else date.fromisoformat(day) for day in offer[1:])
    return PriceDoc(price=Decimal(price), promotion=Promotion(price=Decimal(offer[0]), first=first, last=last))
