"""Units that somebody bought stay sold: whatever is linked or accepted meanwhile, no shelf offers them again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from cais.catalog import services as catalog
from cais.catalog.kits import Part, compose
from cais.catalog.models import Product, StoreProduct
from cais.connections.models import Connection, Health
from cais.intake.fetch import TRIES
from cais.intake.models import Document
from cais.movements.models import Reservation
from cais.shelves.accepting import accept_units
from cais.shelves.drift import CannotAccept
from cais.shelves.links import link_by_hand
from cais.shelves.marks import mark_all
from cais.shelves.models import Drift
from cais.shelves.reading import read_back_now
from cais.shelves.sending import send_stock
from cais.stock.models import Balance
from tests.engine.house import House
from tests.engine.test_cancelling import read_once
from tests.engine.test_exporting import draft
from tests.engine.test_shelves import SKU, adjust, again, linked, shown, switch_on, told, writes


def read_back(home: House) -> None:
    read_back_now(home.store, asked_by="Rosana")
    home.work()


def test_what_was_sold_of_a_thing_before_it_was_linked_is_promised_before_its_stock_is_said(home: House) -> None:
    home.product("NOSSA", units="7")
    home.vendor.shelf.put("DELES", stock="7")
    switch_on(home)
    read_back(home)
    home.vendor.store.sell(lines=[("DELES", "2", "10.00")])
    home.read()
    link_by_hand(StoreProduct.objects.select_related("connection").get(), "NOSSA")
    send_stock(home.store)
    # It shows 5 by its own sale, and is told just that.
    assert (writes(home), told(home, "DELES"), shown(home, "DELES")) == (1, [], 5)


def test_what_was_sold_before_its_stock_was_controlled_is_promised_before_its_stock_is_said(home: House) -> None:
    """The buyer of two has not paid yet, so nothing but the register brings their order up again."""
    product = home.product(SKU, units="7")
    product.refresh_from_db()
    catalog.edit(product, draft(product, tracks_stock=False))
    linked(home, product, shows="7")
    switch_on(home)
    home.vendor.store.sell(lines=[(SKU, "2", "10.00")], paid=False)
    home.read()
    assert (Reservation.objects.count(), shown(home)) == (0, 5)
    catalog.edit(product, draft(product, tracks_stock=True))
    send_stock(home.store)
    assert (writes(home), shown(home), Reservation.objects.get().held) == (1, 5, 2)


def test_what_was_sold_of_a_kit_is_promised_of_its_new_components(home: House) -> None:
    cup, lid = home.product("COPO", units="9"), home.product("TAMPA", units="9")
    kit = Product.objects.create(group=home.group, sku="KIT", name="Kit", ncm="69111090")
    compose(kit, [Part(cup.pk, Decimal(1))])
    linked(home, lid, shows="9")
    switch_on(home)
    home.work()
    home.vendor.store.sell(lines=[("KIT", "2", "10.00")], paid=False)
    home.read()
    compose(kit, [Part(cup.pk, Decimal(1)), Part(lid.pk, Decimal(2))])
    home.work()
    assert shown(home, "TAMPA") == 5


@pytest.fixture
def watched(home: House) -> House:
    """The store shows 5 where we say 7, and is only observed: the difference waits for a person."""
    linked(home, home.product(SKU, units="7"), shows="7")
    switch_on(home)
    home.work()
    home.vendor.shelf.set_stock(next(iter(home.vendor.shelf.items)), Decimal(5), by="merchant")
    mode(home, Connection.Mode.OBSERVE)
    read_back(home)
    return home


def mode(home: House, chosen: Connection.Mode) -> None:
    Connection.objects.update(mode=chosen)
    home.store.refresh_from_db()


def seen() -> Drift:
    found = Drift.objects.select_related("listing__product", "connection").get()
    assert (found.shown, found.ours) == (5, 7)
    return found


def on_hand() -> Decimal:
    return Balance.objects.get(warehouse__isnull=False).on_hand


def test_what_was_sold_since_a_difference_was_seen_is_not_accepted_back_into_stock(watched: House) -> None:
    """Seen as 5, then 3 of them were sold: two are left, whatever the list of differences still says."""
    watched.vendor.store.sell(lines=[(SKU, "3", "10.00")])
    watched.read()
    accept_units(seen(), watched.company.warehouses.get(), actor_name="Rosana")
    assert on_hand() == 5
    mode(watched, Connection.Mode.PUBLISH)
    mark_all(watched.store)
    watched.work()
    assert shown(watched) == 2


def test_a_difference_that_is_accepted_twice_changes_the_stock_once(watched: House) -> None:
    twice = [seen(), seen()]
    accept_units(twice[0], watched.company.warehouses.get(), actor_name="Rosana")
    with pytest.raises(CannotAccept):
        accept_units(twice[1], watched.company.warehouses.get(), actor_name="Rosana")
    assert on_hand() == 5


def test_a_difference_over_which_ours_was_written_is_over(watched: House) -> None:
    mode(watched, Connection.Mode.PUBLISH)
    adjust(watched, seen().listing.product, "1")
    watched.work()
    assert (shown(watched), Drift.objects.get().way) == (8, Drift.Way.OURS)


@pytest.fixture
def selling(home: House) -> House:
    """The store sold 5 of 7 and gives no order that it lists; meanwhile one unit came in."""
    linked(home, product := home.product(SKU, units="7"), shows="7")
    switch_on(home)
    home.work()
    home.vendor.faults.set("error_500", probability=1.0, only="GET /store/orders/")
    home.vendor.store.sell(lines=[(SKU, "5", "10.00")])
    adjust(home, product, "1")
    for _ in range(TRIES + 1):
        Document.objects.update(due_at=Now())
        Health.objects.update(wait_until=None, limited_until=None)
        read_once(home)
    assert Document.objects.get().attempts >= TRIES
    send_stock(home.store)
    return home


def test_while_a_store_lists_its_orders_and_gives_none_no_stock_is_said(selling: House) -> None:
    assert (shown(selling), writes(selling)) == (2, 1)
    selling.vendor.faults.clear()
    again(selling)
    assert shown(selling) == 3


def test_one_order_that_cannot_be_had_stops_the_stock_of_the_others_for_a_while_only(selling: House) -> None:
    Document.objects.update(first_seen_at=timezone.now() - timedelta(minutes=16))
    again(selling)
    assert writes(selling) == 2


def test_an_order_that_cannot_be_had_stops_no_stock_while_others_come(selling: House) -> None:
    selling.vendor.faults.set(
        "error_500", probability=1.0, only=f"GET /store/orders/{Document.objects.get().external_id}"
    )
    selling.vendor.store.sell(lines=[("OUTRO", "1", "10.00")])
    selling.read()
    again(selling)
    assert writes(selling) == 2


def test_what_left_before_a_lost_answer_and_arrives_late_is_said_over_at_the_next_look(home: House) -> None:
    """8 is on its way when its answer is lost; 3 is said and shown, and then the store does the 8 after all."""
    linked(home, product := home.product(SKU, units="7"), shows="7")
    switch_on(home)
    home.work()
    home.vendor.faults.next("lost_before_commit", only="PUT")
    adjust(home, product, "1")
    home.work()
    adjust(home, product, "-5")
    again(home)
    assert shown(home) == 3
    home.vendor.shelf.set_stock(next(iter(home.vendor.shelf.items)), Decimal(8), by="api")
    mark_all(home.store)
    home.work()
    assert shown(home) == 3
    said = writes(home)
    mark_all(home.store)
    home.work()
    assert writes(home) == said


def test_a_store_that_still_shows_a_product_out_of_use_shows_no_unit_that_is_gone(home: House) -> None:
    linked(home, product := home.product(SKU, units="7"), shows="7")
    switch_on(home)
    home.work()
    catalog.deactivate(product)
    adjust(home, product, "-6")
    home.work()
    assert shown(home) == 1
