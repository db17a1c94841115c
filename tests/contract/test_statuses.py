"""Statuses: the whole catalogue is read, and writing one is absolute."""

from __future__ import annotations

import pytest

from cais.core.documents import StatusDoc
from cais.ports.errors import NotFound, OutcomeUnknown, Rejected
from cais.ports.manifest import Capability
from tests.contract.face import Vendor
from tests.contract.vendors import owing

catalogue = owing(Capability.LIST_STATUSES)
writing = owing(Capability.WRITE_STATUS, Capability.LIST_STATUSES)


def _status(vendor: Vendor, status_id: str) -> StatusDoc:
    listed = vendor.connector.list_statuses(vendor.account())
    found: StatusDoc = next(each for each in listed if each.external_id == status_id)
    return found


@catalogue
def test_every_status_is_listed_once_also_the_invented(vendor: Vendor) -> None:
    order_id = vendor.sell_with_status("Separando na loja 2")
    listed = vendor.connector.list_statuses(vendor.account())
    ids = [each.external_id for each in listed]
    assert len(ids) == len(set(ids)) > 1
    assert {each.external_id: each.label for each in listed}[vendor.status_of(order_id)] == "Separando na loja 2"


@catalogue
def test_a_catalogue_of_many_pages_is_read_to_its_end(vendor: Vendor) -> None:
    invented = {f"Situação {number}" for number in range(60)}
    for words in invented:
        vendor.sell_with_status(words)
    listed = vendor.connector.list_statuses(vendor.account())
    assert invented <= {each.label for each in listed}


@writing
def test_a_written_status_stands_in_the_store(vendor: Vendor) -> None:
    order_id, neighbour = vendor.sell(2)
    account, wanted, before = vendor.account(), vendor.another_status(order_id), vendor.status_of(neighbour)
    vendor.connector.write_status(account, order_id, _status(vendor, wanted))
    assert vendor.status_of(order_id) == wanted
    assert vendor.status_of(neighbour) == before
    assert vendor.connector.current_status(account, order_id).external_id == wanted


@writing
def test_written_twice_equals_once(vendor: Vendor) -> None:
    (order_id,) = vendor.sell()
    account, wanted = vendor.account(), vendor.another_status(order_id)
    status = _status(vendor, wanted)
    first = vendor.connector.write_status(account, order_id, status)
    assert vendor.connector.write_status(account, order_id, status) == first
    assert vendor.status_of(order_id) == wanted


@writing
def test_reading_the_status_is_never_a_memory(vendor: Vendor) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    first = vendor.connector.current_status(account, order_id)
    assert first.external_id == vendor.status_of(order_id)
    vendor.connector.write_status(vendor.account(), order_id, _status(vendor, vendor.another_status(order_id)))
    assert vendor.connector.current_status(account, order_id) != first


@writing
def test_a_lost_answer_is_told_as_unknown_and_looking_finds_the_truth(vendor: Vendor) -> None:
    (order_id,) = vendor.sell()
    account, wanted = vendor.account(), vendor.another_status(order_id)
    status = _status(vendor, wanted)
    vendor.connector.current_status(account, order_id)
    vendor.fault("lost_before_commit", only=vendor.paths.write_status)
    with pytest.raises(OutcomeUnknown):
        vendor.connector.write_status(account, order_id, status)
    assert vendor.connector.current_status(account, order_id).external_id != wanted
    vendor.fault("lost_after_commit", only=vendor.paths.write_status)
    with pytest.raises(OutcomeUnknown):
        vendor.connector.write_status(account, order_id, status)
    assert vendor.connector.current_status(account, order_id).external_id == wanted
    assert vendor.status_writes(order_id) == 1


@writing
def test_a_status_that_the_store_does_not_have_is_rejected_with_words(vendor: Vendor) -> None:
    (order_id,) = vendor.sell()
    before = vendor.status_of(order_id)
    with pytest.raises(Rejected) as told:
        vendor.connector.write_status(vendor.account(), order_id, StatusDoc(label="Não há", external_id="987654"))
    assert told.value.words
    assert vendor.status_of(order_id) == before


@writing
def test_an_order_that_does_not_exist_gets_no_status(vendor: Vendor) -> None:
    (order_id,) = vendor.sell()
    status = _status(vendor, vendor.another_status(order_id))
    with pytest.raises(NotFound):
        vendor.connector.write_status(vendor.account(), "99999999", status)
    with pytest.raises(NotFound):
        vendor.connector.current_status(vendor.account(), "99999999")
