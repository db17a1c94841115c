"""Judging what a store shows while orders move: what is still in question, or folded by another, is no difference."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.models.functions import Now
from django.utils import timezone

from cais.catalog.models import Product
from cais.companies.scope import group_scope
from cais.connections.models import Connection, Health
from cais.core.effects import Meaning
from cais.core.shelf import ShelfRef, ShelfRow
from cais.shelves.drift import judge
from cais.shelves.looking import look, plan
from cais.shelves.marks import mark_all, take_marks
from cais.shelves.models import Drift, Mark, StockPublication
from cais.shelves.seeing import take
from cais.shelves.sending import send_stock
from cais.shelves.stock import STOCK
from tests.engine.house import House, house
from tests.engine.test_cancelling import read_once
from tests.engine.test_shelves import SKU, adjust, again, linked, shown, switch_on, told


def seven(home: House) -> House:
    """Seven units, which the store shows."""
    linked(home, home.product(SKU, units="7"), shows="0")
    switch_on(home)
    home.work()
    assert shown(home) == 7
    return home


@pytest.fixture
def shop(home: House) -> House:
    return seven(home)


@pytest.fixture
def town(transactional_db: None) -> Iterator[House]:
    """The same in a database of its own, where other threads see what it commits."""
    with house() as made:
        made.translate(pago=Meaning.PENDING)
        yield seven(made)


def page(home: House) -> datetime:
    """One page of the store's list, and when it was asked for."""
    asked_at = timezone.now()
    listing = Product.objects.get(sku=SKU).listings.get()
    ref = ShelfRef(external_id=listing.external_id, variant_id=listing.variant_id)
    assert take(home.store, [ShelfRow(ref=ref, stock=shown(home))], asked_at=asked_at)
    return asked_at


def test_units_that_a_cancellation_in_question_gave_back_are_no_difference(shop: House) -> None:
    sold = shop.vendor.store.sell(lines=[(SKU, "2", "10.00")])
    shop.read()
    shop.vendor.store.cancel(sold)
    read_once(shop)
    assert (shop.order(sold).cancel_state, shown(shop)) == ("asked", 7)
    begun = page(shop)
    assert judge(shop.store, since=begun) == 0
    assert not Drift.objects.exists()
    shop.work()
    assert (judge(shop.store, since=begun), shown(shop)) == (0, 7)


def test_what_the_merchant_changed_is_a_difference_all_the_same(shop: House) -> None:
    shop.vendor.shelf.set_stock(next(iter(shop.vendor.shelf.items)), Decimal(50), by="merchant")
    assert judge(shop.store, since=page(shop)) == 1


def test_marks_that_another_worker_folds_at_this_moment_are_waited_for(town: House) -> None:
    """The sale is recorded and the page shows it; what it means for the shelf is just being worked out elsewhere."""
    town.vendor.store.sell(lines=[(SKU, "2", "10.00")])
    read_once(town)
    begun, product = page(town), Product.objects.get(sku=SKU).pk
    taken, goes_on = threading.Event(), threading.Event()

    def other() -> None:
        try:
            with group_scope(town.group.pk), transaction.atomic():
                marked = take_marks(town.store, Mark.Kind.STOCK, limit=10)
                taken.set()
                assert goes_on.wait(10)
                plan(town.store, STOCK, {key for key, _ in marked}, moved={product})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(other)
        assert taken.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                judge(town.store, since=begun)
            cursor.execute("RESET lock_timeout")
        goes_on.set()
        ended.result(10)
    assert (judge(town.store, since=begun), Drift.objects.count()) == (0, 0)
    town.work()
    assert (StockPublication.objects.get().published, shown(town)) == (5, 5)


def test_no_stock_is_said_while_a_changed_order_could_not_be_had(shop: House) -> None:
    """One unit was sold, and then three: saying the units of before would sell two of them twice."""
    sold = shop.vendor.store.sell(lines=[(SKU, "1", "10.00")])
    shop.read()
    (line,) = shop.vendor.store.orders[sold]["lines"]  # type: ignore[misc]
    shop.vendor.store.edit(sold, lines=[{**line, "quantity": "3"}])  # type: ignore[dict-item]
    assert shown(shop) == 4
    adjust(shop, Product.objects.get(sku=SKU), "1")
    shop.vendor.faults.next("error_500", times=40, only=f"GET /store/orders/{sold}")
    for _ in range(2):
        Health.objects.update(wait_until=None, limited_until=None)
        send_stock(shop.store)
    assert (told(shop), shown(shop)) == ([7], 4)
    shop.vendor.faults.clear()
    again(shop)
    assert (told(shop), shown(shop)) == ([7, 5], 5)


def test_a_difference_that_waits_says_what_the_store_shows_now(shop: House) -> None:
    """Nothing is sent, so it stays; who decides on it decides on the figures of today."""
    Connection.objects.filter(pk=shop.store.pk).update(mode=Connection.Mode.OBSERVE)
    shop.store.refresh_from_db()
    thing = next(iter(shop.vendor.shelf.items))
    for units in (50, 60):
        shop.vendor.shelf.set_stock(thing, Decimal(units), by="merchant")
        assert judge(shop.store, since=page(shop)) == 1
    assert list(Drift.objects.values_list("shown", "ours", "ended_at")) == [(60, 7, None)]


def test_a_change_is_not_forgotten_by_who_speaks_longer_than_the_lease(shop: House) -> None:
    """The answer comes late, and nobody else took the row meanwhile: what changed since is said after it."""
    StockPublication.objects.update(due_at=Now(), published=None, published_digest="")
    (row,) = StockPublication.objects.claim(1)
    StockPublication.objects.update(lease_until=Now() - timedelta(seconds=1))
    mark_all(shop.store)
    look(shop.store, STOCK)
    row.settle(published=row.desired, published_digest=row.desired_digest)
    assert StockPublication.objects.get().due_at is not None
