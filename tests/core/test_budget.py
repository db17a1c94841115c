"""The call budget: never more than the store allows in any minute or day, and orders before the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from cais.core.budget import Spent, ask, room

NOON = datetime(2026, 11, 21, 15, 0, tzinfo=UTC).timestamp()
ZONE = "America/Sao_Paulo"
ORDERS, STOCK = 1, 4


def fresh() -> Spent:
    return Spent(minute=(), day=None, day_calls=0)


def spend_all(gaps: list[float], *, priority: int, per_minute: int = 10, per_day: int = 1000) -> list[float]:
    """The instants at which calls were granted, one asked after each gap."""
    spent, now, granted = fresh(), NOON, []
    for gap in gaps:
        now += gap
        grant = ask(spent, now=now, per_minute=per_minute, per_day=per_day, priority=priority, zone=ZONE)
        spent = grant.spent
        if grant.given:
            granted.append(now)
    return granted


@given(st.lists(st.floats(0, 20), max_size=200))
def test_no_minute_holds_more_calls_than_the_store_allows(gaps: list[float]) -> None:
    granted = spend_all(gaps, priority=ORDERS)
    assert all(sum(start <= at < start + 60 for at in granted) <= 10 for start in granted)


def test_the_wait_that_is_told_is_enough() -> None:
    spent = fresh()
    for _ in range(10):
        spent = ask(spent, now=NOON, per_minute=10, per_day=1000, priority=ORDERS, zone=ZONE).spent
    refused = ask(spent, now=NOON + 1, per_minute=10, per_day=1000, priority=ORDERS, zone=ZONE)
    assert not refused.given
    assert ask(
        refused.spent, now=NOON + 1 + refused.wait, per_minute=10, per_day=1000, priority=ORDERS, zone=ZONE
    ).given


def test_stock_leaves_the_end_of_the_minute_and_of_the_day_to_orders() -> None:
    gaps = [0.0] * 10
    assert len(spend_all(gaps, priority=STOCK)) == 8
    assert len(spend_all(gaps, priority=ORDERS)) == 10
    late = Spent(minute=(), day=date(2026, 11, 21), day_calls=850)
    assert not ask(late, now=NOON, per_minute=10, per_day=1000, priority=STOCK, zone=ZONE).given
    assert ask(late, now=NOON, per_minute=10, per_day=1000, priority=ORDERS, zone=ZONE).given


def test_a_spent_day_waits_for_midnight_in_brasilia() -> None:
    spent = Spent(minute=(), day=date(2026, 11, 21), day_calls=1000)
    grant = ask(spent, now=NOON, per_minute=10, per_day=1000, priority=ORDERS, zone=ZONE)
    assert grant.wait == 12 * 3600  # 15:00 UTC is noon there
    tomorrow = ask(spent, now=NOON + grant.wait, per_minute=10, per_day=1000, priority=ORDERS, zone=ZONE)
    assert tomorrow.given
    assert tomorrow.spent.day_calls == 1


@given(st.integers(0, 30), st.sampled_from([ORDERS, STOCK]), st.integers(5, 40))
def test_the_room_that_is_told_is_what_would_be_granted(before: int, priority: int, per_day: int) -> None:
    limits = {"per_minute": 20, "per_day": per_day, "zone": ZONE}
    spent = fresh()
    for _ in range(before):
        spent = ask(spent, now=NOON, priority=ORDERS, **limits).spent
    told, granted = room(spent, now=NOON, priority=priority, **limits), 0
    while (grant := ask(spent, now=NOON, priority=priority, **limits)).given:
        spent, granted = grant.spent, granted + 1
    assert told.now == granted
    assert told.today >= told.now
