"""The embedded ERP keeps the port's promises: one order per reference, numbers without gaps, true words on lines."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import pytest

from cais import connectors
from cais.backoffice.connector import CONNECTOR
from cais.backoffice.models import SalesOrder, SalesOrderCounter
from cais.catalog.models import Product
from cais.core.clock import Clock
from cais.core.documents import Address, BuyerDoc, ErpLine, ErpOrderDoc
from cais.customers.models import Customer
from cais.ports.capabilities import Done, LineCheck
from cais.ports.errors import NotFound, Rejected
from cais.ports.manifest import Capability, Ensure
from cais.ports.session import Account
from cais.stock.models import Balance
from tests.contract.lending import MemoryMeter, MemoryTokens
from tests.goods.conftest import CNPJ, Shop, at_once


def _account(shop: Shop) -> Account:
    return Account(
        key=str(shop.erp.pk), modality="local", settings={}, tokens=MemoryTokens(), meter=MemoryMeter(), clock=Clock()
    )


def _order(reference: str, **changes: object) -> ErpOrderDoc:
    line = ErpLine(
        sku="XIC-200", name="Xícara", quantity=Decimal(2), unit_price=Decimal("30.00"), total=Decimal("60.00")
    )
    order = ErpOrderDoc(
        reference=reference,
        store_number="48231",
        company_cnpj=CNPJ,
        kind="PEW",
        tag="Tray",
        placed_at=datetime(2026, 11, 17, 10, 42, tzinfo=UTC),
        buyer=BuyerDoc(name="Ana Prado", document="52998224725"),
        delivery=Address(city="Lages", state="SC"),
        billing=Address(city="Lages", state="SC"),
        lines=(line,),
        freight=Decimal("12.50"),
        discount=Decimal("5.00"),
        surcharge=Decimal(0),
        total=Decimal("67.50"),
    )
    return dataclasses.replace(order, **changes)  # type: ignore[arg-type]


def _put(shop: Shop, product: Product, units: str, *, reserved: str = "0", back: bool = False) -> None:
    place = shop.back if back else shop.front
    Balance.objects.create(
        group=shop.group, product=product, warehouse=place, on_hand=Decimal(units), reserved=Decimal(reserved)
    )


def test_the_back_office_stands_among_the_connectors() -> None:
    assert connectors.get("backoffice") is CONNECTOR
    assert CONNECTOR.manifest.internal
    assert CONNECTOR.manifest.facts("local").ensures_by is Ensure.REFERENCE
    assert CONNECTOR.manifest.offers("local", Capability.CHECK_ERP_LINES)


def test_an_order_keeps_what_it_was_told(shop: Shop) -> None:
    customer = Customer.objects.create(group=shop.group, document="52998224725", name="Ana Prado")
    done = CONNECTOR.ensure_order(_account(shop), _order("r1"))
    order = SalesOrder.objects.get(pk=done.external_id)
    assert (done.number, order.kind, order.tag, order.store_number) == ("1", "PEW", "Tray", "48231")
    assert (order.customer, order.goods, order.total) == (customer, Decimal("60.00"), Decimal("67.50"))
    assert [(line.sku, line.quantity) for line in order.lines.all()] == [("XIC-200", Decimal(2))]
    assert order.content["delivery"]["city"] == "Lages"


def test_asked_twice_it_makes_one_order(shop: Shop) -> None:
    first = CONNECTOR.ensure_order(_account(shop), _order("r1"))
    assert CONNECTOR.ensure_order(_account(shop), _order("r1", total=Decimal(1))) == first
    assert CONNECTOR.find_order(_account(shop), "r1") == first
    assert CONNECTOR.find_order(_account(shop), "r2") is None


def test_an_unknown_product_is_refused_and_takes_no_number(shop: Shop) -> None:
    line = ErpLine(sku="NADA", name="Nada", quantity=Decimal(1), unit_price=Decimal(1), total=Decimal(1))
    with pytest.raises(Rejected, match="NADA"):
        CONNECTOR.ensure_order(_account(shop), _order("r1", lines=(line,)))
    assert CONNECTOR.ensure_order(_account(shop), _order("r2")).number == "1"


def test_of_many_orders_one_is_refused_and_the_others_are_numbered_without_a_gap(shop: Shop) -> None:
    line = ErpLine(sku="NADA", name="Nada", quantity=Decimal(1), unit_price=Decimal(1), total=Decimal(1))
    stranger = _order("r3", company_cnpj="11222333000181")
    first, no, strange, last = CONNECTOR.ensure_orders(
        _account(shop), [_order("r1"), _order("r2", lines=(line,)), stranger, _order("r4")]
    )
    assert isinstance(first, Done)
    assert isinstance(last, Done)
    assert (first.number, last.number) == ("1", "2")
    assert isinstance(no, Rejected)
    assert "NADA" in str(no)
    assert isinstance(strange, Rejected)
    assert "CNPJ" in str(strange)


def test_an_order_asked_twice_in_one_stroke_is_made_once(shop: Shop) -> None:
    first, again = CONNECTOR.ensure_orders(_account(shop), [_order("r1"), _order("r1")])
    assert first == again
    assert SalesOrderCounter.objects.get().last == 1


def test_a_company_outside_the_group_is_refused(shop: Shop) -> None:
    with pytest.raises(Rejected, match="CNPJ"):
        CONNECTOR.ensure_order(_account(shop), _order("r1", company_cnpj="11222333000181"))


def test_the_same_reference_at_once_makes_one_order(committed_shop: Shop) -> None:
    work = partial(CONNECTOR.ensure_order, _account(committed_shop), _order("r1"))
    assert len(set(at_once(committed_shop, *[work] * 6))) == 1
    assert SalesOrder.objects.count() == 1
    assert SalesOrderCounter.objects.get().last == 1


def test_numbers_taken_at_once_have_no_gap_and_no_double(committed_shop: Shop) -> None:
    account = _account(committed_shop)
    works = [partial(CONNECTOR.ensure_order, account, _order(f"r{i}")) for i in range(12)]
    assert sorted(int(done.number) for done in at_once(committed_shop, *works)) == list(range(1, 13))


def test_cancelling_twice_is_no_error(shop: Shop) -> None:
    account = _account(shop)
    done = CONNECTOR.ensure_order(account, _order("r1"))
    cancelled = dataclasses.replace(done, is_cancelled=True)
    assert CONNECTOR.cancel_order(account, done.external_id) == cancelled
    first = SalesOrder.objects.get().cancelled_at
    assert CONNECTOR.cancel_order(account, done.external_id) == cancelled
    assert (SalesOrder.objects.get().state, SalesOrder.objects.get().cancelled_at) == ("cancelled", first)


@pytest.mark.parametrize("key", ["999999", "nenhum"])
def test_cancelling_an_unknown_order_says_so(shop: Shop, key: str) -> None:
    with pytest.raises(NotFound):
        CONNECTOR.cancel_order(_account(shop), key)


def test_units_of_all_active_warehouses_count_promised_or_not(shop: Shop) -> None:
    _put(shop, shop.cup, "3", reserved="3")
    _put(shop, shop.cup, "1.5", back=True)
    assert _words(shop, ("XIC-200", "4.5")) == [LineCheck(sku="XIC-200", available="4.5")]
    assert _words(shop, ("XIC-200", "4.5001")) == [LineCheck(sku="XIC-200", problem="short", available="4.5")]


def test_two_lines_of_one_product_are_short_together(shop: Shop) -> None:
    _put(shop, shop.cup, "3")
    assert [word.problem for word in _words(shop, ("XIC-200", "2"), ("XIC-200", "2"))] == ["short", "short"]


def test_a_kit_is_short_when_a_component_is(shop: Shop) -> None:
    _put(shop, shop.cup, "12")
    _put(shop, shop.tray, "1")
    assert _words(shop, ("KIT-CHA", "1")) == [LineCheck(sku="KIT-CHA", available="1")]
    assert _words(shop, ("KIT-CHA", "2"))[0].problem == "short"


def test_unknown_inactive_and_untracked_products_have_their_own_words(shop: Shop) -> None:
    Product.objects.filter(pk=shop.cup.pk).update(active=False)
    Product.objects.filter(pk=shop.tray.pk).update(tracks_stock=False)
    words = _words(shop, ("XIC-200", "1"), ("BAN-30", "1"), ("NADA", "1"))
    assert [word.problem for word in words] == ["inactive", "", "unknown_product"]


def test_the_check_says_when_no_warehouse_is_active(shop: Shop) -> None:
    assert [check.ok for check in CONNECTOR.check(_account(shop))] == [True]
    shop.front.active = shop.back.active = False
    shop.front.save()
    shop.back.save()
    assert [check.ok for check in CONNECTOR.check(_account(shop))] == [False]


def _words(shop: Shop, *lines: tuple[str, str]) -> list[LineCheck]:
    return list(CONNECTOR.check_lines(_account(shop), CNPJ, lines))
