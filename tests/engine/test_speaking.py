"""Speaking outside: done, refused, later or unknown; one ERP order, and a status that never moves an order back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now

from cais.connections.models import Connection, Health
from cais.connections.services import make_connection
from cais.inbox.models import Pending
from cais.orders.models import Order
from cais.publishing.models import ErpOrderPublication, StatusPublication
from cais.statuses.models import StatusEntry, WriteBack
from cais.statuses.services import set_write_back
from tests.engine.house import CNPJ, House

ORDERS = "POST /erp/orders"


@pytest.fixture
def abroad(home: House) -> House:
    """The house with an ERP on the other side of a socket instead of the embedded one."""
    Connection.objects.filter(role="erp").delete()
    make_connection(
        home.company,
        connector="imaginary",
        modality="rest",
        name="ERP de fora",
        values=home.vendor.settings(),
        role="erp",
    )
    home.product("IMG-001", units="99")
    home.vendor.erp.put_product(CNPJ, "IMG-001", quantity="99")
    return home


def sell(home: House) -> str:
    return home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])


def reasons(order: Order) -> set[str]:
    rows = Pending.objects.filter(subject="order", subject_id=order.pk, closed_at=None)
    return set(rows.values_list("reason", flat=True))


def living(home: House) -> int:
    return len([order for order in home.vendor.erp.orders.values() if order.status != "cancelled"])


@pytest.mark.parametrize("fault", ["lost_after_commit", "lost_before_commit", "error_500_after_commit", "cut_body"])
def test_an_answer_that_is_lost_makes_one_erp_order(abroad: House, fault: str) -> None:
    abroad.vendor.faults.next(fault, times=1, only=ORDERS)
    sold = sell(abroad)
    abroad.read()
    for _ in range(3):
        abroad.work()
    assert abroad.order(sold).phase == "integrated"
    assert living(abroad) == 1
    assert reasons(abroad.order(sold)) == set()


def test_an_erp_that_would_make_a_second_order_is_asked_before_it_is_told_again(abroad: House) -> None:
    abroad.vendor.choices.ensure_by_reference = False
    abroad.vendor.faults.next("lost_after_commit", times=1, only=ORDERS)
    sold = sell(abroad)
    abroad.read()
    for _ in range(3):
        abroad.work()
    assert abroad.order(sold).phase == "integrated"
    assert living(abroad) == 1


def test_while_the_answer_is_unknown_the_screen_says_so(abroad: House) -> None:
    abroad.vendor.faults.set("lost_before_commit", probability=1.0, only=ORDERS)
    sold = sell(abroad)
    abroad.read()
    assert abroad.order(sold).phase == "erp_unknown"
    assert reasons(abroad.order(sold)) == {"erp_unknown"}
    abroad.vendor.faults.clear()
    for _ in range(2):
        abroad.work()
    assert abroad.order(sold).phase == "integrated"
    assert reasons(abroad.order(sold)) == set()


def test_a_sale_that_never_arrived_is_made_from_what_the_order_became_meanwhile(abroad: House) -> None:
    """One of 10.00 was sold and its sale lost on the way; then the store made it three, without freight: 30.00."""
    abroad.vendor.faults.set("lost_before_commit", probability=1.0, only=ORDERS)
    sold = sell(abroad)
    abroad.read()
    assert abroad.order(sold).phase == "erp_unknown"
    lines = [{**abroad.vendor.store.orders[sold]["lines"][0], "quantity": "3"}]
    abroad.vendor.store.edit(sold, lines=lines, amounts=[], total="30.00")
    abroad.read()
    abroad.vendor.faults.clear()
    for _ in range(3):
        abroad.work()
    assert (abroad.order(sold).phase, reasons(abroad.order(sold))) == ("integrated", set())
    (sale,) = [order for order in abroad.vendor.erp.orders.values() if order.status != "cancelled"]
    assert Decimal(sale.document["total"]) == 30
    assert [Decimal(line["quantity"]) for line in sale.document["lines"]] == [3]


def test_a_refusal_is_held_with_the_erps_words_and_wakes_when_the_order_changes(abroad: House) -> None:
    abroad.vendor.faults.next("rejected", times=1, only=ORDERS)
    sold = sell(abroad)
    abroad.read()
    order = abroad.order(sold)
    assert (order.phase, reasons(order)) == ("erp_refused", {"erp_refused"})
    for _ in range(3):
        abroad.work()
    assert abroad.vendor.ledger.count_calls(ORDERS) == 1
    lines = [{**abroad.vendor.store.orders[sold]["lines"][0], "quantity": "2"}]
    abroad.vendor.store.edit(sold, lines=lines, total="35.90")
    abroad.read()
    assert abroad.order(sold).phase == "integrated"
    assert living(abroad) == 1


def test_a_refused_order_goes_again_when_a_person_says_so(abroad: House) -> None:
    abroad.vendor.faults.next("rejected", times=1, only=ORDERS)
    sold = sell(abroad)
    abroad.read()
    ErpOrderPublication.objects.all().awaken()
    abroad.work()
    assert abroad.order(sold).phase == "integrated"


def test_a_product_the_erp_does_not_know_stops_before_the_order(abroad: House) -> None:
    abroad.vendor.choices.strict_products = True
    abroad.product("IMG-002")
    sold = abroad.vendor.store.sell(lines=[("IMG-002", "1", "10.00")])
    abroad.read()
    order = abroad.order(sold)
    assert (order.phase, order.movement_state) == ("movement_error", "error")
    assert reasons(order) == {"line_refused"}
    abroad.vendor.erp.put_product(CNPJ, "IMG-002", quantity="5")
    abroad.work()
    assert abroad.order(sold).phase == "integrated"
    assert reasons(abroad.order(sold)) == set()


def test_a_worker_that_died_after_speaking_does_not_double_the_order(abroad: House) -> None:
    """As after kill -9: the ERP made the order, our row still says that a call is under way, its lease has ended."""
    abroad.vendor.choices.ensure_by_reference = False
    sold = sell(abroad)
    abroad.read()
    ErpOrderPublication.objects.update(
        due_at=Now(), in_flight=True, lease_until=Now() - timedelta(seconds=1), published_digest="", external_id=""
    )
    Order.objects.update(erp_state="creating")
    abroad.work()
    assert abroad.order(sold).phase == "integrated"
    assert living(abroad) == 1


def test_a_limit_stops_the_connection_and_counts_no_attempt(abroad: House) -> None:
    abroad.vendor.faults.next("error_429_wait", times=1, only=ORDERS, seconds=7)
    sell(abroad)
    abroad.read()
    health = Health.objects.get(connection__role="erp")
    assert health.limited_until is not None or health.failures == 0
    abroad.work()
    assert Order.objects.get().phase == "integrated"


def writes(home: House, moment: WriteBack.Moment, label: str) -> None:
    set_write_back(home.store, moment, StatusEntry.objects.get(connection=home.store, label=label))


def test_after_capture_the_chosen_status_is_written_once_and_its_echo_moves_nothing(home: House) -> None:
    home.product("IMG-001")
    picking = home.vendor.store.add_status("Em separação")
    home.store.cursors.filter(kind="statuses").update(due_at=Now())
    home.work()
    home.translate(em_separacao="awaiting_payment")
    writes(home, WriteBack.Moment.CAPTURED, "Em separação")
    sold = sell(home)
    for _ in range(3):
        home.read()
    assert home.vendor.store.status_of(sold) == picking
    assert home.vendor.ledger.statuses_written(sold) == [picking]
    assert home.order(sold).phase == "integrated"
    assert home.order(sold).meaning == "pending"


def test_a_status_is_not_written_over_one_that_the_store_moved_on_to(home: House) -> None:
    home.product("IMG-001")
    picking = home.vendor.store.add_status("Em separação")
    home.store.cursors.filter(kind="statuses").update(due_at=Now())
    home.work()
    home.translate(em_separacao="pending")
    writes(home, WriteBack.Moment.CAPTURED, "Em separação")
    home.vendor.faults.set("error_503", probability=1.0, only="PUT /store/orders")
    sold = sell(home)
    home.read()
    home.vendor.faults.clear()
    home.vendor.store.set_status(sold, "4")
    for _ in range(3):
        home.read()
    assert home.vendor.store.status_of(sold) == "4"
    assert picking not in home.vendor.ledger.statuses_written(sold)
    assert StatusPublication.objects.get().due_at is None


def test_after_a_cancellation_was_processed_the_chosen_status_is_written(home: House) -> None:
    home.product("IMG-001")
    done = home.vendor.store.add_status("Cancelado e conferido")
    home.store.cursors.filter(kind="statuses").update(due_at=Now())
    home.work()
    home.translate(cancelado_e_conferido="cancelled")
    writes(home, WriteBack.Moment.CANCELLED, "Cancelado e conferido")
    sold = sell(home)
    home.read()
    home.vendor.store.cancel(sold)
    for _ in range(3):
        home.read()
    assert home.vendor.store.status_of(sold) == done
    assert home.order(sold).phase == "cancelled"


def test_a_lost_answer_to_a_status_is_looked_at_before_it_is_written_again(home: House) -> None:
    home.product("IMG-001")
    writes(home, WriteBack.Moment.CAPTURED, "Faturado")
    home.vendor.faults.next("lost_after_commit", times=1, only="PUT /store/orders")
    sold = sell(home)
    for _ in range(4):
        home.read()
    assert home.vendor.ledger.statuses_written(sold) == ["3"]
    assert StatusPublication.objects.get().due_at is None


def test_a_change_after_the_sale_is_never_silent(home: House) -> None:
    home.product("IMG-001")
    sold = sell(home)
    home.read()
    lines = [{**home.vendor.store.orders[sold]["lines"][0], "quantity": "3"}]
    home.vendor.store.edit(sold, lines=lines, total="45.90")
    home.read()
    order = home.order(sold)
    assert (order.phase, reasons(order)) == ("held", {"changed_after_erp"})
    (row,) = Pending.objects.filter(subject_id=order.pk, closed_at=None, subject="order")
    assert row.params["fields"] == [
        ["Panela de ferro 24 cm, quantidade", "1", "3"],
        ["Panela de ferro 24 cm, valor", "R$ 10,00", "R$ 30,00"],
        ["Total", "R$ 25,90", "R$ 45,90"],
    ]
    assert len(home.sales()) == 1


def test_a_store_that_refuses_our_access_is_told_once_and_comes_back_by_itself(home: House) -> None:
    home.product("IMG-001")
    home.vendor.choices.store_state = "blocked"
    sell(home)
    home.read()
    assert set(Pending.objects.filter(closed_at=None).values_list("reason", flat=True)) == {"store_blocked"}
    home.vendor.choices.store_state = "active"
    home.read()
    home.read()
    assert not Pending.objects.filter(closed_at=None).exists()
    assert Order.objects.get().phase == "integrated"
