"""The imaginary connector's own quirks; what it owes like any other is in the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cais.connectors.imaginary import mapping
from cais.connectors.imaginary.connector import CONNECTOR
from cais.connectors.imaginary.simulator import ImaginaryVendor
from cais.core.documents import AdjustmentKind, StatusDoc
from cais.ports.capabilities import Window
from cais.ports.errors import (
    AccessRefused,
    AccessState,
    ConfigurationError,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Unavailable,
    Unreadable,
)
from cais.ports.session import Account, Reach
from cais.simkit import Clock
from tests.contract.lending import account_for
from tests.contract.test_erp_orders import ORDER
from tests.contract.test_invoices import INVOICE

EVER = Window(first=date(2000, 1, 1), last=date(2100, 1, 1))


@pytest.fixture
def vendor() -> Iterator[ImaginaryVendor]:
    with ImaginaryVendor() as running:
        yield running


@pytest.fixture
def account(vendor: ImaginaryVendor) -> Account:
    return account_for(vendor.settings())


def test_a_read_of_the_wrong_shape_is_unreadable(vendor: ImaginaryVendor, account: Account) -> None:
    vendor.store.sell()
    CONNECTOR.list_statuses(account)
    for ask in (
        lambda: CONNECTOR.list_orders(account, EVER, 1),
        lambda: CONNECTOR.list_statuses(account),
        lambda: CONNECTOR.current_status(account, "1001"),
        lambda: CONNECTOR.list_invoices(account, "1001"),
        lambda: CONNECTOR.find_order(account, "R"),
        lambda: CONNECTOR.check_lines(account, "1", [("A", "1")]),
    ):
        vendor.faults.next("wrong_shape")
        with pytest.raises(Unreadable) as told:
            ask()
        assert told.value.kind == "shape"


def test_a_write_acknowledged_in_the_wrong_shape_is_unknown(vendor: ImaginaryVendor, account: Account) -> None:
    vendor.faults.next("wrong_shape", only="POST /erp/orders")
    with pytest.raises(OutcomeUnknown):
        CONNECTOR.ensure_order(account, ORDER)
    assert CONNECTOR.find_order(account, ORDER.reference) is not None


def test_an_invoice_acknowledged_in_the_wrong_shape_is_unknown(vendor: ImaginaryVendor, account: Account) -> None:
    order_id = vendor.store.sell()
    vendor.faults.next("wrong_shape", only="POST /store/orders/")
    with pytest.raises(OutcomeUnknown):
        CONNECTOR.write_invoice(account, order_id, INVOICE)
    assert [each.key for each in CONNECTOR.list_invoices(account, order_id)] == [INVOICE.key]


def test_a_refused_invoice_is_told_in_the_words_of_the_store(vendor: ImaginaryVendor, account: Account) -> None:
    order_id = vendor.store.sell()
    vendor.faults.next("rejected", only="POST /store/orders/")
    with pytest.raises(Rejected) as told:
        CONNECTOR.write_invoice(account, order_id, INVOICE)
    assert (told.value.code, told.value.words) == ("invoice_refused", "A loja não aceita nota para este pedido.")
    vendor.choices.invoice_refused = True
    made = vendor.invoices.issue(order_id, "K")
    with pytest.raises(Rejected):
        CONNECTOR.write_invoice(account, order_id, INVOICE, external_id=made)
    assert vendor.invoices.keys(order_id) == ["K"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("blocked", AccessState.STORE_BLOCKED),
        ("inactive", AccessState.STORE_INACTIVE),
        ("cancelled", AccessState.STORE_CANCELLED),
    ],
)
def test_each_state_of_the_store_is_named(
    vendor: ImaginaryVendor, account: Account, state: str, expected: AccessState
) -> None:
    CONNECTOR.list_statuses(account)
    vendor.choices.store_state = state
    with pytest.raises(AccessRefused) as told:
        CONNECTOR.list_orders(account, EVER, 1)
    assert told.value.state is expected


def test_a_listed_order_that_is_not_there_is_not_found_and_comes_later(
    vendor: ImaginaryVendor, account: Account
) -> None:
    order_id = vendor.store.sell()
    vendor.faults.next("fetch_404")
    with pytest.raises(NotFound):
        CONNECTOR.fetch_order(account, order_id)
    assert CONNECTOR.read_order(CONNECTOR.fetch_order(account, order_id)).external_id == order_id


def test_an_order_listed_twice_is_told_twice_with_one_id(vendor: ImaginaryVendor, account: Account) -> None:
    order_id = vendor.store.sell()
    vendor.faults.next("listed_twice")
    page = CONNECTOR.list_orders(account, EVER, 1)
    assert [ref.external_id for ref in page.refs] == [order_id, order_id]
    assert page.refs[0] == page.refs[1]


def test_ensuring_before_the_index_has_caught_up_makes_one_where_the_erp_dedupes(
    vendor: ImaginaryVendor, account: Account
) -> None:
    vendor.choices.find_stale_seconds = 3600
    made = CONNECTOR.ensure_order(account, ORDER)
    assert CONNECTOR.find_order(account, ORDER.reference) is None
    assert CONNECTOR.ensure_order(account, ORDER) == made
    assert vendor.ledger.doubled_references() == []


def test_a_refused_status_brings_words_and_changes_nothing(vendor: ImaginaryVendor, account: Account) -> None:
    order_id = vendor.store.sell()
    vendor.choices.status_refused = True
    with pytest.raises(Rejected) as told:
        CONNECTOR.write_status(account, order_id, StatusDoc(label="Enviado", external_id="4"))
    assert (told.value.code, told.value.words) == ("status_refused", "A loja não permite esta mudança de status.")
    assert vendor.store.status_of(order_id) == "2"


def test_a_status_without_an_id_is_written_by_its_name(vendor: ImaginaryVendor, account: Account) -> None:
    order_id = vendor.store.sell()
    CONNECTOR.write_status(account, order_id, StatusDoc(label="Enviado"))
    assert vendor.store.status_of(order_id) == "4"


@pytest.mark.parametrize("typed", ["", "127.0.0.1:80", "ftp://127.0.0.1"])
def test_an_address_that_is_none_is_told_as_such(account: Account, typed: str) -> None:
    wrong = replace(account, settings={**account.settings, "base_url": typed})
    with pytest.raises(ConfigurationError) as told:
        CONNECTOR.list_statuses(wrong)
    assert told.value.field == "base_url"
    (check,) = CONNECTOR.check(wrong)
    assert not check.ok


def test_nobody_at_the_address_is_unavailable(vendor: ImaginaryVendor, account: Account) -> None:
    vendor.stop()
    with pytest.raises(Unavailable):
        CONNECTOR.list_statuses(account)
    (check,) = CONNECTOR.check(account)
    assert not check.ok


def test_a_loopback_address_is_refused_where_only_public_ones_may_be_called(account: Account) -> None:
    with pytest.raises(ConfigurationError) as told:
        CONNECTOR.list_statuses(replace(account, reach=Reach.NONE))
    assert told.value.code == "private_address"


def test_an_access_near_its_end_is_renewed_before_it_is_refused() -> None:
    with ImaginaryVendor(clock=Clock.from_environment()) as vendor:
        vendor.choices.access_seconds = 200
        account = account_for(vendor.settings())
        CONNECTOR.list_statuses(account)
        CONNECTOR.list_statuses(account)
        assert len(vendor.ledger.of("token")) == 2
        assert {call.status for call in vendor.ledger.calls} == {200}


def _raw(**changes: object) -> bytes:
    order: dict[str, object] = {
        "id": "7",
        "number": "7",
        "revision": 3,
        "placed_at": "2026-03-05T12:00:00-03:00",
        "status": {"id": "2", "name": "Pago", "kind": "paid"},
        "total": "10.00",
        "buyer": {"name": "Alba Serrano", "document": "373.878.287-76"},
        "delivery": {"street": "Rua do Cais", "city": "Santos", "state": "SP"},
        "lines": [{"id": "1", "sku": "A", "name": "A", "quantity": "1", "price": "10.00", "list_price": "10.00"}],
        "amounts": [],
        "payments": [],
    }
    return json.dumps({"order": {**order, **changes}}).encode()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"id": None}, "id"),
        ({"placed_at": "ontem"}, "placed_at"),
        ({"placed_at": "2026-03-05T12:00:00"}, "placed_at"),
        ({"total": "12,50"}, "total"),
        ({"total": "NaN"}, "total"),
        ({"total": None}, "total"),
        ({"lines": None}, "lines"),
        ({"lines": [7]}, "lines"),
        ({"paid": "sim"}, "paid"),
        ({"revision": "3"}, "revision"),
        ({"status": "Pago"}, "status"),
    ],
)
def test_what_makes_no_sense_is_named_with_its_field(changes: dict[str, object], named: str) -> None:
    with pytest.raises(Unreadable) as told:
        CONNECTOR.read_order(_raw(**changes))
    assert named in told.value.words


@pytest.mark.parametrize("quantity", ["0", "-1", "0.00001"])
def test_a_line_must_sell_something(quantity: str) -> None:
    line = {"id": "1", "sku": "A", "name": "A", "quantity": quantity, "price": "1", "list_price": "1"}
    with pytest.raises(Unreadable, match="quantidade"):
        CONNECTOR.read_order(_raw(lines=[line]))


def test_an_order_without_lines_is_readable() -> None:
    assert CONNECTOR.read_order(_raw(lines=[])).lines == ()


def test_an_amount_of_an_unknown_kind_is_kept_as_other() -> None:
    order = CONNECTOR.read_order(_raw(amounts=[{"kind": "gorjeta", "value": "1.5", "label": "Gorjeta"}]))
    (amount,) = order.adjustments
    assert (amount.kind, amount.amount, amount.label) == (AdjustmentKind.OTHER, Decimal("1.50"), "Gorjeta")


def test_a_problem_that_nobody_agreed_on_is_not_a_yes() -> None:
    with pytest.raises(Unreadable):
        mapping.line_checks({"lines": [{"sku": "A", "problem": "sem tributação", "available": ""}]})


def test_a_cancelled_twin_never_hides_the_order_that_counts() -> None:
    twins = [{"id": "1", "status": "cancelled"}, {"id": "2", "status": "open"}, {"id": "3", "status": "open"}]
    found = mapping.found_order({"orders": twins})
    assert found is not None
    assert found.external_id == "2"


@given(st.integers(1, 10**11), st.integers(1, 10**11))
def test_the_newer_version_compares_greater(first: int, second: int) -> None:
    versions = [mapping.version_of({"revision": number}) for number in (first, second)]
    assert (versions[0] < versions[1]) == (first < second)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.integers(-12, 12),
)
def test_the_same_instant_reads_alike_whatever_its_offset(moment: datetime, hours: int) -> None:
    instant = moment.replace(tzinfo=UTC)
    written = instant.astimezone(timezone(timedelta(hours=hours))).isoformat()
    order = CONNECTOR.read_order(_raw(placed_at=written))
    assert order.placed_at == instant
    assert order.placed_at.tzinfo is UTC


@given(st.decimals(Decimal("0.0001"), Decimal(9999), places=4), st.decimals(0, Decimal(99999), places=2))
def test_quantities_and_prices_lose_nothing(sold: Decimal, price: Decimal) -> None:
    line = {"id": "1", "sku": "A", "name": "A", "quantity": str(sold), "price": str(price), "list_price": str(price)}
    (read,) = CONNECTOR.read_order(_raw(lines=[line])).lines
    assert (read.quantity, read.unit_price) == (sold, price)
