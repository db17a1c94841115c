"""The parcel: what a person says of it reaches the store in order, once, and never takes it back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cais.core.effects import Meaning
from cais.inbox.models import Pending
from cais.journal.models import Note
from cais.orders.models import Order
from cais.publishing.models import StatusPublication, TrackingPublication
from cais.publishing.wishes import wish_status
from cais.settling.delivery import Shipment, mark_delivered, register_shipments
from cais.statuses.models import StatusEntry, WriteBack
from cais.statuses.services import set_write_back
from tests.engine.house import House

PAID, INVOICED, SENT, DELIVERED, CANCELLED = "2", "3", "4", "5", "6"
Moment = WriteBack.Moment
SHIPMENT = Shipment(
    shipped_at=datetime(2026, 11, 20, 15, 0, tzinfo=UTC),
    code="AA123456785BR",
    carrier="Correios",
    url="https://rastreio.exemplo.com.br/AA123456785BR",
)


def writes(home: House, moment: WriteBack.Moment, label: str) -> None:
    set_write_back(home.store, moment, StatusEntry.objects.get(connection=home.store, key=label))


@pytest.fixture
def sold(home: House) -> Order:
    """An order that is a sale in the ERP, in a store that wants to see it sent and delivered."""
    home.product("XIC-200")
    number = home.vendor.store.sell(lines=[("XIC-200", "2", "12.50")])
    home.read()
    writes(home, Moment.SHIPPED, "enviado")
    writes(home, Moment.DELIVERED, "entregue")
    return home.order(number)


def send(home: House, order: Order, shipment: Shipment = SHIPMENT) -> None:
    assert register_shipments(home.group.pk, {order.pk: shipment}, actor_name="Rosana") == [order.pk]
    work(home)


def work(home: House) -> None:
    TrackingPublication.objects.filter(due_at__isnull=False).update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    home.work()


def told(home: House, order: Order) -> list[tuple[str, str]]:
    """What the client told the store of this order, in the order in which it happened."""
    kinds = {"shipment": "code", "status_written": "status_id"}
    events = [event for event in home.vendor.ledger.events if event.subject == order.external_id]
    return [(event.kind, str(event.details[kinds[event.kind]])) for event in events if event.kind in kinds]


def test_the_tracking_goes_first_and_the_status_that_may_mail_the_buyer_last(home: House, sold: Order) -> None:
    send(home, sold)
    assert told(home, sold) == [("shipment", "AA123456785BR"), ("status_written", SENT)]
    assert home.vendor.shipments.of(sold.external_id) == {
        "code": "AA123456785BR",
        "carrier": "Correios",
        "day": "2026-11-20",
        "url": "https://rastreio.exemplo.com.br/AA123456785BR",
    }
    assert home.order(sold.external_id).phase == "shipped"
    notes = Note.objects.filter(subject="order", subject_id=sold.pk).values_list("code", flat=True)
    assert {"shipped", "tracking_told", "status_written"} <= set(notes)


def test_our_own_word_read_back_moves_nothing_and_what_is_told_is_told_once(home: House, sold: Order) -> None:
    send(home, sold)
    home.read()
    order = home.order(sold.external_id)
    assert (order.status_label, order.meaning, order.phase) == ("Enviado", "pending", "shipped")
    send(home, sold)
    assert told(home, sold) == [("shipment", "AA123456785BR"), ("status_written", SENT)]


def test_a_parcel_without_tracking_has_its_status_at_once(home: House, sold: Order) -> None:
    send(home, sold, Shipment(shipped_at=SHIPMENT.shipped_at))
    assert told(home, sold) == [("status_written", SENT)]


def test_a_corrected_code_replaces_the_first(home: House, sold: Order) -> None:
    send(home, sold)
    send(home, sold, Shipment(shipped_at=SHIPMENT.shipped_at, code="BB987654321BR"))
    assert [each for each in told(home, sold) if each[0] == "shipment"] == [
        ("shipment", "AA123456785BR"),
        ("shipment", "BB987654321BR"),
    ]


@pytest.mark.parametrize("fault", ["lost_after_commit", "lost_before_commit", "error_500_after_commit"])
def test_a_lost_answer_is_looked_at_before_the_tracking_is_told_again(home: House, sold: Order, fault: str) -> None:
    home.vendor.faults.next(fault, only=f"PUT /store/orders/{sold.external_id}/shipment")
    send(home, sold)
    work(home)
    changed = [event for event in home.vendor.ledger.of("shipment") if event.details["changed"]]
    assert len(home.vendor.ledger.of("shipment")) == len(changed) == 1
    assert told(home, sold)[-1] == ("status_written", SENT)


def test_of_two_moments_that_are_due_together_only_the_later_is_written(home: House, sold: Order) -> None:
    register_shipments(home.group.pk, {sold.pk: SHIPMENT}, actor_name="Rosana")
    assert mark_delivered(home.group.pk, [sold.pk], actor_name="Rosana") == [sold.pk]
    work(home)
    assert told(home, sold) == [("shipment", "AA123456785BR"), ("status_written", DELIVERED)]
    assert home.order(sold.external_id).phase == "delivered"
    assert mark_delivered(home.group.pk, [sold.pk], actor_name="Rosana") == []


def test_an_earlier_moment_never_takes_the_place_of_a_later(home: House, sold: Order) -> None:
    send(home, sold)
    writes(home, Moment.CAPTURED, "pago")
    wish_status([home.order(sold.external_id)], Moment.CAPTURED)
    work(home)
    assert StatusPublication.objects.get(order=sold).moment == Moment.SHIPPED
    assert home.vendor.store.status_of(sold.external_id) == SENT


def test_a_store_that_moved_on_wins(home: House, sold: Order) -> None:
    home.vendor.store.set_status(sold.external_id, DELIVERED)
    home.read()
    send(home, sold)
    assert told(home, sold) == [("shipment", "AA123456785BR")]
    assert home.vendor.store.status_of(sold.external_id) == DELIVERED


def test_a_store_that_moves_while_we_are_about_to_speak_wins_too(home: House, sold: Order) -> None:
    home.vendor.store.set_status(sold.external_id, DELIVERED)
    send(home, sold)  # not read yet: the look before speaking shows it
    home.read()
    work(home)
    assert home.vendor.store.status_of(sold.external_id) == DELIVERED


def test_a_step_forward_that_the_store_took_is_no_hindrance_for_the_next(home: House, sold: Order) -> None:
    home.vendor.store.set_status(sold.external_id, INVOICED)
    home.read()
    send(home, sold)
    assert home.vendor.store.status_of(sold.external_id) == SENT


def test_a_status_that_means_cancelled_is_never_written_for_a_parcel(home: House, sold: Order) -> None:
    writes(home, Moment.SHIPPED, "cancelado")
    send(home, sold)
    assert told(home, sold) == [("shipment", "AA123456785BR")]


def test_a_refused_tracking_is_told_and_the_status_still_written(home: House, sold: Order) -> None:
    home.vendor.choices.tracking_refused = True
    send(home, sold)
    assert told(home, sold) == [("status_written", SENT)]
    cause = Pending.objects.get(reason="tracking_refused", closed_at=None)
    assert cause.params["words"] == "A loja não aceita rastreio para este pedido."
    home.vendor.choices.tracking_refused = False
    send(home, sold)
    assert not Pending.objects.filter(reason="tracking_refused", closed_at=None).exists()
    assert ("shipment", "AA123456785BR") in told(home, sold)


def test_where_the_function_is_off_the_store_hears_no_tracking_and_still_the_status(home: House, sold: Order) -> None:
    home.store.functions = [name for name in home.store.functions if name != "write_tracking"]
    home.store.save()
    send(home, sold)
    assert told(home, sold) == [("status_written", SENT)]


def test_what_is_not_sold_or_was_cancelled_is_not_sent(home: House, sold: Order) -> None:
    unpaid = home.vendor.store.sell(lines=[("XIC-200", "1", "12.50")], paid=False)
    home.read()
    home.vendor.store.cancel(sold.external_id)
    home.read()
    work(home)
    for order in (home.order(unpaid), home.order(sold.external_id)):
        assert register_shipments(home.group.pk, {order.pk: SHIPMENT}, actor_name="Rosana") == []
        assert mark_delivered(home.group.pk, [order.pk], actor_name="Rosana") == []


def test_an_order_of_another_group_is_out_of_reach(home: House, sold: Order) -> None:
    assert register_shipments(home.group.pk + 1, {sold.pk: SHIPMENT}, actor_name="Rosana") == []


def test_an_order_that_is_sold_anew_after_a_cancellation_is_not_sent_yet(home: House, sold: Order) -> None:
    send(home, sold)
    home.vendor.store.cancel(sold.external_id)
    home.read()
    work(home)
    home.vendor.store.pay(sold.external_id)
    home.read()
    work(home)
    order = home.order(sold.external_id)
    assert (order.shipped_at, order.phase) == (None, "integrated")
    send(home, sold)
    assert home.vendor.store.status_of(sold.external_id) == SENT


def test_an_order_cancelled_a_second_time_is_no_echo_of_the_first(home: House) -> None:
    home.product("XIC-200")
    number = home.vendor.store.sell(lines=[("XIC-200", "1", "12.50")], paid=False)
    home.read()
    writes(home, Moment.CANCELLED, "cancelado")
    own = home.vendor.store.add_status("Desistência")
    home.vendor.store.set_status(number, own)
    home.read()
    home.translate(desistencia=Meaning.CANCELLED)
    home.read()
    work(home)
    assert home.vendor.store.status_of(number) == CANCELLED, "the chosen status was written"
    home.vendor.store.pay(number)
    home.read()
    assert home.order(number).phase == "integrated"
    home.vendor.store.cancel(number)
    home.read()
    work(home)
    assert home.order(number).phase == "cancelled"
