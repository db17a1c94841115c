"""Prices in a Tray store, end to end: what stands in its panel, with the days of a promotion, whatever is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from cais.catalog.models import Listing, Product
from cais.connectors.tray.simulator import Scenario, SimulatedStore, TraySimulator
from cais.connectors.tray.simulator.records import Product as SoldProduct
from cais.core.shelf import PriceDoc
from cais.pricing.rules import store_day
from cais.pricing.services import ExceptionDraft, ListDraft, set_exception, set_list
from cais.rehearsals.models import Rehearsal
from cais.shelves.models import PriceDrift, PricePublication
from cais.shelves.price_drift import accept_price
from tests.engine.house import House
from tests.engine.plans import plan_of
from tests.engine.test_prices import again, read_back, switch_on
from tests.engine.tray_store import connect_tray

SKU = "XIC-1"
D = Decimal
DAY = timedelta(days=1)


@dataclass
class Shop:
    home: House
    site: SimulatedStore
    product: Product

    @property
    def sold(self) -> SoldProduct:
        with self.site.store.lock:
            return next(each for each in self.site.store.shelf.products.values() if each.reference == SKU)


@pytest.fixture
def shop(home: House) -> Iterator[Shop]:
    """A Tray store in the place of the imaginary one; it asks 12 for what costs 10 here."""
    with TraySimulator(scenario=Scenario.clean(seed=3, rate=0.0)) as tray:
        (site,) = tray.stores
        home.store = connect_tray(home.company, tray)
        product = home.product(SKU, price="10")
        with site.store.lock:
            thing = SoldProduct(id=site.store.shelf.new_id(), name="Xícara", price=D(12), stock=3, reference=SKU)
            site.store.shelf.add_product(thing)
        own = {"group": home.group, "connection": home.store, "product": product}
        Listing.objects.create(external_id=str(thing.id), reference=SKU, **own)
        yield Shop(home, site, product)


def test_price_and_promotion_stand_in_the_store_with_their_days(shop: Shop) -> None:
    today = store_day(shop.home.store)
    draft = ListDraft(
        percent=D(25), rounding="ninety", direction="up", sale_percent=D(20), sale_first=today, sale_last=today + DAY
    )
    set_list(shop.home.store, draft)
    switch_on(shop.home)
    shop.home.work()
    # 12.50 up to 12.90; a fifth off is 10.32, up to 10.90.
    assert (shop.sold.price, shop.sold.promotional_price) == (D("12.90"), D("10.90"))
    assert (shop.sold.start_promotion, shop.sold.end_promotion) == (today.isoformat(), (today + DAY).isoformat())
    assert shop.sold.stock == 3
    set_list(shop.home.store, ListDraft())
    shop.home.work()
    assert (shop.sold.price, shop.sold.promotional_price) == (10, 0)


def test_a_rehearsal_reads_the_panel_and_writes_nothing(shop: Shop) -> None:
    (row,) = plan_of(shop.home, Rehearsal.Scope.PRICES).rows.all()
    assert row.fields == [["Preço na loja", "R$\u00a012,00", "R$\u00a010,00"]]
    assert shop.sold.price == 12


def test_a_lost_answer_is_followed_by_the_newest_price(shop: Shop) -> None:
    switch_on(shop.home)
    shop.home.work()
    shop.site.faults.next("lost_after_commit", only="PUT /web_api/products")
    set_exception(shop.home.store, shop.product, ExceptionDraft(fixed=D(9)))
    shop.home.work()
    assert (PricePublication.objects.get().in_flight, shop.sold.price) == (True, 9)
    set_exception(shop.home.store, shop.product, ExceptionDraft())
    again(shop.home)
    assert (PricePublication.objects.get().in_flight, shop.sold.price) == (False, 10)


def test_a_price_that_was_changed_in_the_panel_is_accepted(shop: Shop) -> None:
    switch_on(shop.home)
    shop.home.work()
    with shop.site.store.lock:
        shop.sold.price = D("11.50")
    read_back(shop.home)
    found = PriceDrift.objects.select_related("listing__product", "connection").get()
    assert found.shown == PriceDoc(price=D("11.50"))
    accept_price(found, actor_name="Rosana")
    again(shop.home)
    assert (PricePublication.objects.get().due_at, shop.sold.price) == (None, D("11.50"))
