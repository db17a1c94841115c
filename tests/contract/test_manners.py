"""Manners: every way in which a vendor fails becomes the one error that has the right consequence."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from cais.ports.errors import OutcomeUnknown, RateLimited, Unavailable, Unreadable, VendorError
from cais.ports.manifest import Capability
from tests.contract.face import Vendor
from tests.contract.vendors import owing

READ_FAULTS: dict[str, tuple[type[VendorError], str]] = {
    "error_429": (RateLimited, ""),
    "error_500": (Unavailable, ""),
    "error_503": (Unavailable, ""),
    "html_502": (Unavailable, ""),
    "lost_before_commit": (Unavailable, ""),
    "lost_after_commit": (Unavailable, ""),
    "html_ok": (Unreadable, "html"),
    "cut_body": (Unreadable, "cut"),
    "huge_body": (Unreadable, "too_large"),
}
# A 429 says that nothing was done; after any other of these a write may have been.
WRITE_FAULTS: dict[str, type[VendorError]] = {
    "error_429": RateLimited,
    "error_500": OutcomeUnknown,
    "error_503": OutcomeUnknown,
    "html_502": OutcomeUnknown,
    "lost_before_commit": OutcomeUnknown,
    "lost_after_commit": OutcomeUnknown,
    "html_ok": OutcomeUnknown,
    "cut_body": OutcomeUnknown,
    "huge_body": OutcomeUnknown,
}
JARGON = ("timeout", "token", "payload", "erro inesperado", "ops", "request", "http ", "json", "exception")

reading = owing(Capability.IMPORT_ORDERS)
listing_statuses = owing(Capability.LIST_STATUSES)
writing = owing(Capability.WRITE_STATUS, Capability.LIST_STATUSES)
read_faults = pytest.mark.parametrize("fault", READ_FAULTS)


def _raises(ask: Callable[[], object]) -> VendorError:
    with pytest.raises(VendorError) as told:
        ask()
    return told.value


def _assert_read_error(error: VendorError, fault: str) -> None:
    expected, kind = READ_FAULTS[fault]
    assert isinstance(error, expected)
    assert isinstance(error, RateLimited) == (expected is RateLimited)
    assert not kind or getattr(error, "kind", "") == kind
    _assert_plain(error.words)


def _assert_plain(words: str) -> None:
    assert words.strip()
    assert not [word for word in JARGON if word in words.casefold()], words


@reading
@read_faults
def test_a_list_that_fails_becomes_the_right_error(vendor: Vendor, fault: str) -> None:
    sold = vendor.sell(2)
    account = vendor.account()
    vendor.connector.list_orders(account, vendor.lately(), 1)
    vendor.fault(fault, only=vendor.paths.listing)
    _assert_read_error(_raises(lambda: vendor.connector.list_orders(account, vendor.lately(), 1)), fault)
    again = vendor.connector.list_orders(account, vendor.lately(), 1)
    assert [ref.external_id for ref in again.refs] == sold


@reading
@read_faults
def test_an_order_that_fails_to_come_becomes_the_right_error(vendor: Vendor, fault: str) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    whole = vendor.connector.fetch_order(account, order_id)
    vendor.fault(fault, only=vendor.paths.fetch)
    _assert_read_error(_raises(lambda: vendor.connector.fetch_order(account, order_id)), fault)
    again = vendor.connector.read_order(vendor.connector.fetch_order(account, order_id))
    assert again == vendor.connector.read_order(whole)


@listing_statuses
@read_faults
def test_a_catalogue_that_fails_becomes_the_right_error(vendor: Vendor, fault: str) -> None:
    account = vendor.account()
    vendor.connector.list_statuses(account)
    vendor.fault(fault, only=vendor.paths.statuses)
    _assert_read_error(_raises(lambda: vendor.connector.list_statuses(account)), fault)


@writing
@pytest.mark.parametrize("fault", WRITE_FAULTS)
def test_a_write_that_fails_says_whether_it_may_have_been_done(vendor: Vendor, fault: str) -> None:
    (order_id,) = vendor.sell()
    account, wanted = vendor.account(), vendor.another_status(order_id)
    status = next(each for each in vendor.connector.list_statuses(account) if each.external_id == wanted)
    vendor.fault(fault, only=vendor.paths.write_status)
    error = _raises(lambda: vendor.connector.write_status(account, order_id, status))
    assert type(error) is WRITE_FAULTS[fault]
    _assert_plain(error.words)
    assert vendor.status_writes(order_id) <= 1, "a doubtful write was repeated without looking"
    if error.__class__ is RateLimited:
        assert vendor.status_writes(order_id) == 0


@reading
def test_a_pause_that_the_vendor_asks_for_is_kept(vendor: Vendor) -> None:
    account = vendor.account()
    vendor.connector.list_orders(account, vendor.lately(), 1)
    asked = vendor.limit_with_retry_after(vendor.paths.listing)
    error = _raises(lambda: vendor.connector.list_orders(account, vendor.lately(), 1))
    assert isinstance(error, RateLimited)
    assert error.retry_after == asked


@reading
def test_a_pause_without_a_length_gets_one(vendor: Vendor) -> None:
    account = vendor.account()
    vendor.connector.list_orders(account, vendor.lately(), 1)
    vendor.fault("error_429", only=vendor.paths.listing)
    error = _raises(lambda: vendor.connector.list_orders(account, vendor.lately(), 1))
    assert isinstance(error, RateLimited)
    assert error.retry_after is None or 0 < error.retry_after <= 60


@reading
def test_a_vendor_that_takes_for_ever_is_left(vendor: Vendor, impatient: None) -> None:
    account = vendor.account()
    vendor.connector.list_orders(account, vendor.lately(), 1)
    vendor.fault("slow", only=vendor.paths.listing, seconds=8)
    began = time.monotonic()
    error = _raises(lambda: vendor.connector.list_orders(account, vendor.lately(), 1))
    assert type(error) is Unavailable
    assert time.monotonic() - began < 4


@writing
def test_a_slow_answer_to_a_write_leaves_it_unknown(vendor: Vendor, impatient: None) -> None:
    (order_id,) = vendor.sell()
    account, wanted = vendor.account(), vendor.another_status(order_id)
    status = next(each for each in vendor.connector.list_statuses(account) if each.external_id == wanted)
    vendor.fault("slow", only=vendor.paths.write_status, seconds=8)
    error = _raises(lambda: vendor.connector.write_status(account, order_id, status))
    assert type(error) is OutcomeUnknown
    assert vendor.connector.current_status(account, order_id).external_id == wanted


@reading
@pytest.mark.parametrize("fault", ["error_429", "error_500", "html_ok", "huge_body", "cut_body", "lost_after_commit"])
def test_testing_the_connection_answers_in_plain_words_and_never_raises(vendor: Vendor, fault: str) -> None:
    account = vendor.account()
    assert all(check.ok for check in vendor.connector.check(account))
    vendor.fault(fault, times=50)
    checks = vendor.connector.check(account)
    assert [check for check in checks if not check.ok]
    for check in checks:
        _assert_plain(check.text)


@reading
def test_testing_the_connection_names_a_withdrawn_access_and_a_blocked_store(vendor: Vendor) -> None:
    account = vendor.account()
    vendor.connector.check(account)
    vendor.withdraw_access()
    refused = [check for check in vendor.connector.check(account) if not check.ok]
    assert refused
    _assert_plain(refused[0].text)
    assert refused[0].code
