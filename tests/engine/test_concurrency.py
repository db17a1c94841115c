"""Several workers at once: the last unit is promised once, a row is claimed once, a dead worker's row comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.db import connections, transaction
from django.db.models import Sum
from django.db.models.functions import Now

from cais.companies.scope import group_scope
from cais.core.effects import Meaning
from cais.core.placing import Wanted
from cais.inbox.models import Pending
from cais.intake.fetch import fetch_orders
from cais.intake.models import Document
from cais.intake.pull import look_for_orders
from cais.intake.record import record_orders
from cais.intake.services import connect_store
from cais.movements import editing
from cais.movements.desk import seen_of
from cais.movements.models import Reservation
from cais.orders.models import Order
from cais.settling.moving import create_movements
from cais.settling.services import advance, dictionary_changed
from cais.stock.models import Balance, LedgerEntry
from tests.engine.companies import books_are_right, more_companies, second_store, serve, served, stock
from tests.engine.house import House, fill_in_the_usual, house


@pytest.fixture
def town(transactional_db: None) -> Iterator[House]:
    """A house in a database of its own, where other threads see what it commits."""
    with house() as made:
        made.translate(pago=Meaning.PENDING)
        yield made


def at_once(group_id: int, *works: Callable[[], object]) -> list[BaseException]:
    """Run each work in its own thread and database session, started together; what they raised is returned."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            with group_scope(group_id):
                start.wait(10)
                work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        ended = [pool.submit(run, work) for work in works]
    return [error for future in ended if (error := future.exception()) is not None]


def test_the_last_unit_sold_in_two_stores_at_the_same_instant_is_promised_once(town: House) -> None:
    pan = town.product("IMG-001", units="1")
    second = connect_store(
        town.company,
        connector="imaginary",
        modality="rest",
        name="Segunda loja",
        values=town.vendor.settings(),
        role="store",
        start_at="2020-01-01T00:00:00Z",
    )
    second.refresh_from_db()
    fill_in_the_usual(second)
    town.work()
    dictionary_changed(list(second.statuses.filter(key="pago")), Meaning.PENDING, actor_name="Rosana")
    town.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    stores = (town.store, second)
    for store in stores:
        store.cursors.filter(kind="orders").update(due_at=Now())
        look_for_orders(store)
        fetch_orders(store)
    assert at_once(town.group.pk, *[lambda store=store: record_orders(store) for store in stores]) == []
    town.work()
    assert Order.objects.count() == 2
    assert Order.objects.get(connection=second).number == Order.objects.get(connection=town.store).number
    assert sorted(Order.objects.values_list("phase", flat=True)) == ["integrated", "short"]
    assert Balance.objects.filter(product=pan).aggregate(sum=Sum("reserved"))["sum"] == 1


def test_many_orders_for_few_units_recorded_by_four_workers_promise_no_more_than_there_is(town: House) -> None:
    pan, pot = town.product("IMG-001", units="7"), town.product("IMG-002", units="5")
    for at in range(24):
        lines = [("IMG-001", "1", "10.00"), ("IMG-002", "1", "8.00")]
        town.vendor.store.sell(lines=lines if at % 2 else list(reversed(lines)))
    town.store.cursors.filter(kind="orders").update(due_at=Now())
    look_for_orders(town.store)
    while fetch_orders(town.store):
        pass
    work = lambda: [record_orders(town.store, limit=2) for _ in range(8)]  # noqa: E731 - one thread's share
    assert at_once(town.group.pk, *[work] * 4) == []
    assert Order.objects.count() == 24
    for product, there in ((pan, 7), (pot, 5)):
        held = Reservation.objects.filter(product=product).aggregate(sum=Sum("held"))["sum"]
        promised = Balance.objects.filter(product=product).aggregate(sum=Sum("reserved"))["sum"]
        assert held == promised == there


def test_every_balance_is_the_sum_of_its_entries(town: House) -> None:
    town.product("IMG-001", units="6")
    for _ in range(4):
        town.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    town.read()
    for balance in Balance.objects.all():
        entries = LedgerEntry.objects.filter(
            product=balance.product_id, warehouse=balance.warehouse_id, pool=balance.pool_id
        ).aggregate(on_hand=Sum("on_hand"), reserved=Sum("reserved"))
        assert (entries["on_hand"] or 0, entries["reserved"] or 0) == (balance.on_hand, balance.reserved)


def test_four_workers_claim_each_row_once(town: House) -> None:
    Document.objects.bulk_create(
        Document(group=town.group, connection=town.store, kind="orders", external_id=str(n), due_at=Now())
        for n in range(200)
    )
    taken: list[int] = []
    claim = lambda: taken.extend(row.pk for _ in range(30) for row in Document.objects.claim(3))  # noqa: E731
    assert at_once(town.group.pk, *[claim] * 4) == []
    assert len(taken) == len(set(taken)) == 200


def test_a_late_worker_whose_lease_ended_changes_nothing(town: House) -> None:
    Document.objects.create(group=town.group, connection=town.store, kind="orders", external_id="1", due_at=Now())
    (late,) = Document.objects.claim(1)
    Document.objects.update(lease_until=Now() - timedelta(seconds=1))
    (prompt,) = Document.objects.claim(1)
    assert late.settle(digest="late") is False
    assert prompt.settle(digest="prompt") is True
    assert Document.objects.get().digest == "prompt"


def test_the_ledger_refuses_to_be_rewritten(town: House) -> None:
    town.product("IMG-001", units="6")
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        LedgerEntry.objects.update(on_hand=Decimal(7))
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        LedgerEntry.objects.all().delete()


def test_two_who_divide_the_same_movement_at_once_do_not_both_win(town: House) -> None:
    (sudeste,) = more_companies(town, "Sudeste")
    serve(town.store, town.company, sudeste, moves="never")
    stock(town, town.product("IMG-001", units="5"), at=sudeste, units="5")
    sold = town.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    town.read()
    order = town.order(sold)
    create_movements(town.group.pk, [order.pk], actor_name="Rosana")
    line, was = order.lines.get().pk, seen_of(order.movements.get().lines.all())

    def divide(**units: str) -> Callable[[], object]:
        companies = {"casa": town.company.pk, "sudeste": sudeste.pk}
        wanted = [Wanted(line=line, company=companies[key], quantity=Decimal(some)) for key, some in units.items()]
        return lambda: editing.revise(order, wanted, seen=was, actor_name="Rosana")

    (lost,) = at_once(town.group.pk, divide(sudeste="2"), divide(casa="1", sudeste="1"))
    assert isinstance(lost, editing.MovedOnError)
    assert served(order) in ({"Sudeste": 2}, {"Casa": 1, "Sudeste": 1})
    books_are_right()


def test_stores_of_overlapping_companies_recorded_by_two_workers_never_promise_the_same_unit(town: House) -> None:
    """Casa has 2, Sul has 1; one store may take of both, the other of Casa alone: three of six orders are promised."""
    pan = town.product("IMG-001", units="2")
    (sul,) = more_companies(town, "Sul")
    stock(town, pan, at=sul, units="1")
    narrow = second_store(town, town.company)
    serve(town.store, town.company, sul)
    for _ in range(3):
        town.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    for store in (town.store, narrow):
        store.cursors.filter(kind="orders").update(due_at=Now())
        look_for_orders(store)
        while fetch_orders(store):
            pass
    work = lambda store: [record_orders(store, limit=1) for _ in range(4)]  # noqa: E731 - one thread's share
    assert at_once(town.group.pk, lambda: work(town.store), lambda: work(narrow)) == []
    assert Order.objects.count() == 6
    assert Reservation.objects.aggregate(sum=Sum("held"))["sum"] == 3
    assert Reservation.objects.filter(order__connection=narrow).aggregate(sum=Sum("held"))["sum"] <= 2
    books_are_right()


@contextmanager
def held_by_another(group_id: int, order: Order) -> Iterator[None]:
    """Somebody works on the order: its row is locked in another session, as long as the block runs."""
    locked, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
            locked.set()
            over.wait(30)

    worker = threading.Thread(target=at_once, args=(group_id, hold))
    worker.start()
    assert locked.wait(10)
    with database.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    try:
        yield
    finally:
        over.set()
        worker.join()
        with database.cursor() as cursor:
            cursor.execute("SET lock_timeout = DEFAULT")


def test_who_gives_units_back_does_not_wait_for_who_works_on_an_order_that_lacks_them(town: House) -> None:
    """The other one has its order and waits for our balances: waiting for its order in turn would be for ever."""
    town.product("IMG-001", units="1")
    first = town.vendor.store.sell(lines=[("IMG-001", "1", "10.00")], paid=False)
    town.read()
    second = town.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    town.read()
    assert town.order(second).phase == "short"
    Order.objects.filter(external_id=first).update(meaning=Meaning.IGNORE, due_at=Now())
    with held_by_another(town.group.pk, town.order(second)):
        assert advance(town.store) == 1
    town.reconsider()
    assert town.order(second).phase == "integrated"


def test_an_order_that_is_locked_when_its_news_are_written_is_tried_again_and_keeps_no_person_busy(town: House) -> None:
    town.product("IMG-001", units="5")
    sold = town.vendor.store.sell(lines=[("IMG-001", "1", "10.00")], paid=False)
    town.read()
    town.vendor.store.pay(sold)
    town.store.cursors.filter(kind="orders").update(due_at=Now())
    look_for_orders(town.store)
    fetch_orders(town.store)
    with held_by_another(town.group.pk, town.order(sold)):
        record_orders(town.store)
    row = Document.objects.get(external_id=sold)
    assert (row.hold, row.attempts, Pending.objects.filter(reason="order_unreadable").count()) == ("", 1, 0)
    Document.objects.update(due_at=Now())
    town.work()
    assert town.order(sold).phase == "integrated"
