"""Stock in the store: each figure once and the newest, never unknown, never over a sale that nobody read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models.functions import Now

from cais.catalog.models import KitComponent, Listing, Product
from cais.companies.services import add_company
from cais.connections.models import Connection
from cais.connections.serving import choose
from cais.inbox.models import Pending
from cais.ports.manifest import Capability
from cais.shelves.marks import mark_all
from cais.shelves.models import Mark, StockPublication
from cais.shelves.retry import retry_refused
from cais.shelves.sending import send_stock
from tests.engine import functions
from tests.engine.goods import put
from tests.engine.house import House

SKU = "IMG-001"


@pytest.fixture
def shop(home: House) -> House:
    """A store that is told its stock, with one product that it shows otherwise."""
    linked(home, home.product(SKU, units="7"), shows="3")
    switch_on(home)
    home.work()
    return home


def linked(home: House, product: Product, *, shows: str | None = "0") -> Listing:
    external_id, variant_id = home.vendor.shelf.put(product.sku, stock=shows)
    return Listing.objects.create(
        group=home.group,
        connection=home.store,
        product=product,
        external_id=external_id,
        variant_id=variant_id,
        reference=product.sku,
    )


def switch_on(home: House) -> None:
    functions.switch_on(home, Capability.WRITE_STOCK)
    mark_all(home.store)


def adjust(home: House, product: Product, units: str) -> None:
    put(product, home.company.warehouses.get(), units)


def told(home: House, sku: str = SKU) -> list[int]:
    return [int(Decimal(each)) for each in home.vendor.ledger.stock_told(sku)]


def writes(home: House) -> int:
    return len([call for call in home.vendor.ledger.calls if call.method == "PUT" and call.path.endswith("/stock")])


def shown(home: House, sku: str = SKU) -> Decimal | None:
    return home.vendor.shelf.stock_of(sku)


def again(home: House) -> None:
    """Time passes, as `hurry` does for the others."""
    StockPublication.objects.filter(due_at__isnull=False).update(due_at=Now(), lease=None, lease_until=None)
    home.work()


def test_what_can_be_sold_is_shown_and_said_once(shop: House) -> None:
    assert told(shop) == [7]
    mark_all(shop.store)
    shop.work()
    assert writes(shop) == 1


def test_a_store_that_is_told_no_stock_is_marked_and_told_nothing(home: House) -> None:
    product = home.product(SKU, units="7")
    linked(home, product)
    adjust(home, product, "1")
    home.work()
    assert (Mark.objects.count(), StockPublication.objects.count(), writes(home)) == (0, 0, 0)


def test_a_thousand_changes_while_the_store_is_down_become_one_call_with_the_newest_value(shop: House) -> None:
    product = Product.objects.get(sku=SKU)
    shop.vendor.faults.next("error_500", times=3, only="PUT")
    for _ in range(100):
        adjust(shop, product, "1")
    assert Mark.objects.count() == 100
    shop.work()
    for _ in range(900):
        adjust(shop, product, "1")
    for _ in range(5):
        again(shop)
    assert told(shop) == [7, 1007]
    assert shown(shop) == 1007


def test_a_lost_answer_is_followed_by_the_newest_value_and_by_no_other(shop: House) -> None:
    product = Product.objects.get(sku=SKU)
    shop.vendor.faults.next("lost_after_commit", only="PUT")
    adjust(shop, product, "2")
    shop.work()
    row = StockPublication.objects.get()
    assert row.in_flight
    adjust(shop, product, "-2")
    again(shop)
    # The store may have shown 9: what is believed of it is no proof, so 7 is said although 7 was published.
    assert told(shop) == [7, 9, 7]
    assert not StockPublication.objects.get().in_flight


def test_a_worker_that_dies_between_call_and_answer_leaves_a_row_that_speaks_again(shop: House) -> None:
    product = Product.objects.get(sku=SKU)
    adjust(shop, product, "1")
    send_stock(shop.store)
    StockPublication.objects.update(in_flight=True, published=Decimal(7), due_at=Now(), published_digest="before")
    before = writes(shop)
    again(shop)
    assert (writes(shop), shown(shop)) == (before + 1, 8)


def test_a_sale_that_nobody_read_is_read_before_stock_is_said(shop: House) -> None:
    """The store shows 7 and sells 5; meanwhile one unit comes in. Saying 8 would sell four units twice."""
    product = Product.objects.get(sku=SKU)
    shop.vendor.store.sell(lines=[(SKU, "5", "10.00")])
    adjust(shop, product, "1")
    send_stock(shop.store)
    assert told(shop) == [7, 3]
    assert shown(shop) == 3


def test_while_the_orders_cannot_be_read_no_stock_is_said(shop: House) -> None:
    product = Product.objects.get(sku=SKU)
    shop.vendor.faults.next("error_500", times=40, only="GET /store/orders")
    adjust(shop, product, "1")
    again(shop)
    assert writes(shop) == 1
    shop.vendor.faults.clear()
    again(shop)
    assert told(shop)[-1] == 8


def test_the_last_unit_sold_in_one_store_leaves_the_other_store(shop: House) -> None:
    product = Product.objects.get(sku=SKU)
    shop.vendor.store.sell(lines=[(SKU, "7", "10.00")])
    shop.read()
    assert shown(shop) == 0
    assert StockPublication.objects.get().desired == 0
    assert product.pk


def test_what_nobody_counted_is_never_said(home: House) -> None:
    made = Product.objects.create(group=home.group, sku="NUNCA", name="Nunca contado", ncm="69111090")
    linked(home, made, shows="4")
    switch_on(home)
    home.work()
    assert (writes(home), shown(home, "NUNCA")) == (0, 4)
    adjust(home, made, "2")
    home.work()
    assert shown(home, "NUNCA") == 2


def test_a_kit_follows_its_components(home: House) -> None:
    part = home.product("PARTE", units="9")
    kit = Product.objects.create(group=home.group, sku="KIT", name="Kit", ncm="69111090", is_kit=True)
    KitComponent.objects.create(group=home.group, kit=kit, product=part, quantity=Decimal(2))
    linked(home, kit)
    switch_on(home)
    home.work()
    assert shown(home, "KIT") == 4
    adjust(home, part, "-5")
    home.work()
    assert shown(home, "KIT") == 2


def test_a_refusal_waits_with_its_reason_until_there_is_something_else_to_say(shop: House) -> None:
    product = Product.objects.get(sku=SKU)
    shop.vendor.faults.next("rejected", only="PUT")
    adjust(shop, product, "1")
    again(shop)
    assert StockPublication.objects.get().hold == "stock_refused"
    assert Pending.objects.get(reason="stock_refused", closed_at=None).subject_label == SKU
    adjust(shop, product, "1")
    again(shop)
    assert shown(shop) == 9
    assert not Pending.objects.filter(reason="stock_refused", closed_at=None)


def test_only_observing_says_no_stock_and_forgets_none(shop: House) -> None:
    Connection.objects.update(mode=Connection.Mode.OBSERVE)
    shop.store.refresh_from_db()
    adjust(shop, Product.objects.get(sku=SKU), "1")
    again(shop)
    assert writes(shop) == 1
    Connection.objects.update(mode=Connection.Mode.PUBLISH)
    again(shop)
    assert shown(shop) == 8


def test_what_was_refused_is_said_again_when_a_person_asks(shop: House) -> None:
    shop.vendor.faults.next("rejected", only="PUT")
    adjust(shop, Product.objects.get(sku=SKU), "1")
    again(shop)
    assert retry_refused(shop.group) == 1
    shop.work()
    assert shown(shop) == 8
    assert not Pending.objects.filter(reason="stock_refused", closed_at=None)


def test_a_change_that_is_taken_back_closes_what_it_was_refused_for(shop: House) -> None:
    product = Product.objects.get(sku=SKU)
    shop.vendor.faults.next("rejected", only="PUT")
    adjust(shop, product, "1")
    again(shop)
    adjust(shop, product, "-1")
    again(shop)
    row = StockPublication.objects.get()
    assert (row.hold, row.due_at, writes(shop)) == ("", None, 2)
    assert not Pending.objects.filter(reason="stock_refused", closed_at=None)


def test_who_serves_the_store_decides_what_it_shows(shop: House) -> None:
    other = add_company(shop.group, name="Filial", legal_name="Filial Ltda", cnpj="11444777000161", state="SC")
    Mark.objects.all().delete()
    choose(shop.store, [other, shop.company], reordered=True)
    assert Mark.objects.count() == 1  # one look, however many companies
    choose(shop.store, [other], reordered=False)
    shop.work()
    # Nobody counted this product there: what is not known is not said, and the store keeps what it shows.
    assert (StockPublication.objects.get().desired, writes(shop)) == (None, 1)
