"""The end of a long list of orders: enough to know what was sold before stock is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cais.intake.before import orders_known
from cais.intake.models import Cursor, Document
from cais.intake.newest import look_at_newest
from cais.orders.models import Order
from tests.engine.house import House


@pytest.fixture
def busy(home: House) -> House:
    """A store whose list of the day fills five pages of two, all of them read."""
    home.product("IMG-001", units="99")
    home.vendor.choices.page_size = 2
    for _ in range(9):
        home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    _read_for_good(home)
    assert Cursor.objects.get(kind="orders").pages == 5
    return home


def _read_for_good(home: House) -> None:
    """What changed a moment ago is fetched once more in some seconds: on a slow machine in the middle of a test."""
    home.read()
    Document.objects.update(needs_fetch=False, due_at=None)


def _calls(home: House) -> int:
    """Pages of the list, and orders fetched."""
    return home.vendor.ledger.count_calls("GET /store/orders")


def test_a_long_list_is_read_from_its_last_page_but_one(busy: House) -> None:
    sold = busy.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    before = _calls(busy)
    read_at = orders_known(busy.store)
    assert read_at is not None
    assert _calls(busy) - before == 2 + 1  # the fourth and the fifth page, and the order
    assert Order.objects.filter(external_id=sold).exists()


def test_the_end_is_followed_over_as_many_pages_as_were_sold(busy: House) -> None:
    sold = {busy.vendor.store.sell(lines=[("IMG-001", "1", "10.00")]) for _ in range(5)}
    before = _calls(busy)
    assert orders_known(busy.store) is not None
    assert _calls(busy) - before == 4 + 5  # fourteen orders fill seven pages: 4, 5, 6, 7; and the five orders
    assert set(Order.objects.filter(external_id__in=sold).values_list("external_id", flat=True)) == sold


def test_a_look_at_the_end_serves_as_long_as_it_is_good_for_stock(busy: House) -> None:
    first = orders_known(busy.store)
    Cursor.objects.filter(kind="orders").update(whole_at=timezone.now() - timedelta(minutes=2))
    before = _calls(busy)
    assert orders_known(busy.store, anew=False) == first
    assert _calls(busy) == before


def test_who_judges_what_a_store_shows_reads_a_long_list_whole(busy: House) -> None:
    before = _calls(busy)
    assert orders_known(busy.store, whole=True) is not None
    assert _calls(busy) - before == 5


def test_a_short_list_is_read_whole(home: House) -> None:
    home.product("IMG-001", units="99")
    home.vendor.choices.page_size = 2
    for _ in range(6):
        home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    _read_for_good(home)
    before = _calls(home)
    assert orders_known(home.store) is not None
    assert _calls(home) - before == 3


def test_where_rows_have_gone_the_whole_list_is_read(busy: House) -> None:
    """The list claims fewer orders than it did: where the new ones stand nobody knows."""
    Cursor.objects.filter(kind="orders").update(listed=99)
    before = _calls(busy)
    assert look_at_newest(busy.store) is None
    assert orders_known(busy.store) is not None
    assert _calls(busy) - before == 1 + 1 + 5  # twice the fourth page, then all five


@pytest.mark.parametrize(
    "facts",
    [
        {"whole_at": timezone.now() - timedelta(minutes=16)},
        {"watermark": (timezone.now() - timedelta(days=2)).date()},
        {"asked_run": 7},
    ],
    ids=["read whole long ago", "read whole on another day", "a person waits for a reading"],
)
def test_only_a_list_that_was_read_whole_lately_is_looked_at_by_its_end(busy: House, facts: dict[str, object]) -> None:
    Cursor.objects.filter(kind="orders").update(**facts)
    before = _calls(busy)
    assert look_at_newest(busy.store) is None
    assert _calls(busy) == before


def test_a_store_that_does_not_answer_is_told_no_stock(busy: House) -> None:
    busy.vendor.faults.set("error_500", probability=1.0)
    assert orders_known(busy.store) is None
