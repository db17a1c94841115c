"""What a store may show: the sum of feature D6, worked out by hand and against a slow sum over every row."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from unittest.mock import patch

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from cais.catalog.drafts import Invalid
from cais.catalog.models import KitComponent, Product
from cais.connections import serving
from cais.connections.models import Connection
from cais.movements.models import Reservation
from cais.offering.figures import Offer, Standing, offers
from cais.offering.hints import rule_changed
from cais.offering.kits import with_kits
from cais.offering.models import StockException
from cais.offering.services import ExceptionDraft, PolicyDraft, set_exception, set_policy
from cais.orders.models import Order, OrderLine
from cais.statuses.models import StatusEntry
from cais.stock import ledger
from cais.stock.models import LedgerEntry
from tests.engine.goods import put
from tests.goods.conftest import PLACED_AT, Shop, make_order, pool_of

D = Decimal


def store_of(shop: Shop, name: str = "Imaginária") -> Connection:
    return Connection.objects.create(
        group=shop.group, company=shop.company, connector="imaginary", modality="rest", role="store", name=name
    )


def want(line: OrderLine, product: Product, *, pool: Connection, wanted: str, held: str) -> None:
    """An open order without a movement wants units of a product; `held` of them are promised."""
    Reservation.objects.create(
        group=product.group,
        order=line.order,
        line=line,
        product=product,
        pool_id=pool_of(pool.company),
        wanted=D(wanted),
        held=D(held),
        placed_at=PLACED_AT,
    )
    with transaction.atomic():
        ledger.post(
            [
                ledger.Change(
                    group_id=product.group_id,
                    product_id=product.pk,
                    pool_id=pool_of(pool.company),
                    kind=LedgerEntry.Kind.RESERVE,
                    reserved=D(held),
                )
            ]
        )


def line_of(shop: Shop, store: Connection, number: str = "1") -> OrderLine:
    status, _ = StatusEntry.objects.get_or_create(group=shop.group, connection=store, label="Pago", key="pago")
    order = Order.objects.create(
        group=shop.group,
        connection=store,
        status=status,
        external_id=number,
        number=number,
        version="1",
        digest="0" * 32,
        placed_at=PLACED_AT + timedelta(minutes=int(number)),
        status_label="Pago",
        total=D("1.00"),
    )
    return OrderLine.objects.create(
        group=shop.group, order=order, position=1, external_id="1", name="Item", quantity=1, unit_price=D("1.00")
    )


def offer(store: Connection, product: Product) -> Offer:
    return offers(store, [product.pk])[product.pk]


@contextmanager
def facts(store: Connection, **changed: bool) -> Iterator[None]:
    """The same store, of a vendor with other manners."""
    with patch.object(type(store), "facts", replace(store.facts, **changed)):
        yield


def test_the_sum_of_d6_by_hand(shop: Shop) -> None:
    store = store_of(shop)
    put(shop.cup, shop.front, "30", reserved="4")
    put(shop.cup, shop.back, "12.5", reserved="1")
    want(line_of(shop, store), shop.cup, pool=store, wanted="6", held="6")
    set_policy(store, PolicyDraft(buffer=D(3)))
    with facts(store, stock_is_whole=True):
        found = offer(store, shop.cup)
    # 42.5 on hand, 5 reserved, 6 of an open order, 3 kept back: 28.5, told to a store that knows whole units.
    assert found.units == 28
    assert found.behind is not None
    assert (found.behind.on_hand, found.behind.reserved, found.behind.open_orders) == (D("42.5"), 5, 6)
    with facts(store, stock_is_whole=False):
        assert offer(store, shop.cup).units == D("28.5")


def test_units_that_an_order_still_lacks_are_its_own_before_it_holds_them(shop: Shop) -> None:
    store = store_of(shop)
    want(line_of(shop, store), shop.cup, pool=store, wanted="5", held="0")
    put(shop.cup, shop.front, "7")
    assert offer(store, shop.cup).units == 2


def test_promises_of_the_other_store_of_the_company_count_too(shop: Shop) -> None:
    here, there = store_of(shop), store_of(shop, "Outra")
    put(shop.cup, shop.front, "10")
    want(line_of(shop, there), shop.cup, pool=there, wanted="4", held="4")
    assert offer(here, shop.cup).units == 6


def test_what_was_never_counted_is_unknown_and_what_ran_out_is_zero(shop: Shop) -> None:
    store = store_of(shop)
    assert offer(store, shop.cup) == replace(offer(store, shop.cup), standing=Standing.UNKNOWN, units=None)
    put(shop.cup, shop.front, "2")
    put(shop.cup, shop.front, "-2")
    assert offer(store, shop.cup).units == 0


def test_a_promise_alone_makes_nothing_known(shop: Shop) -> None:
    store = store_of(shop)
    want(line_of(shop, store), shop.cup, pool=store, wanted="5", held="0")
    assert offer(store, shop.cup).standing == Standing.UNKNOWN


def test_more_promised_than_there_is_shows_zero(shop: Shop) -> None:
    store = store_of(shop)
    put(shop.cup, shop.front, "3", reserved="5")
    assert offer(store, shop.cup).units == 0


def test_what_is_not_tracked_is_never_told(shop: Shop) -> None:
    store = store_of(shop)
    put(shop.cup, shop.front, "3")
    shop.cup.tracks_stock = False
    shop.cup.save()
    assert (offer(store, shop.cup).standing, offer(store, shop.cup).units) == (Standing.UNTRACKED, None)


def test_what_is_out_of_use_shows_no_more_than_there_is(shop: Shop) -> None:
    store = store_of(shop)
    put(shop.cup, shop.front, "3", reserved="1")
    shop.cup.active = False
    shop.cup.save()
    assert (offer(store, shop.cup).standing, offer(store, shop.cup).units) == (Standing.KNOWN, 2)


def test_only_the_chosen_warehouses_count_and_of_those_only_active_ones(shop: Shop) -> None:
    store = store_of(shop)
    put(shop.cup, shop.front, "10")
    put(shop.cup, shop.back, "5")
    set_policy(store, PolicyDraft(warehouses=[shop.back.pk]))
    assert offer(store, shop.cup).units == 5
    shop.back.active = False
    shop.back.save()
    assert offer(store, shop.cup).standing == Standing.UNKNOWN


def test_a_warehouse_of_a_company_that_does_not_serve_the_store_cannot_be_chosen(shop: Shop) -> None:
    store = store_of(shop)
    with pytest.raises(Invalid, match="não atende esta loja"):
        set_policy(store, PolicyDraft(warehouses=[shop.back.pk + 1000]))
    with pytest.raises(Invalid, match="pelo menos um"):
        set_policy(store, PolicyDraft(warehouses=[]))


def test_a_product_may_differ_from_its_stores_rule(shop: Shop) -> None:
    store = store_of(shop)
    put(shop.cup, shop.front, "30")
    put(shop.tray, shop.front, "30")
    set_policy(store, PolicyDraft(buffer=D(2), cap=D(20)))
    set_exception(store, shop.cup, ExceptionDraft(buffer=D(15)))
    assert (offer(store, shop.cup).units, offer(store, shop.tray).units) == (15, 20)
    set_exception(store, shop.cup, ExceptionDraft(cap=D(25)))
    assert offer(store, shop.cup).units == 25
    set_exception(store, shop.cup, ExceptionDraft(stopped=True))
    assert offer(store, shop.cup).units == 0
    set_exception(store, shop.cup, ExceptionDraft())
    assert offer(store, shop.cup).units == 20
    assert not StockException.objects.exists()


def test_a_stop_shows_zero_even_of_what_nobody_counted(shop: Shop) -> None:
    store = store_of(shop)
    set_policy(store, PolicyDraft(stopped=True))
    assert (offer(store, shop.cup).standing, offer(store, shop.cup).units) == (Standing.KNOWN, 0)


def test_a_kit_shows_the_fewest_that_its_components_make_after_their_buffers(shop: Shop) -> None:
    store = store_of(shop)
    put(shop.cup, shop.front, "31")
    assert offer(store, shop.tea_set).standing == Standing.UNKNOWN  # of the tray nobody knows
    put(shop.tray, shop.front, "9")
    assert (offer(store, shop.tea_set).units, offer(store, shop.tea_set).limited_by) == (5, shop.cup.pk)
    set_policy(store, PolicyDraft(buffer=D(2)))
    # 29 cups make 4 sets, 7 trays make 7; the buffer is not taken off the sets once more.
    assert offer(store, shop.tea_set).units == 4
    set_exception(store, shop.tea_set, ExceptionDraft(buffer=D(1)))
    assert offer(store, shop.tea_set).units == 3
    set_exception(store, shop.cup, ExceptionDraft(stopped=True))
    assert (offer(store, shop.cup).units, offer(store, shop.tea_set).units) == (0, 3)


def test_a_kit_of_untracked_parts_follows_those_that_are(shop: Shop) -> None:
    store = store_of(shop)
    put(shop.cup, shop.front, "31")
    Product.objects.filter(pk=shop.tray.pk).update(tracks_stock=False)
    assert offer(store, shop.tea_set).units == 5
    Product.objects.filter(pk=shop.cup.pk).update(tracks_stock=False)
    assert offer(store, shop.tea_set).standing == Standing.UNTRACKED


def test_a_kit_that_the_store_computes_is_left_to_it(shop: Shop) -> None:
    store = store_of(shop)
    with facts(store, kits_are_computed=True):
        assert (offer(store, shop.tea_set).standing, offer(store, shop.tea_set).units) == (Standing.LEFT_TO_STORE, None)


def test_a_policy_is_tried_on_without_being_kept(shop: Shop) -> None:
    store = store_of(shop)
    put(shop.cup, shop.front, "30")
    tried = offers(store, [shop.cup.pk], policy=PolicyDraft(buffer=D(10)).on(store))
    assert (tried[shop.cup.pk].units, offer(store, shop.cup).units) == (20, 30)


def slow_sum(store: Connection, product: Product, chosen: set[int]) -> Decimal | None:
    """Feature D6 from the ledger's entries and the reservations, one row after the other; buffer 2, cap 40."""
    entries = list(LedgerEntry.objects.filter(product=product, warehouse__in=chosen))
    if not entries:
        return None
    units = sum((entry.on_hand - entry.reserved for entry in entries), D(0))
    for row in Reservation.objects.filter(product=product, pool__isnull=False):
        units -= row.wanted
    return min(D(40), max(D(0), units - 2)).to_integral_value(ROUND_FLOOR)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_the_slow_sum_whatever_happened(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    stores = [store_of(shop), store_of(shop, "Outra")]
    lines = [line_of(shop, store, str(number)) for number, store in enumerate(stores * 4, 1)]
    products = [
        Product.objects.create(group=shop.group, sku=f"P{number}", name=f"Produto {number}") for number in range(25)
    ]
    for product in products:
        for warehouse in chance.sample([shop.front, shop.back], chance.randint(0, 2)):
            units = D(chance.randint(0, 600_000)) / 10_000
            put(product, warehouse, str(units), reserved=str(chance.randint(0, 20)))
        for line in chance.sample(lines, chance.randint(0, 3)):
            wanted = chance.randint(1, 9)
            want(line, product, pool=line.order.connection, wanted=str(wanted), held=str(chance.randint(0, wanted)))
    chosen = {shop.front.pk} if seed == 3 else {shop.front.pk, shop.back.pk}
    set_policy(stores[0], PolicyDraft(buffer=D(2), cap=D(40), warehouses=chosen if seed == 3 else None))
    with facts(stores[0], stock_is_whole=True):
        found = offers(stores[0], [product.pk for product in products])
    assert {p.sku: found[p.pk].units for p in products} == {p.sku: slow_sum(stores[0], p, chosen) for p in products}
    assert len({item.units for item in found.values()}) > 5


def test_the_number_of_queries_does_not_grow_with_the_products(shop: Shop) -> None:
    store = store_of(shop)
    put(shop.cup, shop.front, "1")
    with CaptureQueriesContext(
        database,
    ) as few:
        offers(store, [shop.cup.pk, shop.tea_set.pk])
    more = [Product.objects.create(group=shop.group, sku=f"P{n}", name="P", is_kit=n % 2 == 0) for n in range(20)]
    for kit in more[::2]:
        KitComponent.objects.create(group=shop.group, kit=kit, product=shop.cup, quantity=1)
    with CaptureQueriesContext(database) as many:
        offers(store, [product.pk for product in more])
    assert len(many) <= len(few) <= 10


def test_whoever_changes_a_figure_says_so_in_the_same_transaction(shop: Shop) -> None:
    heard: list[tuple[int | None, frozenset[int] | None]] = []

    def listen(sender: object, *, connection_id: int | None, product_ids: frozenset[int] | None, **_: object) -> None:
        assert database.in_atomic_block
        heard.append((connection_id, product_ids))

    store = store_of(shop)
    rule_changed.connect(listen)
    try:
        set_policy(store, PolicyDraft(buffer=D(1)))
        set_exception(store, shop.cup, ExceptionDraft(stopped=True))
        shop.back.active = False
        shop.back.save()
        serving.choose(store, [shop.company], reordered=True)
    finally:
        rule_changed.disconnect(listen)
    assert heard == [(store.pk, None), (store.pk, frozenset([shop.cup.pk])), (None, None), (store.pk, None)]
    assert with_kits([shop.cup.pk]) == {shop.cup.pk, shop.tea_set.pk}


def test_an_order_recorded_lowers_the_figure_at_once(shop: Shop) -> None:
    put(shop.cup, shop.front, "10")
    order = make_order(shop)  # two cups, of which one is held by a promise that the ledger does not know here
    assert offer(order.connection, shop.cup).units == 9
