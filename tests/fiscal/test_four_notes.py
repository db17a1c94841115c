"""The four notes of docs/four-notes.md, compared with the figures worked out there by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cais.core.values import share
from cais.fiscal.documents import NoteDoc, Payment, Tender
from cais.fiscal.preflight import preflight
from cais.fiscal.schema import faults, package_from
from cais.fiscal.text import unit_price_of
from tests.fiscal.samples import BELO_HORIZONTE, NOW, built, item, note, signed, texts


def same_state() -> NoteDoc:
    return note(item("2", "59.90"), item("1", "19.99"), item("3", "7.35"))


def other_state() -> NoteDoc:
    document = note(item("1", "249.90"), item("0.333", "30.00"), freight="18.50")
    return replace(document, buyer=replace(document.buyer, place=BELO_HORIZONTE))


def undivided() -> NoteDoc:
    document = note(
        item("1", "33.33"), item("1", "33.33"), item("1", "33.34"), freight="10.00", discount="5.00", surcharge="1.00"
    )
    card = Payment(tender=Tender.CREDIT_CARD, value=Decimal("100.00"))
    return replace(document, payments=(card, Payment(tender=Tender.STORE_CREDIT, value=Decimal("6.00"))))


def kit() -> NoteDoc:
    alone = [Decimal("49.80"), Decimal("39.90"), Decimal("29.70")]
    parts = zip(share(Decimal("89.90"), alone), ["2", "1", "3"], strict=True)
    lines = [item(count, str(unit_price_of(total, Decimal(count))), total=str(total)) for total, count in parts]
    return note(*lines, freight="12.34", discount="4.50")


FOUR = [same_state, other_state, undivided, kit]


@pytest.mark.parametrize("sale", FOUR)
def test_each_passes_preflight_and_schema(sale: type[NoteDoc]) -> None:
    document = sale()
    assert preflight(document, now=NOW) == ()
    assert faults(signed(document).xml, package_from({})) == ()


def test_a_sale_in_the_same_state() -> None:
    root = built(same_state())
    assert texts(root, "det/prod/vProd") == ["119.80", "19.99", "22.05"]
    assert texts(root, "det/prod/CFOP") == ["5102"] * 3
    assert texts(root, "ide/idDest") == ["1"]
    for absent in ("vFrete", "vDesc", "vOutro"):
        assert texts(root, f"det/prod/{absent}") == []
    assert texts(root, "total/ICMSTot/vProd") == ["161.84"]
    assert texts(root, "total/ICMSTot/vFrete") == ["0.00"]
    assert texts(root, "total/ICMSTot/vNF") == ["161.84"]
    assert texts(root, "pag/detPag/vPag") == ["161.84"]


def test_a_sale_to_another_state() -> None:
    root = built(other_state())
    assert texts(root, "det/prod/vProd") == ["249.90", "9.99"]
    assert texts(root, "det/prod/qCom") == ["1.0000", "0.3330"]
    assert texts(root, "det/prod/vFrete") == ["17.79", "0.71"]
    assert texts(root, "det/prod/CFOP") == ["6108", "6108"]
    assert texts(root, "ide/idDest") == ["2"]
    assert texts(root, "det/imposto/ICMSUFDest") == []
    assert texts(root, "total/ICMSTot/vNF") == ["278.39"]


def test_a_sale_whose_amounts_do_not_divide() -> None:
    root = built(undivided())
    assert texts(root, "det/prod/vFrete") == ["3.33", "3.33", "3.34"]
    assert texts(root, "det/prod/vDesc") == ["1.67", "1.66", "1.67"]
    assert texts(root, "det/prod/vOutro") == ["0.33", "0.33", "0.34"]
    assert texts(root, "total/ICMSTot/vProd") == ["100.00"]
    assert texts(root, "total/ICMSTot/vFrete") == ["10.00"]
    assert texts(root, "total/ICMSTot/vDesc") == ["5.00"]
    assert texts(root, "total/ICMSTot/vOutro") == ["1.00"]
    assert texts(root, "total/ICMSTot/vNF") == ["106.00"]
    assert texts(root, "pag/detPag/tPag") == ["03", "05"]
    assert texts(root, "pag/detPag/vPag") == ["100.00", "6.00"]


def test_a_kit() -> None:
    root = built(kit())
    assert texts(root, "det/prod/vProd") == ["37.50", "30.04", "22.36"]
    assert texts(root, "det/prod/vUnCom") == ["18.75", "30.04", "7.4533333333"]
    assert texts(root, "det/prod/vFrete") == ["5.15", "4.12", "3.07"]
    assert texts(root, "det/prod/vDesc") == ["1.88", "1.50", "1.12"]
    assert texts(root, "total/ICMSTot/vNF") == ["97.74"]


@pytest.mark.parametrize("sale", FOUR)
def test_the_simples_charges_nothing_on_the_note(sale: type[NoteDoc]) -> None:
    root = built(sale())
    for path in ("ICMSTot/vBC", "ICMSTot/vICMS", "ICMSTot/vPIS", "ICMSTot/vCOFINS", "ICMSTot/vIPI"):
        assert texts(root, f"total/{path}") == ["0.00"]
    assert set(texts(root, "det/imposto/ICMS/ICMSSN102/CSOSN")) == {"102"}
    assert set(texts(root, "det/imposto/PIS/PISOutr/CST")) == {"49"}
    assert set(texts(root, "det/imposto/COFINS/COFINSOutr/vCOFINS")) == {"0.00"}
