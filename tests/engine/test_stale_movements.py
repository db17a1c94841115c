"""The world changes under a movement or a sale: what is not there is not sold, and nothing goes by itself unasked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import TestCase

from cais.catalog.models import KitComponent, Product
from cais.companies.models import Company
from cais.connections.models import Connection
from cais.inbox.models import Pending
from cais.journal.models import Note
from cais.mappings.models import SalesChannel
from cais.movements import editing
from cais.movements.fulfilling import sells_what_is_agreed
from cais.movements.models import Reservation
from cais.orders.models import Order
from cais.publishing import asking
from cais.settling import sourcing
from cais.settling.decisions import accept_difference, erp_is_right, shown_of
from cais.settling.moving import create_movements
from cais.stock.models import Balance
from cais.stock.services import count
from tests.engine.companies import books_are_right, more_companies, serve
from tests.engine.house import House
from tests.engine.test_moving import drafted, movement_of, seen, sold
from tests.engine.test_outdated import causes, checked


@pytest.fixture
def sudeste(home: House) -> Company:
    (made,) = more_companies(home, "Sudeste")
    serve(home.store, home.company, made, moves="never")
    return made


def find_only(home: House, product: Product, units: str) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        count(product, home.company.warehouses.get(), Decimal(units), actor_name="Rosana")
    home.work()


def finish(*orders: Order) -> set[int]:
    return asking.create_erp_orders([movement_of(order) for order in orders], actor_name="Rosana")


def story(order: Order) -> set[str]:
    return set(Note.objects.filter(subject="order", subject_id=order.pk).values_list("code", flat=True))


def test_what_the_store_changed_while_the_erp_was_away_is_not_sold_before_a_person_has_seen_it(home: House) -> None:
    """2 × 10.00 and 15.90 of freight are 35.90; the store says 40.90 now: 5.00 that nobody has explained."""
    home.product("IMG-001", units="5")
    Connection.objects.filter(role="erp").update(paused=True)
    order = sold(home, ("IMG-001", "2", "10.00"))
    assert order.movement_state == "pending_sync"
    home.vendor.store.edit(order.external_id, total="40.90")
    home.read()
    Connection.objects.filter(role="erp").update(paused=False)
    home.work()
    order.refresh_from_db()
    assert (order.hold, order.movement_state, home.sales()) == ("sum_mismatch", "none", [])
    assert "movement_held" in story(order)
    assert Balance.objects.aggregate(units=Sum("reserved"))["units"] == 2
    accept_difference(order, Decimal("5.00"), actor_name="Rosana")
    home.work()
    assert [sale.total for sale in home.sales()] == [Decimal("40.90")]


def test_units_that_a_count_did_not_find_are_not_sold_by_movements_made_before_it(
    home: House, sudeste: Company
) -> None:
    """3 and 2 were moved out of 5; the shelf has 3: they are the older order's."""
    pan = home.product("IMG-001", units="5")
    older, younger = (checked(home, ("IMG-001", units, "10.00")) for units in ("3", "2"))
    find_only(home, pan, "3")
    younger.refresh_from_db()
    assert (younger.movement_state, younger.hold) == ("none", "promise_missing")
    assert "movement_unkept" in story(younger)
    assert finish(older) == {older.pk}
    home.work()
    assert [sale.lines.get().quantity for sale in home.sales()] == [3]


def test_of_units_that_a_count_did_not_find_what_was_sold_keeps_its_own_first(home: House, sudeste: Company) -> None:
    pan = home.product("IMG-001", units="5")
    older, younger = (checked(home, ("IMG-001", units, "10.00")) for units in ("3", "2"))
    finish(younger)
    home.work()
    find_only(home, pan, "3")
    older.refresh_from_db()
    younger.refresh_from_db()
    assert (older.movement_state, older.hold) == ("none", "promise_missing")
    assert (younger.phase, causes(younger)) == ("integrated", [])
    assert Reservation.objects.get(order=younger).held == 2


def test_a_movement_that_a_person_discarded_is_not_made_again_by_the_stores_rule(home: House, sudeste: Company) -> None:
    home.product("IMG-001", units="5")
    order = drafted(home, ("IMG-001", "1", "10.00"))
    sourcing.set_rules(home.store, policy="priority", moves="always")
    editing.discard(order, seen=seen(order), actor_name="Rosana")
    home.work()
    order.refresh_from_db()
    assert (order.phase, order.movement_state, home.sales()) == ("awaiting_movement", "none", [])
    assert create_movements(home.group.pk, [order.pk], actor_name="Rosana") == {order.pk}
    asking.synchronise([movement_of(order)], actor_name="Rosana")
    home.work()
    assert finish(order) == {order.pk}


def test_a_kit_that_was_sold_keeps_the_components_that_it_was_sold_with(home: House) -> None:
    """1 kit of 4 xícaras was sold; from now on it is made of bandejas. The 4 xícaras still leave with its note."""
    cup, tray = home.product("CUP", units="4"), home.product("TRAY", units="4")
    kit = Product.objects.create(group=home.group, sku="IMG-003", name="Kit", ncm="69111090", price="10", is_kit=True)
    part = KitComponent.objects.create(group=home.group, kit=kit, product=cup, quantity=4)
    order = sold(home, ("IMG-003", "1", "10.00"))
    assert order.phase == "integrated"
    part.product = tray
    part.save()
    home.vendor.store.edit(order.external_id, buyer_note="ligar antes")
    home.read()
    promise = Reservation.objects.get(order=order)
    assert (promise.product, promise.held, promise.warehouse_id) == (cup, 4, home.company.warehouses.get().pk)
    line = home.vendor.store.orders[order.external_id]["lines"][0]
    home.vendor.store.edit(order.external_id, lines=[{**line, "quantity": "0.5"}])
    home.read()
    assert causes(order) != []
    books_are_right()


@pytest.mark.parametrize("change", ["channel", "depot"])
def test_a_sale_waits_for_nothing_because_others_may_serve_now(home: House, change: str) -> None:
    home.product("IMG-001", units="5")
    order = sold(home, ("IMG-001", "1", "10.00"))
    if change == "channel":
        (stranger,) = more_companies(home, "Sudeste")
        SalesChannel.objects.get().issuers.create(group=home.group, company=stranger)
    else:
        home.company.warehouses.update(active=False)
    home.vendor.store.edit(order.external_id, buyer_note="ligar antes")
    home.read()
    order.refresh_from_db()
    assert (order.phase, order.hold) == ("integrated", "")
    assert not Pending.objects.filter(closed_at=None).exists()


def test_kits_that_were_added_after_the_sale_are_not_invoiced_as_the_components_of_the_first(home: House) -> None:
    """1 kit of 4 xícaras was sold, and the store says 2 now: 4 xícaras at the price of two kits are no sale."""
    cup = home.product("CUP", units="8")
    kit = Product.objects.create(group=home.group, sku="IMG-003", name="Kit", ncm="69111090", price="10", is_kit=True)
    KitComponent.objects.create(group=home.group, kit=kit, product=cup, quantity=4)
    order = sold(home, ("IMG-003", "1", "10.00"))
    line = home.vendor.store.orders[order.external_id]["lines"][0]
    home.vendor.store.edit(order.external_id, lines=[{**line, "quantity": "2"}], total="35.90")
    home.read()
    assert causes(order) == ["changed_after_erp"]
    order.refresh_from_db()
    erp_is_right(order, shown=shown_of(order), actor_name="Rosana")
    home.work()
    order.refresh_from_db()
    assert not sells_what_is_agreed(order)
    assert Reservation.objects.filter(order=order).aggregate(units=Sum("held"))["units"] == 8
