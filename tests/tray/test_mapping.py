"""A Tray order read into the canonical document: the documented samples, then each turn an order can take."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cais.connectors import tray
from cais.connectors.tray.mapping import envelope, needs_chosen_address, read_order, version_of
from cais.core.documents import AdjustmentKind, Bearer, OrderDoc
from cais.ports.errors import Unreadable

FIXTURES = Path(tray.__file__).parent / "fixtures"
ORDERS = sorted(
    path.name for path in FIXTURES.glob("order_*.json") if "list" not in path.name and "detail" not in path.name
)


def raw(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def read(name: str) -> OrderDoc:
    return read_order(raw(name))


def changed(change: Callable[[dict[str, Any]], None], name: str = "order_complete.json") -> bytes:
    whole = json.loads(raw(name))
    change(whole["Order"])
    return json.dumps(whole).encode()


def with_line(**fields: Any) -> bytes:
    return changed(lambda order: order["ProductsSold"][0]["ProductsSold"].update(fields))


def with_order(**fields: Any) -> bytes:
    return changed(lambda order: order.update(fields))


def amounts(order: OrderDoc) -> dict[AdjustmentKind, list[Decimal]]:
    found: dict[AdjustmentKind, list[Decimal]] = {}
    for item in order.adjustments:
        found.setdefault(item.kind, []).append(item.amount)
    return found


def test_every_fixture_names_its_origin() -> None:
    index = json.loads(raw("index.json"))
    assert set(index) == {path.name for path in FIXTURES.glob("*.json")} - {"index.json"}
    assert {entry["origin"] for entry in index.values()} <= {"recorded", "documented", "inferred"}


@pytest.mark.parametrize("name", ORDERS)
def test_the_parts_of_every_order_add_up_to_its_total(name: str) -> None:
    assert read(name).difference == 0


def test_the_documented_order_is_understood_whole() -> None:
    order = read("order_complete.json")
    assert (order.external_id, order.number, order.version) == ("15", "15", "2026-01-08 10:38:45")
    assert order.placed_at == datetime(2026, 1, 7, 14, 28, 21, tzinfo=UTC)
    assert (order.status.label, order.status.external_id, order.status.hint) == ("FINALIZADO", "69", "closed")
    assert order.total == Decimal("667.86")
    assert order.channel == "LOJA VIRTUAL"
    assert order.shipping_method == "Correios Expresso"
    assert (order.shipping_integrator, order.is_own_shop) == ("Frete Fácil", True)
    assert amounts(order) == {
        AdjustmentKind.FREIGHT: [Decimal("38.91")],
        AdjustmentKind.PAYMENT_RATE: [Decimal("29.95")],
    }


def test_the_documented_line_is_understood_whole() -> None:
    (line,) = read("order_complete.json").lines
    assert (line.external_id, line.product_id, line.variant_id) == ("17", "13", "25")
    assert (line.quantity, line.unit_price, line.list_price) == (1, Decimal("599.00"), Decimal("599.00"))
    assert (line.name, line.variant_text, line.kit_group) == ("Luminária Farol", "Cor: Azul", "")


def test_a_payment_date_without_a_confirmed_payment_is_not_paid() -> None:
    order = read("order_complete.json")
    assert not order.is_paid
    assert [(item.method, item.kind, item.paid_at) for item in order.payments] == [
        ("Boleto - Yapay", "bank_billet", None)
    ]


def test_numbers_for_strings_and_other_empties_read_the_same() -> None:
    assert read("order_complete_numbers.json") == read("order_complete.json")


def test_a_person_has_a_cpf_and_a_masked_postal_code_becomes_digits() -> None:
    order = read("order_pix_discount.json")
    assert (order.buyer.name, order.buyer.document, order.buyer.is_company) == (
        "Lia Exemplo Prado",
        "11144477735",
        False,
    )
    assert (order.buyer.email, order.buyer.phone) == ("lia@comprador.example", "1140000000")
    assert (order.delivery.postal_code, order.delivery.country) == ("17500000", "BR")


def test_fourteen_characters_are_a_company_whatever_the_type_says() -> None:
    buyer = read("order_company.json").buyer
    assert (buyer.is_company, buyer.document, buyer.name) == (True, "11222333000181", "Papelaria Exemplo Ltda")
    assert buyer.state_registration == "Isento"


def test_an_alphanumeric_cnpj_is_upper_case_without_punctuation() -> None:
    assert read("order_company_letters.json").buyer.document == "12ABC34501DE35"


def test_an_impossible_cpf_is_kept_as_sent() -> None:
    order = read_order(changed(lambda order: order["Customer"].update(cpf="111.111.111-11")))
    assert (order.buyer.document, order.buyer.is_company) == ("11111111111", False)


def test_the_pix_discount_is_negative_and_the_merchants() -> None:
    order = read("order_pix_discount.json")
    (rate,) = order.adjustments
    assert (rate.kind, rate.amount, rate.borne_by) == (AdjustmentKind.PAYMENT_RATE, Decimal("-5.94"), Bearer.MERCHANT)
    assert order.is_paid
    assert order.payments[0].amount == Decimal("113.86")
    assert order.payments[0].paid_at == datetime(2026, 1, 7, 3, tzinfo=UTC)


def test_a_coupon_told_only_as_text_is_read() -> None:
    (coupon,) = [item for item in read("order_coupon_text.json").adjustments if item.kind is AdjustmentKind.COUPON]
    assert (coupon.amount, coupon.label) == (Decimal("-10.00"), "Cupom mare")


def test_every_amount_beside_the_lines_keeps_its_sign_and_its_bearer() -> None:
    order = read("order_all_amounts.json")
    assert amounts(order) == {
        AdjustmentKind.FREIGHT: [Decimal("20.00")],
        AdjustmentKind.DISCOUNT: [Decimal("-10.00"), Decimal("-3.00"), Decimal("-1.00"), Decimal("-0.50")],
        AdjustmentKind.COUPON: [Decimal("-5.00")],
        AdjustmentKind.PAYMENT_RATE: [Decimal("4.00")],
        AdjustmentKind.TAX: [Decimal("1.10")],
        AdjustmentKind.INTEREST: [Decimal("2.20")],
        AdjustmentKind.OTHER: [Decimal("0.70")],
    }
    assert {item.borne_by for item in order.adjustments if item.amount < 0} == {Bearer.MERCHANT}
    assert {item.borne_by for item in order.adjustments if item.amount > 0} == {Bearer.BUYER}


def test_a_sum_that_does_not_close_is_told_and_not_mended() -> None:
    order = read_order(with_order(total="670.00"))
    assert order.difference == Decimal("2.14")
    assert AdjustmentKind.OTHER not in amounts(order)


def test_the_parts_of_a_kit_share_a_group_and_the_rest_has_none() -> None:
    assert [line.kit_group for line in read("order_kit.json").lines] == ["799-12", "799-12", ""]


def test_several_payments_keep_their_methods_amounts_and_days() -> None:
    order = read("order_two_payments.json")
    assert [(item.method_id, item.amount, item.kind, item.instalments) for item in order.payments] == [
        ("91", Decimal("40.00"), "", 1),
        ("95", Decimal("30.00"), "credit_card", 3),
    ]


def test_a_registered_payment_with_a_date_means_paid_whatever_the_flag_says() -> None:
    order = read_order(changed(lambda order: order.update(has_payment=""), "order_pix_discount.json"))
    assert order.is_paid


def test_a_payment_without_a_date_is_not_paid() -> None:
    def unpaid(order: dict[str, Any]) -> None:
        order["has_payment"] = "0"
        order["Payment"][0]["Payment"]["date"] = "0000-00-00"

    assert not read_order(changed(unpaid, "order_pix_discount.json")).is_paid


def test_a_marketplace_brings_both_documents() -> None:
    place = read("order_complete.json").marketplace
    assert place is not None
    assert (place.name, place.order_id) == ("Dafiti", "987654")
    assert (place.document, place.payment_document) == ("44555666000181", "77888999000181")


def test_a_pack_of_mercado_livre_is_named_by_its_pack() -> None:
    place = read("order_mercado_livre.json").marketplace
    assert place is not None
    assert (place.name, place.order_id, place.pack) == ("Mercado Livre", "2000007777", "2000007777")


def test_a_gift_is_a_line_at_no_price() -> None:
    order = read("order_giveaway.json")
    assert [(line.is_gift, line.unit_price) for line in order.lines] == [
        (False, Decimal("59.90")),
        (True, Decimal("0")),
    ]
    assert order.buyer_note == "Embrulhar, por favor"


def test_the_original_name_wins_over_the_one_with_a_suffix() -> None:
    assert read("order_giveaway.json").lines[0].name == "Caderno Maré 96 folhas"


def test_only_an_order_with_several_delivery_addresses_needs_the_detail() -> None:
    assert needs_chosen_address(raw("order_two_addresses.json"))
    assert not needs_chosen_address(raw("order_complete.json"))
    assert not needs_chosen_address(b"<html>")


def test_the_chosen_delivery_address_is_read_from_the_detail() -> None:
    order = read_order(envelope(raw("order_two_addresses.json"), raw("order_two_addresses_detail.json")))
    assert (order.delivery.street, order.delivery.number) == ("Avenida do Farol", "900")
    assert order.delivery.recipient == "Rui Exemplo"
    assert order.billing.street == "Rua do Cais"


def test_an_inactive_address_yields_to_the_buyers_own() -> None:
    def inactive(order: dict[str, Any]) -> None:
        order["Customer"]["address"] = "Rua Própria"
        order["Customer"]["CustomerAddresses"][0]["CustomerAddress"]["active"] = "0"

    assert read_order(changed(inactive)).delivery.street == "Rua Própria"


def test_a_billing_address_is_found_by_its_id() -> None:
    order = read_order(changed(lambda order: order.update(billing_address="8"), "order_two_addresses.json"))
    assert order.billing.street == "Avenida do Farol"


def test_an_order_without_lines_is_readable() -> None:
    assert read_order(with_order(ProductsSold=[])).lines == ()


def test_an_order_without_a_buyer_is_readable() -> None:
    buyer = read_order(with_order(Customer=[])).buyer
    assert (buyer.name, buyer.document, buyer.external_id) == ("", "", "1")


def test_what_a_database_cannot_store_is_left_out_of_texts() -> None:
    assert read_order(with_order(customer_note="a\x00b\ud83dc")).buyer_note == "abc"


def test_an_order_never_touched_is_versioned_by_its_placing() -> None:
    assert (
        version_of({"modified": "0000-00-00 00:00:00", "date": "2026-01-07", "hour": "11:28:21"})
        == "2026-01-07 11:28:21"
    )


def test_the_two_spellings_of_a_cancelled_type_are_one_hint() -> None:
    for spelling in ("canceled", "cancelled"):
        order = read_order(changed(lambda order, said=spelling: order["OrderStatus"].update(type=said)))
        assert order.status.hint == "canceled"


def test_a_part_of_a_split_order_says_so() -> None:
    order = read_order(with_order(external_code="8__1163-1", DistributionCenter={"type": "child_order"}))
    assert "8__1163-1" in order.warnings[0]
    assert (order.is_part, order.parent_id) == (True, "1163")


def test_a_part_whose_parent_is_named_in_another_way_is_still_a_part() -> None:
    order = read_order(with_order(external_code="filho", DistributionCenter={"type": "child_order"}))
    assert (order.is_part, order.parent_id) == (True, "")


@pytest.mark.parametrize(
    ("children", "ids"),
    [
        (["1164", "1165"], ("1164", "1165")),
        ([{"OrderChild": {"id": "1164"}}], ("1164",)),
        ([{"id": 1164}], ("1164",)),
        ([{"estranho": "x"}], ()),
    ],
)
def test_children_are_read_wherever_their_ids_lie(children: list[Any], ids: tuple[str, ...]) -> None:
    order = read_order(with_order(OrderChilds=children))
    assert (order.is_divided, order.part_ids) == (True, ids)


@pytest.mark.parametrize("nothing", [[], "", None, {}])
def test_an_order_without_children_is_not_divided(nothing: Any) -> None:
    assert not read_order(with_order(OrderChilds=nothing)).is_divided


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (with_order(id=""), "sem número (campo id)"),
        (with_line(quantity="-1"), "quantity (quantidade do produto) veio como “-1”"),
        (with_line(quantity="0"), "quantity (quantidade do produto) veio como “0”"),
        (with_line(quantity=""), "quantity (quantidade do produto) veio vazio"),
        (with_line(price="12,50"), "price (preço do produto) veio como “12,50”"),
        (with_line(price="-3.00"), "price (preço do produto) veio como “-3.00”"),
        (with_order(total="abc"), "total (total do pedido) veio como “abc”"),
        (with_order(total="NaN"), "total (total do pedido) veio como “NaN”"),
        (with_order(total="1e9"), "total (total do pedido) veio como “1e9”"),
        (with_order(total=""), "total (total do pedido) veio vazio"),
        (with_order(total="9" * 40), "total (total do pedido)"),
        (with_order(shipment_value="1,234.50"), "shipment_value (Frete) veio como “1,234.50”"),
        (with_order(discount=["10.00"]), "discount (Desconto) veio como “uma lista”"),
        (with_order(date="2026-02-30"), "date (data do pedido) veio como “2026-02-30”"),
        (with_order(date="0000-00-00"), "date (data do pedido)"),
        (with_order(date="0001-01-01"), "date (data do pedido) veio como “0001-01-01”"),
        (with_order(hour="25:00:00"), "hour (hora de data do pedido) veio como “25:00:00”"),
        (changed(lambda order: order.pop("ProductsSold")), "ProductsSold"),
        (with_order(ProductsSold=None), "ProductsSold"),
        (with_order(ProductsSold=["17"]), "ProductsSold"),
        (with_order(ProductsSold=[{"id": "17"}]), "quantity (quantidade do produto) veio vazio"),
        (b"{}", "campo Order"),
        (b"[]", "campo Order"),
        (b'{"Order":"x"}', "campo Order"),
    ],
)
def test_what_cannot_be_an_order_is_refused_with_its_field_and_value(body: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_order(body)
    assert said in caught.value.words
    assert caught.value.words.endswith(".")
    assert caught.value.kind == "shape"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!doctype html><p>manuten\xc3\xa7\xc3\xa3o", "html"),
        (b'{"Order":{"id":"15"', "cut"),
        (b"", "cut"),
        (b'{"Order":{"id":NaN}}', "shape"),
        (b"[" * 200_000 + b"]" * 200_000, "shape"),
        (b'{"Order":{"id":"\xff\xfe"}}', "shape"),
    ],
)
def test_what_is_no_json_is_refused_by_its_kind(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_order(body)
    assert caught.value.kind == kind
