"""How long much takes under Tray's limits: by hand, and against the simulated store's own count."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cais.connectors.tray.simulator.limits import Limits
from cais.core.budget import Spent, ask, room
from cais.core.pace import pace_of, seconds_for

NOON = datetime(2026, 11, 21, 15, 0, tzinfo=UTC).timestamp()
ZONE = "America/Sao_Paulo"
ORDERS, STOCK = 1, 4
MINUTE, HOUR = 60.0, 3600.0
READINGS = 6


def time_for(count: int, *, per_day: int, spent: Spent | None = None) -> float:
    before = spent or Spent(minute=(), day=None, day_calls=0)
    found = room(before, now=NOON, per_minute=180, per_day=per_day, priority=STOCK, zone=ZONE)
    pace = pace_of(found, per_day=per_day, priority=STOCK, readings=READINGS)
    return seconds_for(count, pace, now=NOON, zone=ZONE)


def test_a_corporate_store_is_told_twenty_thousand_products_in_one_afternoon() -> None:
    """85 % of 180 are 153 calls in 61.5 s, 149.27 a minute; without the 6 readings 143.27 products: 139.6 minutes."""
    assert time_for(20_000, per_day=50_000) == pytest.approx(139.6 * MINUTE, rel=0.001)


def test_the_common_plan_needs_two_nights() -> None:
    """8,000 of the day's calls are 7,678 products (143.27 of 149.27). From noon: 7,678 today, 7,678 tomorrow, and the
    other 4,644 take 32.4 minutes after the second midnight, which is 36 hours away."""
    assert time_for(20_000, per_day=10_000) == pytest.approx(36 * HOUR + 32.4 * MINUTE, abs=10)


def test_when_the_day_is_spent_even_one_product_waits_for_midnight() -> None:
    spent = Spent(minute=(), day=datetime(2026, 11, 21, tzinfo=UTC).date(), day_calls=8_000)
    assert 12 * HOUR < time_for(1, per_day=10_000, spent=spent) < 12 * HOUR + 1


@pytest.mark.parametrize("per_day", [10_000, 50_000])
def test_the_simulated_store_has_it_all_when_we_said_that_it_would(per_day: int) -> None:
    """Calls as the worker makes them, on a clock of the test's: one product whenever a call fits, the orders read
    whenever the reading before is ten seconds old, a third of a second for each call."""
    store = Limits(per_minute=180, per_day=per_day)
    spent, now, left, read_at = Spent(minute=(), day=None, day_calls=0), NOON, 9_000, 0.0
    said = time_for(left, per_day=per_day)
    while left:
        is_reading = now - read_at >= 10
        limits = {"now": now, "per_minute": 180, "per_day": per_day, "zone": ZONE}
        wait = room(spent, priority=STOCK, **limits).wait
        grant = ask(spent, priority=ORDERS if is_reading else STOCK, **limits)
        if wait or not grant.given:
            now += max(wait, grant.wait)
            continue
        assert store.admit(now, store.minute) == 0
        spent = grant.spent
        if is_reading:
            read_at = now
        else:
            left -= 1
        now += 0.33
    assert now - NOON == pytest.approx(said, rel=0.02)
    assert (now > NOON + 12 * HOUR) == (per_day == 10_000)
