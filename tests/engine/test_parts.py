"""One order, several companies: each has its own ERP order, all or none, and every cent once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db.models import Sum

from cais.backoffice.models import SalesOrder
from cais.catalog.models import Product
from cais.companies.models import Company
from cais.connections.models import Connection
from cais.connections.services import make_connection
from cais.inbox.models import Pending
from cais.movements.models import FulfilmentLine, Movement, Reservation
from cais.publishing.asking import create_erp_orders, synchronise, undo_sales
from cais.settling.decisions import erp_is_right, send_again, shown_of
from cais.statuses.models import StatusEntry, WriteBack
from cais.statuses.services import set_write_back
from cais.stock.models import Balance
from tests.engine.house import House
from tests.engine.several import moved, parts, states, stock_at, with_company

ORDERS = "POST /erp/orders"


@dataclass
class Three:
    """Three companies: Casa first in the stock queue, then Norte, then Sul."""

    home: House
    casa: Company
    norte: Company
    sul: Company


@pytest.fixture
def three(home: House) -> Three:
    home.product("IMG-001", units="10", price="10")
    home.product("IMG-002", units="10", price="5")
    norte, sul = with_company(home, "Norte"), with_company(home, "Sul")
    for company in (norte, sul):
        for sku in ("IMG-001", "IMG-002"):
            stock_at(company, sku, "10")
    return Three(home, home.company, norte, sul)


@pytest.fixture
def abroad(three: Three) -> Three:
    """As `three`, and Norte keeps its sales in an ERP of its own, on the other side of a socket."""
    Connection.objects.filter(role="erp", company=three.norte).delete()
    make_connection(
        three.norte,
        connector="imaginary",
        modality="rest",
        name="ERP da Norte",
        values=three.home.vendor.settings(),
        role="erp",
    )
    three.home.vendor.erp.put_product(three.norte.cnpj, "IMG-001", quantity="99")
    return three


def two_of_three(three: Three, **changes: object) -> str:
    """3 units at 10.00 and 15.90 of freight: 1 by Casa, 2 by Norte."""
    sold = three.home.vendor.store.sell(lines=[("IMG-001", "3", "10.00")], changes=changes)
    moved(three.home, sold, {"IMG-001": {three.casa: "1", three.norte: "2"}})
    three.home.work()
    return sold


def refuse(three: Three) -> None:
    three.home.vendor.faults.set("rejected", probability=1.0, only=ORDERS)


def captured(home: House) -> None:
    entry = StatusEntry.objects.get(connection=home.store, key="faturado")
    set_write_back(home.store, WriteBack.Moment.CAPTURED, entry)


def living_abroad(three: Three) -> list[Decimal]:
    """What the ERP of Norte was told that its living orders are worth."""
    orders = three.home.vendor.erp.orders.values()
    return [Decimal(str(order.document["total"])) for order in orders if order.status != "cancelled"]


def sell(three: Three, *lines: tuple[str, str, str], amounts: object = None) -> str:
    kept = {} if amounts is None else {"amounts": amounts}
    return three.home.vendor.store.sell(lines=list(lines) or [("IMG-001", "3", "10.00")], **kept)  # type: ignore[arg-type]


def total(name: str) -> Decimal:
    return SalesOrder.objects.filter(state="open").aggregate(n=Sum(name))["n"] or Decimal(0)


def reasons(order_id: int) -> dict[str, str]:
    rows = Pending.objects.filter(subject="order", subject_id=order_id, closed_at=None)
    return {row.reason: str(row.params) for row in rows}


def test_each_company_gets_one_erp_order_and_together_they_are_the_order(three: Three) -> None:
    """3 units at 10.00, 1 by each: freight 15.00 shared by goods is 5.00 each."""
    sold = sell(three)
    moved(three.home, sold, {"IMG-001": {three.casa: "1", three.norte: "1", three.sul: "1"}})
    three.home.work()
    order = three.home.order(sold)
    assert (order.phase, order.movement_state) == ("integrated", "done")
    assert states(order) == {"Casa": "done", "Norte": "done", "Sul": "done"}
    sales = three.home.sales()
    assert {sale.company.name for sale in sales} == {"Casa", "Norte", "Sul"}
    assert len({sale.reference for sale in sales}) == 3
    assert total("total") == order.total
    assert total("goods") == order.lines_total == Decimal(30)
    assert [(sale.goods, sale.lines.get().quantity) for sale in sales] == [(10, 1)] * 3
    assert order.erp_number == ", ".join(part.erp_number for part in parts(order))
    three.home.read()
    assert len(three.home.sales()) == 3


def test_a_line_that_three_companies_share_loses_no_cent(three: Three) -> None:
    """10.00 for 3 units is 3.34, 3.33 and 3.33: the company that serves first takes the cent left over."""
    sold = sell(three, ("IMG-001", "3", "3.3333"), amounts=[])
    three.home.vendor.store.orders[sold]["total"] = "10.00"
    moved(three.home, sold, {"IMG-001": {three.sul: "1", three.casa: "1", three.norte: "1"}})
    three.home.work()
    worth = {row.fulfilment.company.name: row.total for row in FulfilmentLine.objects.all()}
    assert worth == {"Casa": Decimal("3.34"), "Norte": Decimal("3.33"), "Sul": Decimal("3.33")}
    assert total("goods") == three.home.order(sold).lines_total


def test_what_a_company_does_not_have_names_the_company_and_nothing_is_created(three: Three) -> None:
    sold = sell(three)
    moved(three.home, sold, {"IMG-001": {three.casa: "1", three.norte: "2"}})
    shelf = Balance.objects.get(product__sku="IMG-001", warehouse__company=three.norte)
    Balance.objects.filter(pk=shelf.pk).update(on_hand=1, reserved=1)
    three.home.work(rounds=2)
    order = three.home.order(sold)
    assert order.phase == "movement_error"
    assert "(empresa Norte)" in reasons(order.pk)["line_refused"]
    assert three.home.sales() == []
    Balance.objects.filter(pk=shelf.pk).update(on_hand=10, reserved=2)
    three.home.work()
    assert three.home.order(sold).phase == "integrated"
    assert len(three.home.sales()) == 2


def test_what_a_person_moved_is_checked_and_waits_for_its_button(three: Three) -> None:
    sold = sell(three)
    movement = moved(three.home, sold, {"IMG-001": {three.casa: "1", three.norte: "2"}}, by="Rosana")
    three.home.work()
    order = three.home.order(sold)
    assert (order.movement_state, order.erp_state, order.phase) == ("validated", "", "awaiting_sync")
    assert three.home.sales() == []
    assert synchronise([movement], actor_name="Rosana") == {order.pk}
    three.home.work()
    assert three.home.order(sold).movement_state == "validated"
    assert create_erp_orders([movement], actor_name="Rosana") == {order.pk}
    assert create_erp_orders([movement], actor_name="Rosana") == set()
    assert synchronise([movement], actor_name="Rosana") == set()
    three.home.work()
    assert len(three.home.sales()) == 2
    assert three.home.order(sold).phase == "integrated"


def test_a_refusal_of_one_company_leaves_the_other_and_says_whose_it_is(abroad: Three) -> None:
    captured(abroad.home)
    refuse(abroad)
    sold = two_of_three(abroad)
    order = abroad.home.order(sold)
    assert (order.phase, order.erp_state) == ("erp_refused", "refused")
    assert states(order) == {"Casa": "done", "Norte": "refused"}
    assert "O ERP da Norte" in reasons(order.pk)["erp_refused"]
    assert abroad.home.vendor.ledger.statuses_written(sold) == []
    assert [sale.company.name for sale in abroad.home.sales()] == ["Casa"]
    assert Reservation.objects.filter(order=order).aggregate(n=Sum("held"))["n"] == 3


def test_what_one_company_refused_is_sent_again_and_the_store_is_told_once(abroad: Three) -> None:
    captured(abroad.home)
    refuse(abroad)
    sold = two_of_three(abroad)
    abroad.home.vendor.faults.clear()
    order = abroad.home.order(sold)
    assert send_again([order.pk], group_id=order.group_id, actor_name="Rosana") == 1
    abroad.home.work()
    order = abroad.home.order(sold)
    assert (order.phase, reasons(order.pk)) == ("integrated", {})
    assert [total("total"), *living_abroad(abroad)] == [Decimal("15.30"), Decimal("30.60")]
    assert order.total == Decimal("45.90")
    assert abroad.home.vendor.ledger.statuses_written(sold) == ["3"]


def test_a_half_made_sale_that_is_undone_is_cancelled_once_and_made_anew(abroad: Three) -> None:
    captured(abroad.home)
    refuse(abroad)
    sold = two_of_three(abroad)
    abroad.home.vendor.faults.clear()
    order = abroad.home.order(sold)
    assert undo_sales([order], actor_name="Rosana") == {order.pk}
    abroad.home.work()
    order = abroad.home.order(sold)
    assert (order.phase, reasons(order.pk)) == ("integrated", {})
    assert SalesOrder.objects.filter(state="cancelled").count() == 1
    assert total("total") + sum(living_abroad(abroad)) == order.total
    assert Movement.objects.filter(order=order).exclude(state="cancelled").count() == 1
    assert Balance.objects.aggregate(n=Sum("reserved"))["n"] == 3
    assert abroad.home.vendor.ledger.statuses_written(sold) == ["3"]


def test_an_edit_after_half_of_the_sale_waits_for_a_person_and_takes_nothing_back(abroad: Three) -> None:
    refuse(abroad)
    sold = two_of_three(abroad)
    line = abroad.home.vendor.store.orders[sold]["lines"][0]
    abroad.home.vendor.store.edit(sold, lines=[{**line, "quantity": "2"}], total="35.90")
    abroad.home.read()
    order = abroad.home.order(sold)
    assert set(reasons(order.pk)) == {"erp_refused", "changed_after_erp"}
    assert states(order) == {"Casa": "done", "Norte": "refused"}
    assert [sale.state for sale in abroad.home.sales()] == ["open"]


@pytest.mark.parametrize("fault", ["lost_after_commit", "lost_before_commit", "error_500_after_commit", "cut_body"])
def test_a_lost_answer_at_one_company_is_looked_for_and_makes_one(abroad: Three, fault: str) -> None:
    captured(abroad.home)
    abroad.home.vendor.faults.next(fault, times=1, only=ORDERS)
    sold = two_of_three(abroad)
    for _ in range(3):
        abroad.home.work()
    order = abroad.home.order(sold)
    assert (order.phase, reasons(order.pk)) == ("integrated", {})
    assert [total("total"), *living_abroad(abroad)] == [Decimal("15.30"), Decimal("30.60")]
    assert abroad.home.vendor.ledger.statuses_written(sold) == ["3"]


def test_while_one_company_is_in_doubt_the_order_is_in_doubt_whatever_the_other_says(abroad: Three) -> None:
    abroad.home.vendor.faults.next("lost_after_commit", times=1, only=ORDERS)
    sold = abroad.home.vendor.store.sell(lines=[("IMG-001", "3", "10.00")])
    moved(abroad.home, sold, {"IMG-001": {abroad.casa: "1", abroad.norte: "2"}})
    abroad.home.work(rounds=1)
    order = abroad.home.order(sold)
    assert (order.phase, states(order)) == ("erp_unknown", {"Casa": "done", "Norte": "unknown"})
    assert "O ERP da Norte" in reasons(order.pk)["erp_unknown"]


def test_an_erp_that_is_away_keeps_the_whole_movement_waiting_and_the_other_companies_orders_go_on(
    abroad: Three,
) -> None:
    Connection.objects.filter(role="erp", company=abroad.norte).update(paused=True)
    waits = two_of_three(abroad)
    goes = abroad.home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    abroad.home.read()
    assert abroad.home.order(goes).phase == "integrated"
    assert abroad.home.order(waits).phase == "awaiting_sync"
    Connection.objects.filter(role="erp", company=abroad.norte).update(paused=False)
    abroad.home.work()
    assert abroad.home.order(waits).phase == "integrated"


def test_a_change_after_the_sale_compares_the_whole_order(three: Three) -> None:
    sold = sell(three)
    moved(three.home, sold, {"IMG-001": {three.casa: "1", three.norte: "2"}})
    three.home.work()
    line = three.home.vendor.store.orders[sold]["lines"][0]
    three.home.vendor.store.edit(sold, lines=[{**line, "price": "11.00"}], total="48.90")
    three.home.read()
    order = three.home.order(sold)
    assert set(reasons(order.pk)) == {"changed_after_erp"}
    erp_is_right(order, shown=shown_of(order), actor_name="Rosana")
    three.home.work()
    order = three.home.order(sold)
    assert order.phase == "integrated"
    assert sum(part.total for part in parts(order)) == order.total == Decimal("48.90")
    assert [part.goods for part in parts(order)] == [11, 22]


def test_a_cancellation_cancels_every_part_once_and_frees_everything(three: Three) -> None:
    sold = sell(three)
    moved(three.home, sold, {"IMG-001": {three.casa: "1", three.norte: "1", three.sul: "1"}})
    three.home.work()
    three.home.vendor.store.cancel(sold)
    for _ in range(3):
        three.home.read()
    order = three.home.order(sold)
    assert (order.phase, order.erp_state, order.movement_state) == ("cancelled", "cancelled", "cancelled")
    assert states(order) == {"Casa": "cancelled", "Norte": "cancelled", "Sul": "cancelled"}
    assert [sale.state for sale in three.home.sales()] == ["cancelled"] * 3
    assert not Reservation.objects.filter(order=order).exists()
    assert Balance.objects.aggregate(n=Sum("reserved"))["n"] == 0


def test_a_cancellation_reaches_the_part_that_exists_and_forgets_the_refused_one(abroad: Three) -> None:
    refuse(abroad)
    sold = two_of_three(abroad)
    abroad.home.vendor.store.cancel(sold)
    for _ in range(3):
        abroad.home.read()
    order = abroad.home.order(sold)
    assert (order.phase, order.erp_state) == ("cancelled", "cancelled")
    assert [sale.state for sale in abroad.home.sales()] == ["cancelled"]
    assert reasons(order.pk) == {}
    assert Balance.objects.aggregate(n=Sum("reserved"))["n"] == 0


def test_an_order_that_lives_again_after_half_of_its_cancellation_is_sold_anew_whole(abroad: Three) -> None:
    sold = two_of_three(abroad)
    abroad.home.vendor.faults.set("error_503", probability=1.0, only="POST /erp/orders/")
    abroad.home.vendor.store.cancel(sold)
    for _ in range(3):
        abroad.home.read()
    assert states(abroad.home.order(sold)) == {"Casa": "cancelled", "Norte": "unknown"}
    abroad.home.vendor.store.set_status(sold, "2")
    abroad.home.read()
    abroad.home.vendor.faults.clear()
    for _ in range(3):
        abroad.home.read()
    order = abroad.home.order(sold)
    assert (order.phase, reasons(order.pk)) == ("integrated", {})
    assert total("total") + sum(living_abroad(abroad)) == order.total
    assert Balance.objects.aggregate(n=Sum("reserved"))["n"] == 3


def test_kits_are_cut_by_what_their_components_are_worth(three: Three) -> None:
    """2 kits of a pan (10.00) and two cups (5.00): one from each of two companies, 25.00 for both, 12.50 each."""
    kit = Product.objects.create(group=three.home.group, sku="KIT-001", name="Jogo", ncm="69111090", is_kit=True)
    for sku, units in (("IMG-001", 1), ("IMG-002", 2)):
        kit.components.create(group=three.home.group, product=Product.objects.get(sku=sku), quantity=units)
    sold = sell(three, ("KIT-001", "2", "12.50"), amounts=[])
    moved(
        three.home,
        sold,
        {"IMG-001": {three.casa: "1", three.norte: "1"}, "IMG-002": {three.casa: "2", three.norte: "2"}},
    )
    three.home.work()
    assert [(part.company.name, part.goods) for part in parts(three.home.order(sold))] == [
        ("Casa", Decimal("12.50")),
        ("Norte", Decimal("12.50")),
    ]
    worth = [row.total for row in FulfilmentLine.objects.order_by("pk")]
    assert worth == [Decimal("6.25")] * 4
