"""ERP orders: asked twice makes one, a lost answer can be looked up, a refusal makes none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cais.core.documents import Address, BuyerDoc, ErpLine, ErpOrderDoc
from cais.ports.errors import NotFound, OutcomeUnknown, Rejected, Unavailable
from cais.ports.manifest import Capability
from tests.contract.face import ErpVendor
from tests.contract.vendors import owing

ordering = owing(Capability.CREATE_ERP_ORDERS)
checking = owing(Capability.CHECK_ERP_LINES)
CNPJ = "12ABC34501DE35"
HOME = Address(street="Rua do Cais", number="12", city="Santos", state="SP", postal_code="11013-000")
# 2 × 10.50 + 1 × 4.00 = 25.00; + 7.90 freight − 2.90 discount + 0.50 surcharge = 30.50
ORDER = ErpOrderDoc(
    reference="CAIS-1-1",
    store_number="1001",
    company_cnpj=CNPJ,
    kind="venda",
    tag="loja",
    placed_at=datetime(2026, 3, 5, 12, 30, tzinfo=UTC),
    buyer=BuyerDoc(name="Alba Serrano", document="37387828776"),
    delivery=HOME,
    billing=HOME,
    lines=(
        ErpLine(sku="A-1", name="Caneca", quantity=Decimal(2), unit_price=Decimal("10.50"), total=Decimal("21.00")),
        ErpLine(sku="B-2", name="Colher", quantity=Decimal(1), unit_price=Decimal("4.00"), total=Decimal("4.00")),
    ),
    freight=Decimal("7.90"),
    discount=Decimal("2.90"),
    surcharge=Decimal("0.50"),
    total=Decimal("30.50"),
)


@ordering
def test_ensure_twice_makes_one(vendor: ErpVendor) -> None:
    account = vendor.account()
    first = vendor.connector.ensure_order(account, ORDER)
    assert first.external_id
    assert vendor.connector.ensure_order(account, ORDER) == first
    assert vendor.erp_orders(ORDER.reference) == 1


@ordering
def test_ensure_twice_makes_one_even_where_the_erp_makes_two_when_asked_twice(vendor: ErpVendor) -> None:
    vendor.dedupes(False)
    account = vendor.account()
    first = vendor.connector.ensure_order(account, ORDER)
    assert vendor.connector.ensure_order(account, ORDER) == first
    assert vendor.erp_orders(ORDER.reference) == 1


@ordering
def test_two_references_make_two(vendor: ErpVendor) -> None:
    account = vendor.account()
    first = vendor.connector.ensure_order(account, ORDER)
    second = vendor.connector.ensure_order(account, replace(ORDER, reference="CAIS-1-2"))
    assert first.external_id != second.external_id


@ordering
@pytest.mark.parametrize("dedupes", [True, False], ids=["dedupes", "makes_two"])
@pytest.mark.parametrize("fault", ["lost_after_commit", "error_500_after_commit", "cut_body", "html_ok", "html_502"])
def test_an_answer_lost_after_the_work_is_unknown_and_looking_finds_it(
    vendor: ErpVendor, fault: str, dedupes: bool
) -> None:
    vendor.dedupes(dedupes)
    account = vendor.account()
    assert vendor.connector.find_order(account, ORDER.reference) is None
    vendor.fault(fault, only=vendor.paths.erp_create)
    with pytest.raises(OutcomeUnknown):
        vendor.connector.ensure_order(account, ORDER)
    found = vendor.connector.find_order(account, ORDER.reference)
    assert found is not None
    assert vendor.connector.ensure_order(account, ORDER) == found
    assert vendor.erp_orders(ORDER.reference) == 1


@ordering
def test_a_question_lost_before_the_work_is_unknown_and_looking_finds_none(vendor: ErpVendor) -> None:
    account = vendor.account()
    vendor.connector.find_order(account, ORDER.reference)
    vendor.fault("lost_before_commit", only=vendor.paths.erp_create)
    with pytest.raises(OutcomeUnknown):
        vendor.connector.ensure_order(account, ORDER)
    assert vendor.connector.find_order(account, ORDER.reference) is None
    vendor.connector.ensure_order(account, ORDER)
    assert vendor.erp_orders(ORDER.reference) == 1


@ordering
@pytest.mark.parametrize("fault", ["lost_after_commit", "error_503", "error_429"])
def test_who_cannot_look_does_not_speak(vendor: ErpVendor, fault: str) -> None:
    vendor.dedupes(False)
    account = vendor.account()
    vendor.connector.ensure_order(account, ORDER)
    vendor.fault(fault, only=vendor.paths.erp_find)
    with pytest.raises(Unavailable):
        vendor.connector.ensure_order(account, ORDER)
    assert vendor.erp_orders(ORDER.reference) == 1


@ordering
def test_rejected_makes_none_and_brings_the_erps_words(vendor: ErpVendor) -> None:
    account = vendor.account()
    vendor.erp_refuses(vendor.paths.erp_create)
    with pytest.raises(Rejected) as told:
        vendor.connector.ensure_order(account, ORDER)
    assert told.value.words
    assert vendor.erp_orders(ORDER.reference) == 0
    assert vendor.connector.find_order(account, ORDER.reference) is None


@ordering
def test_the_order_arrives_whole(vendor: ErpVendor) -> None:
    vendor.connector.ensure_order(vendor.account(), ORDER)
    got = vendor.erp_document(ORDER.reference)
    assert got["cnpj"] == CNPJ
    assert got["total"] == Decimal("30.50")
    assert got["document"] == "37387828776"
    assert got["lines"] == [("A-1", Decimal(2), Decimal("21.00")), ("B-2", Decimal(1), Decimal("4.00"))]
    assert got["lines_total"] + got["freight"] - got["discount"] + got["surcharge"] == got["total"]


@ordering
def test_cancelling_twice_equals_once(vendor: ErpVendor) -> None:
    account = vendor.account()
    made = vendor.connector.ensure_order(account, ORDER)
    first = vendor.connector.cancel_order(account, made.external_id)
    assert vendor.connector.cancel_order(account, made.external_id) == first
    assert vendor.erp_cancelled(ORDER.reference) == 1


@ordering
def test_a_cancelled_order_is_still_found_as_what_it_is_and_not_made_again(vendor: ErpVendor) -> None:
    account = vendor.account()
    made = vendor.connector.ensure_order(account, ORDER)
    vendor.connector.cancel_order(account, made.external_id)
    over = replace(made, is_cancelled=True)
    assert not made.is_cancelled
    assert vendor.connector.find_order(account, ORDER.reference) == over
    assert vendor.connector.ensure_order(account, ORDER) == over
    assert vendor.erp_orders(ORDER.reference) == 1


@ordering
def test_a_forbidden_cancellation_is_rejected_with_words(vendor: ErpVendor) -> None:
    account = vendor.account()
    made = vendor.connector.ensure_order(account, ORDER)
    vendor.erp_refuses(vendor.paths.erp_create)
    with pytest.raises(Rejected) as told:
        vendor.connector.cancel_order(account, made.external_id)
    assert told.value.words
    assert vendor.erp_cancelled(ORDER.reference) == 0


@ordering
def test_an_unknown_order_cannot_be_cancelled(vendor: ErpVendor) -> None:
    with pytest.raises(NotFound):
        vendor.connector.cancel_order(vendor.account(), "99999999")


@checking
def test_each_line_gets_its_own_word(vendor: ErpVendor) -> None:
    vendor.stock(CNPJ, "plenty", quantity="10")
    vendor.stock(CNPJ, "few", quantity="1.5")
    vendor.stock(CNPJ, "old", quantity="10", active=False)
    vendor.stock("11222333000181", "elsewhere", quantity="10")
    asked = [("few", "2"), ("plenty", "10"), ("old", "1"), ("nobody", "1"), ("elsewhere", "1"), ("few", "1.5")]
    told = vendor.connector.check_lines(vendor.account(), CNPJ, asked)
    assert [(each.sku, each.problem) for each in told] == [
        ("few", "short"),
        ("plenty", ""),
        ("old", "inactive"),
        ("nobody", "unknown_product"),
        ("elsewhere", "unknown_product"),
        ("few", ""),
    ]
    assert Decimal(told[0].available) == Decimal("1.5")


@checking
def test_asking_about_lines_changes_nothing(vendor: ErpVendor) -> None:
    vendor.stock(CNPJ, "plenty", quantity="10")
    account = vendor.account()
    first = vendor.connector.check_lines(account, CNPJ, [("plenty", "7")])
    assert vendor.connector.check_lines(account, CNPJ, [("plenty", "7")]) == first
    vendor.fault("lost_after_commit", only=vendor.paths.erp_checks)
    with pytest.raises(Unavailable):
        vendor.connector.check_lines(account, CNPJ, [("plenty", "7")])
