"""What the mapping tables say is what the note says: payment, freight, intermediary, and who paid the discount."""

from __future__ import annotations

from cais.mappings.models import BearerRule, FreightMethod, PaymentMethod, SalesChannel
from cais.settling.values import clear, fill, retry_notes
from tests.nfe.house import FiscalHouse, stocked, texts

MARKET = {"nature": "marketplace", "intermediary_cnpj": "98765432000198", "seller_id": "jurubim"}


def sold_xml(home: FiscalHouse, **changes: object) -> bytes:
    sold = home.sell(("IMG-001", "1", "100.00"), **changes)
    home.invoice(sold)
    note = home.note(sold)
    assert note.state == "authorised", note.words
    return bytes(note.proc)


def pix(value: str) -> list[dict[str, object]]:
    return [{"method": "Pix", "method_id": "pix", "value": value, "instalments": 1, "paid_at": None}]


def test_a_coupon_that_the_marketplace_pays_leaves_the_note_whole(home: FiscalHouse) -> None:
    """Goods of 100.00 with a coupon of 10.00: the buyer pays 90.00, the marketplace 10.00, and the note says 100.00."""
    stocked(home)
    channel = SalesChannel.objects.get(label="Loja Imaginária")
    fill([channel], MARKET, actor_name="Rosana")
    rule = BearerRule.objects.create(
        group=home.group,
        connection=home.store,
        channel=channel,
        key=f"{channel.pk}:coupon:-",
        kind="coupon",
        is_discount=True,
    )
    fill([rule], {"borne_by": "marketplace", "enters_invoice": False}, actor_name="Rosana")
    coupon = [{"kind": "coupon", "value": "-10.00", "label": "Cupom FEIRA10"}]
    xml = sold_xml(home, amounts=coupon, total="90.00", payments=pix("90.00"))
    assert texts(xml, "ICMSTot/vNF") == ["100.00"]
    assert texts(xml, "ICMSTot/vDesc") == ["0.00"]
    assert texts(xml, "detPag/tPag") == ["17", "99"]
    assert texts(xml, "detPag/vPag") == ["90.00", "10.00"]
    assert texts(xml, "detPag/xPag") == ["Desconto pago por terceiro"]
    assert texts(xml, "infIntermed/CNPJ") == ["98765432000198"]
    assert home.sefaz.findings() == []


def test_the_merchants_pix_discount_lowers_the_note(home: FiscalHouse) -> None:
    """Goods of 100.00 less 5.00 for pix: the note says 95.00, and 95.00 were paid."""
    stocked(home)
    off = [{"kind": "payment_rate", "value": "-5.00", "label": "Desconto no pix"}]
    xml = sold_xml(home, amounts=off, total="95.00", payments=pix("95.00"))
    assert (texts(xml, "ICMSTot/vDesc"), texts(xml, "ICMSTot/vNF")) == (["5.00"], ["95.00"])
    assert (texts(xml, "detPag/tPag"), texts(xml, "detPag/vPag")) == (["17"], ["95.00"])


def test_interest_that_the_gateway_keeps_is_in_no_payment_of_the_note(home: FiscalHouse) -> None:
    """60.00 by pix and 47.00 by card in three parts, of which 7.00 are interest: 60.00 and 40.00 pay the 100.00."""
    stocked(home)
    channel = SalesChannel.objects.get(label="Loja Imaginária")
    rule = BearerRule.objects.create(
        group=home.group,
        connection=home.store,
        channel=channel,
        key=f"{channel.pk}:interest:+",
        kind="interest",
        is_discount=False,
    )
    fill([rule], {"borne_by": "gateway", "enters_invoice": False}, actor_name="Rosana")
    card = {"method": "Cartão de crédito", "method_id": "2", "value": "47.00", "instalments": 3, "paid_at": None}
    interest = [{"kind": "interest", "value": "7.00", "label": ""}]
    xml = sold_xml(home, amounts=interest, total="107.00", payments=[*pix("60.00"), card])
    assert texts(xml, "ICMSTot/vNF") == ["100.00"]
    assert (texts(xml, "detPag/tPag"), texts(xml, "detPag/vPag")) == (["17", "03"], ["60.00", "40.00"])


def test_the_rows_say_carrier_freight_mode_brand_and_institution(home: FiscalHouse) -> None:
    stocked(home)
    fill(
        [FreightMethod.objects.get(label="Entrega comum")],
        {"freight_by": "1", "carrier_name": "Rota do Sal", "carrier_document": "98765432000198"},
        actor_name="Rosana",
    )
    card = PaymentMethod.objects.create(group=home.group, connection=home.store, key="cartao azul", label="Cartão Azul")
    said = {"tender": "03", "brand": "06", "institution": "98765432000198", "is_deferred": True}
    fill([card], said, actor_name="Rosana")
    paid = [{"method": "Cartão Azul", "method_id": "7", "value": "115.90", "instalments": 2, "paid_at": None}]
    xml = sold_xml(home, payments=paid)
    assert texts(xml, "transp/modFrete") == ["1"]
    assert texts(xml, "transporta/xNome") == ["Rota do Sal"]
    assert texts(xml, "detPag/indPag") == ["1"]
    assert texts(xml, "card/tBand") == ["06"]
    assert texts(xml, "card/CNPJ") == ["98765432000198"]
    assert home.sefaz.findings() == []


def test_a_row_made_empty_after_the_sale_bars_the_note_until_it_is_filled(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    rows = [FreightMethod.objects.get(label="Entrega comum")]
    clear(rows)
    home.invoice(sold)
    assert home.note(sold).state == "blocked"
    assert "Entrega comum" in str(home.note(sold).problems)
    fill(rows, {"freight_by": "0"}, actor_name="Rosana")
    assert retry_notes(rows, actor_name="Rosana") == 1
    home.work()
    assert home.note(sold).state == "authorised"


def test_no_second_note_where_the_marketplace_issues_it(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    fill(list(SalesChannel.objects.all()), {**MARKET, "note_by": "marketplace"}, actor_name="Rosana")
    home.invoice(sold)
    assert home.note(sold).state == "blocked"
    assert home.note(sold).number is None
    assert home.received() == []
