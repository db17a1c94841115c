"""Products that an order brings along: made once, linked, incomplete, and never guessed to be another."""

from __future__ import annotations

from decimal import Decimal

from cais.catalog.models import Listing, Product
from cais.connections.models import Connection
from cais.core.effects import Meaning
from cais.inbox.models import Pending
from cais.intake.fetch import fetch_orders
from cais.intake.pull import look_for_orders
from cais.intake.record import record_orders
from cais.intake.services import connect_store
from cais.journal.models import Note
from cais.orders.models import Order
from cais.settling import choosing
from cais.settling.decisions import choose_product
from cais.settling.services import dictionary_changed
from tests.engine.house import House, fill_in_the_usual, house
from tests.engine.test_concurrency import at_once, town

__all__ = ["house", "town"]
GTIN = "7891000315507"


def brings(store: Connection) -> None:
    Connection.objects.filter(pk=store.pk).update(creates_products=True)
    store.refresh_from_db()


def sold_line(
    *, at: str = "1", product_id: str = "10", sku: str = "CAD-1", gtin: str = "", **more: str
) -> dict[str, object]:
    plain = {"name": "Cadeira", "quantity": "1", "price": "10.00", "list_price": "12.00", "gift": False, "note": ""}
    return {"id": at, "product_id": product_id, "sku": sku, "gtin": gtin, **plain, **more}


def sell(home: House, *lines: dict[str, object], paid: bool = True) -> str:
    """Ten reais a line, so that the order closes."""
    total = f"{10 * len(lines)}.00"
    changes = {"lines": list(lines), "total": total}
    return home.vendor.store.sell(lines=[("X", "1", "10.00")], amounts=(), paid=paid, changes=changes)


def reasons(order: Order) -> set[str]:
    rows = Pending.objects.filter(subject="order", subject_id=order.pk, closed_at=None)
    return set(rows.values_list("reason", flat=True))


def second_store(home: House) -> Connection:
    made = connect_store(
        home.company,
        connector="imaginary",
        modality="rest",
        name="Segunda loja",
        values=home.vendor.settings(),
        role="store",
        start_at="2020-01-01T00:00:00Z",
        creates_products=True,
    )
    made.refresh_from_db()
    fill_in_the_usual(made)
    home.work()
    dictionary_changed(list(made.statuses.filter(key="pago")), Meaning.PENDING, actor_name="Rosana")
    return made


def test_without_the_setting_nothing_is_made(home: House) -> None:
    sold = sell(home, sold_line())
    home.read()
    assert not Product.objects.exists()
    assert reasons(home.order(sold)) == {"product_unknown"}


def test_a_product_is_made_from_what_the_line_says_and_is_incomplete(home: House) -> None:
    brings(home.store)
    sold = sell(home, sold_line(gtin=GTIN))
    home.read()
    made = Product.objects.get()
    assert (made.sku, made.name, made.gtin, made.unit) == ("CAD-1", "Cadeira", GTIN, "UN")
    # What it was sold for is no list price.
    assert (made.ncm, made.origin, made.price, made.is_complete) == ("", "", Decimal(0), False)
    link = Listing.objects.get()
    assert (link.connection, link.external_id, link.product) == (home.store, "10", made)
    order = home.order(sold)
    assert (order.phase, reasons(order)) == ("short", {"new_product_short"})
    assert Note.objects.filter(subject="order", subject_id=order.pk, code="product_made").count() == 1


def test_the_order_goes_on_when_the_new_product_has_stock(home: House) -> None:
    brings(home.store)
    sold = sell(home, sold_line())
    home.read()
    home.receive(Product.objects.get(), "1")
    home.reconsider()
    assert home.order(sold).phase == "integrated"


def test_the_same_product_sold_again_is_not_made_again(home: House) -> None:
    brings(home.store)
    sell(home, sold_line(), sold_line(at="2"))
    home.read()
    sell(home, sold_line())
    home.read()
    assert Product.objects.count() == Listing.objects.count() == 1


def test_a_gtin_with_a_wrong_digit_is_not_kept(home: House) -> None:
    brings(home.store)
    sell(home, sold_line(gtin="7891000315500"))
    home.read()
    assert Product.objects.get().gtin == ""


def test_without_a_reference_the_number_in_the_store_is_the_code(home: House) -> None:
    brings(home.store)
    sell(home, sold_line(sku=""))
    home.read()
    assert Product.objects.get().sku == f"LOJA{home.store.pk}-10"


def test_a_line_without_a_number_in_the_store_makes_nothing(home: House) -> None:
    brings(home.store)
    sold = sell(home, sold_line(product_id="", sku=""))
    home.read()
    assert not Product.objects.exists()
    assert reasons(home.order(sold)) == {"product_unknown"}


def test_a_person_names_a_line_without_a_number_and_no_other(home: House) -> None:
    first = sell(home, sold_line(product_id="", sku=""))
    second = sell(home, sold_line(product_id="", sku=""))
    home.read()
    known = home.product("CAD-9", units="5")
    assert choose_product(home.order(first).lines.get(), known, actor_name="Rosana") == 1
    home.work()
    assert (home.order(first).phase, home.order(second).phase) == ("integrated", "held")


def test_another_product_of_the_store_with_the_same_reference_is_for_a_person(home: House) -> None:
    brings(home.store)
    first = sell(home, sold_line(product_id="10"))
    home.read()
    second = sell(home, sold_line(product_id="11", name="Cadeira"))
    home.read()
    made = Product.objects.get()
    assert reasons(home.order(first)) == {"new_product_short"}
    assert reasons(home.order(second)) == {"product_conflict"}
    choose_product(home.order(second).lines.get(), made, actor_name="Rosana")
    home.receive(made, "2")
    home.reconsider()
    assert {home.order(first).phase, home.order(second).phase} == {"integrated"}


def test_two_lines_of_one_order_with_one_reference_and_two_numbers_are_two_products(home: House) -> None:
    brings(home.store)
    sold = sell(home, sold_line(product_id="10"), sold_line(at="2", product_id="11"))
    home.read()
    assert Product.objects.count() == 1
    assert "product_conflict" in reasons(home.order(sold))


def test_the_same_gtin_in_two_stores_is_the_same_product(home: House) -> None:
    brings(home.store)
    sell(home, sold_line(gtin=GTIN))
    home.read()
    second = second_store(home)
    sell(home, sold_line(product_id="77", sku="OUTRA", gtin=GTIN))
    home.read()
    assert Product.objects.count() == 1
    assert not Order.objects.filter(connection=second, phase="held").exists()


def test_the_reference_of_a_completed_product_counts_again(home: House) -> None:
    brings(home.store)
    sell(home, sold_line(product_id="10"))
    home.read()
    second = sell(home, sold_line(product_id="11"))
    home.read()
    Product.objects.update(ncm="94016100", origin="0")
    home.reconsider()
    assert reasons(home.order(second)) == {"stock_short"}


def test_history_and_what_nobody_chose_make_no_product(home: House) -> None:
    brings(home.store)
    Connection.objects.filter(pk=home.store.pk).update(capture=Connection.Capture.BY_CHOICE)
    home.store.refresh_from_db()
    sold = sell(home, sold_line())
    home.read()
    assert not Product.objects.exists()
    choosing.import_orders(home.store, [home.order(sold).pk], actor_name="Rosana")
    home.work()
    assert Product.objects.count() == 1


def test_two_stores_that_sell_the_same_new_reference_at_once_make_one_product(town: House) -> None:
    """Each store would make it; one does, and the other's order waits for a person."""
    brings(town.store)
    second = second_store(town)
    sell(town, sold_line())
    for store in (town.store, second):
        store.cursors.filter(kind="orders").update(due_at="2020-01-01T00:00:00Z")
        look_for_orders(store)
        fetch_orders(store)
    works = [lambda store=store: record_orders(store) for store in (town.store, second)]
    assert at_once(town.group.pk, *works) == []
    assert Product.objects.count() == Listing.objects.count() == 1
    held = [reasons(order) for order in Order.objects.all()]
    assert sorted(held, key=sorted) == [{"new_product_short"}, {"product_conflict"}]
