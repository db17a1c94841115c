"""Prices in the store: each once and the newest, never unknown, promotions by their days, seen before they are sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now

from cais.catalog.hints import tell
from cais.catalog.models import Product
from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.core.shelf import PriceDoc, Promotion
from cais.inbox.models import Pending
from cais.ports.manifest import Capability
from cais.pricing import rules as price_rules
from cais.pricing.models import PriceException
from cais.pricing.rules import store_day
from cais.pricing.services import ExceptionDraft, ListDraft, set_exception, set_list
from cais.rehearsals.functions import offered, switch
from cais.rehearsals.models import Rehearsal, RehearsalRow
from cais.rehearsals.services import look_at
from cais.shelves.drift import CannotAccept, publish_ours
from cais.shelves.marks import mark_all
from cais.shelves.models import Mark, PriceDay, PriceDrift, PricePublication, StockPublication
from cais.shelves.price_drift import accept_price
from cais.shelves.prices import PRICES
from cais.shelves.reading import read_back_now
from cais.shelves.retry import retry_refused
from tests.engine import functions
from tests.engine.house import House
from tests.engine.plans import applied, plan_of
from tests.engine.test_shelves import linked

SKU = "IMG-001"
D = Decimal
DAY = timedelta(days=1)
State = RehearsalRow.State


@pytest.fixture
def shop(home: House) -> House:
    """A store that is told its prices, with one product that costs 10 here and cost 12 there."""
    put(home, SKU, price="10", shows="12.00")
    switch_on(home)
    home.work()
    return home


def put(home: House, sku: str, *, price: str, shows: str | None) -> Product:
    product = home.product(sku, units="7", price=price)
    listing = linked(home, product)
    home.vendor.shelf.edit((listing.external_id, listing.variant_id), price=None if shows is None else D(shows))
    return product


def switch_on(home: House) -> None:
    functions.switch_on(home, Capability.WRITE_PRICES)
    mark_all(home.store, PRICES.kind)


def there(home: House, sku: str = SKU) -> tuple[Decimal | None, Decimal | None, str, str]:
    item = home.vendor.shelf.bearing(sku)[0]
    return item.price, item.offer, item.first, item.last


def change_there(home: House, sku: str = SKU, **facts: object) -> None:
    home.vendor.shelf.edit(home.vendor.shelf.bearing(sku)[0].key, **facts)


def writes(home: House) -> int:
    return len([call for call in home.vendor.ledger.calls if call.method == "PUT" and call.path.endswith("/price")])


def again(home: House) -> None:
    for table in (PricePublication, StockPublication):
        table.objects.filter(due_at__isnull=False).update(due_at=Now(), lease=None, lease_until=None)
    home.work()


def ours(home: House, price: str, sku: str = SKU) -> None:
    set_exception(home.store, Product.objects.get(sku=sku), ExceptionDraft(fixed=D(price)))


def test_a_price_is_shown_and_said_once(shop: House) -> None:
    assert (there(shop)[0], writes(shop)) == (10, 1)
    mark_all(shop.store, PRICES.kind)
    shop.work()
    assert writes(shop) == 1


def test_a_store_that_is_told_no_prices_is_marked_and_told_nothing(home: House) -> None:
    put(home, SKU, price="10", shows="12")
    ours(home, "9")
    home.work()
    assert (Mark.objects.count(), PricePublication.objects.count(), writes(home)) == (0, 0, 0)


def test_the_rule_of_the_store_reaches_the_shelf(shop: House) -> None:
    set_list(shop.store, ListDraft(percent=D(25), rounding="ninety_nine", direction="up"))
    shop.work()
    assert there(shop)[0] == D("12.99")  # 12.50 up


def test_a_thousand_changes_while_the_store_is_down_become_one_call_with_the_newest_value(shop: House) -> None:
    shop.vendor.faults.next("error_500", times=3, only="PUT")
    for cents in range(100):
        ours(shop, f"5.{cents:02}")
    shop.work()
    for cents in range(900):
        ours(shop, f"{6 + cents // 100}.{cents % 100:02}")
    before = writes(shop)
    for _ in range(5):
        again(shop)
    # Two more refusals of the store that is down, and then the newest.
    assert (prices_told(shop), writes(shop) - before) == ([10, D("14.99")], 3)


def prices_told(home: House) -> list[Decimal]:
    return [D(str(event.details["price"])) for event in home.vendor.ledger.of("price")]


def test_a_lost_answer_is_followed_by_the_newest_price_and_by_no_other(shop: House) -> None:
    shop.vendor.faults.next("lost_after_commit", only="PUT")
    ours(shop, "9")
    shop.work()
    assert PricePublication.objects.get().in_flight
    ours(shop, "10")
    again(shop)
    # The store may ask 9: 10 is said once more although 10 was published.
    assert prices_told(shop) == [10, 9, 10]
    assert not PricePublication.objects.get().in_flight


def test_a_product_without_a_price_in_the_register_is_never_said(home: House) -> None:
    put(home, SKU, price="0", shows="4")
    switch_on(home)
    home.work()
    assert (writes(home), there(home)[0], PricePublication.objects.get().desired) == (0, 4, None)


def test_a_price_in_the_register_reaches_the_store(shop: House) -> None:
    Product.objects.filter(sku=SKU).update(price=D("11"))
    tell(shop.group.pk, [Product.objects.get(sku=SKU).pk])
    shop.work()
    assert there(shop)[0] == 11


def test_a_refusal_waits_with_its_reason_until_there_is_something_else_to_say(shop: House) -> None:
    shop.vendor.faults.next("rejected", only="PUT")
    ours(shop, "9")
    again(shop)
    assert PricePublication.objects.get().hold == "price_refused"
    assert Pending.objects.get(reason="price_refused", closed_at=None).subject_label == SKU
    ours(shop, "8")
    again(shop)
    assert there(shop)[0] == 8
    assert not Pending.objects.filter(reason="price_refused", closed_at=None)


def test_what_was_refused_is_said_again_when_a_person_asks(shop: House) -> None:
    shop.vendor.faults.next("rejected", only="PUT")
    ours(shop, "9")
    again(shop)
    assert retry_refused(shop.group) == 1
    shop.work()
    assert there(shop)[0] == 9


def test_only_observing_says_no_price_and_forgets_none(shop: House) -> None:
    Connection.objects.update(mode=Connection.Mode.OBSERVE)
    shop.store.refresh_from_db()
    ours(shop, "9")
    again(shop)
    assert writes(shop) == 1
    Connection.objects.update(mode=Connection.Mode.PUBLISH)
    again(shop)
    assert there(shop)[0] == 9


# Promotions


def promote(home: House, first: date, last: date, price: str = "8") -> None:
    draft = ExceptionDraft(sale="own", sale_price=D(price), sale_first=first, sale_last=last)
    set_exception(home.store, Product.objects.get(sku=SKU), draft)


def test_a_promotion_is_told_before_it_begins_with_its_days(shop: House) -> None:
    today = store_day(shop.store)
    promote(shop, today + DAY, today + 2 * DAY)
    shop.work()
    assert there(shop) == (10, 8, (today + DAY).isoformat(), (today + 2 * DAY).isoformat())


def test_a_promotion_that_is_taken_back_is_ended_in_the_store(shop: House) -> None:
    today = store_day(shop.store)
    promote(shop, today, today + DAY)
    shop.work()
    set_exception(shop.store, Product.objects.get(sku=SKU), ExceptionDraft())
    shop.work()
    assert there(shop)[:2] == (10, None)


class _Ahead:
    """The stores' clock, some days ahead."""

    def __init__(self, days: int) -> None:
        self._days = days

    def now(self) -> datetime:
        return CLOCK.now() + timedelta(days=self._days)


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setattr(price_rules, "CLOCK", _Ahead(days))


def test_a_promotion_ends_with_its_days_without_a_call(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    today = store_day(shop.store)
    promote(shop, today, today)
    shop.work()
    before = writes(shop)
    later(monkeypatch, 1)
    shop.work()
    row = PricePublication.objects.get()
    # The store ends it by its own days, and keeps it written down; what it asks is the price, as we say.
    assert (row.desired, row.published, row.due_at) == (PriceDoc(price=D(10)), PriceDoc(price=D(10)), None)
    assert (writes(shop), PriceDay.objects.get().day) == (before, today + DAY)
    read_back(shop)
    assert (PriceDrift.objects.count(), writes(shop)) == (0, before)


def test_the_next_promotion_follows_on_the_day_after_the_first(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    today = store_day(shop.store)
    set_list(shop.store, ListDraft(sale_percent=D(10), sale_first=today, sale_last=today + 3 * DAY))
    promote(shop, today, today)
    shop.work()
    assert there(shop)[1] == 8
    later(monkeypatch, 1)
    shop.work()
    assert there(shop) == (10, 9, today.isoformat(), (today + 3 * DAY).isoformat())


# Rehearsal


@pytest.fixture
def unsent(home: House) -> House:
    """Two linked products, one of which the store shows rightly; nothing is sent yet."""
    put(home, SKU, price="10", shows="12.00")
    put(home, "IMG-002", price="5", shows="5.00")
    return home


def test_a_rehearsal_shows_price_and_promotion_field_by_field_and_writes_nothing(unsent: House) -> None:
    change_there(unsent, offer=D("11"), first="2099-01-01", last="2099-01-02")
    (row,) = plan_of(unsent, Rehearsal.Scope.PRICES).rows.all()
    assert row.fields == [
        ["Preço na loja", "R$\u00a012,00", "R$\u00a010,00"],
        ["Promoção na loja", "R$\u00a011,00 de 01/01/2099 a 02/01/2099", "sem promoção"],
    ]
    assert (writes(unsent), there(unsent)[0]) == (0, 12)


def test_exactly_what_was_seen_is_applied_although_the_function_is_off(unsent: House) -> None:
    applied(unsent, plan := plan_of(unsent, Rehearsal.Scope.PRICES))
    assert (plan.rows.get().state, there(unsent)[0]) == (State.APPLIED, 10)
    ours(unsent, "9")
    again(unsent)
    assert writes(unsent) == 1


def test_a_price_that_moved_after_the_look_is_refused_by_name(unsent: House) -> None:
    plan = plan_of(unsent, Rehearsal.Scope.PRICES)
    ours(unsent, "9")
    applied(unsent, plan)
    assert (plan.rows.get().state, writes(unsent)) == (State.MOVED, 0)


def test_sending_cannot_be_switched_on_before_a_person_saw_a_rehearsal_of_prices(unsent: House) -> None:
    assert Capability.WRITE_PRICES in offered(unsent.store)
    assert "Ensaie os preços" in switch(unsent.store, Capability.WRITE_PRICES, on=True)
    look_at(plan_of(unsent, Rehearsal.Scope.PRICES))
    assert "Ensaie o estoque" in switch(unsent.store, Capability.WRITE_STOCK, on=True)
    assert switch(unsent.store, Capability.WRITE_PRICES, on=True) == ""
    unsent.work()
    assert (there(unsent)[0], writes(unsent)) == (10, 1)


# Reading back


def read_back(home: House) -> None:
    read_back_now(home.store, asked_by="Rosana")
    home.work()


@pytest.fixture
def differing(shop: House) -> House:
    """The merchant changed the price in the store."""
    change_there(shop, price=D("13.50"))
    read_back(shop)
    return shop


def test_a_price_that_a_person_changed_in_the_store_waits_for_a_person(differing: House) -> None:
    found = PriceDrift.objects.get()
    assert (found.shown, found.ours, found.ended_at) == (PriceDoc(price=D("13.5")), PriceDoc(price=D(10)), None)
    assert (there(differing)[0], writes(differing)) == (D("13.50"), 1)
    assert Pending.objects.get(reason="price_drift", closed_at=None).params["count"] == 1


def test_publishing_ours_writes_it_and_closes_the_cause(differing: House) -> None:
    listing = PriceDrift.objects.get().listing_id
    assert publish_ours(differing.store, [listing], actor_name="Rosana", facet=PRICES) == 1
    again(differing)
    assert (there(differing)[0], PriceDrift.objects.get().way) == (10, PriceDrift.Way.OURS)
    assert not Pending.objects.filter(reason="price_drift", closed_at=None)


def test_accepting_theirs_makes_it_the_products_own_price_there(differing: House) -> None:
    accept_price(PriceDrift.objects.select_related("listing__product", "connection").get(), actor_name="Rosana")
    again(differing)
    row = PricePublication.objects.get()
    assert (PriceException.objects.get().fixed, row.hold, row.due_at) == (D("13.50"), "", None)
    assert (writes(differing), PriceDrift.objects.get().way) == (1, PriceDrift.Way.THEIRS)
    assert not Pending.objects.filter(reason="price_drift", closed_at=None)


def test_accepting_a_promotion_keeps_its_days(shop: House) -> None:
    change_there(shop, offer=D("7"), first="2099-01-01", last="2099-01-31")
    read_back(shop)
    accept_price(PriceDrift.objects.select_related("listing__product", "connection").get(), actor_name="Rosana")
    again(shop)
    promotion = Promotion(price=D(7), first=date(2099, 1, 1), last=date(2099, 1, 31))
    assert PricePublication.objects.get().desired == PriceDoc(price=D(10), promotion=promotion)
    assert writes(shop) == 1


def test_a_price_of_zero_in_the_store_cannot_be_accepted(shop: House) -> None:
    change_there(shop, price=D(0))
    read_back(shop)
    with pytest.raises(CannotAccept):
        accept_price(PriceDrift.objects.select_related("listing__product", "connection").get(), actor_name="Rosana")
    assert not PriceException.objects.exists()


def test_a_new_rule_wakes_a_price_that_was_held(differing: House) -> None:
    ours(differing, "9")
    again(differing)
    assert there(differing)[0] == 9


def test_one_reading_tells_of_stock_and_of_prices(home: House) -> None:
    put(home, SKU, price="10", shows="12.00")
    mark_all(home.store, PRICES.kind)
    mark_all(home.store)
    home.work()
    read_back(home)
    assert (PricePublication.objects.get().shown, StockPublication.objects.get().shown) == (PriceDoc(price=D(12)), 0)
