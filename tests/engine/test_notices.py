"""A notice only makes us look sooner: bursts, twins, latecomers and liars cost nothing but a look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cais.connections.account import CLOCK
from cais.exporting.models import ProductPublication
from cais.hooks.listeners import align_listeners, door_key
from cais.hooks.merging import _WRITES, DEBOUNCE, ECHO, ECHO_WAITS, merge_notices
from cais.hooks.models import Listener, Notice
from cais.hooks.pruning import KEPT, drop_old_notices
from cais.inbox.models import Pending
from cais.intake.fetch import _fetched, fetch_orders
from cais.intake.models import Cursor, Document
from cais.intake.record import record_orders
from cais.orders.models import Order
from cais.publishing.models import ErpOrderPublication, Publication, StatusPublication
from cais.shelves.models import ShelfPublication
from cais.statuses.models import StatusEntry
from tests.engine.house import House

LINE = ("XIC-200", "2", "12.50")


@pytest.fixture
def listening(home: House) -> House:
    home.product("XIC-200", units="500", price="12.50")
    align_listeners(home.group.pk)
    return home


def deliver(home: House, bodies: Iterable[bytes]) -> None:
    """As the store would; the house stays in its group's scope, which the door neither needs nor changes."""
    url = f"/avisos/imaginary/{door_key('imaginary', 'imaginary')}"
    for body in bodies:
        assert Client().post(url, body, content_type="application/json").status_code == 200


def look(home: House) -> None:
    """What the tick does for notices, and not one reading of the list."""
    while merge_notices(home.store):
        pass
    while fetch_orders(home.store):
        record_orders(home.store)


def fetches(home: House, order_id: str) -> int:
    return home.vendor.ledger.count_calls(f"GET /store/orders/{order_id}")


def lists(home: House) -> int:
    return sum(call.path == "/store/orders" for call in home.vendor.ledger.calls)


def minutes_pass(home: House, minutes: float = 5) -> None:
    """Everything that happened until now is so much older."""
    past = timedelta(minutes=minutes)
    for row in Document.objects.all():
        row.fetched_at = row.fetched_at and row.fetched_at - past
        row.due_at = row.due_at and row.due_at - past
        row.save()
    for notice in Notice.objects.all():
        Notice.objects.filter(pk=notice.pk).update(received_at=notice.received_at - past)
    for publication in StatusPublication.objects.exclude(published_at=None):
        publication.published_at -= past
        publication.save()


def listener(home: House) -> Listener:
    return Listener.objects.get(connection=home.store)


def test_a_sale_comes_in_by_its_notice_before_the_list_is_read(listening: House) -> None:
    listed = lists(listening)
    order_id = listening.vendor.store.sell(lines=[LINE])
    deliver(listening, listening.vendor.notices())
    look(listening)
    assert listening.order(order_id).total
    assert lists(listening) == listed
    notice, document = Notice.objects.get(), Document.objects.get(external_id=order_id)
    assert (notice.document_id, notice.echo) == (document.pk, False)
    listening.read()
    assert Order.objects.count() == 1


def test_the_same_notice_many_times_is_one_look(listening: House) -> None:
    order_id = listening.vendor.store.sell(lines=[LINE])
    deliver(listening, listening.vendor.notices() * 20)
    look(listening)
    assert fetches(listening, order_id) == 1
    assert Order.objects.count() == 1
    told = listener(listening)
    assert (told.heard, told.looks, told.echoes, told.heard_ever) == (20, 1, 0, 20)
    assert told.last_at is not None


def test_a_burst_after_a_look_is_one_more_look_when_it_is_over(listening: House) -> None:
    order_id = listening.vendor.store.sell(lines=[LINE], paid=False)
    deliver(listening, listening.vendor.notices())
    look(listening)
    listening.vendor.store.pay(order_id)
    for _ in range(5):
        deliver(listening, listening.vendor.notices(after=1))
        look(listening)
    row = Document.objects.get(external_id=order_id)
    assert fetches(listening, order_id) == 1
    assert row.needs_fetch
    assert timezone.now() < row.due_at < timezone.now() + timedelta(seconds=DEBOUNCE)
    minutes_pass(listening)
    look(listening)
    assert fetches(listening, order_id) == 2
    assert listening.order(order_id).is_paid
    assert Document.objects.get(external_id=order_id).due_at is None


def test_notices_in_any_order_end_in_what_the_store_says(listening: House) -> None:
    order_id = listening.vendor.store.sell(lines=[LINE], paid=False)
    listening.vendor.store.pay(order_id)
    listening.vendor.store.cancel(order_id)
    deliver(listening, reversed(listening.vendor.notices()))
    look(listening)
    listening.work()
    assert listening.order(order_id).meaning == "cancelled"
    assert fetches(listening, order_id) == 1


def test_a_notice_older_than_the_last_look_costs_no_call(listening: House) -> None:
    order_id = listening.vendor.store.sell(lines=[LINE])
    deliver(listening, listening.vendor.notices())
    minutes_pass(listening, 10)
    listening.read()
    before = fetches(listening, order_id)
    Notice.objects.update(merged_at=None)
    look(listening)
    assert fetches(listening, order_id) == before
    assert not Notice.objects.filter(merged_at=None).exists()


def test_an_order_that_is_announced_before_it_can_be_read_is_no_error_yet(listening: House) -> None:
    order_id = listening.vendor.store.sell(lines=[LINE])
    hidden = listening.vendor.store.orders.pop(order_id)
    deliver(listening, listening.vendor.notices())
    look(listening)
    row = Document.objects.get(external_id=order_id)
    assert row.due_at > timezone.now()
    assert (row.hold, row.attempts) == ("", 1)
    assert not Pending.objects.exists()
    listening.vendor.store.orders[order_id] = hidden
    Document.objects.update(due_at=timezone.now())
    look(listening)
    assert listening.order(order_id)


def test_an_order_that_stays_unreadable_for_an_hour_is_told_to_a_person(listening: House) -> None:
    order_id = listening.vendor.store.sell(lines=[LINE])
    listening.vendor.store.remove(order_id)
    deliver(listening, listening.vendor.notices())
    look(listening)
    an_hour_ago = timezone.now() - timedelta(seconds=CLOCK.real_seconds(3601))
    Document.objects.update(first_seen_at=an_hour_ago, due_at=timezone.now())
    look(listening)
    assert Pending.objects.get().reason == "order_vanished"


def test_a_failing_order_keeps_its_pause_however_often_it_is_announced(listening: House) -> None:
    order_id = listening.vendor.store.sell(lines=[LINE])
    listening.vendor.store.remove(order_id)
    deliver(listening, listening.vendor.notices())
    look(listening)
    due = Document.objects.get(external_id=order_id).due_at
    deliver(listening, listening.vendor.notices() * 5)
    merge_notices(listening.store)
    assert Document.objects.get(external_id=order_id).due_at == due


def test_a_removal_of_an_order_that_never_came_is_nothing(listening: House) -> None:
    deliver(listening, [b'{"store": "77", "record": "order", "id": "4711", "act": "delete"}'])
    look(listening)
    assert not Document.objects.exists()
    assert Notice.objects.get().merged_at is not None


def be_at_rest() -> None:
    """Read five minutes ago; the second look at what changed within these two seconds is another matter."""
    read = CLOCK.now() - timedelta(minutes=5)
    Document.objects.update(due_at=None, needs_fetch=False, fetch_again_at=None, fetched_at=read)


def written(home: House) -> str:
    """An order that came in, and whose status we have just written back."""
    order_id = home.vendor.store.sell(lines=[LINE])
    home.read()
    order = home.order(order_id)
    status = StatusEntry.objects.get(connection=home.store, key="faturado")
    StatusPublication.objects.create(
        group=home.group,
        connection=home.store,
        order=order,
        status=status,
        moment="captured",
        desired_digest="d",
        due_at=timezone.now(),
    )
    home.work()
    assert home.vendor.ledger.statuses_written(order_id)
    be_at_rest()
    return order_id


def test_our_own_echo_is_known_and_costs_one_read_in_all(listening: House) -> None:
    order_id = written(listening)
    before = fetches(listening, order_id)
    deliver(listening, listening.vendor.notices(after=1) * 3)
    look(listening)
    assert fetches(listening, order_id) == before
    assert Notice.objects.filter(echo=True).count() == 3
    told = listener(listening)
    assert (told.heard, told.looks, told.echoes) == (3, 0, 3)
    listening.read()  # the list shows our write, and brings the order as it always did
    assert fetches(listening, order_id) == before + 1
    assert Document.objects.get(external_id=order_id).due_at < timezone.now() + timedelta(seconds=ECHO)


def test_news_that_looks_like_an_echo_is_looked_at_even_if_the_list_never_shows_it(listening: House) -> None:
    order_id = written(listening)
    deliver(listening, listening.vendor.notices(after=1)[-1:])
    look(listening)
    row = Document.objects.get(external_id=order_id)
    assert row.needs_fetch
    assert ECHO_WAITS - 5 < (row.due_at - timezone.now()).total_seconds() <= ECHO_WAITS
    before = fetches(listening, order_id)
    minutes_pass(listening)
    look(listening)
    assert fetches(listening, order_id) == before + 1


def test_news_after_an_echo_is_looked_at_without_its_patience(listening: House) -> None:
    order_id = written(listening)
    deliver(listening, listening.vendor.notices(after=1)[-1:])
    look(listening)
    minutes_pass(listening, (ECHO + 5) / 60)
    Notice.objects.all().delete()
    listening.vendor.store.cancel(order_id)
    deliver(listening, listening.vendor.notices()[-1:])
    look(listening)
    listening.work()
    assert listening.order(order_id).meaning == "cancelled"


def test_with_every_notice_lost_the_list_brings_all(listening: House) -> None:
    sold = [listening.vendor.store.sell(lines=[LINE]) for _ in range(7)]
    listening.read()
    assert set(Order.objects.values_list("external_id", flat=True)) == set(sold)
    assert not Notice.objects.exists()


def test_a_worker_killed_between_notice_and_merge_loses_nothing(listening: House) -> None:
    order_id = listening.vendor.store.sell(lines=[LINE])
    deliver(listening, listening.vendor.notices())
    assert list(Notice.objects.unmerged().values_list("external_id", flat=True)) == [order_id]
    listening.work()  # the next tick finds them
    assert listening.order(order_id)
    assert not Notice.objects.unmerged().exists()


def test_a_notice_during_a_fetch_is_not_answered_by_that_fetch(listening: House) -> None:
    order_id = listening.vendor.store.sell(lines=[LINE], paid=False)
    deliver(listening, listening.vendor.notices())
    merge_notices(listening.store)
    (row,) = Document.objects.filter(external_id=order_id).claim(1)
    listening.vendor.store.pay(order_id)
    deliver(listening, listening.vendor.notices(after=1))
    merge_notices(listening.store)
    _fetched(row, b'{"order": {}}')  # what was on its way since before the change
    assert Document.objects.get(external_id=order_id).needs_fetch


def test_a_reading_that_is_due_sooner_stays_so(listening: House) -> None:
    order_id = listening.vendor.store.sell(lines=[LINE])
    listening.read()
    soon = timezone.now() + timedelta(seconds=1)
    Document.objects.update(due_at=soon, needs_fetch=True, fetched_at=CLOCK.now())
    deliver(listening, listening.vendor.notices())
    merge_notices(listening.store)
    assert Document.objects.get(external_id=order_id).due_at == soon


def test_old_notices_are_let_go_and_waiting_ones_are_kept(listening: House) -> None:
    listening.vendor.store.sell(lines=[LINE])
    deliver(listening, listening.vendor.notices() * 3)
    look(listening)
    deliver(listening, listening.vendor.notices())
    Notice.objects.exclude(merged_at=None).update(merged_at=timezone.now() - KEPT - timedelta(hours=1))
    assert drop_old_notices(listening.group.pk) == 3
    assert Notice.objects.filter(merged_at=None).count() == 1


def test_the_counts_of_a_new_day_begin_from_nothing(listening: House) -> None:
    listening.vendor.store.sell(lines=[LINE])
    deliver(listening, listening.vendor.notices() * 4)
    look(listening)
    Listener.objects.update(day=timezone.localdate() - timedelta(days=1))
    deliver(listening, listening.vendor.notices())
    look(listening)
    assert (listener(listening).heard, listener(listening).heard_ever) == (1, 5)


def test_the_stage_finds_what_waits_and_reads_the_list_for_nobody(listening: House) -> None:
    listening.vendor.store.sell(lines=[LINE])
    deliver(listening, listening.vendor.notices())
    cursor = Cursor.objects.get(connection=listening.store, kind="orders")
    look(listening)
    assert Cursor.objects.get(pk=cursor.pk).due_at == cursor.due_at


def test_everything_that_is_written_into_a_store_is_looked_at_for_echoes() -> None:
    to_the_erp, of_no_order = {ErpOrderPublication}, {ShelfPublication, ProductPublication}
    assert {model for model, _ in _WRITES} == set(Publication.__subclasses__()) - to_the_erp - of_no_order
