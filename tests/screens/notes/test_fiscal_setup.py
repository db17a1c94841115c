"""What a company invoices with, as plain forms: from nothing to ready, and what is refused with its reason."""

from __future__ import annotations

import io

import pytest

from cais.connectors.sefaz.simulator.simulator import SefazSimulator
from cais.nfe.models import FiscalSetup, NumberSeries, TaxProfile
from tests.screens.notes.invoicing import ITEM, Invoicer
from tests.screens.reading import said, text_of

pytestmark = pytest.mark.slow

FORM = {
    "regime": "1",
    "state_registration": "254.895.623",
    "street": "Rua do Porto",
    "number": "100",
    "district": "Centro",
    "city": "itajai",
    "postal_code": "88301-000",
    "environment": "2",
    "series": "1",
    "operation": "Venda de mercadoria",
    # Santa Catarina asks who answers for the program.
    "contact_cnpj": "11.222.333/0001-81",
    "contact_name": "Rosana Feitosa",
    "contact_email": "fiscal@jurubim.example",
    "contact_phone": "(47) 3333-0000",
}


@pytest.fixture
def unready(bare: Invoicer) -> Invoicer:
    """As a company is before anybody has thought of notes."""
    for model in (FiscalSetup, TaxProfile, NumberSeries):
        model.objects.all().delete()
    bare.home.company.certificates.all().delete()
    return bare


def fiscal_url(invoicer: Invoicer, part: str = "") -> str:
    return invoicer.url(f"empresas/{invoicer.home.company.pk}/fiscal/{part}")


def test_from_nothing_to_ready_by_plain_forms(unready: Invoicer) -> None:
    browser, url = unready.browser("administrator"), fiscal_url(unready)
    assert "Preencha a configuração fiscal" in text_of(browser.get(url))
    browser.post(url, FORM)
    setup = FiscalSetup.objects.get()
    assert (setup.city, setup.postal_code, setup.state_registration) == ("Itajaí", "88301000", "254895623")
    assert TaxProfile.objects.get().rules.get().csosn == "102"
    assert "certificado" in text_of(browser.get(url))
    a1 = unready.home.sefaz.issue(unready.home.company.cnpj)
    file = io.BytesIO(a1.pfx)
    file.name = "empresa.pfx"
    browser.post(fiscal_url(unready, "certificado/"), {"file": file, "password": a1.password})
    page = browser.get(url)
    assert page.context["missing"] == []
    assert "Nada falta nesta empresa." in text_of(page)
    assert a1.password not in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("city", "Itajaxx", "Não há município com este nome em SC"),
        ("state_registration", "ISENTO", "precisa de inscrição estadual"),
        ("postal_code", "8830", "oito números"),
        ("series", "900", "889"),
        ("contact_cnpj", "11222333000182", "não existe"),
        ("accountant", "12345678901", "não existe"),
    ],
)
def test_what_is_wrong_in_the_set_up_has_its_sentence(unready: Invoicer, field: str, value: str, words: str) -> None:
    page = unready.browser("administrator").post(fiscal_url(unready), {**FORM, field: value})
    assert page.status_code == 422
    assert words in text_of(page)
    assert not FiscalSetup.objects.exists()


def refused(invoicer: Invoicer, content: bytes, password: str) -> str:
    file = io.BytesIO(content)
    file.name = "arquivo.pfx"
    url = fiscal_url(invoicer, "certificado/")
    page = invoicer.browser("administrator").post(url, {"file": file, "password": password})
    assert page.status_code == 422
    return text_of(page)


def test_a_certificate_that_cannot_sign_is_refused_with_the_reason(unready: Invoicer) -> None:
    sefaz: SefazSimulator = unready.home.sefaz
    own, other = sefaz.issue(unready.home.company.cnpj), sefaz.issue("98765432000198")
    assert "A senha não abre" in refused(unready, own.pfx, "outra")
    assert "é de outra empresa" in refused(unready, other.pfx, other.password)
    assert "não é um certificado digital A1" in refused(unready, b"nada disso", "x")
    assert "grande demais" in refused(unready, b"0" * 300_000, "x")
    assert not unready.home.company.certificates.exists()


def test_a_numbering_goes_on_where_the_other_program_stopped_and_never_back(bare: Invoicer) -> None:
    browser, url = bare.browser("administrator"), fiscal_url(bare, "numero/")
    browser.post(url, {"environment": "2", "series": "1", "number": "12483"})
    assert NumberSeries.objects.get(environment="2", series=1).last == 12482
    back = browser.post(url, {"environment": "2", "series": "1", "number": "12000"})
    assert back.status_code == 422
    assert "já passou do número 12000" in text_of(back)


def profile_form(**changes: str) -> dict[str, str]:
    return {
        "since": "2026-01-01",
        "csosn": "102",
        "cfop_same_state": "5.102",
        "cfop_other_state": "6108",
        "cfop_other_state_contributor": "6102",
        "pis_cst": "49",
        "cofins_cst": "49",
        "legal_phrases": "Primeira frase.\nSegunda frase.",
        **changes,
    }


def test_rules_of_a_new_day_leave_those_of_before_for_what_was_issued(bare: Invoicer) -> None:
    browser, url = bare.browser("administrator"), fiscal_url(bare, "perfil/")
    browser.post(url, profile_form(cfop_same_state="5101", since="2026-08-01"))
    new, old = TaxProfile.objects.order_by("-since")
    assert (str(old.since), str(old.until), old.rules.get().cfop_same_state) == ("2026-01-01", "2026-07-31", "5102")
    assert (str(new.since), new.until, new.rules.get().cfop_same_state) == ("2026-08-01", None, "5101")
    assert new.legal_phrases == ["Primeira frase.", "Segunda frase."]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cfop_same_state": "6102"}, "começa com 5"),
        ({"cfop_other_state": "5108"}, "começa com 6"),
        ({"csosn": "101"}, "precisa da alíquota do crédito"),
        ({"since": "2025-12-31"}, "valem desde 01/01/2026"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(bare: Invoicer, changes: dict[str, str], words: str) -> None:
    page = bare.browser("administrator").post(fiscal_url(bare, "perfil/"), profile_form(**changes))
    assert page.status_code == 422
    assert words in text_of(page)


def test_mending_the_company_frees_the_notes_it_had_stopped(bare: Invoicer) -> None:
    home = bare.home
    home.product("IMG-001", units="5", price="10.00")
    TaxProfile.objects.all().delete()
    sold = home.sell(ITEM)
    home.invoice(sold)
    assert home.note(sold).state == "blocked"
    response = bare.browser("administrator").post(fiscal_url(bare), FORM)
    assert "1 nota barrada volta à fila" in said(response)
    home.work()
    assert home.note(sold).state == "authorised"


def test_only_who_administers_changes_the_set_up(bare: Invoicer) -> None:
    assert bare.browser("fiscal").get(fiscal_url(bare)).status_code == 200
    for part in ("", "certificado/", "numero/", "perfil/"):
        assert bare.browser("fiscal").post(fiscal_url(bare, part), {}).status_code == 403, part
