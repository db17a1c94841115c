"""How long a store is left in peace after something went wrong with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections.models import Health
from cais.intake.models import Cursor
from cais.ops.stages import STAGES, run_stage
from tests.engine.house import House


def read_once(home: House) -> timedelta:
    """One reading, whatever the store's pause; answers how long the store is left in peace after it."""
    Health.objects.update(wait_until=None)
    Cursor.objects.filter(kind="orders").update(due_at=Now())
    run_stage(STAGES["pull"], home.store, rounds=1)
    waits = Health.objects.get(connection=home.store).wait_until
    return waits - timezone.now() if waits else timedelta()


@pytest.mark.parametrize("fault", ["html_ok", "cut_body"])
def test_a_page_that_cannot_be_read_however_often_it_is_asked_pauses_the_store_for_seconds(
    home: House, fault: str
) -> None:
    home.vendor.faults.next(fault, times=3, only="GET /store/orders")

    assert timedelta() < read_once(home) < timedelta(seconds=3)
    assert read_once(home) == timedelta()


def test_a_store_that_stays_unreadable_is_left_in_peace_longer_each_time(home: House) -> None:
    home.vendor.faults.set("html_ok", probability=1.0, only="GET /store/orders")
    pauses = [read_once(home) for _ in range(12)]

    # Doubled each time, a third more or less, and never beyond a quarter of an hour.
    assert pauses[5] > pauses[0] * 8
    assert timedelta(minutes=9) < pauses[-1] <= timedelta(minutes=15)
    assert Health.objects.get(connection=home.store).access == "answer_html"


def test_an_order_that_could_be_fetched_ends_the_stores_bad_reputation(home: House) -> None:
    home.product("IMG-001")
    read_once(home)
    home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    read_once(home)
    Health.objects.filter(connection=home.store).update(failures=7)
    run_stage(STAGES["fetch"], home.store, rounds=1)

    # Else the next small trouble would pause the store for minutes, as the eighth in a row.
    assert Health.objects.get(connection=home.store).failures == 0
