"""Stock in a Tray store under its limits: nothing that waits is lost, orders go first, the screen says until when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from cais.catalog.models import Listing, Product
from cais.connections import account, calls
from cais.connections.models import Budget, Connection, Health
from cais.connections.turns import TELLING_STOCK
from cais.connectors.tray.simulator import Scenario, SimulatedStore, TraySimulator
from cais.connectors.tray.simulator.records import Product as SoldProduct
from cais.intake import fetch, pull
from cais.intake.models import Cursor
from cais.ops import tasks
from cais.ops.stages import STAGES, run_stage
from cais.orders.models import Order
from cais.ports.manifest import Capability
from cais.publishing.loop import publish
from cais.shelves import ages, sending
from cais.shelves.looking import look
from cais.shelves.marks import mark_all
from cais.shelves.models import Mark, StockPublication
from cais.shelves.stock import STOCK, StockKind
from cais.simkit import Clock
from cais.web.goods.shelf_sides import STOCK_SIDE
from cais.web.goods.shelf_words import kpis_of
from tests.engine.house import House
from tests.engine.test_access import Calendar
from tests.engine.test_shelves import adjust
from tests.engine.tray_store import connect_tray

NOON = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
SHOWN = 3


@dataclass
class Limited:
    """A merchant's Tray store on a clock of the test's, told its stock; `pass_time` moves that clock."""

    home: House
    store: Connection
    shop: SimulatedStore
    calendar: Calendar

    def link(self, count: int, *, units: str = "7") -> list[Product]:
        """So many products, shown otherwise by the store."""
        made = [self.home.product(f"LIM-{number:03}", units=units) for number in range(count)]
        for product in made:
            with self.shop.store.lock:
                shelf = self.shop.store.shelf
                thing = SoldProduct(id=shelf.new_id(), name=product.name, price=product.price, stock=SHOWN)
                thing.reference = product.sku
                shelf.add_product(thing)
            own = {"group": self.home.group, "connection": self.store, "product": product}
            Listing.objects.create(external_id=str(thing.id), reference=product.sku, **own)
        mark_all(self.store)
        return made

    def work(self, *, rounds: int = 3) -> None:
        for _ in range(rounds):
            Health.objects.update(wait_until=None, limited_until=None)
            Cursor.objects.filter(kind="orders", connection=self.store).update(due_at=Now())
            StockPublication.objects.filter(due_at__gt=Now()).update(due_at=Now())
            for stage in STAGES.values():
                for key in list(stage.waiting()):
                    run_stage(stage, Connection.objects.select_related("company").get(pk=key), rounds=20)

    def pass_time(self, *, seconds: float) -> None:
        self.calendar.clock.advance(seconds)

    def use(self, *, minute: int = 0, today: int = 0) -> None:
        """So many calls were made already, and both sides know it."""
        now = self.calendar.timestamp()
        with self.shop.store.lock:
            self.shop.store.limits.admit(now, self.shop.store.limits.minute)
            for _ in range(minute - 1):
                self.shop.store.limits.minute.count(now)
            self.shop.store.limits.used_today = today or minute
        Cursor.objects.filter(connection=self.store).update(whole_at=None)
        facts = {"minute": [now] * minute, "day": date(2026, 11, 21), "day_calls": today or minute}
        Budget.objects.update_or_create(connection=self.store, defaults={"group": self.home.group, **facts})

    def shown(self) -> list[int]:
        with self.shop.store.lock:
            every = self.shop.store.shelf.products.values()
            return [one.stock for one in every if one.reference.startswith("LIM-")]

    def told(self) -> list[int]:
        """Every figure that the store took from us, oldest first."""
        facts = [entry.facts for entry in self.shop.store.ledger.entries(kind="stock")]
        return [int(str(each["is"])) for each in facts if each["by"] == "api"]

    def kpis(self) -> dict[str, tuple[str, str]]:
        return {
            kpi.label: (kpi.value, kpi.note) for kpi in kpis_of(ages.age_of(self.store, STOCK), STOCK_SIDE, url="/")
        }


@pytest.fixture
def limited(home: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Limited]:
    calendar = Calendar(Clock.standing(NOON.timestamp()))
    for room in (account, calls, pull, fetch, sending, ages):
        monkeypatch.setattr(room, "CLOCK", calendar)
    with TraySimulator(clock=calendar.clock, scenario=Scenario.clean(seed=3)) as tray:
        (shop,) = tray.stores
        store = connect_tray(home.company, tray, start_at=NOON.isoformat())
        Connection.objects.filter(pk=store.pk).update(functions=[Capability.IMPORT_ORDERS, Capability.WRITE_STOCK])
        store.refresh_from_db()
        made = Limited(home, store, shop, calendar)
        made.work(rounds=1)
        yield made


def test_a_thousand_changes_while_the_store_is_down_become_one_call_with_the_newest_value(limited: Limited) -> None:
    (product,) = limited.link(1)
    limited.work()
    limited.shop.faults.set("error_503", probability=1.0)
    for _ in range(10):
        for _ in range(100):
            adjust(limited.home, product, "1")
        limited.work(rounds=1)
        limited.pass_time(seconds=30)
    limited.shop.faults.clear()
    limited.work()
    assert limited.told() == [7, 1007]


def test_the_days_reserve_is_left_to_the_orders_and_the_rest_goes_on_after_midnight(limited: Limited) -> None:
    limited.link(10)
    limited.use(today=7_994)
    limited.work()
    # Eight in ten of the day's 10,000 calls are stock's; the list of the orders took some of the last six.
    assert 1 <= limited.shown().count(7) <= 5
    used = limited.shop.store.limits.used_today
    for _ in range(5):
        limited.work(rounds=1)
        limited.pass_time(seconds=60)
    assert limited.shown().count(SHOWN) >= 5
    limited.pass_time(seconds=12 * 3600)
    limited.work()
    assert limited.shown() == [7] * 10
    assert (used >= 8_000, limited.shop.store.limits.refused) == (True, 0)


def test_the_screen_says_until_when_the_day_makes_the_stock_wait(limited: Limited) -> None:
    limited.link(10)
    limited.use(today=8_000)
    limited.work()
    kpis = limited.kpis()
    assert kpis["Esperam envio"][0] == "10"
    assert kpis["Último deve sair"][1] == "as chamadas de hoje para estoque acabaram; continua depois da meia-noite"
    assert kpis["Chamadas restantes"][0] == "0"


def test_an_order_is_read_in_the_minute_that_stock_has_used_up(limited: Limited) -> None:
    limited.link(30)
    limited.use(minute=140)
    limited.work()
    # 153 of the minute's 180 calls may be stock's; the other rows wait, and the sale does not wait for them.
    assert 0 < limited.shown().count(7) <= 13
    limited.shop.sell(2)
    limited.work()
    assert Order.objects.filter(connection=limited.store).count() == 2
    assert limited.shop.store.limits.refused == 0
    assert limited.shown().count(SHOWN) >= 17
    limited.pass_time(seconds=62)
    limited.work()
    assert limited.shown() == [7] * 30


def test_when_somebody_else_uses_the_stores_calls_what_it_refuses_waits_and_is_said(limited: Limited) -> None:
    limited.link(12)
    limited.shop.store.limits.minute.limit = 8
    for _ in range(8):
        limited.work(rounds=1)
        limited.pass_time(seconds=61)
    assert limited.shop.store.limits.refused > 0
    assert limited.shown() == [7] * 12
    assert limited.told() == [7] * 12
    assert not StockPublication.objects.exclude(due_at=None, hold="", in_flight=False).exists()


def test_where_calls_are_scarce_one_reading_of_the_orders_serves_many_rows(limited: Limited) -> None:
    limited.link(13)
    limited.use(minute=135)
    before = limited.shop.store.limits.used_today
    sending.send_stock(limited.store)
    for _ in range(4):
        adjust(limited.home, Product.objects.get(sku="LIM-000"), "1")
        sending.send_stock(limited.store)
    # Of the 18 calls that were left to stock one read the orders.
    assert limited.told() == [*[7] * 13, 8, 9, 10, 11]
    assert limited.shop.store.limits.used_today - before == 18


def test_where_calls_are_plenty_each_figure_is_said_on_a_reading_of_its_own(limited: Limited) -> None:
    (product,) = limited.link(1)
    before = limited.shop.store.limits.used_today
    for _ in range(3):
        adjust(limited.home, product, "1")
        sending.send_stock(limited.store)
    assert limited.told() == [8, 9, 10]
    assert limited.shop.store.limits.used_today - before == 6
    assert sending.again_in(limited.store, STOCK) is None


def test_the_next_look_comes_when_the_next_call_is_free(limited: Limited) -> None:
    limited.link(2)
    limited.use(minute=160)
    marks = Mark.objects.count()
    assert sending.send_stock(limited.store) == marks  # folded, and nothing said
    limited.pass_time(seconds=20)
    # A call stays in our minute for 61.5 seconds.
    assert sending.again_in(limited.store, STOCK) == pytest.approx(41.5)
    assert limited.told() == []


def test_the_jobs_ask_for_that_look_at_that_moment(limited: Limited, monkeypatch: pytest.MonkeyPatch) -> None:
    # The test's own transaction lives on the connection that a job would close.
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    limited.link(2)
    limited.use(minute=160)
    tasks.look("stock", limited.home.group.pk, limited.store.pk)
    job = ProcrastinateJob.objects.get(queueing_lock=f"stock:{limited.store.pk}")
    assert job.scheduled_at is not None
    assert 55 < (job.scheduled_at - timezone.now()).total_seconds() <= 61.5


def test_a_change_is_looked_at_once_it_is_committed_and_not_at_the_next_tick(
    limited: Limited, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[list[object]]]
) -> None:
    (product,) = limited.link(1)
    limited.work()
    hints = ProcrastinateJob.objects.filter(queueing_lock=f"stock:{limited.store.pk}", scheduled_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            adjust(limited.home, product, "1")
        assert not hints.exists()
    assert hints.count() == 1


def test_where_the_store_shows_more_than_there_is_it_is_told_before_all_others(limited: Limited) -> None:
    products = limited.link(30)
    look(limited.store, STOCK)
    StockPublication.objects.update(published=SHOWN)
    adjust(limited.home, products[-1], "-5")
    limited.use(minute=148)
    sending.send_stock(limited.store)
    # Five calls were left: one read the orders. The other 29 products have more than the store shows.
    assert limited.told() == [2, 7, 7, 7]


def test_while_one_worker_tells_a_store_another_leaves_it_alone(limited: Limited) -> None:
    limited.link(1)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [TELLING_STOCK, limited.store.pk])
        sending.send_stock(limited.store)
        assert limited.told() == []
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    sending.send_stock(limited.store)
    assert limited.told() == [7]


def test_rows_for_which_the_time_was_too_short_keep_their_place(limited: Limited) -> None:
    limited.link(3)
    look(limited.store, STOCK)
    rows = StockPublication.objects.order_by("pk").values_list("due_at", "lease", "attempts")
    before = list(rows)
    publish(StockKind(until=timezone.now()), limited.store)
    assert (list(rows), limited.told()) == (before, [])
