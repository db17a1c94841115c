"""Rules of categories (feature D6): the product's own word, else its nearest category's, else the store's."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from cais.catalog import categories
from cais.catalog.categories import Tree
from cais.catalog.drafts import Invalid
from cais.catalog.models import Category, Listing, Product
from cais.catalog.product_import import apply, plan
from cais.connections.models import Connection
from cais.offering.figures import offers
from cais.offering.models import StockCategoryRule
from cais.offering.rules import PRODUCT, STORE, Origin
from cais.offering.services import (
    ExceptionDraft,
    PolicyDraft,
    set_category_rule,
    set_exception,
    set_policy,
    tried_rule,
)
from cais.shelves.models import Mark, StockPublication
from tests.engine.goods import put
from tests.goods.conftest import Shop, at_once
from tests.goods.test_offering import facts, offer, store_of

D = Decimal


def branch(shop: Shop) -> tuple[Category, Category]:
    """Casa › Cozinha, with the cup in the kitchen and the tray in the house."""
    house = categories.add(shop.group, "Casa")
    kitchen = categories.add(shop.group, "Cozinha", parent=house.pk)
    place(shop.cup, kitchen)
    place(shop.tray, house)
    return house, kitchen


def place(product: Product, category: Category | None) -> None:
    product.category = category
    product.save()


def shown(store: Connection, *products: Product) -> list[Decimal | None]:
    return [offer(store, product).units for product in products]


def test_the_nearest_category_that_says_it_holds_part_by_part(shop: Shop) -> None:
    store, (house, kitchen) = store_of(shop), branch(shop)
    other = Product.objects.create(group=shop.group, sku="VAS-1", name="Vaso")
    for product in (shop.cup, shop.tray, other):
        put(product, shop.front, "30")
    set_policy(store, PolicyDraft(buffer=D(2), cap=D(26)))
    set_category_rule(store, house, ExceptionDraft(buffer=D(5)))
    # The cup and the tray: 30 less 5. The vase is in no category: 30 less 2, but no more than 26.
    assert shown(store, shop.cup, shop.tray, other) == [25, 25, 26]
    set_category_rule(store, kitchen, ExceptionDraft(cap=D(8)))
    assert shown(store, shop.cup, shop.tray, other) == [8, 25, 26]
    set_category_rule(store, kitchen, ExceptionDraft(buffer=D(10)))
    assert shown(store, shop.cup, shop.tray, other) == [20, 25, 26]
    set_exception(store, shop.cup, ExceptionDraft(buffer=D(29)))
    assert shown(store, shop.cup, shop.tray, other) == [1, 25, 26]
    set_category_rule(store, house, ExceptionDraft())
    assert shown(store, shop.cup, shop.tray, other) == [1, 26, 26]
    assert StockCategoryRule.objects.count() == 1


def test_each_part_of_a_rule_says_where_it_comes_from(shop: Shop) -> None:
    store, (house, kitchen) = store_of(shop), branch(shop)
    put(shop.cup, shop.front, "30")
    set_policy(store, PolicyDraft(buffer=D(2), cap=D(26)))
    set_category_rule(store, house, ExceptionDraft(buffer=D(5)))
    rule = offer(store, shop.cup).rule
    assert (rule.buffer_by, rule.cap_by) == (Origin(category_id=house.pk), STORE)
    set_category_rule(store, kitchen, ExceptionDraft(stopped=True))
    set_exception(store, shop.cup, ExceptionDraft(cap=D(3)))
    rule = offer(store, shop.cup).rule
    assert (rule.buffer_by, rule.cap_by) == (Origin(category_id=house.pk), PRODUCT)
    assert rule.stopped_by == Origin(category_id=kitchen.pk)


def test_below_a_stop_nothing_is_sold_whatever_stands_nearer(shop: Shop) -> None:
    store, (house, kitchen) = store_of(shop), branch(shop)
    put(shop.cup, shop.front, "30")
    put(shop.tray, shop.front, "30")
    set_category_rule(store, house, ExceptionDraft(stopped=True))
    set_category_rule(store, kitchen, ExceptionDraft(cap=D(8)))
    set_exception(store, shop.cup, ExceptionDraft(buffer=D(1)))
    assert shown(store, shop.cup, shop.tray) == [0, 0]


def test_the_buffer_of_a_kits_category_is_kept_back_from_the_kit_and_the_stores_is_not(shop: Shop) -> None:
    store = store_of(shop)
    kits = categories.add(shop.group, "Jogos")
    place(shop.tea_set, kits)
    put(shop.cup, shop.front, "31")
    put(shop.tray, shop.front, "9")
    set_policy(store, PolicyDraft(buffer=D(1)))
    # 30 cups make 5 sets, 8 trays make 8.
    assert shown(store, shop.tea_set) == [5]
    set_category_rule(store, kits, ExceptionDraft(buffer=D(2)))
    assert shown(store, shop.tea_set) == [3]
    place(shop.cup, kits)
    # Now 29 cups, which make 4 sets, of which 2 are kept back.
    assert shown(store, shop.tea_set) == [2]


def test_a_rule_of_one_store_is_none_of_another(shop: Shop) -> None:
    here, there, (house, _) = store_of(shop), store_of(shop, "Outra"), branch(shop)
    put(shop.cup, shop.front, "30")
    set_category_rule(here, house, ExceptionDraft(stopped=True))
    assert (shown(here, shop.cup), shown(there, shop.cup)) == ([0], [30])


def test_a_rule_of_a_category_is_tried_on_without_being_kept(shop: Shop) -> None:
    store, (house, kitchen) = store_of(shop), branch(shop)
    put(shop.cup, shop.front, "30")
    set_category_rule(store, kitchen, ExceptionDraft(buffer=D(4)))
    for category, tried, units in ((kitchen, ExceptionDraft(buffer=D(10)), 20), (house, ExceptionDraft(cap=D(7)), 7)):
        found = offers(store, [shop.cup.pk], trying=tried_rule(store, category, tried))
        assert found[shop.cup.pk].units == units
    # An empty draft in the place of the stored rule: as if there were none.
    assert offers(store, [shop.cup.pk], trying=tried_rule(store, kitchen, ExceptionDraft()))[shop.cup.pk].units == 30
    assert shown(store, shop.cup) == [26]


def test_a_rule_that_makes_no_sense_is_refused(shop: Shop) -> None:
    store, (house, _) = store_of(shop), branch(shop)
    for draft in (ExceptionDraft(buffer=D(-1)), ExceptionDraft(cap=D(0)), ExceptionDraft(buffer=D("0.00001"))):
        with pytest.raises(Invalid):
            set_category_rule(store, house, draft)
    categories.remove(shop.group, (gone := categories.add(shop.group, "Vazia")).pk)
    with pytest.raises(Invalid, match="não existe mais"):
        set_category_rule(store, gone, ExceptionDraft(buffer=D(1)))


def test_of_two_who_set_a_rule_at_once_one_rule_is_left(committed_shop: Shop) -> None:
    shop = committed_shop
    store, (house, _) = store_of(shop), branch(shop)

    def keep() -> bool:
        return bool(set_category_rule(store, house, ExceptionDraft(buffer=D(3))))

    assert at_once(shop, keep, keep) == [True, True]
    assert StockCategoryRule.objects.count() == 1


def test_the_number_of_queries_does_not_grow_with_categories_or_products(shop: Shop) -> None:
    store, (house, _) = store_of(shop), branch(shop)
    set_category_rule(store, house, ExceptionDraft(buffer=D(1)))
    with CaptureQueriesContext(database) as few:
        offers(store, [shop.cup.pk])
    within = [categories.add(shop.group, f"C{n}", parent=house.pk) for n in range(10)]
    for category in within:
        set_category_rule(store, category, ExceptionDraft(cap=D(9)))
    more = [Product.objects.create(group=shop.group, sku=f"P{n}", name="P", category=within[n % 10]) for n in range(30)]
    with CaptureQueriesContext(database) as many:
        offers(store, [product.pk for product in more])
    assert len(many) == len(few)


def told(shop: Shop, store: Connection, products: Collection[Product]) -> None:
    """As if the store were told the stock of these."""
    for product in products:
        listing = Listing.objects.create(
            group=shop.group, connection=store, product=product, external_id=product.sku, reference=product.sku
        )
        StockPublication.objects.create(group=shop.group, connection=store, listing=listing)


def marked() -> set[int]:
    """The products to be looked at, which are looked at and so no longer marked."""
    found = set(Mark.objects.values_list("product_id", flat=True))
    Mark.objects.all().delete()
    return found


def test_what_a_rule_a_category_or_its_place_changes_is_looked_at_again_and_nothing_else(shop: Shop) -> None:
    store, (house, kitchen) = store_of(shop), branch(shop)
    garden = categories.add(shop.group, "Jardim")
    vase = Product.objects.create(group=shop.group, sku="VAS-1", name="Vaso", category=garden)
    told(shop, store, [shop.cup, shop.tray, shop.tea_set, vase])
    marked()
    set_category_rule(store, kitchen, ExceptionDraft(buffer=D(1)))
    assert marked() == {shop.cup.pk, shop.tea_set.pk}  # the set is made of cups
    set_category_rule(store, house, ExceptionDraft(buffer=D(1)))
    assert marked() == {shop.cup.pk, shop.tray.pk, shop.tea_set.pk}
    categories.edit(shop.group, kitchen.pk, name="Cozinha", parent=garden.pk)
    assert marked() == {shop.cup.pk, shop.tea_set.pk}
    categories.edit(shop.group, kitchen.pk, name="Copa", parent=garden.pk)
    assert marked() == set()
    apply(shop.group, plan(shop.group, b"sku;categoria\nVAS-1;Casa\n"))
    assert marked() == {vase.pk}
    assert Tree.of(shop.group).path(kitchen.pk) == "Jardim › Copa"


def test_a_store_of_whole_units_rounds_after_the_buffer_of_the_category(shop: Shop) -> None:
    store, (house, _) = store_of(shop), branch(shop)
    put(shop.tray, shop.front, "10.5")
    set_category_rule(store, house, ExceptionDraft(buffer=D("1.25")))
    with facts(store, stock_is_whole=True):
        assert shown(store, shop.tray) == [9]
    with facts(store, stock_is_whole=False):
        assert shown(store, shop.tray) == [D("9.25")]
