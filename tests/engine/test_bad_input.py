"""Bad input through the real Tray connector: each has its cause in the inbox, and its sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from string import Formatter

import pytest
from django.db.models.functions import Now

from cais.backoffice.models import SalesOrder
from cais.backoffice.opening import open_back_office
from cais.catalog.models import Product
from cais.companies.models import Company
from cais.companies.scope import group_scope
from cais.companies.services import add_company, found_group
from cais.connections.models import Connection, Health
from cais.connections.services import change_settings
from cais.connectors.tray.simulator import Scenario, TraySimulator, catalogue
from cais.core.effects import Meaning
from cais.inbox.models import Pending
from cais.inbox.reasons import REASONS, words
from cais.intake.models import Cursor
from cais.ops.demo_seed import receive, register
from cais.ops.stages import STAGES, run_stage
from cais.orders.models import Order
from cais.settling.services import dictionary_changed
from cais.simkit import Clock, Response, Server
from cais.statuses.models import StatusEntry
from cais.statuses.services import suggest
from tests.engine.house import CNPJ
from tests.engine.tray_store import connect_tray


class Quay:
    """A merchant with one simulated Tray store."""

    def __init__(self, tray: TraySimulator, company: Company, store: Connection) -> None:
        self.tray, self.company, self.store, self.shop = tray, company, store, tray.stores[0]

    def work(self, *, rounds: int = 4) -> None:
        for _ in range(rounds):
            Cursor.objects.update(due_at=Now())
            Health.objects.filter(access="").update(wait_until=None)
            for stage in STAGES.values():
                for key in list(stage.waiting()):
                    run_stage(stage, Connection.objects.select_related("company").get(pk=key), rounds=5)

    def values(self) -> dict[str, str]:
        """What a person would type for one more connection to the same store."""
        secrets = {"consumer_secret": self.tray.app.consumer_secret, "code": self.shop.install()}
        return {**self.store.settings, **secrets}

    def reasons(self) -> set[str]:
        return set(Pending.objects.filter(closed_at=None).values_list("reason", flat=True))


@contextmanager
def quay_with(scenario: Scenario) -> Iterator[Quay]:
    """The store sells by this scenario; all it sells is registered and in stock."""
    group = found_group("Grupo Jurubim")
    with group_scope(group.pk), TraySimulator(clock=Clock(), scenario=scenario) as tray:
        company = add_company(group, name="Casa", legal_name="Jurubim Casa Ltda", cnpj=CNPJ, state="SC")
        open_back_office(company)
        register(group, catalogue())
        receive(company, {product.sku: 500 for product in Product.objects.filter(is_kit=False)})
        store = connect_tray(company, tray, name="Loja")
        yield Quay(tray, company, store)


@pytest.fixture(autouse=True)
def _this_machine_only(settings: object) -> None:
    settings.ALLOWED_ADDRESSES = "loopback"


@pytest.fixture
def quay(db: None) -> Iterator[Quay]:
    with quay_with(Scenario.clean(seed=7)) as made:
        yield made


def wrong_key(quay: Quay) -> None:
    change_settings(quay.store, {"consumer_key": "chave-errada", "code": "codigo-errado"})


def blocked(quay: Quay) -> None:
    quay.shop.store.trouble = 1001


def silent_address(quay: Quay) -> None:
    """Nobody listens on port 1 of this machine."""
    change_settings(quay.store, {"store_url": "http://127.0.0.1:1", "api_address": "http://127.0.0.1:1/web_api"})


def private_address(quay: Quay) -> None:
    change_settings(quay.store, {"store_url": "http://10.0.0.8", "api_address": "http://10.0.0.8/web_api"})


def html(quay: Quay) -> None:
    quay.shop.faults.set("html_ok", probability=1.0)


def forty_megabytes(quay: Quay) -> None:
    quay.shop.faults.set("huge_body", probability=1.0, only="GET /web_api/orders")


@pytest.mark.parametrize(
    ("break_it", "expected"),
    [
        (wrong_key, {"wrong_key", "needs_authorisation"}),
        (blocked, {"store_blocked"}),
        (silent_address, {"store_silent"}),
        (private_address, {"private_address"}),
        (html, {"answer_html"}),
        (forty_megabytes, {"answer_too_large"}),
    ],
)
def test_a_broken_connection_says_what_happened_in_the_inbox(
    quay: Quay, break_it: Callable[[Quay], None], expected: set[str]
) -> None:
    break_it(quay)
    quay.work(rounds=6)
    assert len(quay.reasons()) == 1
    assert quay.reasons() <= expected
    (row,) = Pending.objects.filter(closed_at=None)
    _is_plain_portuguese(row)


def test_an_address_without_a_store_says_so(quay: Quay) -> None:
    with Server(lambda _: Response(404, b"Not Found", "text/plain")) as nobody:
        change_settings(quay.store, {"store_url": nobody.base_url, "api_address": nobody.base_url + "/web_api"})
        quay.work()
    assert quay.reasons() == {"wrong_address"}


# The share of odd orders is one: every order of the store is odd in this way.
@pytest.mark.parametrize(
    ("odd", "expected"),
    [
        ({"no_lines": 1.0}, {"no_lines"}),
        ({"unknown_product": 1.0}, {"product_unknown"}),
        ({"impossible_cpf": 1.0}, {"document_invalid"}),
        ({"cents_off": 1.0}, {"sum_mismatch"}),
        ({"invented_status": 1.0}, {"status_unmapped"}),
    ],
)
def test_an_odd_order_waits_with_its_cause(db: None, odd: dict[str, float], expected: set[str]) -> None:
    with quay_with(replace(Scenario.clean(seed=11), **odd)) as quay:
        quay.work()
        known = [entry for entry in StatusEntry.objects.all() if suggest(entry.label, entry.hint)]
        for entry in known:
            dictionary_changed([entry], Meaning.PENDING, actor_name="Rosana")
        quay.shop.sell(3)
        quay.work()
        assert Order.objects.count() == 3
        assert expected <= quay.reasons()
        assert not SalesOrder.objects.filter(store_number__in=_waiting()).exists()
        for row in Pending.objects.filter(closed_at=None):
            _is_plain_portuguese(row)


def test_two_stores_may_use_the_same_number(db: None) -> None:
    with quay_with(Scenario.clean(seed=3)) as quay:
        second = connect_tray(quay.company, quay.tray, name="Outra loja")
        quay.shop.sell(2)
        quay.work()
        numbers = list(Order.objects.values_list("number", flat=True))
        assert len(numbers) == 4
        assert len(set(numbers)) == 2
        assert Order.objects.filter(connection=second).count() == 2


def _waiting() -> list[str]:
    return list(Pending.objects.filter(subject="order", closed_at=None).values_list("subject_label", flat=True))


def _is_plain_portuguese(row: Pending) -> None:
    """Title, cause, consequence and remedy are filled: no gap, no brace, and none of the vendor's English."""
    reason = REASONS[row.reason]
    for text in (reason.title, reason.cause, reason.consequence, reason.remedy, reason.button):
        said = words(text, row.params)
        assert "{" not in said
        asked = {name for _, name, _, _ in Formatter().parse(text) if name}
        assert asked <= {*row.params, "n"}, f"{row.reason} has a gap"
        assert not re.search(r"\b(timeout|token|payload|error|request|null|None)\b", said, re.IGNORECASE)


def test_every_reason_has_its_four_texts_and_a_button() -> None:
    for reason in REASONS.values():
        for text in (reason.short, reason.title, reason.cause, reason.consequence, reason.remedy, reason.button):
            assert text.strip(), reason.code
        assert reason.target


def test_money_is_decimal_to_the_end(quay: Quay) -> None:
    quay.shop.sell(1)
    quay.work()
    assert isinstance(Order.objects.get().total, Decimal)


def test_an_address_typed_anew_is_the_one_that_is_used(quay: Quay) -> None:
    """Tokens won on the old address must not keep a new, wrong one from being noticed."""
    quay.work()
    assert quay.reasons() == set()
    change_settings(quay.store, {"api_address": "http://10.0.0.8/web_api"})
    quay.store.refresh_from_db()
    quay.work()
    assert quay.reasons() == {"private_address"}
