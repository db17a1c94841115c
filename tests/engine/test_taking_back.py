"""An ERP order that is to be cancelled: what the ERP keeps is a sale still, and a cancelled one never is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from cais.backoffice import services as backoffice
from cais.connections.models import Connection
from cais.ops.stages import STAGES, run_stage
from cais.publishing.asking import undo_sales
from cais.publishing.models import ErpOrderPublication
from cais.settling.decisions import send_again, wake_everything
from cais.statuses.models import StatusEntry, WriteBack
from cais.statuses.services import set_write_back
from cais.stock.models import Balance
from tests.engine.several import moved, states
from tests.engine.test_cancelling import read_once
from tests.engine.test_parts import Three, abroad, living_abroad, reasons, three, total, two_of_three

__all__ = ["abroad", "three"]

CANCELS = "POST /erp/orders/"


def refuse_cancelling(house: Three, *, refused: bool = True) -> None:
    house.home.vendor.choices.cancel_refused = refused


def told_when_cancelled(house: Three) -> None:
    entry = StatusEntry.objects.get(connection=house.home.store, key="cancelado")
    set_write_back(house.home.store, WriteBack.Moment.CANCELLED, entry)


def cancel(house: Three, sold: str) -> None:
    house.home.vendor.store.cancel(sold)
    for _ in range(3):
        house.home.read()


def test_what_the_erp_will_not_cancel_stays_a_sale_and_a_person_is_told(abroad: Three) -> None:
    told_when_cancelled(abroad)
    sold = two_of_three(abroad)
    refuse_cancelling(abroad)
    cancel(abroad, sold)
    order = abroad.home.order(sold)
    assert abroad.home.vendor.ledger.statuses_written(sold) == []
    assert states(order) == {"Casa": "cancelled", "Norte": "done"}
    assert (order.phase, order.hold, order.erp_state) == ("held", "erp_cancel_refused", "done")
    assert "O ERP da Norte" in reasons(order.pk)["erp_cancel_refused"]
    assert living_abroad(abroad) == [Decimal("30.60")]


def test_cancelled_there_by_hand_it_is_asked_again_and_over(abroad: Three) -> None:
    sold = two_of_three(abroad)
    refuse_cancelling(abroad)
    cancel(abroad, sold)
    refuse_cancelling(abroad, refused=False)
    order = abroad.home.order(sold)
    assert send_again([order.pk], group_id=order.group_id, actor_name="Rosana") == 1
    abroad.home.work()
    order = abroad.home.order(sold)
    assert (order.phase, order.erp_state, reasons(order.pk)) == ("cancelled", "cancelled", {})
    assert living_abroad(abroad) == []


def test_a_store_that_takes_back_its_cancellation_finds_the_one_sale_that_the_erp_kept(abroad: Three) -> None:
    sold = abroad.home.vendor.store.sell(lines=[("IMG-001", "3", "10.00")])
    moved(abroad.home, sold, {"IMG-001": {abroad.norte: "3"}})
    abroad.home.work()
    refuse_cancelling(abroad)
    cancel(abroad, sold)
    abroad.home.vendor.store.set_status(sold, "2")
    for _ in range(2):
        abroad.home.read()
    order = abroad.home.order(sold)
    assert (order.phase, reasons(order.pk)) == ("integrated", {})
    assert living_abroad(abroad) == [Decimal("45.90")]
    assert abroad.home.sales() == []


def test_a_sale_to_be_made_anew_is_not_made_twice_where_one_erp_keeps_its_part(abroad: Three) -> None:
    sold = two_of_three(abroad)
    refuse_cancelling(abroad)
    order = abroad.home.order(sold)
    assert undo_sales([order], actor_name="Rosana") == {order.pk}
    abroad.home.work()
    line = abroad.home.vendor.store.orders[sold]["lines"][0]
    abroad.home.vendor.store.edit(sold, lines=[{**line, "price": "11.00"}], total="48.90")
    abroad.home.read()
    order = abroad.home.order(sold)
    assert order.hold == "erp_cancel_refused"
    assert living_abroad(abroad) == [Decimal("30.60")]
    assert [sale.state for sale in abroad.home.sales()] == ["cancelled"]
    refuse_cancelling(abroad, refused=False)
    send_again([order.pk], group_id=order.group_id, actor_name="Rosana")
    for _ in range(2):
        abroad.home.work()
    order = abroad.home.order(sold)
    assert (order.phase, reasons(order.pk)) == ("integrated", {})
    assert total("total") + sum(living_abroad(abroad)) == order.total == Decimal("48.90")


@pytest.mark.parametrize("fault", ["lost_after_commit", "error_500_after_commit"])
def test_a_sale_that_was_cancelled_unheard_is_made_anew_when_its_order_lives_again(abroad: Three, fault: str) -> None:
    """The ERP cancelled and the answer was lost; what it has of the order is no sale any more."""
    sold = abroad.home.vendor.store.sell(lines=[("IMG-001", "3", "10.00")])
    moved(abroad.home, sold, {"IMG-001": {abroad.norte: "3"}})
    abroad.home.work()
    abroad.home.vendor.faults.set(fault, probability=1.0, only=CANCELS)
    cancel(abroad, sold)
    assert (states(abroad.home.order(sold)), living_abroad(abroad)) == ({"Norte": "unknown"}, [])
    abroad.home.vendor.store.set_status(sold, "2")
    abroad.home.read()
    abroad.home.vendor.faults.clear()
    for _ in range(3):
        abroad.home.read()
    order = abroad.home.order(sold)
    assert (order.phase, reasons(order.pk)) == ("integrated", {})
    assert total("total") + sum(living_abroad(abroad)) == order.total
    assert Balance.objects.aggregate(n=Sum("reserved"))["n"] == 3


def test_a_cancelled_order_of_the_back_office_is_no_sale_in_a_batch_either(three: Three) -> None:
    """Cancelled by a worker that died before it wrote so down; meanwhile the store's order lives again."""
    sold = two_of_three(three)
    before = three.home.sales()
    for sale in before:
        backoffice.cancel(three.home.group, sale.pk)
    ErpOrderPublication.objects.update(due_at="2020-01-01T00:00:00Z", published_digest="")
    for _ in range(2):
        three.home.work()
    order = three.home.order(sold)
    assert (order.phase, reasons(order.pk)) == ("integrated", {})
    assert total("total") == order.total
    assert sale_states(three) == ["cancelled", "cancelled", "open"]


def sale_states(house: Three) -> list[str]:
    return sorted(sale.state for sale in house.home.sales())


@pytest.mark.parametrize("press", ["send_again", "wake_everything"])
def test_what_was_refused_is_not_sent_again_while_the_store_is_asked_whether_it_is_cancelled(
    abroad: Three, press: str
) -> None:
    abroad.home.vendor.faults.set("rejected", probability=1.0, only="POST /erp/orders")
    sold = two_of_three(abroad)
    abroad.home.vendor.faults.clear()
    abroad.home.vendor.store.cancel(sold)
    read_once(abroad.home)
    abroad.home.vendor.faults.set("error_500", probability=1.0, only=f"GET /store/orders/{sold}")
    order = abroad.home.order(sold)
    assert order.is_in_question
    if press == "send_again":
        send_again([order.pk], group_id=order.group_id, actor_name="Rosana")
    else:
        wake_everything(order.group_id)
    run_stage(STAGES["erp_order"], Connection.objects.get(role="erp", company=abroad.norte))
    assert living_abroad(abroad) == []
    abroad.home.vendor.faults.clear()
    abroad.home.vendor.store.set_status(sold, "2")
    for _ in range(2):
        abroad.home.read()
    order = abroad.home.order(sold)
    assert (order.phase, reasons(order.pk)) == ("integrated", {})
    assert living_abroad(abroad) == [Decimal("30.60")]
