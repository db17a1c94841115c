"""The shelf as a store shows it: everything once, nothing guessed, and what bears our code is found exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cais.core.shelf import ShelfRef, ShelfRow
from cais.ports.errors import NotFound
from cais.ports.manifest import Capability
from cais.ports.session import Account, Priority
from tests.contract.face import ShelfVendor
from tests.contract.test_manners import READ_FAULTS
from tests.contract.vendors import owing

reading = owing(Capability.LIST_PRODUCTS)


def read_shelf(connector: Any, account: Account, *, most: int = 40) -> list[ShelfRow]:
    """Every page, as the store gives them."""
    rows: list[ShelfRow] = []
    page, pages = "", 0
    while True:
        pages += 1
        assert pages <= most, "the pass does not end"
        found = connector.list_products(account, page)
        rows += found.rows
        page = found.next_page
        if not page:
            return rows


@reading
def test_everything_on_the_shelf_is_listed_once_with_what_the_list_says(vendor: ShelfVendor) -> None:
    before = {row.ref for row in read_shelf(vendor.connector, vendor.account())}
    ref = vendor.put_on_shelf("PAN-24", stock="7", price="189.90", gtin="7890000000017")
    parent, red, blue = vendor.put_variants("TOA-VM", "TOA-AZ")
    rows = {row.ref: row for row in read_shelf(vendor.connector, vendor.account())}
    assert set(rows) - before == {ref, parent, red, blue}
    row = rows[ref]
    assert (row.reference, row.gtin, row.stock) == ("PAN-24", "7890000000017", Decimal(7))
    assert row.price is not None
    assert (row.price.price, row.price.promotion) == (Decimal("189.90"), None)
    assert row.is_active
    assert not row.has_variants
    assert rows[parent].has_variants
    assert [(rows[one].reference, rows[one].stock) for one in (red, blue)] == [("TOA-VM", 5), ("TOA-AZ", 5)]


@reading
def test_many_pages_bring_every_row_once(vendor: ShelfVendor) -> None:
    before = len(read_shelf(vendor.connector, vendor.account()))
    wanted = {vendor.put_on_shelf(f"LOTE-{number:03d}") for number in range(105)}
    wanted |= {ref for number in range(26) for ref in vendor.put_variants(f"VAR-{number}-A", f"VAR-{number}-B")}
    rows = read_shelf(vendor.connector, vendor.account())
    assert len(rows) == before + len(wanted) == len({row.ref for row in rows})
    assert wanted <= {row.ref for row in rows}


@reading
def test_a_code_is_found_exactly_on_products_and_on_variants(vendor: ShelfVendor) -> None:
    ref = vendor.put_on_shelf("PAN-24")
    vendor.put_on_shelf("PAN-24-B")
    twins = {vendor.put_on_shelf("DOBRADO"), vendor.put_variants("DOBRADO")[1]}
    (_, red, _) = vendor.put_variants("TOA-VM", "TOA-AZ")
    found = vendor.connector.find_products(vendor.account(), ["PAN-24", "TOA-VM", "DOBRADO", "NAO-HA", "pan-24"])
    assert {row.ref for row in found} == {ref, red, *twins}
    assert {row.reference for row in found} == {"PAN-24", "TOA-VM", "DOBRADO"}


@reading
def test_a_code_with_odd_characters_is_found_as_it_is(vendor: ShelfVendor) -> None:
    odd = "AÇO 12/B&C=1+2%"
    ref = vendor.put_on_shelf(odd)
    assert [row.ref for row in vendor.connector.find_products(vendor.account(), [odd])] == [ref]


@reading
def test_a_code_that_changed_in_the_store_is_seen_under_the_same_id(vendor: ShelfVendor) -> None:
    ref = vendor.put_on_shelf("PAN-24")
    vendor.give_reference(ref, "PANELA-24")
    assert vendor.connector.find_products(vendor.account(), ["PAN-24"]) == []
    (row,) = [row for row in read_shelf(vendor.connector, vendor.account()) if row.ref == ref]
    assert row.reference == "PANELA-24"


@reading
def test_one_thing_is_shown_by_its_id_as_the_list_shows_it(vendor: ShelfVendor) -> None:
    account = vendor.account()
    simple = vendor.put_on_shelf("PAN-24", stock="7", price="189.90", gtin="7890000000017")
    wanted = [simple, *vendor.put_variants("TOA-VM", "TOA-AZ")]
    listed = {row.ref: row for row in read_shelf(vendor.connector, account)}
    assert [vendor.connector.show_product(account, ref) for ref in wanted] == [listed[ref] for ref in wanted]


@reading
@pytest.mark.parametrize("variant_id", ["", "999999"])
def test_what_the_store_does_not_have_is_not_found(vendor: ShelfVendor, variant_id: str) -> None:
    with pytest.raises(NotFound):
        vendor.connector.show_product(vendor.account(), ShelfRef(external_id="999999", variant_id=variant_id))


@reading
@pytest.mark.parametrize("fault", READ_FAULTS)
def test_a_failed_answer_never_says_that_a_thing_is_gone(vendor: ShelfVendor, fault: str) -> None:
    ref, account = vendor.put_on_shelf("PAN-24"), vendor.account()
    read_shelf(vendor.connector, account)
    vendor.fault(fault, only=vendor.paths.list_shelf)
    with pytest.raises(READ_FAULTS[fault][0]):
        vendor.connector.show_product(account, ref)


@reading
@pytest.mark.parametrize("fault", READ_FAULTS)
def test_a_page_that_fails_is_never_taken_for_an_empty_one(vendor: ShelfVendor, fault: str) -> None:
    ref = vendor.put_on_shelf("PAN-24")
    account = vendor.account()
    read_shelf(vendor.connector, account)
    vendor.fault(fault, only=vendor.paths.list_shelf)
    with pytest.raises(READ_FAULTS[fault][0]):
        read_shelf(vendor.connector, account)
    vendor.fault(fault, only=vendor.paths.list_shelf)
    with pytest.raises(READ_FAULTS[fault][0]):
        vendor.connector.find_products(account, ["PAN-24"])
    assert [row.ref for row in vendor.connector.find_products(account, ["PAN-24"])] == [ref]


@reading
def test_reading_the_shelf_waits_for_everything_else(vendor: ShelfVendor) -> None:
    account = vendor.account()
    read_shelf(vendor.connector, account)
    meter: Any = account.meter
    assert set(meter.spent) - {Priority.ACCESS} == {Priority.READ_BACK}
    meter.spent.clear()
    vendor.connector.find_products(account, ["PAN-24"])
    assert set(meter.spent) - {Priority.ACCESS} == {Priority.CATALOGUE}
