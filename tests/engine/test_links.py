"""Vínculos: what is sure is linked by itself, what is not waits for a person, who is never overruled."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models.functions import Now

from cais.catalog.models import Listing, Product, StoreProduct
from cais.inbox.models import Pending
from cais.ports.manifest import Capability
from cais.shelves import missing
from cais.shelves.links import CannotLink, confirm_same, link_by_hand, unlink
from cais.shelves.models import ShelfReading
from cais.shelves.reading import read_back_now
from tests.engine.house import House


def look(house: House) -> None:
    read_back_now(house.store, asked_by="Rosana")
    house.work()


def linked(house: House) -> dict[str, str]:
    """Our SKU → the store's id, with the variant's."""
    rows = Listing.objects.filter(connection=house.store).select_related("product")
    return {row.product.sku: "/".join(filter(None, (row.external_id, row.variant_id))) for row in rows}


def thing(house: House, external_id: str) -> StoreProduct:
    rows = StoreProduct.objects.select_related("connection").filter(connection=house.store, variant_id="")
    return rows.get(external_id=external_id)


def conflicts(house: House) -> dict[str, str]:
    rows = StoreProduct.objects.filter(connection=house.store).exclude(conflict="")
    return {row.external_id: row.conflict for row in rows}


def test_one_product_with_the_code_is_linked_also_when_it_is_a_variant(home: House) -> None:
    for sku in ("PAN-24", "TOA-AZ", "SO-NOSSO"):
        home.product(sku)
    home.vendor.shelf.put("PAN-24")
    family = home.vendor.shelf.put("FAMILIA", stock=None)
    home.vendor.shelf.put("TOA-AZ", product=family[0])
    home.vendor.shelf.put("SO-DELES")
    look(home)
    assert linked(home) == {"PAN-24": "p-pan-24", "TOA-AZ": "p-familia/v-toa-az"}
    assert conflicts(home) == {}
    look(home)
    assert len(linked(home)) == Listing.objects.count() == 2


def test_many_pages_are_linked_in_one_pass(home: House) -> None:
    home.vendor.choices.page_size = 7
    for number in range(20):
        home.product(f"LOTE-{number:02d}")
        home.vendor.shelf.put(f"LOTE-{number:02d}")
    look(home)
    assert len(linked(home)) == 20


def test_a_code_that_two_things_of_the_store_bear_links_neither(home: House) -> None:
    home.product("PAN-24")
    home.vendor.shelf.put("PAN-24")
    other = home.vendor.shelf.put("OUTRA")
    home.vendor.shelf.edit(other, reference="PAN-24")
    look(home)
    assert linked(home) == {}
    assert conflicts(home) == {"p-pan-24": "twins", "p-outra": "twins"}
    link_by_hand(thing(home, "p-outra"), "PAN-24")
    assert linked(home) == {"PAN-24": "p-outra"}
    assert conflicts(home) == {"p-pan-24": "taken"}


def test_a_gtin_links_only_where_the_code_says_nothing_and_one_alone_has_it(home: House) -> None:
    Product.objects.filter(pk=home.product("NOSSA-1").pk).update(gtin="7890000000017")
    home.vendor.shelf.put("DELES-1", gtin="7890000000017")
    for sku in ("NOSSA-2", "NOSSA-3"):
        Product.objects.filter(pk=home.product(sku).pk).update(gtin="7890000000024")
    home.vendor.shelf.put("DELES-2", gtin="7890000000024")
    look(home)
    assert linked(home) == {"NOSSA-1": "p-deles-1"}


def test_a_product_of_which_only_an_order_has_told_proves_nothing(home: House) -> None:
    made = home.product("PAN-24")
    Product.objects.filter(pk=made.pk).update(made_from_order=True, ncm="")
    home.vendor.shelf.put("PAN-24")
    look(home)
    assert linked(home) == {}


def test_a_code_that_changed_in_the_store_is_shown_and_the_link_stays(home: House) -> None:
    for sku in ("PAN-24", "PANELA"):
        home.product(sku)
    key = home.vendor.shelf.put("PAN-24")
    look(home)
    home.vendor.shelf.edit(key, reference="PANELA")
    look(home)
    assert linked(home) == {"PAN-24": "p-pan-24"}
    assert conflicts(home) == {"p-pan-24": "changed"}
    confirm_same(thing(home, "p-pan-24"))
    assert conflicts(home) == {}
    look(home)
    assert linked(home) == {"PAN-24": "p-pan-24"}
    assert conflicts(home) == {}


def test_a_thing_that_came_back_under_another_id_is_never_linked_beside_the_old_one(home: House) -> None:
    home.product("PAN-24")
    key = home.vendor.shelf.put("PAN-24")
    look(home)
    home.vendor.shelf.renumber(key)
    look(home)
    assert linked(home) == {"PAN-24": "p-pan-24"}
    assert conflicts(home) == {"p-pan-24": "gone", "p-pan-24-novo": "taken"}
    unlink(thing(home, "p-pan-24"))
    look(home)
    assert linked(home) == {"PAN-24": "p-pan-24-novo"}
    assert conflicts(home) == {"p-pan-24": "gone"}
    look(home)
    assert linked(home) == {"PAN-24": "p-pan-24-novo"}


def test_what_a_person_unlinked_only_a_person_links_again(home: House) -> None:
    home.product("PAN-24")
    home.vendor.shelf.put("PAN-24")
    look(home)
    unlink(thing(home, "p-pan-24"))
    look(home)
    assert linked(home) == {}
    item = home.vendor.shelf.items.pop(("p-pan-24", ""))
    look(home)
    home.vendor.shelf.items[item.key] = item
    look(home)
    assert linked(home) == {}, "a page that missed the thing made the person's word forgotten"
    link_by_hand(thing(home, "p-pan-24"), " PAN-24 ")
    assert linked(home) == {"PAN-24": "p-pan-24"}


@pytest.mark.parametrize(("external_id", "sku"), [("p-livre", "NAO-HA"), ("p-livre", "PAN-24"), ("p-familia", "LIVRE")])
def test_a_link_that_would_sell_the_same_units_twice_is_refused(home: House, external_id: str, sku: str) -> None:
    home.product("PAN-24")
    home.vendor.shelf.put("PAN-24")
    home.vendor.shelf.put("LIVRE")
    family = home.vendor.shelf.put("FAMILIA", stock=None)
    home.vendor.shelf.put("COR", product=family[0])
    look(home)
    with pytest.raises(CannotLink):
        link_by_hand(thing(home, external_id), sku)
    assert linked(home) == {"PAN-24": "p-pan-24"}


def test_a_link_by_hand_wakes_the_orders_that_waited_for_it(home: House) -> None:
    home.vendor.shelf.put("DELES-9")
    order = home.vendor.store.sell(lines=[("DELES-9", "1", "10.00")])
    home.read()
    assert home.order(order).hold == "product_unknown"
    home.product("NOSSA-9")
    look(home)
    link_by_hand(thing(home, "p-deles-9"), "NOSSA-9")
    home.work()
    assert home.order(order).hold == ""


def test_a_pass_that_is_cut_short_takes_nothing_for_gone(home: House) -> None:
    home.product("PAN-24")
    home.vendor.shelf.put("PAN-24")
    look(home)
    home.vendor.choices.page_size = 1
    home.vendor.shelf.put("AAA")
    home.vendor.faults.set("error_500", probability=1, only="GET /store/products")
    read_back_now(home.store, asked_by="Rosana")
    home.work(rounds=1)
    assert conflicts(home) == {}
    assert linked(home) == {"PAN-24": "p-pan-24"}


def test_a_row_that_a_deletion_moved_off_its_page_is_asked_for_and_not_called_gone(home: House) -> None:
    home.vendor.choices.page_size = 2
    for sku in ("AAA", "BBB", "CCC", "DDD"):
        home.product(sku)
        home.vendor.shelf.put(sku)
    look(home)
    home.vendor.faults.next("page_skip")
    look(home)
    assert [call.path for call in home.vendor.ledger.calls if call.path.startswith("/store/products/")] == [
        "/store/products/p-ccc"
    ]
    assert (conflicts(home), called_for(home)) == ({}, "")
    assert len(linked(home)) == 4


def test_what_was_moved_off_its_page_is_still_a_twin(home: House) -> None:
    """The code is borne by two things, and the page of one of them was cut: the other is not the only one."""
    home.vendor.choices.page_size = 2
    for sku in ("AAA", "BBB", "CCC", "DDD"):
        home.vendor.shelf.put(sku)
    for sku in ("aaa", "ccc"):
        home.vendor.shelf.edit((f"p-{sku}", ""), reference="PAN-24")
    look(home)
    home.product("PAN-24")
    home.vendor.faults.next("page_skip")
    look(home)
    assert linked(home) == {}


def test_of_what_the_store_answers_unclearly_nothing_new_is_said(home: House) -> None:
    home.product("PAN-24")
    key = home.vendor.shelf.put("PAN-24")
    look(home)
    item = home.vendor.shelf.items.pop(key)
    home.vendor.shelf.put("OUTRA")
    home.vendor.faults.set("html_ok", probability=1, only="GET /store/products/p-pan-24")
    look(home)
    assert conflicts(home) == {}
    home.vendor.faults.clear()
    look(home)
    assert conflicts(home) == {"p-pan-24": "gone"}
    home.vendor.shelf.items[key] = item
    look(home)
    assert conflicts(home) == {}


def test_a_store_that_fails_while_it_is_asked_is_asked_on_from_there(home: House) -> None:
    home.product("PAN-24")
    key = home.vendor.shelf.put("PAN-24")
    home.vendor.shelf.put("OUTRA")
    look(home)
    home.vendor.shelf.remove(key)
    home.vendor.faults.set("error_500", probability=1, only="GET /store/products/p-pan-24")
    read_back_now(home.store, asked_by="Rosana")
    home.work(rounds=1)
    assert conflicts(home) == {}
    home.vendor.faults.clear()
    ShelfReading.objects.update(due_at=Now())
    home.work()
    assert conflicts(home) == {"p-pan-24": "gone"}
    lists = [call for call in home.vendor.ledger.calls if call.path == "/store/products" and call.status == 200]
    assert len(lists) == 2, "the pages were read again"


def test_so_many_are_asked_for_in_one_reading_and_the_others_in_the_next(home: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(missing, "MOST", 3)
    home.product("LOTE-4")
    for number in range(5):
        home.vendor.shelf.put(f"LOTE-{number}")
    look(home)
    home.vendor.shelf.items.clear()
    look(home)
    # The linked one first; what was not asked for is neither gone nor, without having been shown, linked.
    assert conflicts(home) == {"p-lote-4": "gone"}
    home.product("LOTE-3")
    assert StoreProduct.objects.count() == 3
    look(home)
    assert (StoreProduct.objects.count(), linked(home)) == (1, {"LOTE-4": "p-lote-4"})


def test_a_connection_that_may_not_read_products_reads_none(home: House) -> None:
    home.product("PAN-24")
    home.vendor.shelf.put("PAN-24")
    home.store.functions = [each for each in home.store.functions if each != Capability.LIST_PRODUCTS]
    home.store.save(update_fields=["functions"])
    look(home)
    assert not StoreProduct.objects.exists()


def called_for(house: House) -> str:
    """What the error inbox says of this store's links; empty when it says nothing."""
    rows = Pending.objects.filter(reason="link_conflict", closed_at=None)
    return " | ".join(row.params["what"] for row in rows)


def test_a_linked_product_that_is_gone_or_has_another_code_calls_a_person_until_it_is_settled(home: House) -> None:
    for sku in ("PAN-24", "TOA-AZ"):
        home.product(sku)
    pan, towel = home.vendor.shelf.put("PAN-24"), home.vendor.shelf.put("TOA-AZ")
    look(home)
    assert called_for(home) == ""
    home.vendor.shelf.edit(pan, reference="OUTRO")
    home.vendor.shelf.edit(towel, reference="TOA-VD")
    look(home)
    assert called_for(home) == "2 itens vinculados mudaram de código"
    confirm_same(thing(home, "p-pan-24"))
    assert called_for(home) == "um item vinculado mudou de código"
    home.vendor.shelf.renumber(towel)
    look(home)
    assert called_for(home) == "um item vinculado sumiu"
    unlink(thing(home, "p-toa-az"))
    assert called_for(home) == ""


def test_a_code_borne_twice_calls_a_person_only_where_stock_is_told(home: House) -> None:
    product = home.product("PAN-24")
    home.vendor.shelf.put("PAN-24")
    other = home.vendor.shelf.put("OUTRA")
    home.vendor.shelf.edit(other, reference="PAN-24")
    look(home)
    assert conflicts(home) == {"p-pan-24": "twins", "p-outra": "twins"}
    assert called_for(home) == ""
    home.store.functions = [*home.store.functions, Capability.WRITE_STOCK]
    home.store.save()
    look(home)
    assert called_for(home) == "um produto tem o código repetido em mais de um item"
    Product.objects.filter(pk=product.pk).update(tracks_stock=False)
    look(home)
    assert called_for(home) == ""
    Product.objects.filter(pk=product.pk).update(tracks_stock=True)
    look(home)
    link_by_hand(thing(home, "p-outra"), "PAN-24")
    assert called_for(home) == ""


def test_a_thing_that_nobody_linked_may_come_and_go(home: House) -> None:
    key = home.vendor.shelf.put("SO-DELES")
    look(home)
    home.vendor.shelf.edit(key, reference="OUTRO")
    look(home)
    home.vendor.shelf.renumber(key)
    look(home)
    assert called_for(home) == ""
