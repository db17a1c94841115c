"""Each bad input has its sentence, waits for a person, and burns no number."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cais.catalog.models import KitComponent, Product
from cais.customers.corrections import Correction, correct
from cais.mappings.models import SalesChannel
from cais.nfe import services
from cais.nfe.models import Nfe, NumberSeries
from cais.settling.values import fill, retry_notes
from tests.nfe.house import BUYERS_PLACE, FiscalHouse, stocked, texts


def blocked(home: FiscalHouse, sold: str) -> str:
    """The sentences of a note that the preflight stopped, after making sure that nothing was used up."""
    home.invoice(sold)
    note = home.note(sold)
    assert (note.state, note.number, note.signed_xml) == ("blocked", None, b"")
    assert not NumberSeries.objects.filter(last__gt=0).exists()
    assert home.received() == []
    assert home.order(sold).phase == "nfe_blocked"
    assert home.reasons(sold) == {"nfe_blocked"}
    seen = services.preview([home.order(sold)])
    assert [list(refusal.sentences) for refusal in seen.refused] == [[p["sentence"] for p in note.problems]]
    return " ".join(problem["sentence"] for problem in note.problems)


def test_a_foreign_buyer(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell(delivery={**BUYERS_PLACE, "country": "PT"})
    assert "fora do Brasil" in blocked(home, sold)


def test_a_city_that_does_not_exist(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell(delivery={**BUYERS_PLACE, "city": "Canpinas"})
    assert "Será Campinas" in blocked(home, sold)


def test_an_item_without_ncm_goes_on_once_the_register_is_complete(home: FiscalHouse) -> None:
    pan = stocked(home)
    Product.objects.filter(pk=pan.pk).update(ncm="")
    sold = home.sell()
    assert "falta o NCM" in blocked(home, sold)
    Product.objects.filter(pk=pan.pk).update(ncm="73239300")
    services.try_again(home.note(sold))
    home.work()
    assert (home.note(sold).state, home.note(sold).number) == ("authorised", 1)
    assert home.reasons(sold) == set()


def test_a_buyer_without_cpf_never_reaches_the_note(home: FiscalHouse) -> None:
    stocked(home)
    buyer = {"id": "C1", "name": "Alba Serrano", "document": "", "company": False}
    sold = home.sell(buyer=buyer)
    assert home.reasons(sold) == {"document_missing"}
    home.invoice(sold)
    assert not Nfe.objects.exists()
    (refusal,) = services.preview([home.order(sold)]).refused
    assert refusal.sentences == ("O pedido ainda não é uma venda no ERP.",)


def test_a_quantity_with_three_places_and_a_total_that_does_not_divide_are_no_problem(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell(("IMG-001", "0.333", "10.00"))
    home.invoice(sold)
    assert home.note(sold).state == "authorised"
    assert texts(bytes(home.note(sold).proc), "prod/qCom") == ["0.3330"]
    assert texts(bytes(home.note(sold).proc), "prod/vProd") == ["3.33"]


def test_a_kit_is_invoiced_by_its_components(home: FiscalHouse) -> None:
    kit = home.product("KIT-1", units="0", price="30")
    kit.is_kit = True
    kit.save()
    for sku, price in (("A-1", "20"), ("A-2", "10")):
        part = home.product(sku, units="9", price=price)
        KitComponent.objects.create(group=home.group, kit=kit, product=part, quantity=Decimal(1))
    sold = home.sell(("KIT-1", "1", "25.00"))
    home.invoice(sold)
    xml = bytes(home.note(sold).proc)
    # 25.00 by list price 20 and 10: 16.666… and 8.333…, the cent left over to the larger remainder.
    assert list(zip(texts(xml, "prod/cProd"), texts(xml, "prod/vProd"), strict=True)) == [
        ("A-1", "16.67"),
        ("A-2", "8.33"),
    ]
    (told,) = home.vendor.invoices.of(sold)
    assert [line["cfop"] for line in told["lines"]] == ["6108"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Chá & café\ncom bule", "Chá & café com bule"),
        ("Panela 🍳 de ferro", "Panela de ferro"),
        ("Moldura 20 × 30 “larga”", 'Moldura 20 × 30 "larga"'),
    ],
)
def test_line_breaks_ampersands_and_emoji_are_written_as_the_layout_takes_them(
    home: FiscalHouse, name: str, written: str
) -> None:
    pan = stocked(home)
    Product.objects.filter(pk=pan.pk).update(name=name)
    sold = home.sell()
    home.invoice(sold)
    assert home.note(sold).state == "authorised"
    assert texts(bytes(home.note(sold).proc), "prod/xProd") == [written]


def test_a_name_of_emoji_alone(home: FiscalHouse) -> None:
    pan = stocked(home)
    Product.objects.filter(pk=pan.pk).update(name="🍳🍳")
    assert "só tem símbolos" in blocked(home, home.sell())


def test_a_discount_above_the_goods(home: FiscalHouse) -> None:
    stocked(home)
    changes = {"amounts": [{"kind": "freight", "value": "30.00"}, {"kind": "discount", "value": "-25.00"}]}
    sold = home.sell(("IMG-001", "2", "10.00"), **changes, total="25.00")
    assert "maior que o valor dos itens" in blocked(home, sold)


def test_more_items_than_a_note_takes(home: FiscalHouse) -> None:
    home.product("IMG-001", units="2000")
    sold = home.sell(*[("IMG-001", "1", "1.00")] * 991)
    assert "991 itens" in blocked(home, sold)


def test_a_clock_that_is_an_hour_wrong(home: FiscalHouse) -> None:
    stocked(home)
    home.sefaz.faults.set("clock_skew", probability=1.0, value=-3600)
    sold = home.sell()
    home.invoice(sold)
    note = home.note(sold)
    assert (note.state, note.number) == ("blocked", None)
    assert "adiantado cerca de 60 minutos" in note.problems[0]["sentence"]
    home.sefaz.faults.clear()
    services.try_again(note)
    home.work()
    assert home.note(sold).state == "authorised"


def test_a_company_without_certificate(home: FiscalHouse) -> None:
    stocked(home)
    home.company.certificates.all().delete()
    assert "certificado" in blocked(home, home.sell())


def test_a_company_without_set_up(home: FiscalHouse) -> None:
    stocked(home)
    home.company.fiscal_setup.delete()
    assert "configuração fiscal" in blocked(home, home.sell())


def test_a_marketplace_sale_needs_who_we_are_there(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    SalesChannel.objects.update(nature="marketplace", intermediary_cnpj="12ABC34501DE35")
    assert "sua loja no marketplace" in blocked(home, sold)
    channels = list(SalesChannel.objects.all())
    fill(channels, {"seller_id": "Jurubim"}, actor_name="Rosana")
    assert retry_notes(channels, actor_name="Rosana") == 1
    home.work()
    assert texts(bytes(home.note(sold).proc), "infIntermed/CNPJ") == ["12ABC34501DE35"]
    assert texts(bytes(home.note(sold).proc), "infIntermed/idCadIntTran") == ["Jurubim"]


def test_a_note_that_fails_the_schema_burns_no_number(home: FiscalHouse) -> None:
    """What the preflight overlooks the schema still stops, before the number is kept."""
    stocked(home)
    home.company.fiscal_setup.__class__.objects.update(contact_name="A")
    sold = home.sell()
    home.invoice(sold)
    note = home.note(sold)
    assert (note.state, note.number) == ("blocked", None)
    assert note.problems[0]["code"] == "schema"
    assert "xContato" in note.words
    assert not NumberSeries.objects.filter(last__gt=0).exists()


def test_a_corrected_address_is_the_one_on_the_note(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell(delivery={**BUYERS_PLACE, "city": "Canpinas"})
    assert "Canpinas" in blocked(home, sold)
    customer = home.order(sold).customer
    place = {**BUYERS_PLACE, "city": "Campinas"}
    fields = {name: str(place[name]) for name in ("street", "number", "district", "city", "state", "postal_code")}
    correct(customer, Correction(document=customer.document, name=customer.name, **fields))
    services.try_again(home.note(sold))
    home.work()
    assert texts(bytes(home.note(sold).proc), "enderDest/xMun") == ["Campinas"]
