"""An allocation kept with its movement: as JSON, and back as the document that explains itself (feature C8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cais.core.allocation import (
    Allocation,
    CandidateView,
    Could,
    Lack,
    Option,
    Outcome,
    Part,
    Policy,
    Served,
    Verdict,
    Why,
)
from cais.core.digest import JSON


def to_json(allocation: Allocation) -> dict[str, JSON]:
    """Quantities are written as text, so that none is rounded."""
    written = _written(allocation)
    assert isinstance(written, dict)
    return written


def _written(value: object) -> JSON:
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _written(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"no part of an allocation: {value!r}")


def from_json(kept: Mapping[str, Any]) -> Allocation | None:
    """None for a movement that was made before proposals were kept."""
    if not kept:
        return None
    return Allocation(
        outcome=Outcome(kept["outcome"]),
        policy=Policy(kept["policy"]),
        served=_all(_served, kept["served"]),
        parts=tuple(Part(**{**row, "quantity": Decimal(row["quantity"])}) for row in kept["parts"]),
        missing=_pairs(kept["missing"]),
        lacking=tuple(
            Lack(**{**row, "quantity": Decimal(row["quantity"]), "unknown_at": tuple(row["unknown_at"])})
            for row in kept["lacking"]
        ),
        candidates=_all(_candidate, kept["candidates"]),
        options=_all(_option, kept["options"]),
    )


def _all(read: Any, rows: Any) -> Any:
    return tuple(read(row) for row in rows)


def _pairs(rows: Any) -> tuple[tuple[int, Decimal], ...]:
    return tuple((key, Decimal(amount)) for key, amount in rows)


def _served(row: Mapping[str, Any]) -> Served:
    return Served(company=row["company"], line=row["line"], quantity=Decimal(row["quantity"]))


def _verdict(row: Mapping[str, Any]) -> Verdict:
    amount = row["quantity"]
    return Verdict(**{**row, "why": Why(row["why"]), "quantity": None if amount is None else Decimal(amount)})


def _candidate(row: Mapping[str, Any]) -> CandidateView:
    could = tuple(
        Could(
            line=item["line"],
            quantity=Decimal(item["quantity"]),
            free=tuple((product, None if units is None else Decimal(units)) for product, units in item["free"]),
        )
        for item in row["could"]
    )
    return CandidateView(**{**row, "could": could, "verdict": _verdict(row["verdict"])})


def _option(row: Mapping[str, Any]) -> Option:
    return Option(
        companies=tuple(row["companies"]),
        served=_all(_served, row["served"]),
        missing=_pairs(row["missing"]),
        verdict=_verdict(row["verdict"]),
    )
