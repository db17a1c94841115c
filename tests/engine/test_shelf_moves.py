"""A store moves its own shelf when it sells, cancels or changes an order: what we said before holds no more."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from cais.catalog.models import Product
from cais.connections.serving import choose
from cais.core.shelf import ShelfRef, ShelfRow
from cais.mappings.models import SalesChannel
from cais.mappings.services import set_issuers
from cais.offering.services import PolicyDraft, set_policy
from cais.shelves.drift import judge
from cais.shelves.models import Drift, StockPublication
from cais.shelves.reading import read_back_now
from cais.shelves.seeing import take
from cais.shelves.stock import STOCK
from cais.stock.models import LedgerEntry
from tests.engine.house import House
from tests.engine.several import with_company
from tests.engine.test_marketplace_ships import THEIRS, who_ships
from tests.engine.test_shelves import SKU, adjust, linked, shown, switch_on, told, writes


@pytest.fixture
def capped(home: House) -> House:
    """Ten units, of which the store never shows more than two."""
    linked(home, home.product(SKU, units="10"), shows="0")
    set_policy(home.store, PolicyDraft(cap=Decimal(2)))
    switch_on(home)
    home.work()
    assert shown(home) == 2
    return home


def sell(home: House, units: str = "1") -> str:
    return home.vendor.store.sell(lines=[(SKU, units, "10.00")])


def test_what_was_sold_of_a_capped_shelf_is_filled_up_again(capped: House) -> None:
    for _ in range(3):
        sell(capped, "2")
        assert shown(capped) == 0
        capped.read()
        assert shown(capped) == 2


def test_a_delivery_that_makes_up_for_a_sale_does_not_leave_the_shelf_too_low(home: House) -> None:
    linked(home, product := home.product(SKU, units="7"), shows="0")
    switch_on(home)
    home.work()
    sell(home)
    adjust(home, product, "1")
    home.read()
    assert (shown(home), told(home)) == (7, [7, 7])


def test_units_that_the_store_gave_back_and_that_never_were_there_are_taken_off_again(home: House) -> None:
    """Two were sold of one; the order that lacks its unit is cancelled, and the store shows it as if there were one."""
    linked(home, home.product(SKU, units="1"), shows="1")
    switch_on(home)
    home.work()
    home.vendor.shelf.set_stock(next(iter(home.vendor.shelf.items)), Decimal(2), by="merchant")
    sell(home)
    late = sell(home)
    home.read()
    assert shown(home) == 0
    home.vendor.store.cancel(late)
    assert shown(home) == 1
    home.read()
    assert shown(home) == 0


def test_a_shortage_that_no_balance_shows_is_taken_off_the_figure(home: House) -> None:
    """The channel is served by a company that has none: nothing is promised, and yet the next two units are bespoke."""
    linked(home, home.product(SKU, units="5"), shows="5")
    north = with_company(home, "Norte")
    choose(home.store, [home.company, north], reordered=False)
    set_issuers(SalesChannel.objects.get(connection=home.store), [north.pk])
    switch_on(home)
    home.work()
    sell(home, "2")
    home.read()
    assert not LedgerEntry.objects.filter(order_id__isnull=False).exists()
    row = StockPublication.objects.get()
    assert (row.desired, row.published, row.due_at) == (3, 3, None)


def test_a_sale_learned_of_while_we_spoke_is_not_taken_for_said(capped: House) -> None:
    """The answer of the write is still on its way when the order is recorded: the row must speak once more."""
    row = StockPublication.objects.get()
    StockPublication.objects.update(moved_at=Now(), due_at=Now())
    planned = StockPublication.objects.claim(1)[0]
    StockPublication.objects.update(moved_at=timezone.now())
    planned.settle(published_digest=row.desired_digest, **STOCK.said(planned))
    assert StockPublication.objects.get().moved_at is not None


def test_reading_the_shelf_after_a_sale_needs_no_write(capped: House) -> None:
    """What the store shows was seen after the order was recorded, and is what it should show."""
    before = writes(capped)
    StockPublication.objects.update(moved_at=timezone.now(), due_at=None)
    read_back_now(capped.store, asked_by="Rosana")
    capped.work()
    assert (StockPublication.objects.get().moved_at, writes(capped) - before) == (None, 0)


def test_a_page_from_before_the_sale_is_not_believed(capped: House) -> None:
    listing = Product.objects.get(sku=SKU).listings.get()
    ref = ShelfRef(external_id=listing.external_id, variant_id=listing.variant_id)
    asked_at = timezone.now()
    StockPublication.objects.update(moved_at=timezone.now())
    take(capped.store, [ShelfRow(ref=ref, stock=Decimal(1))], asked_at=asked_at)
    row = StockPublication.objects.get()
    assert (row.published, row.moved_at is None) == (2, False)


def test_a_sale_under_a_cap_is_no_difference(capped: House) -> None:
    sell(capped)
    read_back_now(capped.store, asked_by="Rosana")
    capped.work()
    judge(capped.store, since=timezone.now())
    assert (Drift.objects.count(), shown(capped)) == (0, 2)


def test_an_order_that_came_and_went_between_two_readings_leaves_no_unit_too_many(home: House) -> None:
    """We wrote over the sale, and the store gave the unit back on top: it shows one that is not there."""
    linked(home, home.product(SKU, units="1"), shows="1")
    switch_on(home)
    home.work()
    sold = sell(home)
    home.vendor.shelf.set_stock(next(iter(home.vendor.shelf.items)), Decimal(1), by="api")
    home.vendor.store.cancel(sold)
    assert shown(home) == 2
    home.read()
    assert (home.order(sold).phase, shown(home)) == ("cancelled", 1)


def test_for_an_order_that_the_marketplace_ships_nothing_is_said(home: House) -> None:
    """Its units are not on this shelf, and thousands of such orders would each cost a call."""
    linked(home, home.product(SKU, units="5"), shows="5")
    who_ships(THEIRS)
    switch_on(home)
    home.work()
    before = writes(home)
    sell(home)
    home.read()
    assert writes(home) == before
