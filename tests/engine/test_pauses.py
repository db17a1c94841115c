"""How long a store is left in peace after something went wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection as database
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections.models import Connection, Health
from cais.connections.services import pause
from cais.intake.models import Cursor
from cais.ops.stages import STAGES, run_stage
from cais.orders.models import Order
from cais.ports.manifest import Capability
from cais.shelves.models import StockPublication
from tests.engine.house import House
from tests.engine.test_shelves import linked, switch_on, writes


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


def pause_it(home: House) -> None:
    pause(Connection.objects.get(pk=home.store.pk), paused=True)


def resume_it(home: House) -> None:
    pause(Connection.objects.get(pk=home.store.pk), paused=False)


def switch_it(home: House, *, on: bool) -> None:
    kept = [name for name in home.store.functions if name != Capability.WRITE_STOCK]
    functions = [*kept, Capability.WRITE_STOCK] if on else kept
    Connection.objects.filter(pk=home.store.pk).update(functions=functions)


def only_observe(home: House) -> None:
    Connection.objects.filter(pk=home.store.pk).update(mode=Connection.Mode.OBSERVE)


def publish_again(home: House) -> None:
    Connection.objects.filter(pk=home.store.pk).update(mode=Connection.Mode.PUBLISH)


@contextmanager
def after_writing(home: House, times: int, deed: Callable[[House], None]) -> Iterator[None]:
    """A person does something as soon as so many figures have left, between two questions to the database."""
    done: list[bool] = []

    def wrapper(execute: Any, *question: Any) -> Any:
        if not done and writes(home) == times:
            done.append(True)
            deed(home)
        return execute(*question)

    with database.execute_wrapper(wrapper):
        yield
    assert done


SWITCHES = {
    "paused": (pause_it, resume_it),
    "switched off": (partial(switch_it, on=False), partial(switch_it, on=True)),
    "only observing": (only_observe, publish_again),
}


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("times", [1, 26])
def test_no_figure_leaves_after_a_persons_word_and_none_is_forgotten(home: House, switch: str, times: int) -> None:
    """The first of a batch, and the first of the next one."""
    for number in range(28):
        linked(home, home.product(f"P-{number:02d}", units="7"))
    switch_on(home)
    off, on = SWITCHES[switch]
    with after_writing(home, times, off):
        home.work(rounds=2)
    assert writes(home) == times
    on(home)
    home.work()
    assert writes(home) == 28
    assert not StockPublication.objects.exclude(due_at=None, in_flight=False)


def test_a_paused_store_is_not_read_on_either(home: House) -> None:
    """Five orders were listed; the connection is paused while the first of them is fetched."""
    home.product("IMG-001")
    for _ in range(5):
        home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])

    def fetched() -> int:
        return len([call for call in home.vendor.ledger.calls if call.path.startswith("/store/orders/")])

    done: list[bool] = []

    def wrapper(execute: Any, *question: Any) -> Any:
        if not done and fetched() == 1:
            done.append(True)
            pause_it(home)
        return execute(*question)

    with database.execute_wrapper(wrapper):
        home.read()
    assert fetched() == 1
    assert Health.objects.get(connection=home.store).limited_until is None
    resume_it(home)
    home.read()
    assert Order.objects.count() == 5
