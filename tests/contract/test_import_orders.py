"""Import of orders: every order once, understood, whole, and nothing spoiled by a neighbour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal

import pytest

from cais.core.digest import digest_of
from cais.core.values import is_tax_document
from cais.ports.errors import NotFound, Unreadable
from cais.ports.manifest import Capability
from tests.contract.face import Vendor
from tests.contract.reading import one_pass, read_window
from tests.contract.vendors import owing

pytestmark = owing(Capability.IMPORT_ORDERS)
TWO_PAGES_AND_SOME = 103


def test_every_order_is_listed_once(vendor: Vendor) -> None:
    sold = vendor.sell(TWO_PAGES_AND_SOME)
    rows, total = one_pass(vendor.connector, vendor.account(), vendor.lately())
    assert [ref.external_id for ref in rows] == sorted(sold, key=int)
    assert total in (None, len(sold))


def test_a_full_last_page_ends_the_pass(vendor: Vendor) -> None:
    sold = vendor.sell(50)
    rows, _ = one_pass(vendor.connector, vendor.account(), vendor.lately())
    assert [ref.external_id for ref in rows] == sorted(sold, key=int)


@pytest.mark.parametrize("shift", ["page_skip", "page_repeat"])
def test_every_order_is_found_though_pages_shift(vendor: Vendor, shift: str) -> None:
    sold = vendor.sell(TWO_PAGES_AND_SOME)
    vendor.fault(shift, times=3)  # a pass has three pages
    shifted, _ = one_pass(vendor.connector, vendor.account(), vendor.lately())
    assert sorted(ref.external_id for ref in shifted) != sorted(sold), "the fault did not strike"
    vendor.fault(shift, times=3)
    assert set(read_window(vendor.connector, vendor.account(), vendor.lately())) == set(sold)


def test_an_order_sold_while_pages_are_read_is_found(vendor: Vendor) -> None:
    account, window = vendor.account(), vendor.lately()
    sold = vendor.sell(TWO_PAGES_AND_SOME)
    first = vendor.connector.list_orders(account, window, 1)
    sold += vendor.sell(2)
    assert first.next_page == 2
    assert set(read_window(vendor.connector, account, window)) == set(sold)


def test_the_same_window_gives_the_same_rows(vendor: Vendor) -> None:
    vendor.sell(5)
    account, window = vendor.account(), vendor.lately()
    assert one_pass(vendor.connector, account, window) == one_pass(vendor.connector, account, window)


def test_a_changed_order_shows_a_new_digest_and_no_older_version(vendor: Vendor) -> None:
    changed, untouched = vendor.sell(2)
    account, window = vendor.account(), vendor.lately()
    before = read_window(vendor.connector, account, window)
    vendor.change(changed)
    after = read_window(vendor.connector, account, window)
    assert after[changed].digest != before[changed].digest
    assert after[changed].version >= before[changed].version
    assert after[untouched] == before[untouched]


def test_an_empty_account_is_no_error(vendor: Vendor) -> None:
    page = vendor.connector.list_orders(vendor.account(), vendor.lately(), 1)
    assert page.refs == ()
    assert page.next_page == 0
    assert page.total in (None, 0)


def test_days_without_orders_are_empty(vendor: Vendor) -> None:
    vendor.sell()
    lately = vendor.lately()
    past = replace(lately, first=lately.first - timedelta(days=20), last=lately.first - timedelta(days=10))
    assert read_window(vendor.connector, vendor.account(), past) == {}


def test_totals_add_up(vendor: Vendor) -> None:
    account = vendor.account()
    for order_id in vendor.sell(12):
        order = vendor.connector.read_order(vendor.connector.fetch_order(account, order_id))
        assert order.external_id == order_id
        assert order.lines
        assert order.difference == Decimal("0.00"), order
        assert all(line.quantity > 0 for line in order.lines)


def test_times_are_utc_and_true(vendor: Vendor) -> None:
    before = vendor.account().clock.now()
    (order_id,) = vendor.sell()
    after = vendor.account().clock.now()
    order = vendor.connector.read_order(vendor.connector.fetch_order(vendor.account(), order_id))
    assert order.placed_at.tzinfo is UTC
    # Vendors tell whole seconds.
    assert before - timedelta(seconds=1) <= order.placed_at <= after + timedelta(seconds=1)
    assert all(each.paid_at.tzinfo is UTC for each in order.payments if each.paid_at)


def test_the_time_of_a_change_is_utc_and_true_where_it_is_told(vendor: Vendor) -> None:
    before = vendor.account().clock.now()
    vendor.sell()
    (ref,) = read_window(vendor.connector, vendor.account(), vendor.lately()).values()
    after = vendor.account().clock.now()
    told = ref.changed_at or before.astimezone(UTC)
    assert told.tzinfo is UTC
    assert before - timedelta(seconds=1) <= told <= after + timedelta(seconds=1)


def test_tax_documents_are_normal(vendor: Vendor) -> None:
    account = vendor.account()
    for order_id in vendor.sell(6):
        order = vendor.connector.read_order(vendor.connector.fetch_order(account, order_id))
        assert is_tax_document(order.buyer.document), order.buyer.document


def test_a_status_that_the_merchant_invented_survives(vendor: Vendor) -> None:
    order_id = vendor.sell_with_status("Pago – conferir à mão")
    order = vendor.connector.read_order(vendor.connector.fetch_order(vendor.account(), order_id))
    assert order.status.label == "Pago – conferir à mão"
    assert order.status.external_id == vendor.status_of(order_id)


def test_one_bad_order_does_not_spoil_its_page(vendor: Vendor) -> None:
    good = vendor.sell(2)
    bad = vendor.sell_unreadable()
    good += vendor.sell(2)
    account = vendor.account()
    refs = read_window(vendor.connector, account, vendor.lately())
    assert set(refs) == {*good, bad}
    for order_id in good:
        assert vendor.connector.read_order(vendor.connector.fetch_order(account, order_id)).external_id == order_id
    raw = vendor.connector.fetch_order(account, bad)
    with pytest.raises(Unreadable) as told:
        vendor.connector.read_order(raw)
    assert told.value.words


def test_understanding_is_pure(vendor: Vendor) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    raw = vendor.connector.fetch_order(account, order_id)
    spent = len(account.meter.exchanges)
    first, second = vendor.connector.read_order(raw), vendor.connector.read_order(raw)
    assert digest_of(first) == digest_of(second)
    assert len(account.meter.exchanges) == spent


def test_nonsense_is_unreadable_and_never_another_error(vendor: Vendor) -> None:
    for raw in (b"", b"[]", b"{}", b"null", b"7", b'{"order":7}', b'{"Order":[]}', b"<html></html>", b"\xff\xfe", b"{"):
        with pytest.raises(Unreadable):
            vendor.connector.read_order(raw)


def test_an_order_that_does_not_exist_is_not_found(vendor: Vendor) -> None:
    with pytest.raises(NotFound):
        vendor.connector.fetch_order(vendor.account(), "99999999")
