"""The mapping tables: what a store's words mean, who waits for it, and who bears each discount (features B6, B7)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cais.inbox.models import Pending
from cais.mappings.models import BearerRule, FreightMethod, PaymentMethod, SalesChannel
from cais.mappings.recognition import tender_of
from cais.movements.models import Fulfilment
from cais.orders.models import Order
from cais.settling.values import add_exception, clear, fill
from tests.engine.house import House

ITEM = ("XIC-200", "2", "50.00")


def reasons(order: Order) -> set[str]:
    rows = Pending.objects.filter(subject="order", subject_id=order.pk, closed_at=None)
    return set(rows.values_list("reason", flat=True))


def sell(home: House, **changes: object) -> Order:
    sold = home.vendor.store.sell(lines=[ITEM], amounts=[], changes=changes)
    home.read()
    return home.order(sold)


def sell_with(home: House, *amounts: dict[str, str], total: str, **changes: object) -> Order:
    """100.00 of goods with these amounts, paid by pix."""
    paid = [{"method": "Pix", "method_id": "pix", "value": total, "instalments": 1, "paid_at": None}]
    return sell(home, amounts=list(amounts), total=total, payments=paid, **changes)


def off(kind: str, value: str, label: str = "") -> dict[str, str]:
    return {"kind": kind, "value": value, "label": label}


def bear(rule: BearerRule, bearer: str, *, enters: bool) -> None:
    fill([rule], {"borne_by": bearer, "enters_invoice": enters}, actor_name="Rosana")


@pytest.fixture
def shop(home: House) -> House:
    home.product("XIC-200", units="50", price="50.00")
    return home


def test_a_freight_that_nobody_filled_in_holds_the_order_and_filling_it_lets_it_go(shop: House) -> None:
    order = sell(shop, shipping="Entrega Turbo")
    assert reasons(order) == {"freight_unmapped"}
    assert order.hold == "freight_unmapped"
    assert order.reservations.get().held == 2
    row = FreightMethod.objects.get(label="Entrega Turbo")
    assert Pending.objects.get(subject_id=order.pk, closed_at=None).params["row"] == row.pk
    freed = fill([row], {"freight_by": "0", "carrier_name": "Rota do Sal", "service": "Expressa"}, actor_name="Rosana")
    shop.work()
    assert freed == 1
    assert shop.order(order.external_id).is_integrated
    (sale,) = shop.sales()
    assert (sale.carrier, sale.freight_service, sale.freight_by) == ("Rota do Sal", "Expressa", "0")
    assert (sale.payment_form, sale.instalments) == ("17", 1)


def test_two_orders_of_one_unknown_payment_wait_for_one_row(shop: House) -> None:
    paid = [{"method": "Carteira Azul", "method_id": "9", "value": "100.00", "instalments": 1, "paid_at": None}]
    first, second = sell(shop, payments=paid), sell(shop, payments=paid)
    assert reasons(first) == reasons(second) == {"payment_unmapped"}
    (row,) = PaymentMethod.objects.filter(label="Carteira Azul")
    assert fill([row], {"tender": "18"}, actor_name="Rosana") == 2
    shop.work()
    assert {sale.payment_form for sale in shop.sales()} == {"18"}


def test_pix_is_recognised_and_a_person_may_say_otherwise(shop: House) -> None:
    sell(shop)
    row = PaymentMethod.objects.get(label="Pix")
    assert (row.tender, row.recognised, row.filled_by) == ("17", True, "")
    fill([row], {"tender": "20"}, actor_name="Rosana")
    assert sell(shop).is_integrated
    row.refresh_from_db()
    assert (row.tender, row.recognised, row.filled_by) == ("20", False, "Rosana")


def test_a_channel_of_no_known_kind_waits(shop: House) -> None:
    order = sell(shop, channel="Feira do Porto")
    assert reasons(order) == {"channel_unmapped"}
    fill([SalesChannel.objects.get(label="Feira do Porto")], {"nature": "own"}, actor_name="Rosana")
    shop.work()
    assert shop.order(order.external_id).is_integrated


def test_what_a_store_does_not_tell_is_a_value_too(shop: House) -> None:
    order = sell(shop, shipping="", payments=[])
    assert reasons(order) == {"freight_unmapped", "payment_unmapped"}


def test_a_row_made_empty_again_stops_what_comes_and_not_what_the_erp_has(shop: House) -> None:
    before = sell(shop)
    clear([FreightMethod.objects.get(label="Entrega comum")])
    shop.work()
    assert shop.order(before.external_id).is_integrated
    assert reasons(before) == set()
    assert reasons(sell(shop)) == {"freight_unmapped"}


def test_an_unpaid_order_does_not_ask_for_values_yet(shop: House) -> None:
    sold = shop.vendor.store.sell(lines=[ITEM], paid=False, changes={"shipping": "Entrega Turbo"})
    shop.read()
    assert reasons(shop.order(sold)) == set()
    assert FreightMethod.objects.filter(label="Entrega Turbo", filled_at=None).exists()


@pytest.mark.parametrize(
    ("label", "kind", "tender"),
    [
        ("Boleto - Yapay", "bank_billet", "15"),
        ("Boleto - Yapay", "", "15"),
        ("Pix - Vindi", "pix", "17"),
        ("Cartão de crédito", "credit_card", "03"),
        ("Cartão", "", None),
        ("Cartão de crédito ou débito", "", None),
        ("Pix ou boleto", "", None),
        ("Pix", "bank_billet", None),
        ("Pix", "carteira", None),
        ("Pixel Pay", "", None),
        ("", "", None),
    ],
)
def test_only_what_leaves_no_doubt_is_recognised(label: str, kind: str, tender: str | None) -> None:
    assert tender_of(label, kind) == tender


def test_the_merchants_own_pix_discount_lowers_what_is_invoiced(shop: House) -> None:
    """100.00 of goods less 5.00 for paying by pix: 95.00 sold, 95.00 paid."""
    order = sell_with(shop, off("discount", "-5.00", "Desconto no pix"), total="95.00")
    rule = BearerRule.objects.get()
    assert (rule.borne_by, rule.enters_invoice, rule.recognised) == ("merchant", True, True)
    part = Fulfilment.objects.get(order=order)
    assert (part.discount, part.subsidy, part.total) == (Decimal("5.00"), 0, Decimal("95.00"))


def test_a_coupon_that_the_marketplace_pays_does_not_lower_what_is_invoiced(shop: House) -> None:
    """The buyer pays 90.00 and the marketplace 10.00 for goods worth 100.00: that is what was sold."""
    SalesChannel.objects.filter(label="Loja Imaginária").update(
        nature="marketplace", intermediary_cnpj="98765432000198", seller_id="jurubim"
    )
    order = sell_with(shop, off("coupon", "-10.00", "Cupom FEIRA10"), total="90.00")
    assert reasons(order) == {"bearer_unmapped"}
    bear(BearerRule.objects.get(), "marketplace", enters=False)
    shop.work()
    order = shop.order(order.external_id)
    part = Fulfilment.objects.get(order=order)
    assert (part.discount, part.subsidy, part.total) == (0, Decimal("10.00"), Decimal("100.00"))
    (sale,) = shop.sales()
    assert (sale.discount, sale.total) == (0, Decimal("100.00"))
    assert order.total == order.lines_total + sum(item.amount for item in order.adjustments.all())
    assert part.total == order.total + part.subsidy


def test_what_the_gateway_keeps_of_the_instalments_is_no_sale(shop: House) -> None:
    """The buyer pays 107.00: 100.00 of goods and 7.00 of interest that the gateway keeps."""
    fill([_rule_of(shop, "interest")], {"borne_by": "gateway", "enters_invoice": False}, actor_name="Rosana")
    order = sell_with(shop, off("interest", "7.00"), total="107.00")
    part = Fulfilment.objects.get(order=order)
    assert (part.surcharge, part.withheld, part.total) == (0, Decimal("7.00"), Decimal("100.00"))


def _rule_of(home: House, kind: str) -> BearerRule:
    """The row that an order awaiting its payment has left."""
    sold = home.vendor.store.sell(lines=[ITEM], paid=False, amounts=[(kind, "1.00")])
    home.read()
    return home.order(sold).adjustments.get().rule


def test_a_rule_changed_later_leaves_alone_what_the_erp_was_told(shop: House) -> None:
    told = sell_with(shop, off("coupon", "-10.00"), total="90.00")
    assert told.is_integrated
    rule = BearerRule.objects.get()
    bear(rule, "gateway", enters=False)
    shop.work()
    after = sell_with(shop, off("coupon", "-10.00"), total="90.00")
    assert [sale.total for sale in shop.sales()] == [Decimal("90.00"), Decimal("100.00")]
    assert shop.order(told.external_id).adjustments.get().borne_by == "merchant"
    assert after.adjustments.get().borne_by == "gateway"
    shop.vendor.store.edit(told.external_id, buyer_note="Deixar na portaria")
    shop.read()
    kept = shop.order(told.external_id)
    assert (kept.adjustments.get().borne_by, kept.hold) == ("merchant", "")


def test_an_order_that_waits_follows_the_rule_as_it_is_when_it_goes(shop: House) -> None:
    order = sell_with(shop, off("coupon", "-10.00"), total="90.00", shipping="Entrega Turbo")
    bear(BearerRule.objects.get(), "gateway", enters=False)
    fill([FreightMethod.objects.get(label="Entrega Turbo")], {"freight_by": "1"}, actor_name="Rosana")
    shop.work()
    assert Fulfilment.objects.get(order=order).total == Decimal("100.00")


def test_one_coupon_may_have_a_rule_of_its_own(shop: House) -> None:
    waiting = sell_with(shop, off("coupon", "-10.00", "Cupom BANCO10"), total="90.00", shipping="Entrega Turbo")
    rule = BearerRule.objects.get()
    values = {"borne_by": "gateway", "enters_invoice": False}
    add_exception(rule, "Cupom BANCO10", values, actor_name="Rosana")
    fill([FreightMethod.objects.get(label="Entrega Turbo")], {"freight_by": "0"}, actor_name="Rosana")
    shop.work()
    own = sell_with(shop, off("coupon", "-10.00", "Cupom CASA10"), total="90.00")
    banks = sell_with(shop, off("coupon", "-10.00", "Cupom BANCO10"), total="90.00")
    totals = {row.order_id: row.total for row in Fulfilment.objects.all()}
    assert totals == {waiting.pk: 100, own.pk: 90, banks.pk: 100}
