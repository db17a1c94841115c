"""A store divides an order, or joins two: one sale's units are promised once and sold once, whatever is read first."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Now

from cais.inbox.models import Pending
from cais.intake.models import Document
from cais.movements.models import Reservation
from cais.orders.models import Order
from cais.settling.decisions import erp_is_right, shown_of
from cais.stock.models import Balance
from tests.engine.house import House
from tests.engine.test_way_of_an_order import open_reasons


def _whole(home: House, *, units: str = "5", stock: str = "5", paid: bool = True) -> str:
    home.product("IMG-001", units=stock)
    return home.vendor.store.sell(lines=[("IMG-001", units, "10.00")], amounts=[], paid=paid)


def _divide(home: House, sold: str, *, keeps: str, parts: dict[str, str]) -> list[str]:
    """What a store with two depots does: children are made, and the parent loses what they carry."""
    store, made = home.vendor.store, []
    for units in parts.values():
        made.append(store.sell(lines=[("IMG-001", units, "10.00")], amounts=[], changes={"part_of": sold}))
    line = {**store.orders[sold]["lines"][0], "quantity": keeps}
    total = f"{Decimal(keeps) * 10:.2f}"
    lines = [line] if Decimal(keeps) else []
    store.edit(sold, lines=lines, total=total, parts=[{"id": key} for key in made])
    return made


def _promised() -> Decimal:
    return Balance.objects.aggregate(units=Sum("reserved"))["units"] or Decimal(0)


def _of_erp(home: House) -> dict[str, Decimal]:
    return {sale.store_number: sale.lines.get().quantity for sale in home.sales() if sale.state == "open"}


def test_a_division_before_the_sale_becomes_a_sale_for_each_part_and_no_unit_twice(home: House) -> None:
    """5 were sold; the parent keeps 3 and a part takes 2: 3 + 2 = 5."""
    sold = _whole(home, stock="0")
    home.read()
    product = Reservation.objects.get().product
    (part,) = _divide(home, sold, keeps="3", parts={"a": "2"})
    home.read()
    home.receive(product, "5")
    home.reconsider()
    assert _of_erp(home) == {sold: 3, part: 2}
    assert _promised() == 5
    assert {home.order(key).split_state for key in (sold, part)} == {"settled"}


def test_a_part_that_is_read_before_its_parent_promises_nothing_and_sells_nothing(home: House) -> None:
    sold = _whole(home, paid=False)
    home.read()
    assert _promised() == 5
    part = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")], amounts=[], changes={"part_of": sold})
    home.read()
    assert open_reasons(home.order(part)) == {"split_waiting"}
    assert home.sales() == []
    assert _promised() == 5
    store = home.vendor.store
    line = {**store.orders[sold]["lines"][0], "quantity": "3"}
    store.edit(sold, lines=[line], total="30.00", parts=[{"id": part}], paid=True, status_id="2")
    home.read()
    assert _of_erp(home) == {sold: 3, part: 2}
    assert _promised() == 5


def test_a_parent_that_is_read_before_its_part_keeps_the_units_for_it(home: House) -> None:
    """Another order waits for the same product: what the parent gives up must not go to it."""
    sold = _whole(home, paid=False)
    home.read()
    home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")], amounts=[])
    home.read()
    (part,) = _divide(home, sold, keeps="3", parts={"a": "2"})
    home.vendor.store.pay(sold)
    home.vendor.faults.set("error_500", probability=1.0, only=f"GET /store/orders/{part}")
    home.read()
    assert open_reasons(home.order(sold)) == {"split_waiting"}
    assert _promised() == 5
    assert home.sales() == []
    home.vendor.faults.clear()
    home.read()
    assert _of_erp(home) == {sold: 3, part: 2}
    assert _promised() == 5
    assert Order.objects.filter(phase="short").count() == 1


def test_a_part_nobody_listed_is_asked_for_by_its_number(home: House) -> None:
    sold = _whole(home, paid=False)
    home.read()
    (part,) = _divide(home, sold, keeps="3", parts={"a": "2"})
    hidden = home.vendor.store.orders.pop(part)
    home.read()
    home.vendor.store.orders[part] = hidden
    Document.objects.filter(external_id=part).update(due_at=Now(), hold="")
    home.work()
    assert Order.objects.filter(external_id=part, is_part=True).exists()


def test_parts_that_do_not_add_up_wait_with_the_difference_named(home: House) -> None:
    """5 sold, 3 kept, 1 in the part: one unit is nowhere."""
    sold = _whole(home, paid=False)
    home.read()
    home.vendor.store.pay(sold)
    home.product("IMG-002")
    (part,) = _divide(home, sold, keeps="3", parts={"a": "1"})
    home.read()
    assert home.sales() == []
    assert "vendidas 5, nas partes 4" in _words(part)
    assert _promised() == 5


def test_a_division_after_the_sale_waits_until_a_person_has_mended_the_sale(home: House) -> None:
    sold = _whole(home)
    home.read()
    assert _of_erp(home) == {sold: 5}
    (part,) = _divide(home, sold, keeps="3", parts={"a": "2"})
    home.read()
    assert _of_erp(home) == {sold: 5}
    assert open_reasons(home.order(sold)) == {"changed_after_erp", "split_waiting"}
    assert "ainda é do pedido inteiro" in _words(part)
    assert _promised() == 5
    erp_is_right(home.order(sold), shown=shown_of(home.order(sold)), actor_name="Rosana")
    home.work()
    assert set(_of_erp(home)) == {sold, part}
    assert home.order(part).phase == "integrated"
    assert _promised() == 5


def test_a_parent_that_becomes_a_shell_gives_everything_to_its_parts(home: House) -> None:
    sold = _whole(home, paid=False)
    home.read()
    one, two = _divide(home, sold, keeps="0", parts={"a": "3", "b": "2"})
    home.vendor.store.pay(sold)
    home.read()
    assert _of_erp(home) == {one: 3, two: 2}
    assert _promised() == 5


def test_two_orders_joined_into_one_sell_their_units_once(home: House) -> None:
    """One order of 2 is cancelled in the store, the other grows from 3 to 5: 5 stay promised, 5 are sold."""
    home.product("IMG-001", units="5")
    store = home.vendor.store
    gone = store.sell(lines=[("IMG-001", "2", "10.00")], amounts=[], paid=False)
    grows = store.sell(lines=[("IMG-001", "3", "10.00")], amounts=[], paid=False)
    home.read()
    assert _promised() == 5
    store.cancel(gone)
    store.edit(grows, lines=[{**store.orders[grows]["lines"][0], "quantity": "5"}], total="50.00")
    home.read()
    store.pay(grows)
    home.read()
    assert home.order(gone).phase == "cancelled"
    assert _of_erp(home) == {grows: 5}
    assert _promised() == 5


def _words(external_id: str) -> str:
    return str(Pending.objects.get(subject_label=external_id, reason="split_waiting", closed_at=None).params["words"])


def test_a_parent_that_lacked_units_and_gave_its_line_away_waits_for_its_part_with_what_it_has(home: House) -> None:
    """3 of 5 were there. The store moves the whole line to a part that cannot be read yet."""
    sold = _whole(home, stock="3", paid=False)
    home.read()
    part = home.vendor.store.sell(lines=[("IMG-001", "5", "10.00")], amounts=[], changes={"part_of": sold})
    home.vendor.faults.set("error_500", probability=1.0, only=f"GET /store/orders/{part}")
    home.vendor.store.edit(sold, lines=[], total="0.00", parts=[{"id": part}])
    home.read()
    assert open_reasons(home.order(sold)) == {"split_waiting"}
    assert _promised() == 3
    home.vendor.faults.clear()
    home.read()
    assert open_reasons(home.order(part)) == {"stock_short"}
    assert _promised() == 3
