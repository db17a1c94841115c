"""A linked product that gets variants in the store: it is told nothing more, a person is called, and it comes back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from cais.catalog.models import Listing, Product, StoreProduct
from cais.connections.models import Connection
from cais.connectors.tray.simulator import Scenario, TraySimulator
from cais.connectors.tray.simulator.records import Product as SoldProduct
from cais.connectors.tray.simulator.records import Variant
from cais.inbox.models import Pending
from cais.ports.manifest import Capability
from cais.shelves.drift import CannotAccept, accept_theirs
from cais.shelves.links import CannotLink, link_by_hand, unlink
from cais.shelves.marks import mark_all
from cais.shelves.models import Drift, Mark, PricePublication, StockPublication
from tests.engine import functions
from tests.engine.house import House
from tests.engine.test_links import conflicts, linked, look, thing
from tests.engine.test_shelves import adjust
from tests.engine.tray_store import connect_tray

SKU = "CAM"
FUNCTIONS = (Capability.WRITE_STOCK, Capability.WRITE_PRICES)


@pytest.fixture
def shop(home: House) -> House:
    """A simple product, linked, of which the store is told stock and price."""
    home.product(SKU, units="7", price="40")
    home.vendor.shelf.put(SKU, stock="7", price="40.00")
    look(home)
    switch_on(home)
    home.work()
    return home


def switch_on(home: House) -> None:
    functions.switch_on(home, *FUNCTIONS)
    for kind in (Mark.Kind.STOCK, Mark.Kind.PRICE):
        mark_all(home.store, kind)


def grow(home: House, *skus: str) -> None:
    """The merchant gives the product variants in the store."""
    for sku in skus:
        home.vendor.shelf.put(sku, product="p-cam")


def writes(home: House, where: str) -> int:
    """Calls that wrote to a product; `where` is the end of their path."""
    return len([call for call in home.vendor.ledger.calls if call.method == "PUT" and call.path.endswith(where)])


def change(home: House) -> None:
    """Units and price are others here."""
    adjust(home, Product.objects.get(sku=SKU), "1")
    Product.objects.filter(sku=SKU).update(price="45")
    mark_all(home.store, Mark.Kind.PRICE)
    home.work()


def called_for(home: House) -> list[tuple[int, str]]:
    rows = Pending.objects.filter(reason="link_varied", closed_at=None)
    return [(row.params["count"], row.params["skus"]) for row in rows]


def parent_writes(home: House) -> tuple[int, int]:
    return writes(home, "/store/products/p-cam/stock"), writes(home, "/store/products/p-cam/price")


def test_what_got_variants_in_the_store_is_told_neither_stock_nor_price(shop: House) -> None:
    before = parent_writes(shop)
    grow(shop, "CAM-P")
    look(shop)
    change(shop)
    assert parent_writes(shop) == before
    assert not Pending.objects.filter(reason="stock_refused", closed_at=None)
    assert [row.desired for row in StockPublication.objects.all()] == [None]
    assert [row.desired for row in PricePublication.objects.all()] == [None]


def test_it_is_told_nothing_from_the_page_on_that_shows_the_variants(shop: House) -> None:
    """The figure was due already when the page came: it is worked out once more at the moment of speaking."""
    grow(shop, "CAM-P")
    before = parent_writes(shop)
    adjust(shop, Product.objects.get(sku=SKU), "1")
    StoreProduct.objects.filter(external_id="p-cam").update(has_variants=True)
    shop.work()
    assert parent_writes(shop) == before


def test_a_person_is_called_and_named_the_product(shop: House) -> None:
    grow(shop, "OUTRA-P", "OUTRA-M")
    look(shop)
    assert called_for(shop) == [(1, SKU)]
    assert conflicts(shop) == {"p-cam": "varied"}


def test_what_was_refused_because_of_the_variants_is_over(shop: House) -> None:
    grow(shop, "CAM-P")
    change(shop)
    assert Pending.objects.filter(reason="stock_refused", closed_at=None)
    look(shop)
    assert not Pending.objects.filter(reason="stock_refused", closed_at=None)
    assert called_for(shop) == [(1, SKU)]


def test_it_ends_by_itself_when_every_variant_is_linked(shop: House) -> None:
    grow(shop, "CAM-P", "CAM-M")
    shop.product("CAM-P", units="3")
    look(shop)
    assert (called_for(shop), linked(shop)["CAM-P"]) == ([(1, SKU)], "p-cam/v-cam-p")
    shop.product("CAM-M", units="4")
    look(shop)
    assert (called_for(shop), conflicts(shop)) == ([], {})
    assert [shop.vendor.shelf.stock_of(sku) for sku in ("CAM-P", "CAM-M")] == [3, 4]


def test_it_comes_back_by_itself_when_the_variants_go(shop: House) -> None:
    grow(shop, "CAM-P")
    look(shop)
    change(shop)
    shop.vendor.shelf.remove(("p-cam", "v-cam-p"))
    look(shop)
    assert (called_for(shop), conflicts(shop)) == ([], {})
    assert shop.vendor.shelf.stock_of(SKU) == 8
    assert shop.vendor.shelf.items["p-cam", ""].price == 45


def test_the_product_itself_can_be_one_of_the_variants_of_now(shop: House) -> None:
    grow(shop, "OUTRA-P")
    look(shop)
    variant = StoreProduct.objects.select_related("connection").get(variant_id="v-outra-p")
    link_by_hand(variant, SKU)
    assert linked(shop) == {SKU: "p-cam/v-outra-p"}
    assert called_for(shop) == []
    shop.work()
    assert shop.vendor.shelf.items["p-cam", "v-outra-p"].stock == 7


def test_it_cannot_be_a_variant_of_another_product_as_well(shop: House) -> None:
    shop.vendor.shelf.put("FAMILIA")
    shop.vendor.shelf.put("FAM-P", product="p-familia")
    look(shop)
    with pytest.raises(CannotLink):
        link_by_hand(StoreProduct.objects.select_related("connection").get(variant_id="v-fam-p"), SKU)
    assert linked(shop) == {SKU: "p-cam"}


def test_who_takes_the_link_away_is_not_called_any_more(shop: House) -> None:
    grow(shop, "OUTRA-P")
    look(shop)
    unlink(thing(shop, "p-cam"))
    assert called_for(shop) == []


def test_a_difference_that_waited_is_over_and_cannot_be_accepted(shop: House) -> None:
    Connection.objects.filter(pk=shop.store.pk).update(mode=Connection.Mode.OBSERVE)
    shop.store.refresh_from_db()
    shop.vendor.shelf.set_stock(("p-cam", ""), Decimal(50), by="merchant")
    look(shop)
    drift = Drift.objects.select_related("listing__product", "connection").get(ended_at=None)
    StoreProduct.objects.filter(external_id="p-cam").update(has_variants=True)
    with pytest.raises(CannotAccept):
        accept_theirs(drift, shop.company.warehouses.get(), actor_name="Rosana")
    StoreProduct.objects.filter(external_id="p-cam").update(has_variants=False)
    grow(shop, "OUTRA-P")
    look(shop)
    assert not Drift.objects.filter(ended_at=None)


def test_a_refusal_ends_with_the_link_that_it_spoke_of(shop: House) -> None:
    shop.vendor.faults.next("rejected", only="PUT")
    adjust(shop, Product.objects.get(sku=SKU), "1")
    shop.work()
    assert Pending.objects.filter(reason="stock_refused", closed_at=None)
    unlink(thing(shop, "p-cam"))
    assert not Pending.objects.filter(reason="stock_refused", closed_at=None)


@pytest.fixture
def tray(home: House) -> Iterator[TraySimulator]:
    with TraySimulator(scenario=Scenario.clean(seed=3, rate=0.0)) as made:
        home.store = connect_tray(home.company, made)
        yield made


def test_a_product_of_a_tray_store_that_got_variants_is_told_nothing(home: House, tray: TraySimulator) -> None:
    shelf, lock = tray.stores[0].store.shelf, tray.stores[0].store.lock
    home.product(SKU, units="7", price="40")
    with lock:
        sold = SoldProduct(id=shelf.new_id(), name="Camiseta", price=Decimal(40), stock=7, reference=SKU)
        shelf.add_product(sold)
    look(home)
    switch_on(home)
    home.work()
    with lock:
        facts = {"product_id": sold.id, "reference": "CAM-P", "ean": "", "price": Decimal(40), "stock": 2}
        shelf.add_variant(Variant(id=shelf.new_id(), skus=[("Tamanho", "P")], **facts))
    look(home)
    change(home)
    assert (sold.stock, sold.price) == (7, 40)
    assert called_for(home) == [(1, SKU)]
    home.product("CAM-P", units="3")
    look(home)
    assert called_for(home) == []
    with lock:
        (variant,) = shelf.variants_of(sold.id)
        assert variant.stock == 3
    assert Listing.objects.filter(connection=home.store).count() == 2
