"""What the status dictionary decides: the one table from a status' meaning to what Cais does with the order."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Meaning(StrEnum):
    """What a store's status means to Cais (feature B2)."""

    AWAITING_PAYMENT = "awaiting_payment"
    PENDING = "pending"
    INVOICED = "invoiced"
    SHIPPED = "shipped"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    IGNORE = "ignore"


class Effect(NamedTuple):
    recorded: bool
    reserved: bool
    to_erp: bool


SERVED_ELSEWHERE = frozenset({Meaning.INVOICED, Meaning.SHIPPED, Meaning.FINISHED})

EFFECTS: dict[Meaning, Effect] = {
    Meaning.AWAITING_PAYMENT: Effect(recorded=True, reserved=True, to_erp=False),
    Meaning.PENDING: Effect(recorded=True, reserved=True, to_erp=True),
    Meaning.INVOICED: Effect(recorded=True, reserved=False, to_erp=False),
    Meaning.SHIPPED: Effect(recorded=True, reserved=False, to_erp=False),
    Meaning.FINISHED: Effect(recorded=True, reserved=False, to_erp=False),
    Meaning.CANCELLED: Effect(recorded=True, reserved=False, to_erp=False),
    Meaning.IGNORE: Effect(recorded=False, reserved=False, to_erp=False),
}
UNMAPPED = Effect(recorded=True, reserved=True, to_erp=False)


def effect_of(meaning: Meaning | None) -> Effect:
    """The row of the table; a status without a meaning is recorded, reserved, and waits."""
    return UNMAPPED if meaning is None else EFFECTS[meaning]
