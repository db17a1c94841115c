"""Invoices: the look shows every one, told twice through the look equals once, a lost answer is found by looking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cais.core.documents import InvoiceDoc, InvoiceLine
from cais.ports.capabilities import StoreInvoice
from cais.ports.errors import NotFound, OutcomeUnknown, RateLimited
from cais.ports.manifest import Capability
from cais.ports.session import Account, Priority
from tests.contract.face import InvoiceVendor
from tests.contract.test_manners import READ_FAULTS, WRITE_FAULTS
from tests.contract.vendors import owing

invoicing = owing(Capability.PUBLISH_INVOICE)
# The letters of the CNPJ are in the key; 4 and 3 are the check digits by modulus 11.
KEY = "35260712ABC34501DE35550010000012341876543214"
OTHER_KEY = "35260711222333000181550010000012341876543213"
INVOICE = InvoiceDoc(
    key=KEY,
    number=1234,
    series=1,
    issued_at=datetime(2026, 7, 15, 15, 0, tzinfo=UTC),
    total=Decimal("105.00"),
    xml='<?xml version="1.0" encoding="UTF-8"?>\n<nfeProc versao="4.00"><xNome>Ação &amp; "Filhos"</xNome></nfeProc>',
    link="https://cais.exemplo.com.br/danfe/abc/",
    lines=(
        InvoiceLine(product_id="123", variant_id="77", cfop="5102"),
        InvoiceLine(product_id="124", variant_id="", cfop="6108"),
    ),
)


def publish(connector: Any, account: Account, order_id: str) -> str:
    """What the engine does each time: look for the key, and write only what is not there. The store's id of it."""
    found = [each.external_id for each in connector.list_invoices(account, order_id) if each.key == INVOICE.key]
    return found[0] if found else connector.write_invoice(account, order_id, INVOICE).external_id


@invoicing
def test_an_order_without_invoices_has_none(vendor: InvoiceVendor) -> None:
    (order_id,) = vendor.sell()
    assert tuple(vendor.connector.list_invoices(vendor.account(), order_id)) == ()


@invoicing
def test_an_invoice_stands_in_the_store_as_it_was_told(vendor: InvoiceVendor) -> None:
    order_id, neighbour = vendor.sell(2)
    account = vendor.account()
    made = vendor.connector.write_invoice(account, order_id, INVOICE)
    assert vendor.last_invoice(order_id) == {
        "id": made.external_id,
        "key": KEY,
        "number": 1234,
        "series": 1,
        "total": Decimal("105.00"),
        "xml": INVOICE.xml,
        "link": "https://cais.exemplo.com.br/danfe/abc/",
        "cfops": [("123", "77", "5102"), ("124", "", "6108")],
    }
    held = StoreInvoice(external_id=made.external_id, key=KEY)
    assert tuple(vendor.connector.list_invoices(account, order_id)) == (held,)
    assert tuple(vendor.connector.list_invoices(account, neighbour)) == ()


@invoicing
def test_told_twice_through_the_look_equals_once(vendor: InvoiceVendor) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    assert publish(vendor.connector, account, order_id) == publish(vendor.connector, account, order_id)
    assert vendor.invoices_added(order_id) == [KEY]


@invoicing
def test_an_invoice_of_somebody_else_is_seen_too(vendor: InvoiceVendor) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    vendor.issue_invoice(order_id, OTHER_KEY)
    made = vendor.connector.write_invoice(account, order_id, INVOICE)
    listed = vendor.connector.list_invoices(account, order_id)
    assert {each.key for each in listed} == {KEY, OTHER_KEY}
    assert {each.key: each.external_id for each in listed}[KEY] == made.external_id


@invoicing
def test_an_invoice_is_written_over_in_its_place(vendor: InvoiceVendor) -> None:
    (order_id,) = vendor.sell()
    account, connector = vendor.account(), vendor.connector
    first = connector.write_invoice(account, order_id, replace(INVOICE, key=OTHER_KEY, number=9))
    for _ in range(2):
        assert connector.write_invoice(account, order_id, INVOICE, external_id=first.external_id) == first
    assert tuple(connector.list_invoices(account, order_id)) == (StoreInvoice(external_id=first.external_id, key=KEY),)
    assert vendor.last_invoice(order_id)["number"] == 1234
    assert vendor.invoices_added(order_id) == [OTHER_KEY]


@invoicing
def test_a_lost_answer_is_told_as_unknown_and_the_list_shows_the_truth(vendor: InvoiceVendor) -> None:
    (order_id,) = vendor.sell()
    account, connector = vendor.account(), vendor.connector
    connector.list_invoices(account, order_id)
    vendor.fault("lost_before_commit", only=vendor.paths.add_invoice)
    with pytest.raises(OutcomeUnknown):
        connector.write_invoice(account, order_id, INVOICE)
    assert tuple(connector.list_invoices(account, order_id)) == ()
    vendor.fault("lost_after_commit", only=vendor.paths.add_invoice)
    with pytest.raises(OutcomeUnknown):
        connector.write_invoice(account, order_id, INVOICE)
    assert [each.key for each in connector.list_invoices(account, order_id)] == [KEY]
    publish(connector, account, order_id)
    assert vendor.invoices_added(order_id) == [KEY]


@invoicing
@pytest.mark.parametrize("fault", WRITE_FAULTS)
@pytest.mark.parametrize("over", [False, True], ids=["new", "over"])
def test_a_telling_that_fails_says_whether_it_may_have_been_done(vendor: InvoiceVendor, fault: str, over: bool) -> None:
    (order_id,) = vendor.sell()
    account, connector = vendor.account(), vendor.connector
    before = [publish(connector, account, order_id)] if over else []
    connector.list_invoices(account, order_id)
    vendor.fault(fault, only=vendor.paths.replace_invoice if over else vendor.paths.add_invoice)
    with pytest.raises((OutcomeUnknown, RateLimited)) as told:
        connector.write_invoice(account, order_id, INVOICE, external_id=before[0] if over else "")
    assert told.type is WRITE_FAULTS[fault]
    assert told.value.words.strip()
    assert len(vendor.invoices_added(order_id)) <= 1, "a doubtful telling was repeated without looking"
    if told.type is RateLimited and not over:
        assert vendor.invoices_added(order_id) == []
    publish(connector, account, order_id)
    assert vendor.invoices_added(order_id) == [KEY]


@invoicing
@pytest.mark.parametrize("fault", READ_FAULTS)
def test_a_look_that_fails_is_never_taken_for_none(vendor: InvoiceVendor, fault: str) -> None:
    (order_id,) = vendor.sell()
    account, connector = vendor.account(), vendor.connector
    publish(connector, account, order_id)
    vendor.fault(fault, only=vendor.paths.list_invoices)
    with pytest.raises(READ_FAULTS[fault][0]):
        connector.list_invoices(account, order_id)
    assert [each.key for each in connector.list_invoices(account, order_id)] == [KEY]


@invoicing
def test_an_order_that_does_not_exist_has_and_gets_no_invoice(vendor: InvoiceVendor) -> None:
    account = vendor.account()
    with pytest.raises(NotFound):
        vendor.connector.list_invoices(account, "99999999")
    with pytest.raises(NotFound):
        vendor.connector.write_invoice(account, "99999999", INVOICE)


@invoicing
def test_an_invoice_that_does_not_exist_is_not_written_over(vendor: InvoiceVendor) -> None:
    (order_id,) = vendor.sell()
    with pytest.raises(NotFound):
        vendor.connector.write_invoice(vendor.account(), order_id, INVOICE, external_id="99999999")
    assert tuple(vendor.connector.list_invoices(vendor.account(), order_id)) == ()


@invoicing
def test_invoices_spend_the_calls_of_invoices(vendor: InvoiceVendor) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    publish(vendor.connector, account, order_id)
    meter: Any = account.meter
    assert set(meter.spent) - {Priority.ACCESS} == {Priority.INVOICES}
