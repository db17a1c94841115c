"""Reading a store: nothing is lost between a list and a fetch, whatever moves or fails meanwhile."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from cais.connections.account import open_account
from cais.core.clock import Clock
from cais.core.effects import Meaning
from cais.inbox.models import Pending
from cais.intake import listing, pull
from cais.intake.fetch import TRIES, _fetched
from cais.intake.models import Cursor, Document
from cais.intake.runs import Run
from cais.intake.services import read_now
from cais.movements.models import Reservation
from cais.orders.models import Order
from cais.ports.capabilities import OrderRef
from tests.engine.house import House


def _ref(external_id: str, digest: str) -> OrderRef:
    return OrderRef(external_id=external_id, version="2026-11-21 10:00:00", digest=digest)


def test_an_order_listed_anew_while_it_is_fetched_is_fetched_again(home: House) -> None:
    listing.keep(home.store, [_ref("7", "a" * 32)])
    (claimed,) = Document.objects.filter(external_id="7").claim(1)
    listing.keep(home.store, [_ref("7", "b" * 32)])
    _fetched(claimed, b'{"old": true}')
    row = Document.objects.get(external_id="7")
    assert row.needs_fetch
    assert Document.objects.due().filter(external_id="7").exists()


def test_the_same_list_asks_for_nothing(home: House) -> None:
    listing.keep(home.store, [_ref("7", "a" * 32)])
    (claimed,) = Document.objects.filter(external_id="7").claim(1)
    _fetched(claimed, b"{}")
    Document.objects.filter(external_id="7").update(recorded_digest="x", due_at=None, needs_fetch=False)
    listing.keep(home.store, [_ref("7", "a" * 32)])
    assert not Document.objects.get(external_id="7").needs_fetch


def test_every_order_arrives_though_pages_shift_while_reading(home: House) -> None:
    home.product("IMG-001", units="999")
    home.vendor.choices.page_size = 5
    sold = {home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")]) for _ in range(23)}
    home.vendor.faults.next("page_skip", times=2)
    home.vendor.faults.next("page_repeat", times=1)
    home.read()
    home.read()
    assert set(Order.objects.values_list("external_id", flat=True)) == sold


def test_a_pass_in_which_rows_moved_does_not_advance_the_watermark(home: House) -> None:
    home.vendor.choices.page_size = 2
    for _ in range(6):
        home.vendor.store.sell()
    Cursor.objects.filter(kind="orders").update(watermark=None)
    home.vendor.faults.set("page_repeat", probability=1.0)
    home.read()
    assert Cursor.objects.get(kind="orders").watermark is None
    home.vendor.faults.clear()
    home.read()
    assert Cursor.objects.get(kind="orders").watermark is not None


def test_a_fetch_that_fails_is_tried_again_and_blocks_no_other(home: House) -> None:
    home.product("IMG-001", units="99")
    first = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    second = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    for fault in ("error_500", "cut_body", "html_ok", "lost_before_commit"):
        home.vendor.faults.next(fault, times=1, only=f"GET /store/orders/{first}")
    for _ in range(6):
        home.read()
    assert {home.order(first).phase, home.order(second).phase} == {"integrated"}


def test_an_order_that_a_store_never_gives_is_told_while_others_come_and_closed_when_it_does(home: House) -> None:
    home.product("IMG-001", units="99")
    stuck = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.vendor.faults.set("error_500", probability=1.0, only=f"GET /store/orders/{stuck}")
    home.read()
    home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    for _ in range(6):
        home.read()
    assert [row.reason for row in Pending.objects.all()] == ["order_not_given"]
    home.vendor.faults.clear()
    home.read()
    assert (home.order(stuck).phase, Pending.objects.filter(closed_at=None).count()) == ("integrated", 0)


def test_while_a_store_gives_no_order_at_all_none_is_told_for_itself(home: House) -> None:
    home.product("IMG-001", units="99")
    sold = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.vendor.faults.set("error_500", probability=1.0, only="GET /store/orders/")
    for _ in range(6):
        home.read()
    assert Document.objects.get(external_id=sold).attempts >= TRIES
    assert not Pending.objects.filter(reason="order_not_given").exists()


def test_an_order_that_the_list_shows_and_the_store_denies_is_shown_and_comes_later(home: House) -> None:
    home.product("IMG-001")
    sold = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.vendor.faults.next("fetch_404", times=1)
    home.read()
    assert Document.objects.get(external_id=sold).hold == "order_vanished"
    home.vendor.store.edit(sold, buyer_note="mudou")
    home.read()
    assert home.order(sold).phase == "integrated"


def test_who_asks_for_a_reading_while_one_goes_on_gets_another(home: House) -> None:
    Cursor.objects.filter(kind="orders").update(due_at=Now())
    (reading,) = Cursor.objects.filter(kind="orders").claim(1)
    read_now(home.store, asked_by="Rosana")
    pull._rest(reading, True, Run(home.store), whole_at=None)
    assert Cursor.objects.due().filter(kind="orders").exists()


def test_lists_may_use_a_quarter_of_the_days_calls(home: House) -> None:
    """6 pages a reading and 10,000 calls a day: 2,500 calls are 416 readings, one every 207 seconds."""
    store = home.store
    store.connector = "tray"
    assert pull._interval(store, 1) == 60.0
    assert round(pull._interval(store, 6)) == 207
    store.settings = {"profile": "corporate"}
    assert pull._interval(store, 6) == 60.0


def test_ignoring_a_status_leaves_the_sale_that_exists_alone(home: House) -> None:
    home.product("IMG-001")
    sold = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.read()
    home.translate(pago=Meaning.IGNORE)
    home.work()
    assert home.order(sold).phase == "integrated"
    assert [sale.state for sale in home.sales()] == ["open"]
    assert Reservation.objects.get().held == 1


def test_a_page_that_fails_once_does_not_start_the_reading_anew(home: House) -> None:
    home.product("IMG-001", units="99")
    home.vendor.choices.page_size = 2
    for _ in range(8):
        home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.vendor.faults.next("error_500", times=2, only="GET /store/orders")
    before = home.vendor.ledger.count_calls("GET /store/orders")
    Cursor.objects.filter(kind="orders").update(due_at=Now())
    assert pull.look_for_orders(home.store)
    assert home.vendor.ledger.count_calls("GET /store/orders") - before <= 7
    assert Document.objects.count() == 8


@pytest.mark.parametrize(
    ("utc", "first", "last"),
    [
        ("2026-11-22T02:30:00+00:00", "2026-11-21", "2026-11-21"),  # 23:30 in Brasília: still the store's 21st
        ("2026-11-22T03:30:00+00:00", "2026-11-20", "2026-11-22"),  # 00:30 there: the former day is read too
        ("2026-11-22T15:00:00+00:00", "2026-11-21", "2026-11-22"),
    ],
)
def test_the_window_is_of_the_stores_days(
    home: House, monkeypatch: pytest.MonkeyPatch, utc: str, first: str, last: str
) -> None:
    monkeypatch.setattr(pull, "CLOCK", Clock(origin=datetime.fromisoformat(utc).timestamp(), speed=0.0))
    cursor = Cursor.objects.get(kind="orders")
    cursor.watermark = date(2026, 11, 21)
    window = pull._window(home.store, cursor)
    assert (window.first.isoformat(), window.last.isoformat()) == (first, last)


def test_a_reading_whose_worker_died_goes_on_within_about_a_minute(home: House) -> None:
    Cursor.objects.filter(kind="orders").update(due_at=Now())
    (dead,) = Cursor.objects.filter(kind="orders").claim(1, lease=pull.READING)
    left = dead.lease_until - timezone.now()
    assert timedelta(0) < left <= timedelta(seconds=70)


def test_every_page_keeps_the_lease_and_a_lost_one_stops_the_reading(home: House) -> None:
    home.vendor.choices.page_size = 2
    for _ in range(6):
        home.vendor.store.sell()
    Cursor.objects.filter(kind="orders").update(due_at=Now())
    (cursor,) = Cursor.objects.filter(kind="orders").select_related("connection").claim(1, lease=timedelta(seconds=1))
    reading = pull.Reading(cursor, Run(home.store))
    account = open_account(home.store)
    window = pull._window(home.store, cursor)
    listing.ask_page(home.store, account, window, reading, 1)
    cursor.refresh_from_db()
    assert cursor.lease_until > timezone.now() + pull.READING / 2
    Cursor.objects.filter(pk=cursor.pk).update(lease=uuid.uuid4())
    asked = home.vendor.ledger.count_calls("GET /store/orders")
    with pytest.raises(listing.LeaseLostError):
        listing.ask_page(home.store, account, window, reading, 2)
    assert home.vendor.ledger.count_calls("GET /store/orders") == asked
