"""The sum rule, the digest and the table of effects."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cais.core.clock import Clock
from cais.core.digest import digest_of, plain
from cais.core.documents import Address, AdjustmentDoc, AdjustmentKind, BuyerDoc, LineDoc, OrderDoc, StatusDoc
from cais.core.effects import EFFECTS, Meaning, effect_of


def order(total: str, lines: list[tuple[str, str]], amounts: list[tuple[AdjustmentKind, str]]) -> OrderDoc:
    return OrderDoc(
        external_id="1",
        number="1",
        version="1",
        placed_at=datetime(2026, 11, 21, tzinfo=UTC),
        status=StatusDoc(label="Pago"),
        total=Decimal(total),
        buyer=BuyerDoc(name="Ana"),
        delivery=Address(),
        billing=Address(),
        lines=tuple(
            LineDoc(external_id=str(at), name="x", quantity=Decimal(q), unit_price=Decimal(p))
            for at, (q, p) in enumerate(lines)
        ),
        adjustments=tuple(AdjustmentDoc(kind=kind, amount=Decimal(amount)) for kind, amount in amounts),
    )


# 2 × 49,95 + 1 × 0,10 = 100,00; 100,00 + 20,00 − 10,00 − 5,00 = 105,00.
PARTS = [(AdjustmentKind.FREIGHT, "20.00"), (AdjustmentKind.COUPON, "-10.00"), (AdjustmentKind.PAYMENT_RATE, "-5.00")]


@pytest.mark.parametrize(("total", "difference"), [("105.00", "0.00"), ("105.02", "0.02"), ("104.99", "-0.01")])
def test_the_difference_is_what_the_store_charged_beyond_the_parts(total: str, difference: str) -> None:
    assert order(total, [("2", "49.95"), ("1", "0.10")], PARTS).difference == Decimal(difference)


def test_a_line_is_rounded_before_it_is_added() -> None:
    assert order("1.00", [("3", "0.3333")], []).lines_total == Decimal("1.00")


def test_two_writings_of_one_document_have_one_digest() -> None:
    one = order("105.00", [("2", "49.95")], PARTS)
    other = order("105.0", [("2.0000", "49.9500")], PARTS)
    assert digest_of(one) == digest_of(other)
    assert digest_of(one) != digest_of(replace(one, number="2"))


def test_a_float_has_no_settled_form() -> None:
    with pytest.raises(TypeError, match="float"):
        plain({"price": 0.1})


# The table of feature B2, typed from it: recorded, reserved, goes to the ERP.
@pytest.mark.parametrize(
    ("meaning", "row"),
    [
        (Meaning.AWAITING_PAYMENT, (True, True, False)),
        (Meaning.PENDING, (True, True, True)),
        (Meaning.INVOICED, (True, False, False)),
        (Meaning.SHIPPED, (True, False, False)),
        (Meaning.FINISHED, (True, False, False)),
        (Meaning.CANCELLED, (True, False, False)),
        (Meaning.IGNORE, (False, False, False)),
        (None, (True, True, False)),
    ],
)
def test_the_dictionary_decides_by_its_table(meaning: Meaning | None, row: tuple[bool, bool, bool]) -> None:
    assert tuple(effect_of(meaning)) == row


def test_every_meaning_has_its_row() -> None:
    assert set(EFFECTS) == set(Meaning)


def test_an_accelerated_clock_runs_from_its_origin() -> None:
    clock = Clock(origin=1_000_000.0, speed=60.0)
    assert clock.real_seconds(60.0) == 1.0
    assert clock.timestamp() > 1_000_000.0
    assert clock.now().tzinfo is not None
