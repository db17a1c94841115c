"""What changes a price or a product of a store is looked at once it is committed, and not at the next tick."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from cais.catalog import services as catalog
from cais.catalog.models import Product
from cais.exporting.asking import export
from cais.pricing.services import ExceptionDraft, ListDraft, set_exception, set_list
from cais.settling.decisions import choose_product
from cais.shelves.marks import mark_all
from cais.shelves.models import StockPublication
from cais.shelves.prices import PRICES
from tests.engine.house import House
from tests.engine.test_exporting import draft, exported, product
from tests.engine.test_exporting import switch_on as give_products
from tests.engine.test_newcomers import brings, sell, sold_line
from tests.engine.test_prices import SKU, put
from tests.engine.test_prices import switch_on as tell_prices
from tests.engine.test_shelves import switch_on as tell_stock

Commit = Callable[..., AbstractContextManager[list[object]]]


@pytest.fixture
def shop(home: House) -> House:
    """A store that is told the price of one product, which is equal there."""
    put(home, SKU, price="10", shows="10.00")
    tell_prices(home)
    home.work()
    return home


def looks(home: House, stage: str) -> int:
    """Jobs that may be taken at once."""
    return ProcrastinateJob.objects.filter(queueing_lock=f"{stage}:{home.store.pk}", scheduled_at=None).count()


def own_price(home: House) -> None:
    set_exception(home.store, Product.objects.get(sku=SKU), ExceptionDraft(fixed=Decimal(9)))


def rule(home: House) -> None:
    set_list(home.store, ListDraft(percent=Decimal(10)))


def base_price(home: House) -> None:
    found = Product.objects.get(sku=SKU)
    catalog.edit(found, draft(found, price=Decimal(11)))


def begin(home: House) -> None:
    """The function is switched on."""
    mark_all(home.store, PRICES.kind)


@pytest.mark.parametrize("change", [own_price, rule, base_price, begin])
def test_a_price(shop: House, change: Callable[[House], None], django_capture_on_commit_callbacks: Commit) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change(shop)
        change(shop)
        assert looks(shop, "prices") == 0
    assert looks(shop, "prices") == 1


def test_what_a_person_links_from_an_order(home: House, django_capture_on_commit_callbacks: Commit) -> None:
    """Its stock and its price begin in the store; the hourly look would be too late for what is sold out here."""
    home.vendor.shelf.put("DELES-9", stock="9", price="10.00")
    sold = home.vendor.store.sell(lines=[("DELES-9", "1", "10.00")])
    home.read()
    tell_prices(home)
    tell_stock(home)
    found = home.product("NOSSA-9", units="3", price="12")
    ProcrastinateJob.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        choose_product(home.order(sold).lines.get(), found, actor_name="Rosana")
    assert (looks(home, "stock"), looks(home, "prices")) == (1, 1)
    home.work()
    assert (home.vendor.shelf.stock_of("DELES-9"), StockPublication.objects.get().published) == (2, 2)


def test_what_an_order_brings_along(home: House) -> None:
    brings(home.store)
    tell_stock(home)
    key = home.vendor.shelf.put("CAD-9", stock="9", price="10.00")
    sell(home, sold_line(product_id=key[0], sku="CAD-9"))
    home.read()
    home.receive(Product.objects.get(), "5")
    home.work()
    assert home.vendor.shelf.stock_of("CAD-9") == 4


def test_a_product_that_a_store_was_given(home: House, django_capture_on_commit_callbacks: Commit) -> None:
    found = product(home)
    give_products(home)
    exported(home, found)
    with django_capture_on_commit_callbacks(execute=True):
        catalog.edit(found, draft(found, name="Outro nome"))
    assert looks(home, "product") == 1


def test_a_product_that_somebody_exports(home: House, django_capture_on_commit_callbacks: Commit) -> None:
    found = product(home)
    with django_capture_on_commit_callbacks(execute=True):
        export(home.store, [found.pk], actor_name="Rosana")
    assert looks(home, "product") == 1


def test_what_no_store_is_told_asks_for_no_look(home: House, django_capture_on_commit_callbacks: Commit) -> None:
    found = product(home)
    with django_capture_on_commit_callbacks(execute=True):
        catalog.edit(found, draft(found, price=Decimal(11)))
    assert not ProcrastinateJob.objects.filter(task_name="cais.look").exists()
