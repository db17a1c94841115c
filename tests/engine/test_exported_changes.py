"""What follows an export: later changes by themselves, each once, and nothing that did not change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cais.catalog import services as catalog
from cais.catalog.models import Listing, StoreProduct
from cais.exporting.situations import Situation
from cais.shelves.links import unlink
from cais.shelves.models import Mark
from cais.shelves.reading import read_back_now
from tests.engine.house import House
from tests.engine.test_exporting import (
    again,
    draft,
    edited,
    exported,
    in_store,
    product,
    reasons,
    situation,
    switch_on,
    wrote,
)


@pytest.fixture
def shop(home: House) -> House:
    switch_on(home)
    return home


def test_a_later_change_goes_by_itself_and_a_thousand_are_one(shop: House) -> None:
    found = product(shop)
    exported(shop, found)
    shop.vendor.faults.next("error_500", times=1, only="PUT")
    for number in range(20):
        catalog.edit(found, draft(found, name=f"Nome {number}"))
    assert Mark.objects.filter(kind=Mark.Kind.PRODUCT).count() == 20
    shop.work()
    again(shop)
    (item,) = in_store(shop)
    assert (item.name, wrote(shop) - 1) == ("Nome 19", 2)  # the first of both failed before it was done


def test_nothing_unchanged_is_sent(shop: House) -> None:
    found = product(shop)
    exported(shop, found)
    before = len(shop.vendor.ledger.calls)
    edited(shop, found, price=Decimal("99"))
    edited(shop, found, unit="CX")
    assert (len(shop.vendor.ledger.calls), situation(shop)) == (before, Situation.EXPORTED)


def test_what_is_incomplete_now_is_not_sent_and_follows_when_it_is_complete(shop: House) -> None:
    found = product(shop)
    exported(shop, found)
    edited(shop, found, weight_g=0, name="Outro nome")
    (item,) = in_store(shop)
    assert (item.name, situation(shop)) == ("Produto IMG-001", Situation.INCOMPLETE)
    edited(shop, found, weight_g=300)
    (item,) = in_store(shop)
    assert (item.name, item.weight, situation(shop)) == ("Outro nome", 300, Situation.EXPORTED)


def test_a_product_out_of_use_leaves_the_shop_window(shop: House) -> None:
    found = product(shop)
    exported(shop, found)
    catalog.deactivate(found)
    shop.work()
    assert not in_store(shop)[0].active


def test_another_sku_of_ours_is_told_and_the_link_stays(shop: House) -> None:
    found = product(shop)
    exported(shop, found)
    edited(shop, found, sku="NOVO-001")
    (item,) = in_store(shop, "NOVO-001")
    listing = Listing.objects.get()
    assert (item.id, listing.external_id, listing.reference) == ("p-img-001", "p-img-001", "NOVO-001")
    read_back_now(shop.store, asked_by="Rosana")
    shop.work()
    assert not StoreProduct.objects.exclude(conflict="")


def test_another_sku_that_the_store_knows_of_another_product_is_not_given_twice(shop: House) -> None:
    found = product(shop)
    exported(shop, found)
    shop.vendor.shelf.put("NOVO-001")
    edited(shop, found, sku="NOVO-001")
    assert (len(in_store(shop, "NOVO-001")), len(in_store(shop)), reasons()) == (1, 1, ["product_ambiguous"])


def test_what_a_person_unlinked_is_not_made_or_found_by_itself_again(shop: House) -> None:
    found = product(shop)
    exported(shop, found)
    unlink(StoreProduct.objects.select_related("connection").get())
    edited(shop, found, name="Outro nome")
    assert (Listing.objects.count(), situation(shop)) == (0, Situation.NEW)
    assert in_store(shop)[0].name == "Produto IMG-001"
    exported(shop, found)
    assert (Listing.objects.count(), len(in_store(shop))) == (1, 1)
