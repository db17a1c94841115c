"""*Rodadas*: a run follows the orders it brought until they rest, and readings without news are folded."""

from __future__ import annotations

from django.db.models.functions import Now

from cais.inbox.models import Pending
from cais.intake.models import Cursor
from cais.intake.progress import is_over, items_of, progress_of, rest_runs
from cais.intake.pull import look_for_orders
from cais.intake.services import read_now
from cais.journal.models import SyncRun
from tests.engine.house import House


def sell(home: House) -> str:
    return home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])


def asked(home: House) -> SyncRun:
    return SyncRun.objects.get(pk=read_now(home.store, asked_by="Rosana", asker_id=7))


def again(run: SyncRun) -> SyncRun:
    return SyncRun.objects.get(pk=run.pk)


def test_a_run_that_was_asked_for_is_there_at_once_and_follows_its_orders_to_the_sale(home: House) -> None:
    home.product("IMG-001", units="9")
    first, second = sell(home), sell(home)
    run = asked(home)
    assert (progress_of(run).total, is_over(run, progress_of(run))) == (0, False)
    look_for_orders(home.store)
    found = progress_of(again(run))
    assert (found.total, found.waiting, found.done) == (2, 2, 0)
    home.work()
    found = progress_of(again(run))
    assert (found.outcomes, found.done, found.sales) == ({"brought": 2}, 2, 2)
    assert is_over(again(run), found)
    assert set(items_of(run).values_list("external_id", flat=True)) == {first, second}


def test_what_changed_what_was_cancelled_and_what_cannot_be_read_are_told_apart(home: House) -> None:
    home.product("IMG-001", units="9")
    changed, gone = sell(home), sell(home)
    home.read()
    home.vendor.store.edit(changed, buyer_note="Deixar na portaria")
    home.vendor.store.cancel(gone)
    broken = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")], changes={"total": "muito"})
    run = asked(home)
    home.work()
    outcomes = dict(items_of(run).values_list("external_id", "outcome"))
    assert outcomes == {changed: "changed", gone: "cancelled", broken: "unreadable"}


def test_a_run_that_rests_keeps_what_it_had_done_by_then(home: House) -> None:
    home.product("IMG-001", units="9")
    sold = sell(home)
    run = asked(home)
    home.work()
    assert rest_runs(home.group.pk) >= 1
    home.vendor.store.cancel(sold)
    home.read()
    found = progress_of(again(run))
    assert (found.outcomes, found.sales) == ({"brought": 1}, 1)


def test_orders_that_wait_for_a_person_do_not_keep_a_run_open(home: House) -> None:
    sell(home)
    run = asked(home)
    home.work()
    found = progress_of(again(run))
    assert (found.held, found.moving) == (1, 0)
    assert Pending.objects.filter(reason="product_unknown", closed_at=None).exists()
    assert is_over(again(run), found)


def test_a_store_that_is_down_ends_the_run_with_the_reason(home: House) -> None:
    run = asked(home)
    home.vendor.faults.set("error_500", probability=1.0, only="GET /store/orders")
    look_for_orders(home.store)
    assert again(run).finished_at is not None
    assert again(run).error != ""
    assert Cursor.objects.get(kind="orders").asked_run is None


def test_asking_twice_before_it_began_is_one_run_and_asking_later_another(home: House) -> None:
    first = read_now(home.store, asked_by="Rosana", asker_id=7)
    assert read_now(home.store, asked_by="Breno", asker_id=8) == first
    home.work()
    assert read_now(home.store, asked_by="Breno", asker_id=8) != first


def test_readings_without_news_are_one_line_until_one_has_something_to_tell(home: House) -> None:
    home.product("IMG-001", units="9")
    SyncRun.objects.all().delete()
    for _ in range(3):
        Cursor.objects.filter(kind="orders").update(due_at=Now())
        look_for_orders(home.store)
    (quiet,) = SyncRun.objects.all()
    assert (quiet.kind, quiet.readings) == ("quiet", 3)
    sell(home)
    home.read()
    Cursor.objects.filter(kind="orders").update(due_at=Now())
    look_for_orders(home.store)
    kinds = list(SyncRun.objects.order_by("at", "id").values_list("kind", "readings"))
    assert kinds == [("quiet", 3), ("orders", 1), ("quiet", 1)]
