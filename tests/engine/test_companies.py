"""Several companies serve several stores: who serves what, and that the last unit is promised once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum

from cais.catalog.models import KitComponent, Product
from cais.companies.models import Company, Warehouse
from cais.core.allocation import Outcome, Why
from cais.core.effects import Meaning
from cais.inbox.models import Pending
from cais.mappings.models import ChannelIssuer, SalesChannel
from cais.movements.explanation import from_json
from cais.movements.models import Movement, MovementLine, Reservation
from cais.movements.services import propose
from cais.offering.figures import offers
from cais.offering.hints import rule_changed
from cais.orders.models import Order
from cais.settling import sourcing
from cais.settling.services import reconsider_held
from cais.settling.values import fill
from cais.stock.models import Balance, Pool
from tests.engine.companies import books_are_right, decide, held, more_companies, second_store, serve, served, stock
from tests.engine.house import House


@pytest.fixture
def sul(home: House) -> Company:
    home.translate(pago=Meaning.PENDING)
    return more_companies(home, "Sul")[0]


def sell(home: House, *lines: tuple[str, str, str]) -> Order:
    external_id = home.vendor.store.sell(lines=lines)
    decide(home)
    return home.order(external_id)


def reasons(order: Order) -> set[str]:
    return set(Pending.objects.filter(subject_id=order.pk, closed_at=None).values_list("reason", flat=True))


def test_the_first_of_the_queue_serves_what_it_has_and_the_next_the_rest(home: House, sul: Company) -> None:
    pan = home.product("IMG-001", units="2")
    stock(home, pan, at=sul, units="2")
    serve(home.store, home.company, sul)
    order = sell(home, ("IMG-001", "3", "10.00"))
    assert served(order) == {"Casa": 2, "Sul": 1}
    assert order.movements.get().automatic
    books_are_right()


def test_a_store_may_reorder_the_companies(home: House, sul: Company) -> None:
    pan = home.product("IMG-001", units="2")
    stock(home, pan, at=sul, units="5")
    serve(home.store, sul, home.company)
    assert served(sell(home, ("IMG-001", "3", "10.00"))) == {"Sul": 3}


def test_one_store_is_served_by_three_companies_and_the_reason_is_kept(home: House, sul: Company) -> None:
    norte = more_companies(home, "Norte")[0]
    for sku, at in (("IMG-001", home.company), ("IMG-002", sul), ("IMG-003", norte)):
        stock(home, home.product(sku, units="0"), at=at, units="1")
    serve(home.store, home.company, sul, norte, policy="fewest_parcels")
    order = sell(home, *((sku, "1", "10.00") for sku in ("IMG-001", "IMG-002", "IMG-003")))
    assert served(order) == {"Casa": 1, "Sul": 1, "Norte": 1}
    kept = from_json(order.movements.get().explanation)
    assert kept is not None
    assert kept.outcome is Outcome.SPLIT
    assert {view.verdict.why for view in kept.candidates} == {Why.CHOSEN}
    assert sum(part.quantity for part in kept.parts) == 3
    books_are_right()


def test_what_is_whole_goes_by_itself_and_what_is_divided_waits_for_a_person(home: House, sul: Company) -> None:
    pan, pot = home.product("IMG-001", units="1"), home.product("IMG-002", units="1")
    stock(home, pan, at=sul, units="9")
    serve(home.store, home.company, sul, moves="whole")
    assert served(sell(home, ("IMG-001", "2", "10.00"))) == {"Sul": 2}
    divided = sell(home, ("IMG-002", "1", "10.00"), ("IMG-001", "3", "10.00"))
    assert (divided.phase, divided.movement_state, divided.hold) == ("awaiting_movement", "none", "")
    assert held(divided) == 4
    with transaction.atomic():
        (draft,) = propose(
            home.store, [Order.objects.select_for_update(of=("self",)).get(pk=divided.pk)], actor_name="Rosana"
        )
    assert (draft.automatic, draft.due_at, draft.state) == (False, None, Movement.State.PENDING_SYNC)
    decide(home, look_again=True)
    assert served(divided) == {"Casa": 2, "Sul": 2}
    assert Balance.objects.filter(product=pot, pool__isnull=False).aggregate(units=Sum("reserved"))["units"] == 0
    books_are_right()


def test_never_by_itself_unless_only_one_company_might_serve(home: House, sul: Company) -> None:
    pan = home.product("IMG-001", units="5")
    stock(home, pan, at=sul, units="5")
    serve(home.store, home.company, sul, moves="never")
    assert served(sell(home, ("IMG-001", "1", "10.00"))) == {}
    Warehouse.objects.filter(company=sul).update(active=False)
    assert served(sell(home, ("IMG-001", "1", "10.00"))) == {"Casa": 1}


def test_a_store_that_is_given_to_another_company_has_its_waiting_orders_looked_at_again(
    home: House, sul: Company
) -> None:
    pan = home.product("IMG-001", units="1")
    stock(home, pan, at=sul, units="5")
    first, second = sell(home, ("IMG-001", "1", "10.00")), sell(home, ("IMG-001", "2", "10.00"))
    assert (served(first), reasons(second)) == ({"Casa": 1}, {"stock_short"})
    sourcing.set_company(home.store, home.company)  # nothing changes, so nothing is looked at
    assert not Order.objects.filter(due_at__isnull=False).exists()
    sourcing.set_company(home.store, sul)
    decide(home)
    second.refresh_from_db()
    assert (served(second), reasons(second)) == ({"Sul": 2}, set())
    assert offers(home.store, [pan.pk])[pan.pk].behind.on_hand == 5  # type: ignore[union-attr]
    books_are_right()


def test_a_channel_that_only_one_company_may_invoice_is_promised_that_companys_units_alone(
    home: House, sul: Company
) -> None:
    pan = home.product("IMG-001", units="5")
    stock(home, pan, at=sul, units="1")
    serve(home.store, home.company, sul)
    ChannelIssuer.objects.create(group=home.group, channel=SalesChannel.objects.get(), company=sul)
    first, second = sell(home, ("IMG-001", "1", "10.00")), sell(home, ("IMG-001", "1", "10.00"))
    assert served(first) == {"Sul": 1}
    assert reasons(second) == {"stock_short"}
    assert [
        pool.companies for pool in Pool.objects.filter(pk__in=Reservation.objects.filter(order=second).values("pool"))
    ] == [[sul.pk]]


def test_a_marketplace_without_a_word_is_served_by_the_stores_own_company(home: House, sul: Company) -> None:
    pan = home.product("IMG-001", units="1")
    stock(home, pan, at=sul, units="9")
    serve(home.store, sul, home.company)
    fill([SalesChannel.objects.get()], {"nature": "marketplace"}, actor_name="Rosana")
    assert served(sell(home, ("IMG-001", "1", "10.00"))) == {"Casa": 1}
    assert reasons(sell(home, ("IMG-001", "1", "10.00"))) == {"stock_short"}


def test_a_channel_of_companies_that_do_not_serve_the_store_waits_with_its_reason(home: House, sul: Company) -> None:
    home.product("IMG-001", units="1")
    ChannelIssuer.objects.create(group=home.group, channel=SalesChannel.objects.get(), company=sul)
    order = sell(home, ("IMG-001", "1", "10.00"))
    assert (reasons(order), held(order)) == ({"no_company_allowed"}, 1)
    serve(home.store, home.company, sul)
    ChannelIssuer.objects.all().delete()
    decide(home, look_again=True)
    assert served(order) == {"Casa": 1}


def test_what_the_marketplace_ships_takes_nothing_of_ours(home: House) -> None:
    home.translate(pago=Meaning.PENDING)
    pan = home.product("IMG-001", units="1")
    own = {"nature": "marketplace", "fulfilled_by_marketplace": True, "note_by": "marketplace"}
    fill([SalesChannel.objects.get()], own, actor_name="Rosana")
    order = sell(home, ("IMG-001", "1", "10.00"))
    assert (held(order), served(order), order.hold) == (0, {}, "")
    assert not Reservation.objects.filter(product=pan).exists()


def test_an_order_that_may_not_be_divided_waits_with_its_units_until_one_company_has_all(
    home: House, sul: Company
) -> None:
    pan = home.product("IMG-001", units="1")
    stock(home, pan, at=sul, units="1")
    serve(home.store, home.company, sul)
    fill([SalesChannel.objects.get()], {"may_split": False}, actor_name="Rosana")
    order = sell(home, ("IMG-001", "2", "10.00"))
    assert (order.hold, held(order), served(order)) == ("no_company_has_all", 2, {})
    younger = sell(home, ("IMG-001", "1", "10.00"))
    assert reasons(younger) == {"stock_short"}
    stock(home, pan, at=sul, units="1")
    reconsider_held(home.group.pk)
    decide(home)
    assert served(order) == {"Sul": 2}
    assert served(younger) == {"Casa": 1}
    books_are_right()


def test_a_kit_comes_from_one_company_and_three_kits_from_two(home: House, sul: Company) -> None:
    cup, plate = home.product("IMG-001", units="2"), home.product("IMG-002", units="5")
    for product in (cup, plate):
        stock(home, product, at=sul, units="1")
    kit = Product.objects.create(group=home.group, sku="IMG-003", name="Kit", is_kit=True, price="20")
    for part in (cup, plate):
        KitComponent.objects.create(group=home.group, kit=kit, product=part, quantity="1")
    serve(home.store, home.company, sul)
    assert served(sell(home, ("IMG-003", "3", "20.00"))) == {"Casa": 4, "Sul": 2}


def test_a_fraction_is_served_to_the_fourth_place(home: House, sul: Company) -> None:
    rope = home.product("IMG-001", units="0.7501")
    stock(home, rope, at=sul, units="1.2")
    serve(home.store, home.company, sul)
    order = sell(home, ("IMG-001", "1.25", "10.00"))
    assert served(order) == {"Casa": Decimal("0.7501"), "Sul": Decimal("0.4999")}


def test_the_same_number_in_two_stores_is_two_orders_on_the_same_two_companies(home: House, sul: Company) -> None:
    pan = home.product("IMG-001", units="1")
    stock(home, pan, at=sul, units="1")
    second = second_store(home, home.company)
    for store in (home.store, second):
        serve(store, home.company, sul)
    external_id = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    decide(home)
    both = list(Order.objects.filter(external_id=external_id).order_by("placed_at", "pk"))
    assert [order.connection_id for order in both] == [home.store.pk, second.pk]
    assert [sum(served(order).values()) for order in both] == [1, 1]
    assert Pool.objects.filter(companies=sorted([home.company.pk, sul.pk])).count() == 1
    books_are_right()


def test_overlapping_stores_compete_for_the_last_units_and_the_older_order_is_served(home: House, sul: Company) -> None:
    """Casa has 1, Sul has 1. The store of both promised one and may take either, so the last unit is whoever's asks."""
    pan = home.product("IMG-001", units="1")
    stock(home, pan, at=sul, units="1")
    only_casa = second_store(home, home.company, name="Só Casa")
    serve(home.store, home.company, sul, moves="never")
    serve(only_casa, home.company, moves="never")
    external_id = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    decide(home)
    wide, narrow = (Order.objects.get(connection=store, external_id=external_id) for store in (home.store, only_casa))
    assert (held(wide), held(narrow)) == (1, 1)
    # One company alone might serve the narrow one, so it went; what the wide one was promised is then Sul's.
    assert served(narrow) == {"Casa": 1}
    serve(home.store, home.company, sul)
    decide(home, look_again=True)
    assert served(wide) == {"Sul": 1}
    late = sell(home, ("IMG-001", "1", "10.00"))
    assert held(late) == 0
    books_are_right()


def test_the_wider_order_leaves_the_only_unit_that_the_narrow_one_can_have(home: House, sul: Company) -> None:
    """By priority the wide order would take Casa's unit; it was promised to a store that only Casa serves."""
    pan = home.product("IMG-001", units="1")
    stock(home, pan, at=sul, units="1")
    only_casa = second_store(home, home.company, name="Só Casa")
    unpaid = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")], paid=False)
    serve(home.store, home.company, sul)
    decide(home)
    wide = Order.objects.get(connection=home.store, external_id=unpaid)
    narrow = Order.objects.get(connection=only_casa, external_id=unpaid)
    assert (held(wide), held(narrow)) == (1, 1)
    Order.objects.filter(pk=wide.pk).update(meaning=Meaning.PENDING)
    sourcing.set_rules(home.store, policy="priority", moves="always")
    decide(home, look_again=True)
    assert served(wide) == {"Sul": 1}
    assert held(narrow) == 1
    books_are_right()


def test_when_a_company_no_longer_serves_what_was_promised_moves_or_lacks(home: House, sul: Company) -> None:
    pan = home.product("IMG-001", units="1")
    stock(home, pan, at=sul, units="1")
    serve(home.store, home.company, sul, moves="never")
    first, second = sell(home, ("IMG-001", "1", "10.00")), sell(home, ("IMG-001", "1", "10.00"))
    assert (held(first), held(second)) == (1, 1)
    serve(home.store, sul)
    decide(home)
    assert (served(first), held(second)) == ({"Sul": 1}, 0)
    assert reasons(second) == {"stock_short"}
    serve(home.store, home.company, sul)
    decide(home)
    assert served(second) == {"Casa": 1}
    books_are_right()


def test_a_store_shows_the_units_of_every_company_that_serves_it(home: House, sul: Company) -> None:
    pan = home.product("IMG-001", units="2")
    stock(home, pan, at=sul, units="5")
    told: list[int | None] = []

    def hear(sender: object, *, connection_id: int | None, **_: object) -> None:
        told.append(connection_id)

    rule_changed.connect(hear)
    try:
        assert offers(home.store, [pan.pk])[pan.pk].units == 2
        serve(home.store, home.company, sul)
        assert offers(home.store, [pan.pk])[pan.pk].units == 7
        serve(home.store, home.company)
        assert offers(home.store, [pan.pk])[pan.pk].units == 2
    finally:
        rule_changed.disconnect(hear)
    assert set(told) == {home.store.pk}


def test_a_movement_in_a_company_that_may_not_serve_any_more_is_made_anew(home: House, sul: Company) -> None:
    pan = home.product("IMG-001", units="1")
    stock(home, pan, at=sul, units="1")
    serve(home.store, home.company, sul)
    order = sell(home, ("IMG-001", "1", "10.00"))
    assert served(order) == {"Casa": 1}
    serve(home.store, sul)
    decide(home)
    assert served(order) == {"Sul": 1}
    assert Balance.objects.get(product=pan, warehouse__company=home.company).reserved == 0
    assert MovementLine.objects.filter(movement__order=order).count() == 2
    books_are_right()


def test_units_that_a_count_did_not_find_are_the_older_orders_and_the_younger_waits_with_its_reason(
    home: House, sul: Company
) -> None:
    pan = home.product("IMG-001", units="2")
    serve(home.store, home.company, sul, moves="never")
    older, younger = sell(home, ("IMG-001", "1", "10.00")), sell(home, ("IMG-001", "1", "10.00"))
    stock(home, pan, at=home.company, units="-1")
    serve(home.store, home.company, sul)
    decide(home)
    assert served(older) == {"Casa": 1}
    assert (younger.refresh_from_db(), younger.hold, served(younger)) == (None, "promise_missing", {})
    stock(home, pan, at=sul, units="1")
    reconsider_held(home.group.pk)
    decide(home)
    assert served(younger) == {"Sul": 1}
    books_are_right()
