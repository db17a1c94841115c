"""The demo's merchant: complete after one run, untouched by the second, and with something to look at."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.contrib.auth import authenticate

from cais.catalog.models import KitComponent, Product
from cais.companies.models import Membership, User
from cais.companies.scope import group_ids, group_scope
from cais.connections import serving
from cais.connections.models import Connection
from cais.connectors.tray.simulator.__main__ import announcement
from cais.connectors.tray.simulator.scenario import Scenario
from cais.connectors.tray.simulator.simulator import TraySimulator
from cais.connectors.tray.simulator.store import MAIN_STORE, SECOND_STORE
from cais.exporting.documents import missing_of
from cais.hooks.listeners import address_of
from cais.ops import demo_seed
from cais.ops.demo_seed import Access, SeedRefusedError, seed
from cais.statuses.models import StatusEntry, WriteBack
from cais.stock.models import Balance, LedgerEntry

pytestmark = pytest.mark.django_db
SEEN = (Product, KitComponent, Connection, Membership, User, StatusEntry, WriteBack, Balance, LedgerEntry)


@pytest.fixture
def store(settings: object) -> Iterator[TraySimulator]:
    settings.ALLOWED_ADDRESSES = "loopback"  # type: ignore[attr-defined]
    with TraySimulator(scenario=Scenario.clean(seed=5, rate=0.0)) as tray:
        yield tray


def rows() -> list[list[object]]:
    with group_scope(group_ids()[0]):
        return [list(model._default_manager.order_by("pk").values()) for model in SEEN]


def test_a_second_run_changes_nothing(store: TraySimulator) -> None:
    access = Access.from_announcement(announcement(store))
    first = seed(access)
    before = rows()
    sold = len(store.stores[0].store.book.orders)
    assert seed(access) == first
    assert rows() == before
    assert len(store.stores[0].store.book.orders) == sold == demo_seed.FIRST_SALES


def test_the_merchant_can_log_in_and_has_products_kits_stock_and_translated_statuses(store: TraySimulator) -> None:
    login = seed(Access.from_announcement(announcement(store)))
    assert authenticate(None, email=login["email"], password=login["password"]) is not None
    with group_scope(group_ids()[0]):
        assert Membership.objects.count() == 4
        assert (Product.objects.count(), Product.objects.kits().count()) == (66, 6)
        assert {each.sku for each in Product.objects.filter(is_kit=False) if missing_of(each)} == {
            "TEX-AVE-LN",
            "VID-BAM-10",
        }
        first = Balance.objects.filter(warehouse__company__priority=1)
        assert first.get(product__sku="TEX-TOA-AZ").on_hand == Decimal(4)
        assert first.get(product__sku="TEX-TOA-CR").on_hand == Decimal(200)
        meanings = dict(StatusEntry.objects.values_list("label", "meaning"))
        assert meanings["A ENVIAR VINDI"] == "pending"
        assert meanings["CANCELADO AUT"] == "cancelled"
        assert "" not in meanings.values()


def test_a_store_that_was_started_again_is_found_at_its_new_address(store: TraySimulator) -> None:
    seed(Access.from_announcement(announcement(store)))
    with TraySimulator(scenario=Scenario.clean(seed=5, rate=0.0)) as again:
        access = Access.from_announcement(announcement(again))
        seed(access)
        with group_scope(group_ids()[0]):
            assert Connection.objects.get(role="store").settings["api_address"] == access.api_address


def test_words_of_something_else_are_refused() -> None:
    with pytest.raises(SeedRefusedError):
        Access.from_announcement({"stores": []})


def test_the_store_learns_where_its_notices_go(store: TraySimulator, settings: object) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"  # type: ignore[attr-defined]
    seed(Access.from_announcement(announcement(store)))
    with group_scope(group_ids()[0]):
        connection = Connection.objects.get(name=demo_seed.STORE)
        address = address_of(connection)
        assert address is not None
        assert store.messenger.url == address.url
        assert connection.listener.seller == "391250"
    assert store.messenger.waiting() == 0  # nobody is told of what was sold before


def test_without_an_address_the_store_tells_nobody(store: TraySimulator, settings: object) -> None:
    settings.PUBLIC_URL = ""  # type: ignore[attr-defined]
    seed(Access.from_announcement(announcement(store)))
    assert store.messenger.url == ""


def test_two_stores_sell_for_three_empresas_and_some_goods_lie_at_a_branch_alone(settings: object) -> None:
    settings.ALLOWED_ADDRESSES = "loopback"  # type: ignore[attr-defined]
    configs = (MAIN_STORE, SECOND_STORE)
    with TraySimulator(stores=configs, scenario=Scenario.clean(seed=5, rate=0.0)) as tray:
        said = announcement(tray)
        seed(*(Access.from_announcement(said, place=place) for place in (0, 1)))
    with group_scope(group_ids()[0]):
        queues = serving.queues(Connection.objects.filter(role="store"))
        assert [[company.priority for company in queue] for queue in queues.values()] == [[1, 2, 3], [1, 2, 3]]
        lying: dict[int, set[int]] = {}
        for product, place in Balance.objects.values_list("product", "warehouse__company__priority"):
            lying.setdefault(product, set()).add(place)
        # 54 products lie on shelves, and each seventh of them at the first branch alone.
        assert sum(places == {2} for places in lying.values()) == 8
