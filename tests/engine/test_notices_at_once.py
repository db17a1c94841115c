"""Notices in earnest: many doors, merges and readings at once, and the bad post of the simulated Tray."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client

from cais.companies.scope import group_scope
from cais.connections.models import Connection
from cais.connectors.tray.simulator import Scenario, TraySimulator
from cais.connectors.tray.simulator.notices import Post
from cais.hooks.listeners import align_listeners, door_key
from cais.hooks.merging import merge_notices
from cais.hooks.models import Listener, Notice
from cais.intake.fetch import fetch_orders
from cais.intake.models import Cursor, Document
from cais.intake.pull import look_for_orders
from cais.intake.record import record_orders
from cais.intake.statuses import read_statuses
from cais.orders.models import Order
from cais.simkit import Clock, Request, Response, Server
from tests.engine.house import House, house
from tests.engine.test_concurrency import at_once
from tests.engine.tray_store import connect_tray


@pytest.fixture
def town(transactional_db: None) -> Iterator[House]:
    """A house in a database of its own, where other threads see what it commits."""
    with house() as made:
        align_listeners(made.group.pk)
        yield made


def said(order_id: str, act: str = "update") -> bytes:
    return json.dumps({"store": "77", "record": "order", "id": order_id, "act": act}).encode()


def test_doors_merges_and_readings_at_once_lose_and_double_nothing(town: House) -> None:
    sold = [town.vendor.store.sell() for _ in range(30)]
    url = f"/avisos/imaginary/{door_key('imaginary', 'imaginary')}"

    def deliver() -> None:
        with group_scope(0):  # nobody's group, as at the door
            for order_id in sold * 3:
                answer = Client().post(url, said(order_id, "insert"), content_type="application/json")
                assert answer.status_code == 200

    def merge() -> None:
        for _ in range(40):
            merge_notices(town.store, limit=20)
            fetch_orders(town.store)

    def read() -> None:
        look_for_orders(town.store)
        for _ in range(10):
            record_orders(town.store)

    assert at_once(town.group.pk, deliver, deliver, merge, merge, read) == []
    town.work()
    assert set(Order.objects.values_list("external_id", flat=True)) == set(sold)
    assert Order.objects.count() == Document.objects.count() == len(sold)
    assert Notice.objects.count() == 180
    assert not Notice.objects.filter(merged_at=None).exists()
    assert Listener.objects.get().heard_ever == 180
    assert set(Notice.objects.values_list("document_id", flat=True)) == set(
        Document.objects.values_list("pk", flat=True)
    )
    connections.close_all()


@pytest.fixture
def tray() -> Iterator[TraySimulator]:
    with TraySimulator(clock=Clock(), scenario=Scenario.clean(seed=11)) as simulator:
        yield simulator


def _connect(home: House, tray: TraySimulator) -> Connection:
    made = connect_tray(home.company, tray, store_code=tray.stores[0].store.config.store_id)
    assert read_statuses(made)  # the first call brings the access, and the store's number with it
    align_listeners(home.group.pk)
    # The list stands still: what comes in comes by notice.
    Cursor.objects.filter(connection=made).update(due_at=None)
    return made


def _deliver(requests: list[Request]) -> Counter[int]:
    """Hand over what the simulator posted, by the path it posted to."""
    answers: Counter[int] = Counter()
    while requests:
        request = requests.pop(0)
        answer = Client().post(request.path, request.body, content_type=request.headers["content-type"])
        answers[answer.status_code] += 1
    return answers


def _look(store: Connection) -> None:
    while merge_notices(store):
        pass
    while fetch_orders(store):
        record_orders(store)


@pytest.mark.parametrize(
    "post",
    [
        Post(),
        Post(duplicate=1.0),
        Post(delay=0.8, seconds=7200),
        Post(reorder=1.0),
        Post(duplicate=0.5, delay=0.5, reorder=0.5, seconds=3600),
    ],
    ids=["good", "twice", "late", "shuffled", "all"],
)
def test_what_a_tray_store_tells_comes_in_however_bad_the_post(home: House, tray: TraySimulator, post: Post) -> None:
    store, (shop,) = _connect(home, tray), tray.stores
    posted: list[Request] = []

    def ear(request: Request) -> Response:
        posted.append(request)
        return Response(status=200)

    with Server(ear) as server:
        tray.messenger.direct_to(f"{server.base_url}/avisos/tray/{door_key('tray', tray.app.consumer_key)}")
        tray.messenger.post = post
        sold = shop.sell(12)
        for order in sold[:4]:
            shop.store.book.cancel(order, by="merchant")
        for _ in range(4):
            tray.messenger.step()
            assert set(_deliver(posted)) <= {200}
            _look(store)
            tray.clock.advance(3600)
    Document.objects.exclude(due_at=None).update(due_at="2026-01-01T00:00:00Z")
    _look(store)
    found = dict(Order.objects.filter(connection=store).values_list("external_id", "status__external_id"))
    assert found == {str(order.id): str(order.status_id) for order in sold}


def test_a_post_that_loses_a_third_is_made_good_by_the_list(home: House, tray: TraySimulator) -> None:
    store, (shop,) = _connect(home, tray), tray.stores
    posted: list[Request] = []

    def ear(request: Request) -> Response:
        posted.append(request)
        return Response(status=200)

    with Server(ear) as server:
        tray.messenger.direct_to(f"{server.base_url}/avisos/tray/{door_key('tray', tray.app.consumer_key)}")
        tray.messenger.post = Post(drop=0.5)
        sold = shop.sell(12)
        tray.messenger.step()
        _deliver(posted)
        _look(store)
    by_notice = Order.objects.filter(connection=store).count()
    assert 0 < by_notice < 12
    Cursor.objects.filter(connection=store, kind="orders").update(due_at="2026-01-01T00:00:00Z")
    look_for_orders(store)
    _look(store)
    assert set(Order.objects.filter(connection=store).values_list("external_id", flat=True)) == {
        str(order.id) for order in sold
    }


def test_a_door_that_is_shut_is_tried_again_by_the_store(home: House, tray: TraySimulator) -> None:
    store, (shop,) = _connect(home, tray), tray.stores
    posted: list[Request] = []
    status = 503

    def ear(request: Request) -> Response:
        posted.append(request)
        return Response(status=status)

    with Server(ear) as server:
        tray.messenger.direct_to(f"{server.base_url}/avisos/tray/{door_key('tray', tray.app.consumer_key)}")
        (order,) = shop.sell()
        tray.messenger.step()
        posted.clear()
        status = 200
        tray.clock.advance(30 * 60)
        tray.messenger.step()
    _deliver(posted)
    _look(store)
    assert Order.objects.get(connection=store).external_id == str(order.id)
