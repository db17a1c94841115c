"""Tracking: told twice it equals once, a lost answer is found by looking, and nothing else of the order changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cais.core.documents import TrackingDoc
from cais.ports.errors import NotFound, OutcomeUnknown, RateLimited
from cais.ports.manifest import Capability
from cais.ports.session import Priority
from tests.contract.face import ShippingVendor
from tests.contract.test_manners import READ_FAULTS, WRITE_FAULTS
from tests.contract.vendors import owing

shipping = owing(Capability.WRITE_TRACKING)
CODE, URL = "AA123456785BR", "https://rastreio.exemplo.com.br/AA123456785BR"
TRACKING = TrackingDoc(code=CODE, url=URL, carrier="Correios", shipped_on=date(2026, 11, 20))


@shipping
def test_an_order_that_was_not_shipped_has_no_tracking(vendor: ShippingVendor) -> None:
    (order_id,) = vendor.sell()
    now = vendor.connector.current_tracking(vendor.account(), order_id)
    assert (now.code, now.url, now.shipped_on) == ("", "", None)


@shipping
def test_tracking_stands_in_the_store_as_it_was_told(vendor: ShippingVendor) -> None:
    order_id, neighbour = vendor.sell(2)
    account, status = vendor.account(), vendor.status_of(order_id)
    vendor.connector.write_tracking(account, order_id, TRACKING)
    assert vendor.tracking_of(order_id) == (CODE, URL, "2026-11-20")
    assert vendor.tracking_of(neighbour) == ("", "", "")
    assert vendor.status_of(order_id) == status
    now = vendor.connector.current_tracking(account, order_id)
    assert (now.code, now.url, now.shipped_on) == (CODE, URL, date(2026, 11, 20))


@shipping
def test_told_twice_equals_once_and_a_correction_replaces(vendor: ShippingVendor) -> None:
    (order_id,) = vendor.sell()
    account, connector = vendor.account(), vendor.connector
    for _ in range(2):
        connector.write_tracking(account, order_id, TRACKING)
    assert vendor.tracking_writes(order_id) == 1
    connector.write_tracking(account, order_id, replace(TRACKING, code="BB123456785BR"))
    assert vendor.tracking_of(order_id)[0] == "BB123456785BR"


@shipping
def test_a_lost_answer_is_told_as_unknown_and_looking_finds_the_truth(vendor: ShippingVendor) -> None:
    (order_id,) = vendor.sell()
    account, connector = vendor.account(), vendor.connector
    connector.current_tracking(account, order_id)
    vendor.fault("lost_before_commit", only=vendor.paths.write_tracking)
    with pytest.raises(OutcomeUnknown):
        connector.write_tracking(account, order_id, TRACKING)
    assert connector.current_tracking(account, order_id).code == ""
    vendor.fault("lost_after_commit", only=vendor.paths.write_tracking)
    with pytest.raises(OutcomeUnknown):
        connector.write_tracking(account, order_id, TRACKING)
    assert connector.current_tracking(account, order_id).code == CODE
    assert vendor.tracking_writes(order_id) == 1


@shipping
@pytest.mark.parametrize("fault", WRITE_FAULTS)
def test_a_telling_that_fails_says_whether_it_may_have_been_done(vendor: ShippingVendor, fault: str) -> None:
    (order_id,) = vendor.sell()
    account, connector = vendor.account(), vendor.connector
    connector.current_tracking(account, order_id)
    vendor.fault(fault, only=vendor.paths.write_tracking)
    with pytest.raises((OutcomeUnknown, RateLimited)) as told:
        connector.write_tracking(account, order_id, TRACKING)
    assert told.type is WRITE_FAULTS[fault]
    assert told.value.words.strip()
    connector.write_tracking(account, order_id, TRACKING)
    assert vendor.tracking_writes(order_id) == 1


@shipping
@pytest.mark.parametrize("fault", READ_FAULTS)
def test_a_look_that_fails_is_never_taken_for_none(vendor: ShippingVendor, fault: str) -> None:
    (order_id,) = vendor.sell()
    account, connector = vendor.account(), vendor.connector
    connector.write_tracking(account, order_id, TRACKING)
    vendor.fault(fault, only=vendor.paths.read_tracking)
    with pytest.raises(READ_FAULTS[fault][0]):
        connector.current_tracking(account, order_id)
    assert connector.current_tracking(account, order_id).code == CODE


@shipping
def test_an_order_that_does_not_exist_has_and_gets_no_tracking(vendor: ShippingVendor) -> None:
    account = vendor.account()
    with pytest.raises(NotFound):
        vendor.connector.current_tracking(account, "99999999")
    with pytest.raises(NotFound):
        vendor.connector.write_tracking(account, "99999999", TRACKING)


@shipping
def test_tracking_spends_the_calls_of_statuses(vendor: ShippingVendor) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    vendor.connector.current_tracking(account, order_id)
    vendor.connector.write_tracking(account, order_id, TRACKING)
    meter: Any = account.meter
    assert set(meter.spent) - {Priority.ACCESS} == {Priority.STATUS}
