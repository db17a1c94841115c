"""A cancellation is read once more before it acts: the store may have changed its mind, or be silent."""

from __future__ import annotations

from decimal import Decimal

from django.db.models.functions import Now

from cais.connections.models import Connection
from cais.core.effects import Meaning
from cais.intake.fetch import fetch_orders
from cais.intake.models import Cursor, Document
from cais.intake.pull import look_for_orders
from cais.intake.record import record_orders
from cais.journal.models import Note
from cais.movements.models import Reservation
from cais.publishing.kinds import STATUSES
from cais.publishing.loop import publish
from cais.settling.decisions import cancel_by_hand
from cais.statuses.models import StatusEntry, WriteBack
from cais.statuses.services import set_write_back
from tests.engine.house import House
from tests.engine.test_way_of_an_order import open_reasons


def read_once(home: House) -> None:
    """List, fetch and record, and nothing of what follows."""
    Cursor.objects.filter(kind="orders").update(due_at=Now())
    assert look_for_orders(home.store)
    fetch_orders(home.store)
    record_orders(home.store)


def _held() -> Decimal:
    return sum((row.held for row in Reservation.objects.all()), Decimal(0))


def test_the_first_reading_of_a_cancellation_gives_nothing_back(home: House) -> None:
    home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    home.vendor.store.cancel(sold)
    read_once(home)
    order = home.order(sold)
    assert (order.meaning, order.cancel_state, order.status_label) == ("pending", "asked", "Cancelado")
    assert open_reasons(order) == {"cancel_asked"}
    assert _held() == 2
    assert [sale.state for sale in home.sales()] == ["open"]
    home.work()
    assert home.order(sold).phase == "cancelled"
    assert [sale.state for sale in home.sales()] == ["cancelled"]
    assert _held() == 0
    assert open_reasons(home.order(sold)) == set()


def test_a_cancellation_that_the_store_takes_back_meanwhile_undoes_nothing(home: House) -> None:
    home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    home.vendor.store.cancel(sold)
    read_once(home)
    home.vendor.store.set_status(sold, "2")
    home.work()
    order = home.order(sold)
    assert (order.phase, order.cancel_state, order.status_label) == ("integrated", "", "Pago")
    assert [sale.state for sale in home.sales()] == ["open"]
    told = list(Note.objects.filter(subject_id=order.pk).values_list("code", flat=True))
    assert {"cancel_asked", "cancel_withdrawn"} <= set(told)
    assert "erp_cancelled" not in told


def test_while_a_cancellation_is_in_question_no_status_is_written_over_it(home: House) -> None:
    home.product("IMG-001", units="5")
    invoiced = StatusEntry.objects.get(connection=home.store, label="Faturado")
    set_write_back(home.store, WriteBack.Moment.CAPTURED, invoiced)
    home.vendor.faults.set("error_503", probability=1.0, only="PUT /store/orders")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    home.vendor.store.cancel(sold)
    read_once(home)
    home.vendor.faults.clear()
    home.hurry()
    publish(STATUSES, home.store)
    assert home.vendor.ledger.statuses_written(sold) == []
    home.work()
    assert home.order(sold).phase == "cancelled"
    assert home.vendor.ledger.statuses_written(sold) == []


def test_while_the_store_is_silent_a_cancellation_waits(home: House) -> None:
    home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    home.vendor.store.cancel(sold)
    read_once(home)
    home.vendor.faults.set("error_500", probability=1.0, only=f"GET /store/orders/{sold}")
    home.work(rounds=4)
    assert home.order(sold).cancel_state == "asked"
    assert [sale.state for sale in home.sales()] == ["open"]
    assert _held() == 2
    home.vendor.faults.clear()
    home.work()
    assert home.order(sold).phase == "cancelled"


def test_no_sale_is_made_while_a_cancellation_is_in_question(home: House) -> None:
    home.product("IMG-001", units="0")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    home.vendor.store.cancel(sold)
    read_once(home)
    home.vendor.faults.set("error_500", probability=1.0, only=f"GET /store/orders/{sold}")
    home.receive(Reservation.objects.get().product, "5")
    home.work(rounds=4)
    assert home.sales() == []
    assert _held() in (Decimal(0), Decimal(2))
    home.vendor.faults.clear()
    home.vendor.store.set_status(sold, "2")
    home.work()
    assert home.order(sold).phase == "integrated"


def test_the_erp_is_asked_to_cancel_only_what_the_store_still_shows_cancelled(home: House) -> None:
    """The ERP is away when the store cancels; before it is back, the store has thought better of it."""
    home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    Connection.objects.filter(role="erp").update(paused=True)
    home.vendor.store.cancel(sold)
    home.read()
    assert home.order(sold).phase == "cancelling"
    home.vendor.store.set_status(sold, "2")
    Connection.objects.filter(role="erp").update(paused=False)
    home.work()
    assert [sale.state for sale in home.sales()] == ["open"]
    assert home.order(sold).phase == "integrated"


def test_an_order_that_vanished_keeps_its_units_until_a_person_decides(home: House) -> None:
    home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    home.vendor.store.remove(sold)
    Document.objects.update(needs_fetch=True, due_at=Now())
    home.work()
    order = home.order(sold)
    assert (order.phase, open_reasons(order)) == ("held", {"order_gone"})
    assert _held() == 2
    cancel_by_hand(order, actor_name="Rosana")
    home.work()
    assert home.order(sold).phase == "cancelled"
    assert [sale.state for sale in home.sales()] == ["cancelled"]
    assert _held() == 0


def test_mapping_a_status_as_cancelled_asks_the_store_too(home: House) -> None:
    home.product("IMG-001", units="5")
    strange = home.vendor.store.add_status("Devolvido")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")], status_id=strange)
    home.read()
    home.vendor.store.set_status(sold, "2")
    home.translate(devolvido=Meaning.CANCELLED)
    home.work()
    assert home.order(sold).phase == "integrated"
    assert home.order(sold).cancel_state == ""
