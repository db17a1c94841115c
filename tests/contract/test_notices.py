"""Notices: what a store says of a change is understood, and whatever else arrives is told apart from it."""

from __future__ import annotations

import pytest

from cais.ports.errors import Unreadable
from cais.ports.manifest import Capability
from tests.contract.face import TellingVendor
from tests.contract.lending import account_for
from tests.contract.vendors import owing

telling = owing(Capability.HEAR_NOTICES, Capability.WRITE_STATUS)


@telling
def test_a_sale_and_a_change_are_announced_and_understood(vendor: TellingVendor) -> None:
    (order_id,) = vendor.sell()
    vendor.change(order_id)
    heard = [vendor.connector.read_notice(*each) for each in vendor.notices()]
    of_orders = [each for each in heard if each.kind == "orders"]
    assert {each.seller for each in heard} == {vendor.account_number()}
    assert of_orders[0].act == "insert"
    assert {each.external_id for each in of_orders} == {order_id}
    assert "update" in {each.act for each in of_orders[1:]}


@telling
def test_our_own_write_is_announced_like_any_change(vendor: TellingVendor) -> None:
    (order_id,) = vendor.sell()
    account, said = vendor.account(), len(vendor.notices())
    statuses = {each.external_id: each for each in vendor.connector.list_statuses(account)}
    vendor.connector.write_status(account, order_id, statuses[vendor.another_status(order_id)])
    (echo,) = [vendor.connector.read_notice(*each) for each in vendor.notices()[said:]]
    assert (echo.kind, echo.external_id, echo.act) == ("orders", order_id, "update")


@telling
def test_the_account_knows_by_which_number_it_is_named(vendor: TellingVendor) -> None:
    account = vendor.account()
    vendor.connector.list_statuses(account)  # whatever is learned with the access
    bell = vendor.connector.doorbell(account)
    assert bell.seller == vendor.account_number()
    assert bell.app


@telling
def test_an_account_that_knows_nothing_yet_says_so(vendor: TellingVendor) -> None:
    assert vendor.connector.doorbell(account_for({})).seller == ""


@telling
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("", b""),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b'{"a": [1]}'),
        ("application/x-www-form-urlencoded", b"%ff%fe=\x00"),
        ("application/x-www-form-urlencoded", b"\xff\xfe"),
        ("text/html", b"<html></html>"),
        ("application/json", b"[" * 5000),
    ],
)
def test_what_is_no_notice_is_unreadable_and_nothing_else(
    vendor: TellingVendor, content_type: str, body: bytes
) -> None:
    with pytest.raises(Unreadable):
        vendor.connector.read_notice(content_type, body)
