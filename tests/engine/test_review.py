"""The night's review trusts no memory, and a hole among the numbers is asked for once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections.models import Budget
from cais.intake import gaps, listing, review
from cais.intake.models import Cursor, Document, Gap
from cais.intake.services import read_now
from cais.journal.models import SyncRun
from cais.orders.models import Order
from tests.engine.house import House
from tests.engine.test_way_of_an_order import open_reasons


def _sell(home: House) -> str:
    return home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])


def _tonight(home: House) -> SyncRun:
    Cursor.objects.filter(kind="review").update(due_at=Now())
    home.work()
    return SyncRun.objects.filter(kind="review").latest("id")


def test_an_order_that_every_reading_missed_comes_in_at_night(home: House) -> None:
    home.product("IMG-001")
    lost, kept = _sell(home), _sell(home)
    Cursor.objects.filter(kind="orders").update(due_at=None)
    run = _tonight(home)
    assert home.order(lost).phase == home.order(kept).phase == "integrated"
    assert (run.seen, run.found) == (2, {"missing": 2, "different": 0, "asked": 0})
    again = _tonight(home)
    assert (again.seen, again.found) == (2, {"missing": 0, "different": 0, "asked": 0})
    assert len(home.sales()) == 2


def test_an_order_whose_list_row_differs_is_read(home: House) -> None:
    home.product("IMG-001")
    sold = _sell(home)
    home.read()
    home.vendor.store.edit(sold, buyer_note="mudou")
    Cursor.objects.filter(kind="orders").update(due_at=None)
    run = _tonight(home)
    assert run.found == {"missing": 0, "different": 1, "asked": 0}
    assert home.order(sold).buyer_note == "mudou"


def test_an_open_order_that_the_list_hides_is_asked_for_and_a_vanished_one_is_a_cause(home: House) -> None:
    home.product("IMG-001")
    sold = _sell(home)
    home.read()
    home.vendor.store.remove(sold)
    run = _tonight(home)
    assert run.found == {"missing": 0, "different": 0, "asked": 1}
    assert open_reasons(home.order(sold)) == {"order_gone"}


def test_a_final_order_is_followed_for_thirty_days_and_no_longer(home: House) -> None:
    home.product("IMG-001")
    sold = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")], status_id="5")
    home.read()
    held = review.may_still_change(home.store).filter(external_id=sold)
    Order.objects.update(changed_at=timezone.now() - timedelta(days=29))
    assert held.exists()
    Order.objects.update(changed_at=timezone.now() - timedelta(days=31))
    assert not held.exists()


def test_an_older_order_that_is_still_open_has_its_day_listed(home: House) -> None:
    home.product("IMG-001")
    sold = _sell(home)
    home.read()
    long_ago = timezone.now() - timedelta(days=50)
    Document.objects.filter(external_id=sold).update(changed_at=long_ago)
    days = review.days_to_review(home.store)
    assert days[0] == timezone.localtime(long_ago).date()
    assert len(days) == 32


def test_a_review_that_dies_goes_on_with_the_day_it_was_in(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    home.product("IMG-001")
    _sell(home)
    home.read()
    Cursor.objects.filter(kind="review").update(due_at=Now())
    asked: list[object] = []
    real = listing.read_window

    def dies(connection, account, window, reader):  # type: ignore[no-untyped-def]
        asked.append(window.first)
        if len(asked) == 5:
            raise KeyboardInterrupt
        return real(connection, account, window, reader)

    monkeypatch.setattr(listing, "read_window", dies)
    with pytest.raises(KeyboardInterrupt):
        review.review_orders(home.store)
    Cursor.objects.filter(kind="review").update(lease_until=Now() - timedelta(seconds=1))
    assert review.review_orders(home.store)
    assert asked[4] == asked[5]
    assert len(asked) == len(set(asked)) + 1
    (run,) = SyncRun.objects.filter(kind="review")
    assert (run.seen, run.finished_at is not None) == (1, True)


def test_the_review_waits_while_the_days_calls_are_half_used(home: House) -> None:
    store = home.store
    store.connector = "tray"
    store.save(update_fields=["connector"])
    Budget.objects.create(group=home.group, connection=store, day=timezone.localdate(), day_calls=5000)
    Cursor.objects.filter(kind="review").update(due_at=Now())
    assert review.review_orders(store)
    cursor = Cursor.objects.get(kind="review")
    assert cursor.begun_at is None
    assert cursor.due_at > timezone.now() + timedelta(minutes=25)


def test_a_person_who_asks_for_a_reading_does_not_ask_for_the_whole_review(home: House) -> None:
    read_now(home.store, asked_by="Rosana")
    assert not Cursor.objects.due().filter(kind="review").exists()


def _holes(home: House) -> None:
    Cursor.objects.filter(kind="gaps").update(due_at=Now())
    Gap.objects.update(seen_at=timezone.now() - timedelta(minutes=3))
    assert gaps.look_for_gaps(home.store)


def test_a_hole_that_is_an_order_is_read(home: House) -> None:
    home.product("IMG-001")
    _, middle, _ = (_sell(home) for _ in range(3))
    hidden = home.vendor.store.orders.pop(middle)
    home.read()
    home.vendor.store.orders[middle] = hidden
    _holes(home)
    _holes(home)
    home.work()
    assert Gap.objects.get().state == Gap.State.FOUND
    assert home.order(middle).phase == "integrated"


def test_a_hole_that_is_nothing_is_asked_for_once(home: House) -> None:
    home.product("IMG-001")
    _, middle, _ = (_sell(home) for _ in range(3))
    home.vendor.store.remove(middle)
    home.read()
    for _ in range(4):
        _holes(home)
    assert Gap.objects.get().state == Gap.State.ABSENT
    assert home.vendor.ledger.count_calls(f"GET /store/orders/{middle}") == 1
    assert gaps.count_gaps(home.store) == {"absent": 1}


def test_a_wide_jump_in_the_numbers_is_no_hole(home: House) -> None:
    home.product("IMG-001")
    first, *between, last = (_sell(home) for _ in range(gaps.WIDEST + 3))
    for sold in between:
        home.vendor.store.remove(sold)
    home.read()
    assert gaps.note_holes(home.store) == 0
    assert {first, last} == set(Order.objects.values_list("external_id", flat=True))
