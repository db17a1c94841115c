"""Products: made once, whatever is lost; changed without touching stock and price; read back as they were told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cais.core.shelf import ProductDoc, ShelfRef
from cais.ports.errors import NotFound, OutcomeUnknown, Rejected, VendorError
from cais.ports.manifest import Capability
from tests.contract.face import ShelfVendor
from tests.contract.test_manners import WRITE_FAULTS
from tests.contract.vendors import owing

writing = owing(Capability.WRITE_PRODUCTS, Capability.LIST_PRODUCTS)
PRODUCT = ProductDoc(
    reference="CHA-18",
    name="Chaleira esmaltada 1,8 L",
    price=Decimal("139.90"),
    gtin="7890000000062",
    ncm="73239400",
    brand="Ágata Azul",
    description="Esmalte por dentro & por fora.",
    weight_g=980,
    length_cm=24,
    width_cm=20,
    height_cm=21,
)


@writing
def test_a_product_is_made_with_everything_and_nothing_to_sell(vendor: ShelfVendor) -> None:
    account, connector = vendor.account(), vendor.connector
    made = connector.ensure_product(account, PRODUCT)
    ref = ShelfRef(external_id=made.external_id)
    assert connector.read_product(account, ref) == PRODUCT
    assert vendor.shelf_stock(ref) == 0
    assert [row.ref for row in connector.find_products(account, ["CHA-18"])] == [ref]


@writing
def test_asked_twice_it_makes_one_and_leaves_what_it_finds_as_it_is(vendor: ShelfVendor) -> None:
    account, connector = vendor.account(), vendor.connector
    ref = vendor.put_on_shelf("CHA-18", stock="7", price="99.00")
    for _ in range(2):
        assert connector.ensure_product(account, PRODUCT).external_id == ref.external_id
    assert vendor.products_bearing("CHA-18") == 1
    assert (vendor.shelf_stock(ref), vendor.shelf_price(ref)[0]) == (7, 99)
    assert connector.read_product(account, ref).name != PRODUCT.name


@writing
@pytest.mark.parametrize("fault", WRITE_FAULTS)
def test_whatever_happens_to_the_answer_asking_again_makes_no_second_product(vendor: ShelfVendor, fault: str) -> None:
    account, connector = vendor.account(), vendor.connector
    connector.find_products(account, ["CHA-18"])
    vendor.fault(fault, only=vendor.paths.make_product)
    with pytest.raises(VendorError) as told:
        connector.ensure_product(account, PRODUCT)
    assert told.type is WRITE_FAULTS[fault]
    connector.ensure_product(account, PRODUCT)
    assert vendor.products_bearing("CHA-18") == 1


@writing
def test_a_code_that_several_bear_is_for_a_person_to_decide(vendor: ShelfVendor) -> None:
    vendor.put_on_shelf("CHA-18")
    vendor.give_reference(vendor.put_on_shelf("OUTRA"), "CHA-18")
    with pytest.raises(Rejected) as told:
        vendor.connector.ensure_product(vendor.account(), PRODUCT)
    assert told.value.code == "ambiguous_reference"
    assert vendor.products_bearing("CHA-18") == 2


@writing
def test_a_change_sets_everything_but_stock_and_price(vendor: ShelfVendor) -> None:
    account, connector = vendor.account(), vendor.connector
    ref = vendor.put_on_shelf("CHA-18", stock="7", price="99.00")
    for _ in range(2):
        assert connector.update_product(account, ref, PRODUCT).external_id == ref.external_id
    assert connector.read_product(account, ref) == replace(PRODUCT, price=Decimal("99.00"))
    assert (vendor.shelf_stock(ref), vendor.shelf_price(ref)[0]) == (7, 99)
    connector.update_product(account, ref, replace(PRODUCT, is_active=False, description=""))
    now = connector.read_product(account, ref)
    assert (now.is_active, now.description) == (False, "")


@writing
def test_a_lost_answer_to_a_change_is_told_as_unknown_and_looking_finds_the_truth(vendor: ShelfVendor) -> None:
    account, connector = vendor.account(), vendor.connector
    ref = vendor.put_on_shelf("CHA-18", price="139.90")
    connector.read_product(account, ref)
    vendor.fault("lost_after_commit", only=vendor.paths.write_shelf)
    with pytest.raises(OutcomeUnknown):
        connector.update_product(account, ref, PRODUCT)
    assert connector.read_product(account, ref) == PRODUCT


@writing
def test_a_product_that_the_store_does_not_have_is_not_changed_nor_read(vendor: ShelfVendor) -> None:
    nobody, account = ShelfRef(external_id="99999999"), vendor.account()
    with pytest.raises(NotFound):
        vendor.connector.update_product(account, nobody, PRODUCT)
    with pytest.raises(NotFound):
        vendor.connector.read_product(account, nobody)


@writing
def test_it_says_whether_it_was_made_now_or_found(vendor: ShelfVendor) -> None:
    account, connector = vendor.account(), vendor.connector
    assert connector.ensure_product(account, PRODUCT).is_new
    assert not connector.ensure_product(account, PRODUCT).is_new


@writing
def test_a_code_of_variants_or_of_what_has_them_is_for_a_person_to_decide(vendor: ShelfVendor) -> None:
    parent, _, _ = vendor.put_variants("TOA-VM", "TOA-AZ")
    vendor.give_reference(parent, "TOA")
    for reference in ("TOA-VM", "TOA"):
        with pytest.raises(Rejected) as told:
            vendor.connector.ensure_product(vendor.account(), replace(PRODUCT, reference=reference))
        assert told.value.code == "ambiguous_reference"
