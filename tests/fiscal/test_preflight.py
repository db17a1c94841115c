"""Each thing SEFAZ would refuse, found before a number is taken, with the rejection it prevents and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cais.fiscal.build import build
from cais.fiscal.documents import (
    Buyer,
    Delivery,
    Intermediary,
    Item,
    NoteDoc,
    Payment,
    Place,
    TechnicalContact,
    Tender,
)
from cais.fiscal.preflight import Problem, Where, clock_problem, numbering_problems, preflight
from cais.fiscal.profile import Contribution, Regime, SimplesIcms
from cais.fiscal.schema import faults, package_from
from tests.fiscal.samples import (
    BELO_HORIZONTE,
    CNPJ,
    CPF,
    NOW,
    NUMBERING,
    PROFILE,
    RESALE,
    SAO_PAULO,
    item,
    note,
    signed,
)

Change = Callable[[NoteDoc], NoteDoc]


def buyer(**changes: object) -> Change:
    return lambda sale: replace(sale, buyer=replace(sale.buyer, **changes))  # type: ignore[arg-type]


def buyer_place(**changes: object) -> Change:
    return buyer(place=replace(SAO_PAULO, **changes))  # type: ignore[arg-type]


def issuer(**changes: object) -> Change:
    return lambda sale: replace(sale, issuer=replace(sale.issuer, **changes))  # type: ignore[arg-type]


def issuer_in(state: str, city: str) -> Change:
    def moved(sale: NoteDoc) -> NoteDoc:
        place = replace(sale.issuer.place, state=state, city=city)
        return replace(sale, issuer=replace(sale.issuer, place=place))

    return moved


def line(**changes: object) -> Change:
    return lambda sale: replace(sale, items=(replace(sale.items[0], **changes),))  # type: ignore[arg-type]


def sale(**changes: object) -> Change:
    return lambda document: replace(document, **changes)  # type: ignore[arg-type]


def rule(**changes: object) -> Change:
    changed = replace(RESALE, **changes)  # type: ignore[arg-type]
    return lambda document: replace(document, profile=replace(PROFILE, rules=(changed,)))


def paid(*payments: Payment) -> Change:
    return lambda document: replace(document, payments=payments)


PIX = Payment(tender=Tender.PIX, value=Decimal("119.80"))

CASES: list[tuple[str, Change, str, str, Where, str]] = [
    ("no CPF", buyer(document=""), "buyer_document_missing", "719", Where.BUYER, "sem CPF ou CNPJ"),
    ("bad CPF", buyer(document="52998224724"), "buyer_cpf", "237", Where.BUYER, "CPF 52998224724"),
    ("cut CPF", buyer(document="5299822472"), "buyer_cpf", "237", Where.BUYER, "não confere"),
    ("bad CNPJ", buyer(document="11222333000182"), "buyer_cnpj", "208", Where.BUYER, "CNPJ 11222333000182"),
    ("foreign", buyer_place(country="PT"), "foreign_buyer", "720", Where.BUYER, "fora do Brasil"),
    ("emoji name", buyer(name="🌻🌻"), "buyer_name", "724", Where.BUYER, "só tem símbolos"),
    (
        "masked IE",
        buyer(document=CNPJ, state_registration="110.042.490.114"),
        "buyer_registration",
        "210",
        Where.BUYER,
        "inscrição estadual",
    ),
    ("no such city", buyer_place(city="Campnas"), "city_unknown", "274", Where.BUYER, "Será Campinas"),
    ("wrong state", buyer_place(city="Niterói"), "city_unknown", "274", Where.BUYER, "RJ"),
    ("invented city", buyer_place(city="Qwertyuiop"), "city_unknown", "274", Where.BUYER, "não existe em SP"),
    ("no state", buyer_place(state=""), "state_unknown", "225", Where.BUYER, "vazio"),
    ("code of another", buyer_place(city_code="3106200"), "city_unknown", "275", Where.BUYER, "3106200"),
    ("no code", buyer_place(city_code="9999999"), "city_unknown", "274", Where.BUYER, "9999999"),
    ("no district", buyer_place(district=""), "address_incomplete", "225", Where.BUYER, "bairro"),
    ("short CEP", buyer_place(postal_code="1310"), "postal_code", "225", Where.BUYER, "oito números"),
    (
        "delivery nowhere",
        sale(delivery=Delivery(name="Ivo", place=replace(BELO_HORIZONTE, city="Belorizonte das Flores"))),
        "city_unknown",
        "278",
        Where.ORDER,
        "da entrega",
    ),
    ("own CNPJ", issuer(cnpj="11222333000180"), "issuer_cnpj", "207", Where.COMPANY, "CNPJ da empresa"),
    ("own IE", issuer(state_registration=""), "issuer_registration", "229", Where.COMPANY, "inscrição estadual"),
    ("own IE words", issuer(state_registration="ISENTO"), "issuer_registration", "209", Where.COMPANY, "inscrição"),
    ("own name", issuer(name="🚢"), "issuer_name", "225", Where.COMPANY, "razão social"),
    ("regime", issuer(regime=Regime.NORMAL), "regime_not_served", "591", Where.COMPANY, "Simples Nacional"),
    ("contact", issuer_in("PR", "Curitiba"), "technical_contact", "972", Where.COMPANY, "responsável técnico"),
    ("accountant", issuer_in("BA", "Salvador"), "accountant", "486", Where.COMPANY, "contabilidade"),
    (
        "half a contact",
        sale(technical_contact=TechnicalContact(cnpj=CNPJ, name="S", email="a@b.example", phone="")),
        "technical_contact_incomplete",
        "225",
        Where.COMPANY,
        "telefone",
    ),
    ("downloader", sale(may_download=("123",)), "downloader_document", "323", Where.COMPANY, "123"),
    ("downloaders", sale(may_download=(CNPJ,) * 11), "too_many_downloaders", "225", Where.COMPANY, "dez"),
    ("operation", sale(operation=" "), "operation", "225", Where.COMPANY, "natureza da operação"),
    ("no items", sale(items=()), "no_items", "225", Where.ORDER, "nenhum item"),
    (
        "991 items",
        sale(items=(item("1", "1.00"),) * 991),
        "too_many_items",
        "225",
        Where.ORDER,
        "991 itens",
    ),
    ("item name", line(name="🎁"), "item_name", "225", Where.PRODUCT, "item 1"),
    ("item sku", line(sku=""), "item_sku", "225", Where.PRODUCT, "SKU"),
    ("item unit", line(unit=""), "item_unit", "225", Where.PRODUCT, "unidade"),
    ("no NCM", line(ncm=""), "item_ncm", "777", Where.PRODUCT, "falta o NCM"),
    ("short NCM", line(ncm="6109"), "item_ncm", "777", Where.PRODUCT, "6109"),
    ("origin", line(origin=""), "item_origin", "225", Where.PRODUCT, "origem"),
    ("CEST", line(cest="28038"), "item_cest", "225", Where.PRODUCT, "CEST"),
    ("GTIN digit", line(gtin="7891000315508"), "item_gtin", "611", Where.PRODUCT, "7891000315508"),
    ("GTIN words", line(gtin="SEM GTIN"), "item_gtin", "611", Where.PRODUCT, "código de barras"),
    ("GTIN of a shop", line(gtin="2000000000022"), "item_gtin_internal", "882", Where.PRODUCT, "uso interno"),
    ("no quantity", line(quantity=Decimal(0)), "quantity", "225", Where.ORDER, "maior que zero"),
    ("five places", line(quantity=Decimal("0.33333")), "quantity_places", "225", Where.ORDER, "quatro casas"),
    ("eleven places", line(unit_price=Decimal("59.90000000001")), "unit_price_places", "225", Where.ORDER, "dez casas"),
    ("less than nothing", line(unit_price=Decimal(-1)), "unit_price", "225", Where.ORDER, "negativo"),
    ("fraction of a cent", line(total=Decimal("119.805")), "line_cents", "225", Where.ORDER, "centavos"),
    ("not a number", line(quantity=Decimal("NaN")), "not_a_number", "225", Where.ORDER, "ilegível"),
    ("line total", line(total=Decimal("119.82")), "line_total", "629", Where.ORDER, "119.82"),
    (
        "line discount",
        line(discount=Decimal("119.81")),
        "discount_above_item",
        "",
        Where.ORDER,
        "maior que o valor do item",
    ),
    ("taxes told", line(approximate_taxes=Decimal("-1")), "approximate_taxes", "225", Where.ORDER, "tributos"),
    ("class", line(tax_class="outra"), "tax_rule_missing", "225", Where.TAX_PROFILE, "classe outra"),
    (
        "discount",
        sale(discount=Decimal("119.81")),
        "discount_above_goods",
        "",
        Where.ORDER,
        "maior que o valor dos itens",
    ),
    ("nothing to pay", sale(discount=Decimal("119.80")), "zero_total", "", Where.ORDER, "valor zero"),
    ("negative freight", sale(freight=Decimal("-1")), "amount", "225", Where.ORDER, "frete"),
    ("freight of NaN", sale(freight=Decimal("NaN")), "amount", "225", Where.ORDER, "frete"),
    ("surcharge", sale(surcharge=Decimal("0.001")), "amount", "225", Where.ORDER, "acréscimo"),
    ("unpaid", paid(), "payments", "225", Where.ORDER, "forma de pagamento"),
    ("paid too little", paid(replace(PIX, value=Decimal("119.79"))), "payment_sum", "865", Where.ORDER, "119.79"),
    ("paid too much", paid(replace(PIX, value=Decimal("119.81"))), "payment_sum", "866", Where.ORDER, "119.81"),
    ("payment of NaN", paid(replace(PIX, value=Decimal("NaN"))), "payment_value", "225", Where.ORDER, "centavos"),
    ("none but some", paid(replace(PIX, tender=Tender.NONE)), "payment_none", "904", Where.ORDER, "sem pagamento"),
    ("other", paid(replace(PIX, tender=Tender.OTHER)), "payment_description", "441", Where.CHANNEL, "descrição"),
    ("institution", paid(replace(PIX, institution="1")), "payment_institution", "225", Where.CHANNEL, "instituição"),
    ("marketplace", sale(through_marketplace=True), "marketplace_cnpj_missing", "438", Where.CHANNEL, "marketplace"),
    (
        "marketplace CNPJ",
        sale(through_marketplace=True, intermediary=Intermediary(cnpj="1", seller_id="loja")),
        "marketplace_cnpj",
        "440",
        Where.CHANNEL,
        "não confere",
    ),
    (
        "marketplace seller",
        sale(through_marketplace=True, intermediary=Intermediary(cnpj=CNPJ, seller_id="")),
        "marketplace_seller",
        "225",
        Where.CHANNEL,
        "sua loja",
    ),
    (
        "profile ended",
        sale(profile=replace(PROFILE, until=date(2026, 11, 20))),
        "profile_out_of_date",
        "225",
        Where.TAX_PROFILE,
        "21/11/2026",
    ),
    (
        "other regime's profile",
        sale(profile=replace(PROFILE, regime=Regime.NORMAL)),
        "profile_of_other_regime",
        "591",
        Where.TAX_PROFILE,
        "outro regime",
    ),
    ("CST", rule(icms=SimplesIcms(csosn="00")), "cst_in_simples", "590", Where.TAX_PROFILE, "CSOSN"),
    ("CSOSN", rule(icms=SimplesIcms(csosn="202")), "csosn_not_served", "225", Where.TAX_PROFILE, "202"),
    (
        "credit to a consumer",
        rule(icms=SimplesIcms(csosn="101", credit_rate=Decimal(1))),
        "credit_to_consumer",
        "600",
        Where.TAX_PROFILE,
        "não é contribuinte",
    ),
    ("ST without CEST", rule(icms=SimplesIcms(csosn="500")), "item_cest_missing", "806", Where.PRODUCT, "CEST"),
    ("PIS", rule(pis=Contribution(cst="01", rate=Decimal("0.65"))), "contribution", "225", Where.TAX_PROFILE, "PIS"),
    (
        "CFOP",
        rule(cfops=replace(RESALE.cfops, same_state="6108")),
        "cfop",
        "732",
        Where.TAX_PROFILE,
        "dentro do estado",
    ),
]


def found(change: Change) -> tuple[Problem, ...]:
    return preflight(change(note()), now=NOW)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_each_fault_is_told_once_with_its_rejection_its_place_and_what_to_do(
    case: tuple[str, Change, str, str, Where, str],
) -> None:
    _, change, code, prevents, where, said = case
    problems = [problem for problem in found(change) if problem.code == code]
    assert len(problems) == 1, found(change)
    assert (problems[0].prevents, problems[0].where) == (prevents, where)
    assert said in problems[0].sentence
    assert problems[0].sentence.endswith((".", "?"))


def test_a_good_sale_has_no_problem() -> None:
    assert preflight(note(), now=NOW) == ()


@pytest.mark.parametrize(
    "change",
    [
        line(quantity=Decimal("0.333"), unit_price=Decimal("30.00"), total=Decimal("9.99")),
        line(quantity=Decimal(3), unit_price=Decimal("7.4533333333"), total=Decimal("22.36")),
        line(gtin="7891000315507"),
        line(gtin="40170725"),
        line(name="Chá & mel\r\n“premium” 🍯"),
        buyer(name="D'Ávila & Filhos"),
        buyer_place(number="", complement="🏠", city="SAO PAULO"),
    ],
)
def test_what_only_looks_odd_is_served(change: Change) -> None:
    document = change(note())
    total = sum((each.total for each in document.items), Decimal(0))
    document = replace(document, payments=(replace(PIX, value=total),))
    assert preflight(document, now=NOW) == ()
    assert faults(signed(document).xml, package_from({})) == ()


def test_a_cent_of_difference_in_a_line_is_within_the_rule() -> None:
    problems = found(line(total=Decimal("119.81")))
    assert "line_total" not in [problem.code for problem in problems]


def test_a_cfop_of_the_state_on_a_sale_to_another_is_named() -> None:
    document = rule(cfops=replace(RESALE.cfops, other_state="5102"))(buyer(place=BELO_HORIZONTE)(note()))
    assert [(each.code, each.prevents) for each in preflight(document, now=NOW)] == [("cfop", "733")]


def test_several_faults_are_told_together() -> None:
    document = line(ncm="")(buyer(document="")(note()))
    assert {problem.code for problem in preflight(document, now=NOW)} == {"item_ncm", "buyer_document_missing"}


def test_the_fault_of_one_item_among_many_names_it() -> None:
    lines = (item("1", "10.00"), replace(item("1", "5.00", name="Boné"), ncm=""))
    document = note(*lines)
    (problem,) = preflight(document, now=NOW)
    assert (problem.item, problem.code) == (2, "item_ncm")
    assert problem.sentence.startswith("Boné:")


def test_the_day_of_the_profile_is_the_issuers_own() -> None:
    """02:59 UTC on 1 January is still the old year in Campinas."""
    until_newyear = sale(profile=replace(PROFILE, until=date(2026, 12, 31)))(note())
    newyear = NOW.replace(year=2027, month=1, day=1, hour=2, minute=59)
    assert preflight(until_newyear, now=newyear) == ()
    assert [each.code for each in preflight(until_newyear, now=newyear + timedelta(minutes=1))] == [
        "profile_out_of_date"
    ]


@pytest.mark.parametrize(
    ("changes", "code", "prevents"),
    [
        ({"series": 890}, "series", "266"),
        ({"number": 0}, "number", "225"),
        ({"number": 10**9}, "number", "225"),
        ({"cnf": "11111111"}, "cnf", "897"),
        ({"issued_at": NOW + timedelta(hours=1)}, "issued_ahead", "703"),
        ({"issued_at": NOW - timedelta(days=31)}, "issued_long_ago", "228"),
    ],
)
def test_a_number_that_cannot_be_is_told(changes: dict[str, object], code: str, prevents: str) -> None:
    (problem,) = numbering_problems(replace(NUMBERING, **changes), now=NOW)  # type: ignore[arg-type]
    assert (problem.code, problem.prevents) == (code, prevents)


def test_a_clock_wrong_by_an_hour_is_told_and_which_way() -> None:
    ahead = clock_problem(ours=NOW + timedelta(hours=1), sefaz=NOW)
    behind = clock_problem(ours=NOW - timedelta(hours=1), sefaz=NOW)
    assert ahead is not None
    assert behind is not None
    assert "adiantado cerca de 60 minutos" in ahead.sentence
    assert ahead.prevents == "703"
    assert "atrasado" in behind.sentence
    assert clock_problem(ours=NOW + timedelta(minutes=4), sefaz=NOW) is None


ANY_TEXT = st.text(max_size=40)
ANY_NUMBER = st.decimals(allow_nan=True, allow_infinity=True)


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER)
def test_whatever_a_store_says_is_judged_and_what_passes_can_be_issued(
    document: str, words: str, code: str, quantity: Decimal, price: Decimal, total: Decimal
) -> None:
    place = Place(street=words, number=code, district=words, city=words, state=code, postal_code=code)
    odd = Item(
        sku=code, name=words, ncm=code, quantity=quantity, unit_price=price, total=total, tax_class=code, gtin=code
    )
    for doubtful in (
        replace(note(), buyer=Buyer(document=document, name=words, place=place)),
        replace(note(), items=(odd,)),
        line(name=words, sku=words, unit=words, note=words)(note()),
        buyer(name=words, email=words, document=CPF)(note()),
        sale(operation=words, additional=(words, code))(note()),
        replace(note(), freight=quantity, discount=price, payments=(replace(PIX, value=total),)),
    ):
        if preflight(doubtful, now=NOW) == ():
            build(doubtful, NUMBERING)
            assert faults(signed(doubtful).xml, package_from({})) == ()


@pytest.mark.parametrize("total", [Decimal(10) ** 13, Decimal(10) ** 26, Decimal("1E+400")])
def test_an_amount_longer_than_the_field_of_the_note_is_told(total: Decimal) -> None:
    huge = replace(note().items[0], quantity=Decimal("Infinity"), unit_price=Decimal("Infinity"), total=total)
    assert "amount" in {each.code for each in preflight(replace(note(), items=(huge,)), now=NOW)}
