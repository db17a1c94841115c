"""*Importar pedidos*: history stays history, a chosen order goes on once, and a person may leave one out."""

from __future__ import annotations

from decimal import Decimal

from cais.connections.models import Connection
from cais.core.effects import Meaning
from cais.intake.models import Document
from cais.journal.models import Note
from cais.mappings.models import ChannelIssuer, SalesChannel
from cais.movements.models import Reservation
from cais.orders.models import Order, OrderImport
from cais.publishing.models import StatusPublication
from cais.settling import choosing
from cais.settling.foresight import foresee
from cais.statuses.models import StatusEntry, WriteBack
from cais.stock.models import Balance
from tests.engine.companies import more_companies, serve, stock
from tests.engine.house import House


def by_choice(home: House) -> None:
    Connection.objects.filter(pk=home.store.pk).update(capture=Connection.Capture.BY_CHOICE)
    home.store.refresh_from_db()


def starts_tomorrow(home: House) -> None:
    Connection.objects.filter(pk=home.store.pk).update(start_at="2099-01-01T00:00:00Z", history_days=0)
    home.store.refresh_from_db()


def take(home: House, *sold: str) -> OrderImport:
    made = choosing.import_orders(home.store, [home.order(key).pk for key in sold], actor_name="Rosana")
    home.work()
    return made


def promised(home: House) -> Decimal:
    return sum((row.reserved for row in Balance.objects.all()), Decimal(0))


def test_an_order_that_waits_for_a_choice_keeps_its_units_and_goes_no_further(home: House) -> None:
    home.product("IMG-001", units="5")
    by_choice(home)
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    assert home.order(sold).phase == "awaiting_choice"
    assert promised(home) == 2
    assert home.sales() == []


def test_a_chosen_order_becomes_one_sale_however_often_it_is_ticked(home: House) -> None:
    home.product("IMG-001", units="5")
    by_choice(home)
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    assert take(home, sold).taken == 1
    again = take(home, sold)
    assert (again.taken, again.left) == (0, {"taken": [home.order(sold).number]})
    home.read()
    assert home.order(sold).phase == "integrated"
    assert len(home.sales()) == 1
    assert promised(home) == 2


def test_who_ticked_is_in_the_timeline(home: House) -> None:
    home.product("IMG-001", units="5")
    by_choice(home)
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    made = take(home, sold)
    told = Note.objects.get(subject="order", subject_id=home.order(sold).pk, code="imported")
    assert told.actor_name == "Rosana"
    assert home.order(sold).imported_in == made


def test_an_order_that_is_left_out_gives_its_units_back_and_can_still_be_taken(home: House) -> None:
    home.product("IMG-001", units="5")
    by_choice(home)
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    assert choosing.leave_out(home.store, [home.order(sold).pk], actor_name="Rosana") == 1
    home.work()
    assert home.order(sold).phase == "ignored"
    assert promised(home) == 0
    home.read()
    assert home.order(sold).phase == "ignored"
    take(home, sold)
    assert home.order(sold).phase == "integrated"


def test_units_that_are_left_out_go_to_the_order_that_lacks_them(home: House) -> None:
    home.product("IMG-001", units="2")
    by_choice(home)
    first = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    second = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    take(home, second)
    assert home.order(second).phase == "short"
    choosing.leave_out(home.store, [home.order(first).pk], actor_name="Rosana")
    home.work()
    assert home.order(second).phase == "integrated"


def test_history_is_read_and_nothing_else(home: House) -> None:
    """Feature B0: no reservation, no sale, no word to the store, whatever happens to the order there."""
    home.product("IMG-001", units="5")
    word = StatusEntry.objects.get(connection=home.store, key="aguardando pagamento")
    WriteBack.objects.create(group=home.group, connection=home.store, moment="cancelled", status=word)
    starts_tomorrow(home)
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    home.vendor.store.cancel(sold)
    home.read()
    assert home.order(sold).phase == "history"
    assert (promised(home), home.sales(), StatusPublication.objects.count()) == (0, [], 0)


def test_ticked_history_is_an_order_like_any_other_from_then_on(home: House) -> None:
    home.product("IMG-001", units="5")
    starts_tomorrow(home)
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")], paid=False)
    home.read()
    assert take(home, sold).taken == 1
    assert (home.order(sold).phase, promised(home)) == ("awaiting_payment", 2)
    home.vendor.store.pay(sold)
    home.read()
    assert home.order(sold).phase == "integrated"
    assert len(home.sales()) == 1


def test_another_start_instant_moves_no_order_that_is_here(home: House) -> None:
    home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")], paid=False)
    home.read()
    starts_tomorrow(home)
    home.vendor.store.pay(sold)
    home.read()
    assert home.order(sold).phase == "integrated"


def test_what_is_cancelled_served_or_ignored_is_not_taken_and_the_reason_is_kept(home: House) -> None:
    home.product("IMG-001", units="9")
    by_choice(home)
    store = home.vendor.store
    off, out, odd = (store.sell(lines=[("IMG-001", "1", "10.00")]) for _ in range(3))
    home.read()
    store.cancel(off)
    home.read()
    Order.objects.filter(pk=home.order(out).pk).update(meaning=Meaning.SHIPPED)
    Order.objects.filter(pk=home.order(odd).pk).update(meaning=Meaning.IGNORE)
    made = take(home, off, out, odd)
    numbers = [home.order(key).number for key in (off, out, odd)]
    assert made.taken == 0
    assert made.left == {"cancelled": numbers[:1], "served": numbers[1:2], "ignored": numbers[2:]}
    assert home.sales() == []


def test_an_order_of_another_store_is_not_taken(home: House) -> None:
    home.product("IMG-001", units="5")
    by_choice(home)
    sold = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.read()
    other = Connection.objects.get(pk=home.store.pk)
    other.pk, other.name = None, "Outra"
    other.save()
    assert choosing.import_orders(other, [home.order(sold).pk], actor_name="Rosana").taken == 0
    assert home.order(sold).phase == "awaiting_choice"


def test_what_waits_for_a_choice_still_waits_when_capture_becomes_automatic(home: House) -> None:
    home.product("IMG-001", units="5")
    by_choice(home)
    old = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.read()
    Connection.objects.filter(pk=home.store.pk).update(capture=Connection.Capture.AUTOMATIC)
    new = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    Document.objects.update(needs_fetch=True, recorded_digest="")
    home.read()
    assert (home.order(old).phase, home.order(new).phase) == ("awaiting_choice", "integrated")
    assert choosing.import_waiting(home.store, actor_name="Rosana").taken == 1
    home.work()
    assert home.order(old).phase == "integrated"


def test_an_order_without_translation_may_be_chosen_and_then_waits_for_the_word(home: House) -> None:
    home.product("IMG-001", units="5")
    by_choice(home)
    strange = home.vendor.store.add_status("Pago – conferir")
    sold = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")], status_id=strange)
    home.read()
    assert home.order(sold).phase == "awaiting_choice"
    take(home, sold)
    assert home.order(sold).phase == "status_unmapped"
    home.translate(pago_conferir=Meaning.PENDING)
    home.work()
    assert home.order(sold).phase == "integrated"
    assert Reservation.objects.get().held == 1


def short_of(home: House, *sold: str) -> list[list[str]]:
    """What is said of each before anybody ticks it: the units that it would lack."""
    seen = foresee(home.store, [home.order(key) for key in sold])
    return [
        [str(c.params["missing"]) for c in seen[home.order(key).pk].causes if c.reason == "stock_short"] for key in sold
    ]


def history(home: House, *units: str) -> list[str]:
    starts_tomorrow(home)
    sold = [home.vendor.store.sell(lines=[("IMG-001", number, "10.00")]) for number in units]
    home.read()
    return sold


def test_what_an_import_would_lack_is_judged_by_who_may_serve_the_store(home: House) -> None:
    pan = home.product("IMG-001", units="1")
    (sul,) = more_companies(home, "Sul")
    stock(home, pan, at=sul, units="5")
    (old,) = history(home, "3")
    assert short_of(home, old) == [["2"]]
    serve(home.store, home.company, sul)
    assert short_of(home, old) == [[]]
    ChannelIssuer.objects.create(group=home.group, channel=SalesChannel.objects.get(), company=home.company)
    assert short_of(home, old) == [["2"]]


def test_an_import_is_judged_as_a_whole_the_oldest_order_first(home: House) -> None:
    home.product("IMG-001", units="4")
    first, second, third = history(home, "3", "2", "1")
    assert short_of(home, third, second, first) == [["1"], ["1"], []]
    take(home, first, second, third)
    assert [home.order(key).phase for key in (first, second, third)] == ["integrated", "short", "short"]


def test_what_an_older_order_waits_for_is_not_shown_as_free(home: House) -> None:
    home.product("IMG-001", units="2")
    waiting = home.vendor.store.sell(lines=[("IMG-001", "3", "10.00")])
    home.read()
    (old,) = history(home, "1")
    assert home.order(waiting).phase == "short"
    assert short_of(home, old) == [["1"]]
