"""Price lists: what each store asks for each product, by hand; and what a person may not say."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from cais.catalog.drafts import Invalid
from cais.catalog.models import Product
from cais.connections.models import Connection
from cais.core.pricing import Standing
from cais.core.shelf import PriceDoc, Promotion
from cais.pricing.figures import prices, turned
from cais.pricing.hints import prices_changed
from cais.pricing.models import PriceException
from cais.pricing.rules import store_day
from cais.pricing.services import ExceptionDraft, ListDraft, set_exception, set_exceptions, set_list
from tests.goods.conftest import Shop

D = Decimal
UP_TO_NINETY = ListDraft(percent=D("10"), rounding="ninety", direction="up")


def store_of(shop: Shop, name: str = "Imaginária", *, connector: str = "imaginary") -> Connection:
    return Connection.objects.create(
        group=shop.group, company=shop.company, connector=connector, modality="rest", role="store", name=name
    )


def priced_at(product: Product, price: str) -> Product:
    Product.objects.filter(pk=product.pk).update(price=D(price))
    return product


def asks(store: Connection, product: Product) -> PriceDoc | None:
    return prices(store, [product.pk])[product.pk].price


def test_without_a_list_a_store_asks_the_price_of_the_register(shop: Shop) -> None:
    assert asks(store_of(shop), priced_at(shop.cup, "35.90")) == PriceDoc(price=D("35.90"))


def test_each_store_asks_by_its_own_list(shop: Shop) -> None:
    first, second, cup = store_of(shop), store_of(shop, "Outra"), priced_at(shop.cup, "35.90")
    set_list(first, UP_TO_NINETY)
    # 35.90 and a tenth of it are 39.49.
    assert (asks(first, cup), asks(second, cup)) == (PriceDoc(price=D("39.90")), PriceDoc(price=D("35.90")))


def test_a_product_may_have_its_own_price_its_own_adjustment_or_none(shop: Shop) -> None:
    store, cup = store_of(shop), priced_at(shop.cup, "100")
    set_list(store, UP_TO_NINETY)
    set_exception(store, cup, ExceptionDraft(fixed=D("77.77")))
    assert asks(store, cup) == PriceDoc(price=D("77.77"))
    set_exception(store, cup, ExceptionDraft(percent=D(-5)))
    assert asks(store, cup) == PriceDoc(price=D("95.90"))  # 95.00 up to the next ,90
    set_exception(store, cup, ExceptionDraft(is_sent=False))
    assert prices(store, [cup.pk])[cup.pk].standing == Standing.LEFT_OUT
    set_exception(store, cup, ExceptionDraft())
    assert (asks(store, cup), PriceException.objects.count()) == (PriceDoc(price=D("110.90")), 0)


def test_what_the_register_does_not_know_and_what_a_store_prices_itself_is_not_asked(shop: Shop) -> None:
    imaginary, tray = store_of(shop), store_of(shop, "Tray", connector="tray")
    kit = priced_at(shop.tea_set, "50")
    assert prices(imaginary, [shop.cup.pk])[shop.cup.pk].standing == Standing.UNKNOWN
    assert (asks(imaginary, kit), prices(tray, [kit.pk])[kit.pk].standing) == (
        PriceDoc(price=D(50)),
        Standing.LEFT_TO_STORE,
    )
    Product.objects.filter(pk=kit.pk).update(active=False)
    assert prices(imaginary, [kit.pk])[kit.pk].standing == Standing.INACTIVE


def test_a_promotion_of_the_store_holds_for_all_but_those_with_their_own_or_none(shop: Shop) -> None:
    store, today = store_of(shop), date(2099, 1, 1)
    cup, tray, kit = (priced_at(product, "10") for product in (shop.cup, shop.tray, shop.tea_set))
    set_list(store, ListDraft(sale_percent=D(20), sale_first=today, sale_last=today))
    set_exception(store, tray, ExceptionDraft(sale="own", sale_price=D("7.50"), sale_first=today))
    set_exception(store, kit, ExceptionDraft(sale="none"))
    assert asks(store, cup) == PriceDoc(price=D(10), promotion=Promotion(price=D(8), first=today, last=today))
    assert asks(store, tray) == PriceDoc(price=D(10), promotion=Promotion(price=D("7.50"), first=today))
    assert asks(store, kit) == PriceDoc(price=D(10))


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ListDraft(percent=D(-100)), "percent"),
        (ListDraft(percent=D("1.234")), "percent"),
        (ListDraft(sale_percent=D(100)), "sale_percent"),
        (ListDraft(sale_percent=D(0)), "sale_percent"),
        (ListDraft(sale_first=date(2026, 1, 1)), "sale_percent"),
        (ListDraft(sale_percent=D(5), sale_first=date(2026, 1, 2), sale_last=date(2026, 1, 1)), "sale_last"),
    ],
)
def test_a_list_that_says_nothing_sensible_is_refused_by_field(shop: Shop, draft: ListDraft, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_list(store_of(shop), draft)
    assert set(refused.value.problems) == {field}


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ExceptionDraft(fixed=D(0)), "fixed"),
        (ExceptionDraft(fixed=D(5), percent=D(3)), "fixed"),
        (ExceptionDraft(sale="own"), "sale_price"),
        (ExceptionDraft(sale="own", sale_price=D(3), sale_percent=D(3)), "sale_price"),
        (ExceptionDraft(fixed=D(5), sale="own", sale_price=D(5)), "sale_price"),
    ],
)
def test_an_exception_that_says_nothing_sensible_is_refused_by_field(
    shop: Shop, draft: ExceptionDraft, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        set_exception(store_of(shop), shop.cup, draft)
    assert set(refused.value.problems) == {field}


def test_where_the_store_wants_days_a_promotion_has_both(shop: Shop) -> None:
    with pytest.raises(Invalid) as refused:
        set_list(store_of(shop, connector="tray"), ListDraft(sale_percent=D(5), sale_last=date(2099, 1, 1)))
    assert set(refused.value.problems) == {"sale_first"}


def test_who_keeps_prices_is_told_which_products_may_cost_something_else(shop: Shop) -> None:
    store, heard = store_of(shop), list[object]()

    def hear(sender: object, *, connection_id: int, product_ids: object, **_: object) -> None:
        heard.append((connection_id, product_ids))

    prices_changed.connect(hear)
    set_list(store, UP_TO_NINETY)
    set_exceptions(store, {shop.cup.pk: ExceptionDraft(fixed=D(5)), shop.tray.pk: ExceptionDraft()})
    assert heard == [(store.pk, None), (store.pk, frozenset([shop.cup.pk, shop.tray.pk]))]


def test_the_number_of_queries_does_not_grow_with_the_products(shop: Shop) -> None:
    store = store_of(shop)
    few = [Product.objects.create(group=shop.group, sku=f"S{n}", name=f"S{n}", price=n).pk for n in range(3)]
    many = [Product.objects.create(group=shop.group, sku=f"M{n}", name=f"M{n}", price=n).pk for n in range(60)]
    counts = []
    for ids in (few, many):
        with CaptureQueriesContext(
            database,
        ) as caught:
            prices(store, ids)
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 3


def test_the_days_on_which_promotions_begin_and_end_are_known_in_advance(shop: Shop) -> None:
    store, day = store_of(shop), timedelta(days=1)
    today = store_day(store)
    set_exception(store, shop.cup, ExceptionDraft(sale="own", sale_price=D(1), sale_first=today, sale_last=today + day))
    before, last, after = today - day, today + day, today + 2 * day
    assert turned(store, after=before, until=today) == {shop.cup.pk}
    assert turned(store, after=today, until=last) == set()
    assert turned(store, after=last, until=after) == {shop.cup.pk}
    assert turned(store, after=after, until=after + day) == set()
    set_list(store, ListDraft(sale_percent=D(5), sale_first=after))
    assert turned(store, after=last, until=after) is None
