"""From the store to one sales order, through the dictionary, the reservation and the movement."""

from __future__ import annotations

from decimal import Decimal

from cais.core.effects import Meaning
from cais.inbox.models import Pending
from cais.movements.models import Movement, Reservation
from cais.orders.counts import movement_counts, phase_counts
from cais.orders.models import Order
from cais.stock.models import Balance, LedgerEntry
from tests.engine.house import House


def open_reasons(order: Order) -> set[str]:
    return set(
        Pending.objects.filter(subject="order", subject_id=order.pk, closed_at=None).values_list("reason", flat=True)
    )


def test_a_paid_order_becomes_one_sales_order_and_its_units_are_promised(home: House) -> None:
    pan = home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "189.90")], amounts=[("freight", "15.90")])
    home.read()
    order = home.order(sold)
    assert (order.phase, order.movement_state, order.erp_state) == ("integrated", "done", "done")
    (sale,) = home.sales()
    assert (sale.kind, sale.tag, sale.store_number) == ("PEW", "Imaginária", order.number)
    assert (sale.goods, sale.freight, sale.total) == (Decimal("379.80"), Decimal("15.90"), Decimal("395.70"))
    balance = Balance.objects.get(product=pan, warehouse__isnull=False)
    assert (balance.on_hand, balance.reserved) == (5, 2)
    assert Balance.objects.get(product=pan, pool__isnull=False).reserved == 0


def test_reading_again_changes_nothing(home: House) -> None:
    home.product("IMG-001", units="5")
    home.vendor.store.sell(lines=[("IMG-001", "2", "189.90")])
    home.read()
    entries = LedgerEntry.objects.count()
    for _ in range(3):
        home.read()
    assert len(home.sales()) == 1
    assert LedgerEntry.objects.count() == entries
    assert Order.objects.count() == 1


def test_an_unpaid_order_is_promised_its_units_and_waits(home: House) -> None:
    pan = home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "189.90")], paid=False)
    home.read()
    assert home.order(sold).phase == "awaiting_payment"
    assert Balance.objects.get(product=pan, pool__companies=[home.company.pk]).reserved == 2
    assert home.sales() == []
    home.vendor.store.pay(sold)
    home.read()
    assert home.order(sold).phase == "integrated"


def test_a_status_nobody_mapped_is_shown_reserved_and_waits(home: House) -> None:
    pan = home.product("IMG-001", units="5")
    strange = home.vendor.store.add_status("Pago – conferir")
    sold = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")], status_id=strange)
    home.read()
    order = home.order(sold)
    assert order.phase == "status_unmapped"
    assert open_reasons(order) == {"status_unmapped"}
    assert Balance.objects.get(product=pan, pool__companies=[home.company.pk]).reserved == 1
    home.translate(pago_conferir=Meaning.PENDING)
    home.work()
    assert home.order(sold).phase == "integrated"
    assert open_reasons(order) == set()


def test_a_cancelled_order_gives_its_units_back(home: House) -> None:
    pan = home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")], paid=False)
    home.read()
    home.vendor.store.cancel(sold)
    home.read()
    assert home.order(sold).phase == "cancelled"
    assert sum(b.reserved for b in Balance.objects.filter(product=pan)) == 0
    assert not Reservation.objects.exists()


def test_a_cancellation_after_the_sale_cancels_the_sale_too(home: House) -> None:
    pan = home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    home.vendor.store.cancel(sold)
    home.read()
    assert home.order(sold).phase == "cancelled"
    assert [sale.state for sale in home.sales()] == ["cancelled"]
    assert sum(b.reserved for b in Balance.objects.filter(product=pan)) == 0
    assert Movement.objects.get().state == "cancelled"


def test_an_order_that_comes_back_after_a_cancellation_is_sold_anew(home: House) -> None:
    home.product("IMG-001", units="5")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    home.vendor.store.cancel(sold)
    home.read()
    home.vendor.store.set_status(sold, "2")
    home.read()
    assert home.order(sold).phase == "integrated"
    assert sorted(sale.state for sale in home.sales()) == ["cancelled", "open"]


def test_the_last_unit_goes_to_the_older_order_and_the_other_says_so(home: House) -> None:
    home.product("IMG-001", units="1")
    first = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    second = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.read()
    phases = {home.order(first).phase, home.order(second).phase}
    assert phases == {"integrated", "short"}
    waiting = Order.objects.get(phase="short")
    (row,) = Pending.objects.filter(subject="order", subject_id=waiting.pk, closed_at=None)
    assert (row.reason, row.params["missing"]) == ("stock_short", "1")


def test_units_that_arrive_go_to_the_order_that_waits(home: House) -> None:
    pan = home.product("IMG-001", units="0")
    sold = home.vendor.store.sell(lines=[("IMG-001", "3", "10.00")])
    home.read()
    assert home.order(sold).phase == "short"
    home.receive(pan, "2")
    home.reconsider()
    assert home.order(sold).phase == "short"
    assert Reservation.objects.get().held == 2
    home.receive(pan, "1")
    home.reconsider()
    assert home.order(sold).phase == "integrated"


def test_a_product_nobody_registered_holds_its_order_and_no_other(home: House) -> None:
    home.product("IMG-001")
    unknown = home.vendor.store.sell(lines=[("XYZ-9", "1", "10.00")])
    known = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.read()
    assert home.order(known).phase == "integrated"
    assert home.order(unknown).phase == "held"
    assert open_reasons(home.order(unknown)) == {"product_unknown"}
    home.product("XYZ-9")
    home.reconsider()
    assert home.order(unknown).phase == "integrated"


def test_an_order_older_than_the_start_is_only_kept(home: House) -> None:
    pan = home.product("IMG-001", units="5")
    home.store.start_at = "2099-01-01T00:00:00Z"
    home.store.save(update_fields=["start_at"])
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    assert home.order(sold).phase == "history"
    assert not Balance.objects.filter(product=pan, reserved__gt=0).exists()
    assert home.sales() == []


def test_a_total_that_does_not_close_is_held_with_the_difference_named(home: House) -> None:
    home.product("IMG-001")
    sold = home.vendor.store.sell(
        lines=[("IMG-001", "2", "10.00")], amounts=[("freight", "5.00")], changes={"total": "25.02"}
    )
    home.read()
    order = home.order(sold)
    assert order.phase == "held"
    assert order.difference == Decimal("0.02")
    (row,) = Pending.objects.filter(subject="order", subject_id=order.pk, closed_at=None)
    assert (row.reason, row.params["difference"]) == ("sum_mismatch", "0,02")


def test_one_unreadable_order_is_kept_raw_and_blocks_nothing(home: House) -> None:
    home.product("IMG-001")
    bad = home.vendor.store.sell(lines=[("IMG-001", "-1", "10.00")])
    good = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.read()
    assert home.order(good).phase == "integrated"
    assert not Order.objects.filter(external_id=bad).exists()
    (row,) = Pending.objects.filter(reason="order_unreadable", closed_at=None)
    assert row.subject_label == bad


def test_the_counters_say_what_the_orders_say(home: House) -> None:
    home.product("IMG-001", units="1")
    for paid in (True, True, False):
        home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")], paid=paid)
    home.read()
    told = phase_counts()
    counted: dict[str, int] = {}
    for phase in Order.objects.values_list("phase", flat=True):
        counted[phase] = counted.get(phase, 0) + 1
    assert told == counted
    assert movement_counts() == {"done": 1, "none": 2}
