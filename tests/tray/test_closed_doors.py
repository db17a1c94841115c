"""Every refusal of the access that Tray knows (contract §1.3), in the middle of every kind of call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cais.connectors.tray.connector import CONNECTOR
from cais.connectors.tray.simulator import TraySimulator
from cais.core.documents import InvoiceDoc, StatusDoc, TrackingDoc
from cais.ports.capabilities import Window
from cais.ports.errors import AccessRefused, AccessState
from cais.ports.session import Account
from tests.tray.conftest import shop_account

STATES = {
    1000: AccessState.NEEDS_AUTHORISATION,
    1001: AccessState.STORE_BLOCKED,
    1002: AccessState.STORE_INACTIVE,
    1003: AccessState.STORE_CANCELLED,
    1099: AccessState.UNEXPLAINED,
}
INVOICE = InvoiceDoc(
    key="35260711222333000181550010000012341876543213",
    number=1234,
    series=1,
    issued_at=datetime(2026, 7, 15, 15, 0, tzinfo=UTC),
    total=Decimal("105.00"),
    xml="<nfeProc/>",
    link="https://cais.exemplo.com.br/danfe/abc/",
    lines=(),
)
CALLS: dict[str, Callable[[Account, str], object]] = {
    "list": lambda of, _: CONNECTOR.list_orders(of, Window(first=date(2026, 1, 1), last=date(2026, 1, 2)), 1),
    "fetch": lambda of, order: CONNECTOR.fetch_order(of, order),
    "statuses": lambda of, _: CONNECTOR.list_statuses(of),
    "look at the status": lambda of, order: CONNECTOR.current_status(of, order),
    "write the status": lambda of, order: CONNECTOR.write_status(of, order, StatusDoc(label="E", external_id="13")),
    "look at the invoices": lambda of, order: CONNECTOR.list_invoices(of, order),
    "look at the tracking": lambda of, order: CONNECTOR.current_tracking(of, order),
    "write the tracking": lambda of, order: CONNECTOR.write_tracking(of, order, TrackingDoc(code="AA1")),
    "write the invoice": lambda of, order: CONNECTOR.write_invoice(of, order, INVOICE),
}


def sold(shop: TraySimulator) -> str:
    return str(shop.stores[0].sell()[0].id)


@pytest.mark.parametrize("code", STATES)
@pytest.mark.parametrize("call", CALLS)
def test_a_door_that_closes_between_two_calls_is_named(shop: TraySimulator, call: str, code: int) -> None:
    of, order, (site,) = shop_account(shop), sold(shop), shop.stores
    CALLS[call](of, order)
    site.store.trouble = code
    with pytest.raises(AccessRefused) as told:
        CALLS[call](of, order)
    assert told.value.state is STATES[code]
    assert told.value.words.endswith(".")

    site.store.trouble = 0
    if code != 1003:
        CALLS[call](of, order)  # nothing was spoilt: the access goes on where it was


@pytest.mark.parametrize("call", CALLS)
def test_a_token_that_ends_between_two_calls_is_renewed_and_the_call_said_once_more(
    shop: TraySimulator, call: str
) -> None:
    of, order, (site,) = shop_account(shop), sold(shop), shop.stores
    CALLS[call](of, order)
    with site.store.lock:
        site.store.tokens.revoke_access()
    before = len(shop.ledger.entries(kind="call"))
    CALLS[call](of, order)
    paths = [str(each.facts["path"]) for each in shop.ledger.entries(kind="call")[before:]]
    assert [path.rstrip("/").endswith("/auth") for path in paths] == [False, True, False]
