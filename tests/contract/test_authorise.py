"""Access: the merchant's yes becomes tokens, one worker renews for all, and a lost access is named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from cais.ports.errors import AccessRefused, AccessState, ConfigurationError, Unavailable
from cais.ports.manifest import Capability
from tests.contract.face import Vendor
from tests.contract.lending import account_for
from tests.contract.reading import read_window
from tests.contract.vendors import owing

CALLBACK = "https://cais.exemplo.com.br/conexoes/7/volta"
WORKERS = 4

authorising = owing(Capability.AUTHORISE)
reading = owing(Capability.IMPORT_ORDERS)
writing = owing(Capability.WRITE_STATUS, Capability.LIST_STATUSES)


@authorising
def test_the_merchants_yes_becomes_tokens(vendor: Vendor) -> None:
    account = vendor.unauthorised_account()
    query = vendor.approve(vendor.connector.authorise_url(account, CALLBACK))
    brought = vendor.connector.settings_from_callback(account, query)
    complete = account_for({**account.settings, **brought})
    tokens = vendor.connector.redeem(complete)
    assert complete.tokens.current() == tokens
    now = complete.clock.now()
    assert now < tokens.access_expires_at < tokens.refresh_expires_at
    assert all(check.ok for check in vendor.connector.check(complete))


@authorising
def test_another_stores_answer_is_refused(vendor: Vendor) -> None:
    account = vendor.unauthorised_account()
    query = vendor.approve(vendor.connector.authorise_url(account, CALLBACK))
    with pytest.raises(ConfigurationError) as told:
        vendor.connector.settings_from_callback(account, vendor.as_another_store(query))
    assert told.value.words


@authorising
def test_an_empty_answer_is_refused(vendor: Vendor) -> None:
    with pytest.raises(ConfigurationError):
        vendor.connector.settings_from_callback(vendor.account(), {})


@reading
def test_the_stored_access_is_used_and_not_renewed_at_every_call(vendor: Vendor) -> None:
    account = vendor.account()
    for _ in range(3):
        read_window(vendor.connector, account, vendor.lately())
    assert vendor.renewals() == 1


@reading
def test_an_ended_access_is_renewed_without_a_word(vendor: Vendor) -> None:
    sold = vendor.sell(2)
    account = vendor.account()
    read_window(vendor.connector, account, vendor.lately())
    vendor.expire_access()
    assert set(read_window(vendor.connector, account, vendor.lately())) == set(sold)
    assert vendor.renewals() == 2


@reading
def test_workers_that_are_refused_together_renew_once(vendor: Vendor) -> None:
    account, window = vendor.account(), vendor.lately()
    read_window(vendor.connector, account, window)
    vendor.expire_access()
    # Slow enough that all of them have been refused before the first new pair is there.
    vendor.fault("slow", times=WORKERS, only=vendor.paths.renew, seconds=0.2)
    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(lambda _: vendor.connector.list_orders(account, window, 1), range(WORKERS)))
    assert vendor.renewals() == 2


@reading
def test_a_lost_answer_to_a_renewal_is_survived_where_a_way_in_is_left(vendor: Vendor) -> None:
    vendor.forgives_lost_renewals(True)
    sold = vendor.sell(1)
    account = vendor.account()
    read_window(vendor.connector, account, vendor.lately())
    vendor.expire_access()
    vendor.fault("lost_after_commit", only=vendor.paths.renew)
    with suppress(Unavailable):
        read_window(vendor.connector, account, vendor.lately())
    assert set(read_window(vendor.connector, account, vendor.lately())) == set(sold)


@reading
def test_a_lost_answer_to_a_renewal_is_no_endless_loop_where_none_is_left(vendor: Vendor) -> None:
    vendor.forgives_lost_renewals(False)
    account = vendor.account()
    read_window(vendor.connector, account, vendor.lately())
    vendor.expire_access()
    vendor.fault("lost_after_commit", only=vendor.paths.renew)
    before = vendor.calls()
    for _ in range(2):
        with pytest.raises((AccessRefused, Unavailable)) as told:
            vendor.connector.list_orders(account, vendor.lately(), 1)
    assert isinstance(told.value, AccessRefused)
    assert told.value.state is AccessState.NEEDS_AUTHORISATION
    assert vendor.calls() - before <= 10


@writing
def test_a_write_refused_for_its_access_is_done_once_after_renewal(vendor: Vendor) -> None:
    (order_id,) = vendor.sell()
    account, wanted = vendor.account(), vendor.another_status(order_id)
    status = next(each for each in vendor.connector.list_statuses(account) if each.external_id == wanted)
    vendor.expire_access()
    vendor.connector.write_status(account, order_id, status)
    assert vendor.status_of(order_id) == wanted
    assert vendor.status_writes(order_id) == 1


@reading
def test_an_access_withdrawn_for_good_needs_the_merchant(vendor: Vendor) -> None:
    account = vendor.account()
    read_window(vendor.connector, account, vendor.lately())
    vendor.withdraw_access()
    with pytest.raises(AccessRefused) as told:
        vendor.connector.list_orders(account, vendor.lately(), 1)
    assert told.value.state is AccessState.NEEDS_AUTHORISATION
    assert told.value.words


@reading
def test_a_blocked_store_is_named(vendor: Vendor) -> None:
    account = vendor.account()
    read_window(vendor.connector, account, vendor.lately())
    vendor.block()
    with pytest.raises(AccessRefused) as told:
        vendor.connector.list_orders(account, vendor.lately(), 1)
    assert told.value.state is AccessState.STORE_BLOCKED
    assert told.value.words
