"""*Ensaio* of the stock, and what a store shows otherwise: seen before it is sent, corrected or decided by a person."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models.functions import Now

from cais.catalog.models import Product
from cais.inbox.models import Pending
from cais.ports.manifest import Capability
from cais.rehearsals.functions import switch
from cais.rehearsals.models import Rehearsal, RehearsalRow
from cais.rehearsals.services import look_at
from cais.shelves.accepting import accept_units
from cais.shelves.drift import CannotAccept, publish_ours
from cais.shelves.models import Drift, ShelfReading, StockPublication
from cais.shelves.reading import read_back_now
from tests.engine.house import House
from tests.engine.plans import applied, plan_of
from tests.engine.test_shelves import SKU, adjust, again, linked, shown, switch_on, told, writes

State = RehearsalRow.State


def states(plan: Rehearsal) -> dict[str, str]:
    return {label.split()[0]: state for label, state in plan.rows.values_list("label", "state")}


def read_back(home: House) -> None:
    read_back_now(home.store, asked_by="Rosana")
    home.work()


@pytest.fixture
def unsent(home: House) -> House:
    """Two linked products, one of which the store shows rightly; nothing is sent yet."""
    linked(home, home.product(SKU, units="7"), shows="3")
    linked(home, home.product("IMG-002", units="5"), shows="5")
    return home


def test_a_rehearsal_shows_what_would_change_and_writes_nothing(unsent: House) -> None:
    plan = plan_of(unsent, Rehearsal.Scope.STOCK)
    (row,) = plan.rows.all()
    assert (row.label, row.fields) == ("IMG-001 Produto IMG-001", [["Estoque na loja", "3", "7"]])
    assert (writes(unsent), shown(unsent)) == (0, 3)


def test_large_figures_are_written_as_on_every_other_screen(home: House) -> None:
    linked(home, home.product(SKU, units="1978"), shows="12500")
    (row,) = plan_of(home, Rehearsal.Scope.STOCK).rows.all()
    assert row.fields == [["Estoque na loja", "12.500", "1.978"]]


def test_exactly_what_was_seen_is_applied_although_the_function_is_off(unsent: House) -> None:
    applied(unsent, plan := plan_of(unsent, Rehearsal.Scope.STOCK))
    assert (states(plan), told(unsent)) == ({SKU: State.APPLIED}, [7])
    adjust(unsent, Product.objects.get(sku=SKU), "1")
    again(unsent)
    assert writes(unsent) == 1


def test_a_figure_that_moved_after_the_look_is_refused_by_name(unsent: House) -> None:
    plan = plan_of(unsent, Rehearsal.Scope.STOCK)
    adjust(unsent, Product.objects.get(sku=SKU), "1")
    applied(unsent, plan)
    assert (states(plan), writes(unsent)) == ({SKU: State.MOVED}, 0)


def test_sending_cannot_be_switched_on_before_a_person_saw_a_rehearsal(unsent: House) -> None:
    assert "Ensaie o estoque" in switch(unsent.store, Capability.WRITE_STOCK, on=True)
    plan = plan_of(unsent, Rehearsal.Scope.STOCK)
    assert "Ensaie o estoque" in switch(unsent.store, Capability.WRITE_STOCK, on=True)
    look_at(plan)
    assert switch(unsent.store, Capability.WRITE_STOCK, on=True) == ""
    unsent.work()
    assert (told(unsent), told(unsent, "IMG-002")) == ([7], [])


def test_stock_cannot_be_sent_without_reading_orders(unsent: House) -> None:
    look_at(plan_of(unsent, Rehearsal.Scope.STOCK))
    switch(unsent.store, Capability.IMPORT_ORDERS, on=False)
    assert "receber pedidos" in switch(unsent.store, Capability.WRITE_STOCK, on=True)


@pytest.fixture
def kept(unsent: House) -> House:
    switch_on(unsent)
    unsent.work()
    return unsent


def test_few_differences_are_corrected_by_themselves_and_kept_for_who_asks(kept: House) -> None:
    key = next(key for key, item in kept.vendor.shelf.items.items() if item.reference == SKU)
    kept.vendor.shelf.set_stock(key, Decimal(50), by="merchant")
    read_back(kept)
    found = Drift.objects.get()
    assert (found.shown, found.ours, found.way) == (50, 7, Drift.Way.ITSELF)
    assert shown(kept) == 7


def test_a_sale_of_the_store_is_no_difference(kept: House) -> None:
    kept.vendor.store.sell(lines=[(SKU, "2", "10.00")])
    read_back(kept)
    assert not Drift.objects.exists()
    assert (StockPublication.objects.get(listing__product__sku=SKU).published, shown(kept)) == (5, 5)


def test_a_page_older_than_our_own_write_is_not_believed(kept: House) -> None:
    adjust(kept, Product.objects.get(sku=SKU), "3")
    kept.work()
    kept.vendor.faults.next("shelf_stale")
    StockPublication.objects.update(published_at="2999-01-01T00:00:00Z")
    read_back(kept)
    assert (Drift.objects.count(), shown(kept)) == (0, 10)


@pytest.fixture
def emptied(home: House) -> House:
    """Twelve products that somebody set to zero in the store."""
    for number in range(12):
        linked(home, home.product(f"P{number:02}", units="4"), shows="4")
    switch_on(home)
    home.work()
    for key in list(home.vendor.shelf.items):
        home.vendor.shelf.set_stock(key, Decimal(0), by="merchant")
    read_back(home)
    return home


def test_many_differences_at_once_wait_for_a_person(emptied: House) -> None:
    assert (Drift.objects.filter(ended_at=None).count(), shown(emptied, "P00")) == (12, 0)
    cause = Pending.objects.get(reason="shelf_drift", closed_at=None)
    assert cause.params["count"] == 12
    # What our own orders take is never held.
    adjust(emptied, Product.objects.get(sku="P00"), "-1")
    again(emptied)
    assert shown(emptied, "P00") == 3


def test_publishing_ours_writes_it_and_closes_the_cause(emptied: House) -> None:
    listings = list(Drift.objects.values_list("listing", flat=True))
    assert publish_ours(emptied.store, listings, actor_name="Rosana") == 12
    for _ in range(2):
        again(emptied)
    assert {shown(emptied, f"P{number:02}") for number in range(12)} == {Decimal(4)}
    assert not Pending.objects.filter(reason="shelf_drift", closed_at=None)
    assert set(Drift.objects.values_list("way", "ended_by")) == {(Drift.Way.OURS, "Rosana")}


def test_accepting_theirs_adjusts_our_stock_and_says_nothing_to_the_store(emptied: House) -> None:
    before, found = writes(emptied), Drift.objects.select_related("listing__product", "connection").first()
    assert found is not None
    accept_units(found, emptied.company.warehouses.get(), actor_name="Rosana")
    again(emptied)
    row = StockPublication.objects.get(listing=found.listing)
    assert (row.desired, row.hold, row.due_at, writes(emptied)) == (0, "", None, before)


def test_what_a_rule_hides_cannot_be_accepted(emptied: House) -> None:
    found = Drift.objects.select_related("listing__product", "connection").first()
    assert found is not None
    Drift.objects.filter(pk=found.pk).update(shown=Decimal(9))
    found.refresh_from_db()
    from cais.offering.models import StockPolicy

    StockPolicy.objects.create(group=emptied.group, connection=emptied.store, cap=Decimal(4))
    with pytest.raises(CannotAccept):
        accept_units(found, emptied.company.warehouses.get(), actor_name="Rosana")


def test_where_nothing_is_sent_a_difference_is_only_shown(kept: House) -> None:
    switch(kept.store, Capability.WRITE_STOCK, on=False)
    key = next(key for key, item in kept.vendor.shelf.items.items() if item.reference == SKU)
    kept.vendor.shelf.set_stock(key, Decimal(50), by="merchant")
    read_back(kept)
    assert (Drift.objects.get().ended_at, shown(kept)) == (None, 50)
    assert ShelfReading.objects.get().due_at is None


def test_a_reading_that_was_cut_short_goes_on_where_it_was(kept: House) -> None:
    kept.vendor.choices.page_size = 1
    kept.vendor.faults.next("error_500", times=1, only="GET /store/products")
    read_back(kept)
    ShelfReading.objects.update(due_at=Now())
    kept.work()
    reading = ShelfReading.objects.get()
    assert (reading.seen, reading.next_page, reading.begun_at) == (2, "", None)
    assert reading.read_at is not None
