"""What a note says, tag by tag, and that its sums always close."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cais.fiscal.amounts import amounts_of
from cais.fiscal.build import build, joined, key_of
from cais.fiscal.documents import (
    Carrier,
    Delivery,
    Environment,
    Freight,
    Intermediary,
    Item,
    NoteDoc,
    Payment,
    Place,
    TechnicalContact,
    Tender,
    Volumes,
)
from cais.fiscal.places import find_city, zone_of
from cais.fiscal.preflight import preflight
from cais.fiscal.profile import Contribution, SimplesIcms, TaxRule
from cais.fiscal.schema import faults, package_from
from tests.fiscal.samples import (
    BELO_HORIZONTE,
    CNPJ_WITH_LETTERS,
    NOW,
    NUMBERING,
    PHRASE,
    PROFILE,
    RESALE,
    built,
    by,
    item,
    note,
    signed,
    texts,
)

PACKAGE = package_from({})


def ruled(**changes: object) -> NoteDoc:
    """A sale under another tax rule, of goods that have a CEST."""
    rule = replace(RESALE, **changes)  # type: ignore[arg-type]
    document = note(replace(item("2", "50.00"), cest="2803800"))
    return replace(document, profile=replace(PROFILE, rules=(rule,)))


def test_the_groups_come_in_the_order_of_the_layout() -> None:
    root = built(full())
    assert [child.tag.partition("}")[2] for child in root] == [
        "ide", "emit", "dest", "entrega", "autXML", "det", "total", "transp", "pag", "infIntermed", "infAdic",
        "infRespTec",
    ]  # fmt: skip


def full() -> NoteDoc:
    """A sale with everything a note of ours can carry."""
    document = note(replace(item("1", "100.00"), gtin="7891000315507", approximate_taxes=Decimal("13.45"), note="Azul"))
    return replace(
        document,
        delivery=Delivery(name="Ivo Sampaio", place=BELO_HORIZONTE),
        through_marketplace=True,
        intermediary=Intermediary(cnpj=CNPJ_WITH_LETTERS, seller_id="jurubim"),
        carrier=Carrier(name="Cargas do Porto", document="11222333000181", city="Santos", state="SP"),
        volumes=Volumes(count=2, net_weight=Decimal("1.2"), gross_weight=Decimal("1.5")),
        may_download=("11222333000181",),
        technical_contact=TechnicalContact(
            cnpj=CNPJ_WITH_LETTERS, name="Suporte", email="suporte@jurubim.example", phone="1933330000"
        ),
        additional=("Pedido 77",),
    )


def test_a_full_note_passes_preflight_and_schema() -> None:
    assert preflight(full(), now=NOW) == ()
    assert faults(signed(full()).xml, PACKAGE) == ()
    root = built(full())
    assert texts(root, "total/ICMSTot/vTotTrib") == ["13.45"]
    assert texts(root, "det/infAdProd") == ["Azul"]
    assert texts(root, "infIntermed/idCadIntTran") == ["jurubim"]
    assert texts(root, "ide/indIntermed") == ["1"]


def test_the_same_sale_under_the_same_number_gives_the_same_bytes() -> None:
    assert build(full(), NUMBERING) == build(full(), NUMBERING)


def test_in_homologacao_the_buyer_bears_the_name_sefaz_demands() -> None:
    demanded = ["NF-E EMITIDA EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"]
    assert texts(built(note()), "dest/xNome") == demanded
    production = replace(note(), environment=Environment.PRODUCTION)
    assert texts(built(production), "dest/xNome") == ["Rosana Feitosa"]
    assert texts(built(production), "ide/tpAmb") == ["1"]


def test_goods_delivered_in_another_state_make_the_sale_interstate() -> None:
    document = replace(note(), delivery=Delivery(name="Ivo", place=BELO_HORIZONTE))
    root = built(document)
    assert texts(root, "ide/idDest") == ["2"]
    assert texts(root, "det/prod/CFOP") == ["6108"]
    assert texts(root, "dest/enderDest/UF") == ["SP"]
    assert texts(root, "entrega/UF") == ["MG"]
    assert texts(root, "entrega/CPF") == ["52998224725"]


@pytest.mark.parametrize(
    ("document", "registration", "code", "cfop"),
    [
        ("52998224725", "110042490114", "9", "6108"),
        ("11222333000181", "0623079040081", "1", "6102"),
        ("11222333000181", "ISENTO", "9", "6108"),
        ("11222333000181", "", "9", "6108"),
    ],
)
def test_only_a_company_with_a_registration_is_a_contributor(
    document: str, registration: str, code: str, cfop: str
) -> None:
    buyer = replace(note().buyer, document=document, state_registration=registration, place=BELO_HORIZONTE)
    root = built(replace(note(), buyer=buyer))
    assert texts(root, "dest/indIEDest") == [code]
    assert texts(root, "dest/IE") == ([registration] if code == "1" else [])
    assert texts(root, "det/prod/CFOP") == [cfop]
    assert texts(root, "ide/indFinal") == ["1"]


def test_a_company_with_letters_in_its_cnpj_issues_like_any_other() -> None:
    document = by(CNPJ_WITH_LETTERS, note())
    assert key_of(document, NUMBERING)[6:20] == CNPJ_WITH_LETTERS
    assert preflight(document, now=NOW) == ()
    assert faults(signed(document).xml, PACKAGE) == ()


@pytest.mark.parametrize(
    ("city", "state", "local", "month"),
    [
        ("Campinas", "SP", "2026-11-30T23:30:00-03:00", "2611"),
        ("Rio Branco", "AC", "2026-11-30T21:30:00-05:00", "2611"),
        ("Manaus", "AM", "2026-11-30T22:30:00-04:00", "2611"),
        ("Fernando de Noronha", "PE", "2026-12-01T00:30:00-02:00", "2612"),
        ("Tabatinga", "AM", "2026-11-30T21:30:00-05:00", "2611"),
    ],
)
def test_the_hour_of_issue_and_the_month_of_the_key_are_those_of_the_issuers_place(
    city: str, state: str, local: str, month: str
) -> None:
    place = replace(note().issuer.place, city=city, state=state)
    document = replace(note(), issuer=replace(note().issuer, place=place))
    numbering = replace(NUMBERING, issued_at=datetime(2026, 12, 1, 2, 30, 0, 999_999, tzinfo=UTC))
    root = built(document, numbering)
    assert texts(root, "ide/dhEmi") == [local]
    assert key_of(document, numbering)[2:6] == month


def test_a_time_without_zone_is_no_time_of_issue() -> None:
    with pytest.raises(ValueError, match="zone"):
        build(note(), replace(NUMBERING, issued_at=datetime(2026, 11, 21)))


def test_summer_time_of_old_years_is_known() -> None:
    assert (
        datetime(2018, 12, 1, tzinfo=zone_of("SP")).utcoffset()
        != datetime(2026, 12, 1, tzinfo=zone_of("SP")).utcoffset()
    )


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ({"icms": SimplesIcms(csosn="400")}, "ICMS/ICMSSN102/CSOSN", ["400"]),
        ({"icms": SimplesIcms(csosn="500")}, "ICMS/ICMSSN500/CSOSN", ["500"]),
        ({"icms": SimplesIcms(csosn="900")}, "ICMS/ICMSSN900/CSOSN", ["900"]),
        ({"pis": Contribution(cst="04")}, "PIS/PISNT/CST", ["04"]),
        ({"cofins": Contribution(cst="99")}, "COFINS/COFINSOutr/CST", ["99"]),
    ],
)
def test_each_code_goes_into_its_own_group(rule: dict[str, object], path: str, values: list[str]) -> None:
    document = ruled(**rule)
    assert preflight(document, now=NOW) == ()
    assert texts(built(document), f"det/imposto/{path}") == values
    assert faults(signed(document).xml, PACKAGE) == ()


def test_credit_is_the_rate_of_the_profile_on_what_was_charged() -> None:
    # 100.00 − 10.00 + 7.77 = 97.77; 1.36 % of it is 1.329672: 1.33.
    rule = replace(RESALE, icms=SimplesIcms(csosn="101", credit_rate=Decimal("1.36")))
    document = replace(
        note(item("2", "50.00"), freight="7.77", discount="10.00"), profile=replace(PROFILE, rules=(rule,))
    )
    buyer = replace(document.buyer, document="11222333000181", state_registration="110042490114")
    document = replace(document, buyer=buyer)
    root = built(document)
    assert preflight(document, now=NOW) == ()
    assert texts(root, "det/imposto/ICMS/ICMSSN101/pCredSN") == ["1.36"]
    assert texts(root, "det/imposto/ICMS/ICMSSN101/vCredICMSSN") == ["1.33"]
    assert faults(signed(document).xml, PACKAGE) == ()


def test_a_line_given_away_bears_no_part_of_the_notes_discount() -> None:
    gift = replace(item("1", "15.90"), discount=Decimal("15.90"))
    root = built(note(item("1", "100.00"), gift, freight="11.59", discount="10.00"))
    assert texts(root, "det/prod/vDesc") == ["10.00", "15.90"]
    # 1159 × 10000 / 11590 = 1000 and 159: the gift travels too.
    assert texts(root, "det/prod/vFrete") == ["10.00", "1.59"]
    assert texts(root, "total/ICMSTot/vNF") == ["101.59"]


def test_cards_and_pix_carry_the_group_sefaz_expects_and_others_do_not() -> None:
    payments = tuple(
        Payment(tender=tender, value=Decimal("40.00"), description=words)
        for tender, words in ((Tender.CREDIT_CARD, ""), (Tender.BOLETO, ""), (Tender.OTHER, "Vale da casa"))
    )
    document = replace(note(item("1", "120.00")), payments=payments)
    root = built(document)
    assert texts(root, "pag/detPag/card/tpIntegra") == ["2"]
    assert texts(root, "pag/detPag/xPag") == ["Vale da casa"]
    assert faults(signed(document).xml, PACKAGE) == ()


def test_legal_phrases_survive_the_longest_remark() -> None:
    assert joined([PHRASE, "x" * 6000]).startswith(PHRASE)
    assert len(joined([PHRASE, "x" * 6000])) == 5000


def test_nobodys_freight_is_said_so() -> None:
    assert texts(built(replace(note(), freight_by=Freight.NONE)), "transp/modFrete") == ["9"]


@pytest.mark.parametrize(
    ("state", "name", "code"),
    [
        ("SP", "sao paulo", "3550308"),
        ("SP", "SÃO PAULO - SP", "3550308"),
        ("SP", "São Paulo/SP", "3550308"),
        ("BA", "Dias D Avila", "2910057"),
        ("DF", "Taguatinga", "5300108"),
        ("MT", "Boa Esperança do Norte", "5101837"),
        ("SP", "Estrela d'Oeste", "3515202"),
    ],
)
def test_cities_are_found_as_people_write_them(state: str, name: str, code: str) -> None:
    found = find_city(state, name)
    assert found is not None
    assert found.code == code


def test_a_city_of_another_state_is_not_found() -> None:
    assert find_city("RJ", "Campinas") is None
    assert find_city("XX", "Campinas") is None
    with pytest.raises(KeyError):
        build(
            replace(note(), buyer=replace(note().buyer, place=Place(street="Rua", city="Campinas", state="RJ"))),
            NUMBERING,
        )


def test_nine_hundred_and_ninety_items_fit() -> None:
    document = note(*[item("1", "1.01") for _ in range(990)], freight="7.00")
    signed_note = signed(document)
    assert preflight(document, now=NOW) == ()
    assert faults(signed_note.xml, PACKAGE) == ()
    # Two lots of the cents of 7.00: 700 cents over 990 equal lines.
    assert texts(built(document), "det/prod/vFrete").count("0.01") == 700


CENTS = st.integers(0, 10**7).map(lambda cents: Decimal(cents) / 100)
LINES = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(0, 10**7), st.integers(0, 100)).map(
        lambda drawn: _line(Decimal(drawn[0]) / 1000, Decimal(drawn[1]) / 100, drawn[2])
    ),
    min_size=1,
    max_size=12,
)


def _line(quantity: Decimal, total: Decimal, percent_off: int) -> Item:
    line = item(str(quantity), "1", total=str(total))
    price = (total / quantity).quantize(Decimal("1E-10"))
    return replace(line, unit_price=price, discount=(total * percent_off / 100).quantize(Decimal("0.01")))


@settings(max_examples=150, deadline=None)
@given(LINES, CENTS, CENTS, st.integers(0, 100))
def test_totals_are_the_sums_of_the_items_and_nothing_is_lost(
    lines: list[Item], freight: Decimal, surcharge: Decimal, percent: int
) -> None:
    free = sum((line.total - line.discount for line in lines), Decimal(0))
    discount = (free * percent / 100).quantize(Decimal("0.01"))
    document = note(*lines, freight=str(freight), discount=str(min(discount, free)), surcharge=str(surcharge))
    amounts = amounts_of(document)
    assert amounts.freight == freight
    assert amounts.surcharge == surcharge
    assert amounts.discount == document.discount + sum(line.discount for line in lines)
    assert amounts.total == sum(each.charged for each in amounts.items)
    assert all(0 <= each.discount <= each.goods for each in amounts.items)
    root = built(document)
    charged = sum(Decimal(value) for value in texts(root, "pag/detPag/vPag"))
    assert Decimal(texts(root, "total/ICMSTot/vNF")[0]) == charged
    for tag in ("vFrete", "vDesc", "vOutro", "vProd"):
        whole = Decimal(texts(root, f"total/ICMSTot/{tag}")[0])
        assert whole == sum((Decimal(value) for value in texts(root, f"det/prod/{tag}")), Decimal(0))


def test_rules_are_plain_data() -> None:
    assert isinstance(RESALE, TaxRule)
    assert PROFILE.rule("revenda") is RESALE
    assert PROFILE.rule("outra") is None
