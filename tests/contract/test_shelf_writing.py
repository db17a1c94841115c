"""Stock and prices: absolute, twice equals once, a lost answer is found by looking, and each write says one thing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cais.core.shelf import PriceDoc, Promotion, ShelfRef
from cais.ports.errors import NotFound, OutcomeUnknown, RateLimited, Rejected
from cais.ports.manifest import Capability, Modality
from cais.ports.session import Priority
from tests.contract.face import ShelfVendor
from tests.contract.test_manners import READ_FAULTS, WRITE_FAULTS
from tests.contract.vendors import owing

stocking = owing(Capability.WRITE_STOCK)
pricing = owing(Capability.WRITE_PRICES)
NOBODY = ShelfRef(external_id="99999999")
OFFER = Promotion(price=Decimal("8.90"), first=date(2026, 11, 20), last=date(2026, 11, 30))
PRICE = PriceDoc(price=Decimal("12.50"), promotion=OFFER)


@stocking
def test_stock_stands_in_the_store_as_it_was_told_and_nowhere_else(vendor: ShelfVendor) -> None:
    ref, neighbour = vendor.put_on_shelf("PAN-24"), vendor.put_on_shelf("PAN-20")
    account, price = vendor.account(), vendor.shelf_price(ref)
    vendor.connector.write_stock(account, ref, Decimal(3))
    assert (vendor.shelf_stock(ref), vendor.shelf_stock(neighbour)) == (3, 5)
    assert vendor.connector.current_stock(account, ref) == 3
    assert vendor.shelf_price(ref) == price
    vendor.connector.write_stock(account, ref, Decimal(0))
    assert vendor.shelf_stock(ref) == vendor.connector.current_stock(account, ref) == 0


@stocking
def test_each_variant_has_its_own_stock_and_its_product_takes_none(vendor: ShelfVendor) -> None:
    parent, red, blue = vendor.put_variants("TOA-VM", "TOA-AZ")
    account = vendor.account()
    vendor.connector.write_stock(account, red, Decimal(2))
    assert (vendor.shelf_stock(red), vendor.shelf_stock(blue)) == (2, 5)
    assert vendor.connector.current_stock(account, red) == 2
    with suppress(Rejected):
        vendor.connector.write_stock(account, parent, Decimal(9))
    assert (vendor.shelf_stock(red), vendor.shelf_stock(blue)) == (2, 5)


@stocking
def test_stock_written_twice_equals_once(vendor: ShelfVendor) -> None:
    ref, account = vendor.put_on_shelf("PAN-24"), vendor.account()
    first = vendor.connector.write_stock(account, ref, Decimal(3))
    assert vendor.connector.write_stock(account, ref, Decimal(3)) == first
    assert vendor.shelf_stock(ref) == 3


@stocking
@pytest.mark.parametrize("units", ["7.9999", "-4"])
def test_a_store_is_told_no_more_than_it_can_show(vendor: ShelfVendor, units: str) -> None:
    ref = vendor.put_on_shelf("PAN-24")
    vendor.connector.write_stock(vendor.account(), ref, Decimal(units))
    facts = vendor.connector.manifest.facts(Modality.REST)
    assert vendor.shelf_stock(ref) == facts.shown_stock(Decimal(units)) <= max(Decimal(units), Decimal(0))


@stocking
def test_a_lost_answer_about_stock_is_told_as_unknown_and_looking_finds_the_truth(vendor: ShelfVendor) -> None:
    ref, account = vendor.put_on_shelf("PAN-24"), vendor.account()
    vendor.connector.current_stock(account, ref)
    vendor.fault("lost_before_commit", only=vendor.paths.write_shelf)
    with pytest.raises(OutcomeUnknown):
        vendor.connector.write_stock(account, ref, Decimal(3))
    assert vendor.connector.current_stock(account, ref) == 5
    vendor.fault("lost_after_commit", only=vendor.paths.write_shelf)
    with pytest.raises(OutcomeUnknown):
        vendor.connector.write_stock(account, ref, Decimal(3))
    assert vendor.connector.current_stock(account, ref) == 3
    assert vendor.stock_writes(ref) == 1


@stocking
@pytest.mark.parametrize("fault", WRITE_FAULTS)
def test_a_write_of_stock_that_fails_says_whether_it_may_have_been_done(vendor: ShelfVendor, fault: str) -> None:
    ref, account = vendor.put_on_shelf("PAN-24"), vendor.account()
    vendor.connector.current_stock(account, ref)
    vendor.fault(fault, only=vendor.paths.write_shelf)
    with pytest.raises((OutcomeUnknown, RateLimited)) as told:
        vendor.connector.write_stock(account, ref, Decimal(3))
    assert told.type is WRITE_FAULTS[fault]
    assert told.value.words.strip()
    assert vendor.stock_writes(ref) <= 1


@stocking
@pytest.mark.parametrize("fault", READ_FAULTS)
def test_a_look_at_stock_that_fails_is_never_taken_for_zero(vendor: ShelfVendor, fault: str) -> None:
    ref, account = vendor.put_on_shelf("PAN-24"), vendor.account()
    vendor.connector.current_stock(account, ref)
    vendor.fault(fault, only=vendor.paths.read_shelf)
    with pytest.raises(READ_FAULTS[fault][0]):
        vendor.connector.current_stock(account, ref)
    assert vendor.connector.current_stock(account, ref) == 5


@stocking
def test_a_product_that_the_store_does_not_have_has_and_gets_no_stock(vendor: ShelfVendor) -> None:
    account = vendor.account()
    for ref in (NOBODY, replace(vendor.put_on_shelf("PAN-24"), variant_id="99999999")):
        with pytest.raises(NotFound):
            vendor.connector.write_stock(account, ref, Decimal(1))
        with pytest.raises(NotFound):
            vendor.connector.current_stock(account, ref)


@stocking
def test_a_refusal_of_the_store_is_told_in_its_words(vendor: ShelfVendor) -> None:
    ref, account = vendor.put_on_shelf("PAN-24"), vendor.account()
    vendor.refuse_shelf()
    with pytest.raises(Rejected) as told:
        vendor.connector.write_stock(account, ref, Decimal(3))
    assert told.value.words.strip()
    assert vendor.shelf_stock(ref) == 5


@stocking
def test_stock_and_prices_spend_the_calls_of_their_own(vendor: ShelfVendor) -> None:
    ref, account = vendor.put_on_shelf("PAN-24"), vendor.account()
    meter: Any = account.meter
    vendor.connector.current_stock(account, ref)
    vendor.connector.write_stock(account, ref, Decimal(3))
    assert set(meter.spent) - {Priority.ACCESS} == {Priority.STOCK}
    meter.spent.clear()
    vendor.connector.write_price(account, ref, PRICE)
    vendor.connector.current_price(account, ref)
    assert set(meter.spent) == {Priority.PRICES}


@stocking
def test_what_the_store_sells_leaves_its_shelf(vendor: ShelfVendor) -> None:
    """The simulator as a store: without this no proof could count what was sold twice."""
    ref, account = vendor.put_on_shelf("PAN-24", stock="2"), vendor.account()
    vendor.sell_from_shelf(ref, 2)
    assert vendor.connector.current_stock(account, ref) == 0


@pricing
def test_a_price_stands_in_the_store_as_it_was_told_with_its_promotion(vendor: ShelfVendor) -> None:
    ref, neighbour = vendor.put_on_shelf("PAN-24"), vendor.put_on_shelf("PAN-20")
    account = vendor.account()
    vendor.connector.write_price(account, ref, PRICE)
    told = (Decimal("12.50"), Decimal("8.90"), "2026-11-20", "2026-11-30")
    assert vendor.shelf_price(ref) == told
    assert vendor.shelf_price(neighbour)[0] == 10
    assert vendor.shelf_stock(ref) == 5
    assert vendor.connector.current_price(account, ref) == PRICE


@pricing
def test_a_variant_has_its_own_price(vendor: ShelfVendor) -> None:
    _, red, blue = vendor.put_variants("TOA-VM", "TOA-AZ")
    account = vendor.account()
    vendor.connector.write_price(account, red, PRICE)
    assert vendor.connector.current_price(account, red) == PRICE
    assert vendor.shelf_price(blue)[0] == 10


@pricing
def test_a_price_without_a_promotion_ends_the_one_that_stands(vendor: ShelfVendor) -> None:
    ref, account = vendor.put_on_shelf("PAN-24"), vendor.account()
    vendor.connector.write_price(account, ref, PRICE)
    vendor.connector.write_price(account, ref, PriceDoc(price=Decimal("12.50")))
    assert vendor.shelf_price(ref) == (Decimal("12.50"), Decimal(0), "", "")
    assert vendor.connector.current_price(account, ref) == PriceDoc(price=Decimal("12.50"))


@pricing
def test_a_price_written_twice_equals_once_and_a_lost_answer_is_found_by_looking(vendor: ShelfVendor) -> None:
    ref, account = vendor.put_on_shelf("PAN-24"), vendor.account()
    vendor.connector.current_price(account, ref)
    vendor.fault("lost_after_commit", only=vendor.paths.write_shelf)
    with pytest.raises(OutcomeUnknown):
        vendor.connector.write_price(account, ref, PRICE)
    assert vendor.connector.current_price(account, ref) == PRICE
    vendor.connector.write_price(account, ref, PRICE)
    assert vendor.price_writes(ref) == 1


@pricing
@pytest.mark.parametrize("offer", ["12.50", "13.00", "0"])
def test_a_promotion_that_promises_nothing_never_leaves(vendor: ShelfVendor, offer: str) -> None:
    ref = vendor.put_on_shelf("PAN-24")
    empty = replace(PRICE, promotion=replace(OFFER, price=Decimal(offer)))
    with pytest.raises(Rejected) as told:
        vendor.connector.write_price(vendor.account(), ref, empty)
    assert told.value.words.strip()
    assert vendor.shelf_price(ref) == (Decimal(10), Decimal(0), "", "")


@pricing
def test_a_product_that_the_store_does_not_have_has_and_gets_no_price(vendor: ShelfVendor) -> None:
    account = vendor.account()
    with pytest.raises(NotFound):
        vendor.connector.write_price(account, NOBODY, PRICE)
    with pytest.raises(NotFound):
        vendor.connector.current_price(account, NOBODY)
