"""Before the first note: what is missing is said, certificates are refused with reasons, secrets stay secret."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from cais.companies.scope import group_scope
from cais.companies.services import found_group
from cais.connectors.sefaz.simulator.authority import Kind
from cais.fiscal.certificate import (
    CertificateRefused,
    Expired,
    NoPrivateKey,
    NotACertificate,
    OtherCompany,
    WrongPassword,
)
from cais.fiscal.danfe import NotPrintable
from cais.nfe import services
from cais.nfe.models import Certificate, FiscalSetup, Nfe, TaxRule
from tests.nfe.house import FiscalHouse, stocked


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        (Kind.EXPIRED, Expired),
        (Kind.OTHER_COMPANY, OtherCompany),
        (Kind.WRONG_PASSWORD, WrongPassword),
        (Kind.NO_KEY, NoPrivateKey),
    ],
)
def test_a_certificate_that_cannot_sign_is_refused_with_its_reason(
    home: FiscalHouse, kind: Kind, refusal: type[CertificateRefused]
) -> None:
    a1 = home.sefaz.issue(home.company.cnpj, kind=kind)
    kept = Certificate.objects.count()
    with pytest.raises(refusal) as caught:
        services.upload_certificate(home.company, a1.pfx, a1.password, actor_name="Rosana")
    assert caught.value.sentence.endswith(".")
    assert Certificate.objects.count() == kept


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"0" * 300_000])
def test_another_file_is_no_certificate(home: FiscalHouse, content: bytes) -> None:
    with pytest.raises(NotACertificate):
        services.upload_certificate(home.company, content, "x", actor_name="Rosana")


def test_neither_file_nor_password_lie_in_clear_in_the_database(home: FiscalHouse) -> None:
    a1 = home.sefaz.issue(home.company.cnpj, kind=Kind.LEGACY)
    row = services.upload_certificate(home.company, a1.pfx, a1.password, actor_name="Rosana")
    row.refresh_from_db()
    assert a1.password.encode() not in bytes(row.password)
    assert a1.pfx[:64] not in bytes(row.ciphertext)
    assert (row.cnpj, row.uploaded_by) == (home.company.cnpj, "Rosana")
    assert services.certificate_of(home.company) == row


def test_a_company_that_is_ready_misses_nothing(home: FiscalHouse) -> None:
    assert services.missing(home.company) == []


def test_what_is_missing_before_the_first_note_is_said_with_its_place(home: FiscalHouse) -> None:
    FiscalSetup.objects.update(state_registration="", street="", contact_cnpj="")
    TaxRule.objects.update(csosn="00")
    Certificate.objects.all().delete()
    found = {(each.code, each.where) for each in services.missing(home.company)}
    assert found == {
        ("issuer_registration", "company"),
        ("address_incomplete", "company"),
        ("technical_contact", "company"),
        ("cst_in_simples", "tax_profile"),
        ("certificate_missing", "company"),
    }
    FiscalSetup.objects.all().delete()
    assert [each.code for each in services.missing(home.company)] == ["setup_missing"]


def test_a_certificate_about_to_expire_warns_and_an_expired_one_stops(home: FiscalHouse) -> None:
    Certificate.objects.update(not_after=timezone.now() + timedelta(days=6, hours=1))
    (warning,) = services.missing(home.company)
    assert (warning.is_warning, "6 dias" in warning.sentence) == (True, True)
    Certificate.objects.update(not_after=timezone.now() - timedelta(days=1))
    (stop,) = services.missing(home.company)
    assert (stop.code, stop.is_warning) == ("certificate_expired", False)


def test_the_danfe_is_a_page_with_the_key_and_only_of_an_authorised_note(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.issue(sold)
    with pytest.raises(NotPrintable):
        services.danfe(home.note(sold))
    home.work()
    note = home.note(sold)
    try:
        pages = PdfReader(io.BytesIO(services.danfe(note))).pages
    finally:
        services.close_press()
    assert len(pages) == 1
    words = "".join(pages[0].extract_text().split())
    assert note.key in words
    assert "SEMVALORFISCAL" in words.upper()
    assert services.xml(note) == bytes(note.proc)


def test_a_link_leads_to_its_group_and_a_guess_leads_nowhere(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.issue(sold)
    token = home.note(sold).link_token
    assert len(token) == 43
    assert services.group_of_link(token) is None  # nothing to show yet
    home.work()
    with group_scope(found_group("Outro").pk):
        assert services.by_link(token) is None
        assert services.group_of_link(token) == home.group.pk
        assert services.group_of_link("x" * 43) is None
    assert services.by_link(token) == home.note(sold)


def test_orders_recorded_since_the_switch_are_invoiced_by_themselves(home: FiscalHouse) -> None:
    home.product("IMG-001", units="9", price="10")
    before = home.sell(("IMG-001", "1", "10.00"))
    FiscalSetup.objects.update(automatic_since=timezone.now())
    after = home.sell(("IMG-001", "1", "10.00"))
    assert home.order(before).phase == "integrated"
    assert home.order(after).phase == "invoice_told"
    assert Nfe.objects.get().batch.actor_name == ""
