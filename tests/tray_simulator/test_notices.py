"""What the simulated platform tells of changes: one form each, to one address, and how badly the post may be."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import httpx
import pytest

from cais.connectors.tray.simulator import SimulatedStore, TraySimulator
from cais.connectors.tray.simulator.notices import ALL_SCOPES, Post
from cais.simkit import Request, Response, Server
from tests.tray_simulator.conftest import Caller

MINUTE = 60.0


class Ear:
    """A receiver that answers as it is told."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.status = 200

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(status=self.status)

    def forms(self) -> list[dict[str, str]]:
        return [{name: value[0] for name, value in parse_qs(each.body.decode()).items()} for each in self.requests]

    def told(self) -> list[tuple[str, str, str]]:
        return [(each["scope_name"], each["scope_id"], each["act"]) for each in self.forms()]


@pytest.fixture
def ear(tray: TraySimulator) -> Iterator[Ear]:
    heard = Ear()
    with Server(heard) as server:
        tray.messenger.direct_to(f"{server.base_url}/avisos")
        yield heard


def tries(tray: TraySimulator) -> list[tuple[object, object, object]]:
    entries = (entry.facts for entry in tray.ledger.entries(kind="notice"))
    return [(each["attempt"], each["status"], each["again"]) for each in entries]


def test_a_sale_is_told_by_a_form_with_the_documented_fields(
    tray: TraySimulator, shop: SimulatedStore, ear: Ear
) -> None:
    (order,) = shop.sell()
    tray.messenger.step()
    assert ear.requests[0].method == "POST"
    assert ear.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"
    # Tray contract §4, in the order of its sample.
    assert ear.forms()[0] == {
        "seller_id": "391250",
        "scope_id": str(order.id),
        "scope_name": "order",
        "act": "insert",
        "app_code": "718",
        "url_notification": tray.messenger.url,
    }


def test_the_fields_that_no_table_names_may_be_absent(tray: TraySimulator, shop: SimulatedStore, ear: Ear) -> None:
    shop.choose(notice_extras="absent")
    shop.sell()
    tray.messenger.step()
    assert set(ear.forms()[0]) == {"seller_id", "scope_id", "scope_name", "act"}


def test_a_change_over_the_api_is_told_like_any_other(
    tray: TraySimulator, shop: SimulatedStore, caller: Caller, ear: Ear
) -> None:
    (order,) = shop.sell()
    tray.messenger.step()
    ear.requests.clear()
    sent = shop.store.book.status_named("ENVIADO").id
    assert caller.ask("PUT", f"/orders/{order.id}", body={"Order": {"status_id": sent}}).status_code == 200
    assert caller.ask("POST", f"/orders/{order.id}/invoices", body={"key": "1" * 44}).status_code == 201
    tray.messenger.step()
    assert ear.told() == [("order", str(order.id), "update")] * 2


def test_both_stores_tell_at_the_one_address(tray: TraySimulator, ear: Ear) -> None:
    for shop in tray.stores:
        shop.sell()
    tray.messenger.step()
    assert [each["seller_id"] for each in ear.forms() if each["act"] == "insert"] == ["391250", "402177"]


def test_other_scopes_are_told_only_when_asked_for(tray: TraySimulator, shop: SimulatedStore, ear: Ear) -> None:
    shop.sell(3)
    tray.messenger.step()
    assert {scope for scope, _, _ in ear.told()} == {"order"}
    tray.messenger.direct_to(tray.messenger.url, scopes=ALL_SCOPES)
    shop.sell(3)
    tray.messenger.step()
    assert {scope for scope, _, _ in ear.told()} & {"product_stock", "variant_stock"}


def test_the_past_is_not_replayed(tray: TraySimulator, shop: SimulatedStore) -> None:
    shop.sell(5)
    heard = Ear()
    with Server(heard) as server:
        tray.messenger.direct_to(server.base_url)
        assert tray.messenger.step() == 0


@pytest.mark.parametrize("status", [201, 204, 400, 404, 500, 503])
def test_only_200_counts_and_the_gaps_between_tries_grow(
    tray: TraySimulator, shop: SimulatedStore, ear: Ear, status: int
) -> None:
    ear.status = status
    shop.store.record("sold", {"order_id": 7})
    tray.messenger.step()
    for gap in (30, 60, 120, 240):
        tray.clock.advance(gap * MINUTE - 1)
        assert tray.messenger.step() == 0
        tray.clock.advance(1)
        assert tray.messenger.step() == 1
    tray.clock.advance(1e6)
    assert tray.messenger.step() == 0
    assert tries(tray) == [(n, status, n < 5) for n in range(1, 6)]


def test_a_try_that_succeeds_is_the_last(tray: TraySimulator, shop: SimulatedStore, ear: Ear) -> None:
    ear.status = 500
    shop.store.record("sold", {"order_id": 7})
    tray.messenger.step()
    ear.status = 200
    tray.clock.advance(30 * MINUTE)
    tray.messenger.step()
    assert tries(tray) == [(1, 500, True), (2, 200, False)]
    assert tray.messenger.waiting() == 0


def test_nobody_at_home_is_no_answer(tray: TraySimulator, shop: SimulatedStore) -> None:
    with Server(Ear()) as gone:
        address = gone.base_url
    tray.messenger.direct_to(address)
    shop.store.record("sold", {"order_id": 7})
    tray.messenger.step()
    assert tries(tray) == [(1, 0, True)]


def facts(shop: SimulatedStore, number: int) -> list[str]:
    for order_id in range(number):
        shop.store.record("sold", {"order_id": order_id})
    return [str(order_id) for order_id in range(number)]


def test_the_post_may_lose_and_double(tray: TraySimulator, shop: SimulatedStore, ear: Ear) -> None:
    tray.messenger.post = Post(drop=1.0)
    facts(shop, 5)
    assert tray.messenger.step() == 0
    tray.messenger.post = Post(duplicate=1.0)
    facts(shop, 5)
    assert tray.messenger.step() == 10


def test_the_post_may_be_late_and_out_of_order(tray: TraySimulator, shop: SimulatedStore, ear: Ear) -> None:
    tray.messenger.post = Post(delay=1.0, seconds=600)
    written = facts(shop, 20)
    tray.messenger.step()
    assert len(ear.requests) < 20
    tray.clock.advance(600)
    tray.messenger.step()
    arrived = [record for _, record, _ in ear.told()]
    assert sorted(arrived, key=int) == written
    assert arrived != written
    ear.requests.clear()
    tray.messenger.post = Post(reorder=1.0)
    facts(shop, 20)
    tray.clock.advance(5)
    tray.messenger.step()
    assert [record for _, record, _ in ear.told()] != written


def test_another_machine_is_never_spoken_to(tray: TraySimulator) -> None:
    for url in ("https://hub.example/avisos", "http://10.0.0.1/avisos", "ftp://127.0.0.1"):
        with pytest.raises(ValueError, match="this machine only"):
            tray.messenger.direct_to(url)


def test_the_control_call_directs_and_spoils_the_post(shop: SimulatedStore, tray: TraySimulator) -> None:
    place = f"{shop.base_url}/_sim/notices"
    told = httpx.post(place, json={"url": "http://127.0.0.1:9/x", "scopes": ["order", "customer"], "drop": 0.5}).json()
    assert told == httpx.get(place).json()
    assert (told["url"], told["scopes"], told["drop"]) == ("http://127.0.0.1:9/x", ["customer", "order"], 0.5)
    for wrong in (
        {"url": "https://hub.example"},
        {"drop": 2},
        {"scopes": "order"},
        {"scopes": ["order_status"]},
        {"x": 1},
    ):
        assert httpx.post(place, json=wrong).status_code == 400
