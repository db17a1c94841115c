"""What may be kept of an exchange: no key, no token, no code, and no buyer's document."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cais.ports.errors import ConfigurationError, VendorError
from cais.ports.manifest import Capability
from cais.ports.session import Account
from tests.contract.face import Vendor
from tests.contract.lending import MemoryTokens
from tests.contract.reading import read_window
from tests.contract.vendors import owing

pytestmark = owing(Capability.IMPORT_ORDERS)
FAULTS = ["error_500", "html_ok", "html_502", "cut_body", "huge_body", "lost_after_commit", "error_429"]


def _secrets(vendor: Vendor, account: Account) -> set[str]:
    secret = {setting.name for setting in vendor.connector.manifest.settings if setting.secret}
    typed = {value for name, value in account.settings.items() if name in secret and value}
    given = {text for pair in account.tokens.saved for text in (pair.access, pair.refresh)}
    assert given, "no token was ever stored"
    return typed | given


def _work(vendor: Vendor, account: Account, tries: list[Callable[[], object]]) -> list[Exception]:
    failed: list[Exception] = []
    for attempt in tries:
        try:
            attempt()
        except (VendorError, ConfigurationError) as error:
            failed.append(error)
    return failed


def _assert_hidden(texts: list[str], secrets: set[str]) -> None:
    for text in texts:
        assert not [secret for secret in secrets if secret in text], text[:400]


def test_secrets_never_appear_in_an_exchange(vendor: Vendor) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    vendor.connector.check(account)
    read_window(vendor.connector, account, vendor.lately())
    vendor.connector.fetch_order(account, order_id)
    vendor.expire_access()
    read_window(vendor.connector, account, vendor.lately())
    exchanges = account.meter.exchanges
    assert len(exchanges) > 4
    _assert_hidden([repr(exchange) for exchange in exchanges], _secrets(vendor, account))


@pytest.mark.parametrize("fault", FAULTS)
def test_secrets_never_appear_when_a_call_fails(vendor: Vendor, fault: str) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    read_window(vendor.connector, account, vendor.lately())
    vendor.expire_access()
    vendor.fault(fault, times=4)
    tries = [
        lambda: vendor.connector.list_orders(account, vendor.lately(), 1),
        lambda: vendor.connector.fetch_order(account, order_id),
        lambda: vendor.connector.check(account),
    ]
    failed = _work(vendor, account, tries)
    assert failed, "the fault did not strike"
    told = [repr(error) + str(getattr(error, "detail", "")) for error in failed]
    _assert_hidden([*told, *(repr(each) for each in account.meter.exchanges)], _secrets(vendor, account))


def test_secrets_never_appear_when_an_account_or_its_tokens_are_printed(vendor: Vendor) -> None:
    account = vendor.account()
    read_window(vendor.connector, account, vendor.lately())
    assert isinstance(account.tokens, MemoryTokens)
    # The account's own line prints the test's token store, which prints its tokens.
    _assert_hidden([repr(account), repr(account.tokens.current())], _secrets(vendor, account))


def test_every_call_is_counted_before_and_recorded_after(vendor: Vendor) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    read_window(vendor.connector, account, vendor.lately())
    vendor.fault("lost_after_commit", only=vendor.paths.fetch)
    with pytest.raises(VendorError):
        vendor.connector.fetch_order(account, order_id)
    assert len(account.meter.spent) == len(account.meter.exchanges) == vendor.calls()
    assert account.meter.exchanges[-1].error


def test_a_buyers_document_never_appears_in_an_exchange(vendor: Vendor) -> None:
    (order_id,) = vendor.sell()
    account = vendor.account()
    raw = vendor.connector.fetch_order(account, order_id)
    buyer = vendor.connector.read_order(raw).buyer
    assert buyer.document.encode() in raw.replace(b".", b"").replace(b"-", b"").replace(b"/", b"")
    told = "".join(repr(each) for each in account.meter.exchanges)
    assert buyer.document not in told.replace(".", "").replace("-", "").replace("/", "")
    assert not buyer.email or buyer.email not in told
