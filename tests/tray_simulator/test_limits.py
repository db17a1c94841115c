"""The two limits, on the simulated clock."""

import pytest

from cais.connectors.tray.simulator import SimulatedStore, TraySimulator
from cais.connectors.tray.simulator.limits import Limits
from tests.tray_simulator.conftest import NINE_O_CLOCK, Caller


def test_the_181st_call_of_a_minute_is_refused_and_a_minute_later_it_passes(
    caller: Caller, tray: TraySimulator
) -> None:
    # The exchange of the code was the first call.
    for _ in range(179):
        assert caller.ask("GET", "/info").status_code == 200
    refused = caller.ask("GET", "/info")
    assert refused.status_code == 429
    assert refused.json()["code"] == 429
    assert "retry-after" not in refused.headers
    tray.clock.advance(60)
    assert caller.ask("GET", "/info").status_code == 200


def test_the_minute_slides() -> None:
    limits = Limits(per_minute=2, per_day=100)
    admitted = [limits.admit(at, limits.minute) == 0 for at in (0.0, 30.0, 59.0, 60.0, 61.0, 90.0)]
    assert admitted == [True, True, False, True, False, True]


def test_the_day_begins_at_midnight_in_brasilia() -> None:
    limits = Limits(per_minute=100, per_day=2)
    almost_midnight = NINE_O_CLOCK + 15 * 3600 - 10
    assert [limits.admit(almost_midnight, limits.minute) == 0 for _ in range(3)] == [True, True, False]
    assert limits.admit(almost_midnight + 9, limits.minute) > 0
    assert limits.admit(almost_midnight + 10, limits.minute) == 0


def test_a_corporate_store_has_fifty_thousand_calls_a_day(tray: TraySimulator) -> None:
    assert [one.store.limits.per_day for one in tray.stores] == [10_000, 50_000]


def test_control_calls_are_not_limited(caller: Caller, shop: SimulatedStore) -> None:
    shop.store.limits.minute.limit = 1
    shop.faults.set("error_500", probability=1.0)
    for _ in range(3):
        assert caller.http.get(f"{shop.base_url}/_sim/status").status_code == 200
    assert shop.store.limits.used_today == 1


@pytest.mark.parametrize(("counts", "counted"), [("yes", 1), ("no", 0)])
def test_renewals_count_or_not(caller: Caller, shop: SimulatedStore, counts: str, counted: int) -> None:
    shop.choose(auth_counts=counts)
    used = shop.store.limits.used_today
    caller.renew(caller.tokens["refresh_token"])
    assert shop.store.limits.used_today == used + counted


def test_the_minute_may_belong_to_the_app_over_all_its_stores(tray: TraySimulator) -> None:
    for one in tray.stores:
        one.choose(minute_limit="per_app")
    first, second = (Caller(tray, one) for one in tray.stores)
    for _ in range(89):
        assert first.ask("GET", "/info").status_code == 200
        assert second.ask("GET", "/info").status_code == 200
    assert first.ask("GET", "/info").status_code == 429
    assert second.ask("GET", "/info").status_code == 429
