"""Notas fiscais on the screen, as plain forms: no script runs here."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cais.catalog.models import Product
from cais.connectors.sefaz.simulator.simulator import SefazSimulator
from cais.journal.models import Exchange
from cais.nfe.models import Batch, FiscalSetup, Nfe, NumberSeries, TaxProfile
from cais.nfe.services import close_press
from tests.nfe.conftest import MEANINGS
from tests.nfe.house import fiscal_house
from tests.screens.conftest import people_of
from tests.screens.invoicing import ITEM, Invoicer, populate
from tests.screens.reading import said, text_of

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _this_machine_only(settings: object) -> None:
    settings.ALLOWED_ADDRESSES = "loopback"
    settings.PUBLIC_URL = "https://cais.jurubim.example"


@pytest.fixture
def bare(db: None, tmp_path: Path, settings: object) -> Iterator[Invoicer]:
    """Ready to invoice, with nothing invoiced."""
    settings.DATA_FOLDER = tmp_path
    with fiscal_house(tmp_path, settings) as home:
        home.translate(**MEANINGS)
        yield Invoicer(home, people_of(home))
    close_press()


@pytest.fixture
def invoicer(bare: Invoicer) -> Invoicer:
    bare.sold = populate(bare.home)
    return bare


def test_the_list_shows_both_states_of_every_note_and_why_it_stopped(invoicer: Invoicer) -> None:
    shown = text_of(invoicer.browser("reader").get(invoicer.url("notas/")))
    for words in ("Autorizada", "Rejeitada 778", "Barrada na conferência", "A conferir", "Avisada"):
        assert words in shown, words
    assert "Recusada pela loja" in shown
    assert "falta o NCM" in shown
    assert "para não sair nota em dobro" in shown
    assert "nunca enviadas a uma SEFAZ real" in shown


def test_the_tabs_count_what_they_hold(invoicer: Invoicer) -> None:
    page = invoicer.browser("fiscal").get(invoicer.url("notas/"))
    counts = {tab.label: tab.count for tab in page.context["tabs"]}
    assert counts == {
        "Todas": 5,
        "Para emitir": 1,
        "Em andamento": 0,
        "Rejeitadas": 2,  # one by SEFAZ, one by us before it
        "A conferir": 1,
        "Autorizadas": 2,
        "Falta avisar a loja": 1,
        "Sem efeito": 0,
    }


@pytest.mark.parametrize(
    ("query", "matters"),
    [
        ("aba=paradas", {"rejected", "blocked"}),
        ("aba=loja", {"refused"}),
        ("aba=conferir", {"doubt"}),
        ("situacao=authorised", {"well", "refused"}),
        ("q=1", {"well"}),
        ("aba=xyz&lote=abc&data_de=ontem&depois=[1,", {"well", "rejected", "blocked", "refused", "doubt"}),
        ("q=ninguém+assim", set()),
    ],
)
def test_a_filter_shows_its_notes_and_nonsense_shows_all(invoicer: Invoicer, query: str, matters: set[str]) -> None:
    page = invoicer.browser("reader").get(invoicer.url(f"notas/?{query}"))
    assert {row.nfe.pk for row in page.context["rows"]} == {invoicer.note(matter).pk for matter in matters}


def test_a_note_is_found_by_key_by_order_and_by_buyer(invoicer: Invoicer) -> None:
    note, browser = invoicer.note("well"), invoicer.browser("reader")
    grouped = " ".join(note.key[at : at + 4] for at in range(0, 44, 4))
    for words in (note.key, grouped, note.order.number, note.order.buyer.name[:8], note.order.buyer.document):
        rows = browser.get(invoicer.url("notas/"), {"q": words}).context["rows"]
        assert note.pk in [row.nfe.pk for row in rows], words


def test_the_badge_counts_the_notes_that_wait_for_somebody(invoicer: Invoicer) -> None:
    page = invoicer.browser("reader").get(invoicer.url("notas/"))
    (item,) = [item for section in page.context["nav"] for item in section.items if item.label == "Notas fiscais"]
    assert item.count == 3  # rejected, blocked, in doubt
    assert item.on_bar


def test_the_preview_says_what_can_go_and_why_the_rest_cannot(invoicer: Invoicer) -> None:
    ticked = [invoicer.order_id(matter) for matter in ("ready", "blocked", "well")]
    page = invoicer.browser("fiscal").post(invoicer.url("notas/gerar/"), {"pedido": ticked})
    shown = text_of(page)
    assert "1 nota pode sair , 2 seriam rejeitadas" in shown
    assert "falta o NCM" in shown
    assert "O pedido já tem nota." in shown
    assert "Emitir 1" in shown
    # Four numbers went to SEFAZ; the one that was blocked took none.
    assert "a partir do número 5" in shown
    assert Batch.objects.count() == 5


def test_issuing_lands_on_the_progress_and_the_store_is_told(bare: Invoicer) -> None:
    bare.home.product("IMG-001", units="5", price="10.00")
    sold = [bare.home.sell(ITEM) for _ in range(2)]
    ids = ",".join(str(bare.home.order(key).pk) for key in sold)
    browser = bare.browser("fiscal")
    landed = browser.post(bare.url("notas/gerar/emitir/"), {"pedidos": ids, "loja": "sim"}, follow=True)
    assert "0 de 2 respondidas" in text_of(landed)
    assert b'http-equiv="refresh"' in landed.content
    bare.home.work()
    over = browser.get(landed.redirect_chain[-1][0])
    assert "2 de 2 respondidas" in text_of(over)
    assert b'http-equiv="refresh"' not in over.content
    assert b"hx-trigger" not in over.content.split(b"lote-dito")[1]
    assert [bare.home.order(key).phase for key in sold] == ["invoice_told", "invoice_told"]


def test_the_button_pressed_twice_makes_one_note(bare: Invoicer) -> None:
    bare.home.product("IMG-001", units="5", price="10.00")
    order = bare.home.order(bare.home.sell(ITEM))
    browser, url = bare.browser("fiscal"), bare.url("notas/gerar/emitir/")
    browser.post(url, {"pedidos": str(order.pk), "loja": "sim"})
    again = browser.post(url, {"pedidos": str(order.pk), "loja": "sim"})
    assert "nada foi pedido de novo" in said(again)
    assert Nfe.objects.count() == 1


def test_without_the_wish_the_store_hears_nothing(bare: Invoicer) -> None:
    bare.home.product("IMG-001", units="5", price="10.00")
    order = bare.home.order(bare.home.sell(ITEM))
    bare.browser("fiscal").post(bare.url("notas/gerar/emitir/"), {"pedidos": str(order.pk), "loja": "nao"})
    bare.home.work()
    assert bare.home.vendor.invoices.keys(order.external_id) == []
    assert "Não enviada" in text_of(bare.browser("reader").get(bare.url("notas/")))


def test_orders_that_are_ready_are_offered_from_the_list_of_notes(invoicer: Invoicer) -> None:
    page = invoicer.browser("fiscal").get(invoicer.url("notas/gerar/"))
    assert [order.pk for order in page.context["preview"].ready] == [invoicer.order_id("ready")]


def test_a_corrected_note_is_tried_again_under_its_number(invoicer: Invoicer) -> None:
    Product.objects.filter(sku="XIC-200").update(ncm="69111090")
    note = invoicer.note("blocked")
    response = invoicer.browser("fiscal").post(invoicer.url(f"notas/{note.pk}/tentar/"))
    assert "voltou à fila" in said(response)
    invoicer.home.work()
    assert invoicer.note("blocked").state == "authorised"


def test_a_note_in_doubt_is_consulted_and_never_offered_to_be_sent_again(invoicer: Invoicer) -> None:
    note = invoicer.note("doubt")
    page = text_of(invoicer.browser("fiscal").get(invoicer.url(f"notas/{note.pk}/")))
    assert "Consultar agora" in page
    assert "Tentar de novo" not in page
    received = len(invoicer.home.received())
    invoicer.home.sefaz.faults.clear()
    Nfe.objects.filter(pk=note.pk).update(consults=0)
    response = invoicer.browser("fiscal").post(invoicer.url(f"notas/{note.pk}/tentar/"))
    assert "consultada" in said(response)
    invoicer.home.work()
    assert invoicer.note("doubt").state == "authorised"
    assert len(invoicer.home.received()) == received


def test_sending_again_to_the_store_mends_what_it_refused(invoicer: Invoicer) -> None:
    note = invoicer.note("refused")
    response = invoicer.browser("fiscal").post(invoicer.url("notas/reenviar/"), {"nota": [note.pk]})
    assert "1 nota vai de novo à loja" in said(response)
    invoicer.home.work()
    assert invoicer.home.vendor.invoices.keys(invoicer.sold["refused"]) == [note.key]


def test_verbs_pass_over_the_notes_they_do_not_fit(invoicer: Invoicer) -> None:
    ids = [invoicer.note(matter).pk for matter in ("well", "doubt")]
    response = invoicer.browser("fiscal").post(invoicer.url("notas/tentar/"), {"nota": ids})
    assert "Nenhuma das notas marcadas serve" in said(response)


def test_the_zip_holds_exactly_the_notes_that_are_valid(invoicer: Invoicer) -> None:
    response = invoicer.browser("operator").get(invoicer.url("notas/xml/"))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    notes = {matter: invoicer.note(matter) for matter in ("well", "refused")}
    cnpj = invoicer.home.company.cnpj
    paths = {f"homologacao-sem-valor-fiscal/{cnpj}/{note.key}-procNFe.xml": bytes(note.proc) for note in notes.values()}
    assert set(packed.namelist()) == {*paths, "notas.csv"}
    assert {path: packed.read(path) for path in paths} == paths
    rows = list(csv.DictReader(io.StringIO(packed.read("notas.csv").decode("utf-8-sig")), delimiter=";"))
    assert [row["chave"] for row in rows] == [f"NFe{note.key}" for note in notes.values()]
    # 10.00 of goods and 15.90 of freight.
    assert rows[0]["valor"] == "25,90"


def test_a_period_without_notes_gives_no_empty_zip(invoicer: Invoicer) -> None:
    response = invoicer.browser("operator").get(invoicer.url("notas/xml/?data_ate=2001-01-01"))
    assert "Nenhuma nota autorizada" in said(response)


def test_the_sheet_of_a_note_is_a_pdf_for_people_and_for_the_buyer(invoicer: Invoicer) -> None:
    note = invoicer.note("well")
    own = invoicer.browser("operator").get(invoicer.url(f"notas/{note.pk}/danfe/"))
    public = invoicer.browser("anonymous").get(f"/danfe/{note.link_token}/")
    for response in (own, public):
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF")
        assert response["Content-Disposition"].startswith("inline")
    assert "noindex" in public["X-Robots-Tag"]
    assert public["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("token", ["nada", "a" * 43, "a" * 44, "%00" * 43, "é" * 43])
def test_a_link_nobody_gave_is_absent(invoicer: Invoicer, token: str) -> None:
    assert invoicer.browser("anonymous").get(f"/danfe/{token}/").status_code == 404


@pytest.mark.parametrize("matter", ["rejected", "doubt", "blocked"])
def test_a_note_that_is_not_authorised_has_no_public_sheet(invoicer: Invoicer, matter: str) -> None:
    link = f"/danfe/{invoicer.note(matter).link_token}/"
    assert invoicer.browser("anonymous").get(link).status_code == 404


def test_what_is_kept_of_the_talk_with_the_store_shows_neither_the_note_nor_its_link(invoicer: Invoicer) -> None:
    note = invoicer.note("well")
    told = Exchange.objects.filter(url__contains="/invoices", method="POST")
    assert told.exists()
    kept = " ".join(f"{row.request_body} {row.response_body}" for row in told)
    assert note.key in kept
    assert note.link_token not in kept
    assert "nfeProc" not in kept


def test_readers_look_but_take_nothing_away_and_issue_nothing(invoicer: Invoicer) -> None:
    browser, note = invoicer.browser("reader"), invoicer.note("well")
    assert browser.get(invoicer.url(f"notas/{note.pk}/")).status_code == 200
    assert note.order.buyer.document not in browser.get(invoicer.url(f"notas/{note.pk}/")).content.decode()
    for path in (f"notas/{note.pk}/xml/", f"notas/{note.pk}/danfe/", "notas/xml/", "notas/gerar/"):
        assert browser.get(invoicer.url(path)).status_code == 403, path
    for path in ("notas/gerar/emitir/", f"notas/{note.pk}/tentar/", f"notas/{note.pk}/reenviar/", "notas/tentar/"):
        assert invoicer.browser("operator").post(invoicer.url(path)).status_code == 403, path


def test_the_order_shows_its_note_and_offers_it_only_when_it_is_due(invoicer: Invoicer) -> None:
    browser = invoicer.browser("fiscal")
    ready = browser.get(invoicer.url(f"pedidos/{invoicer.order_id('ready')}/"))
    assert [(step.name, step.state) for step in ready.context["steps"]][3] == ("Nota", "now")
    assert "Emitir nota" in text_of(ready)
    well = browser.get(invoicer.url(f"pedidos/{invoicer.order_id('well')}/"))
    assert [(step.name, step.state) for step in well.context["steps"]][3:5] == [
        ("Nota", "done"),
        ("Nota na loja", "done"),
    ]
    assert "Emitir nota" not in text_of(well)
    stopped = browser.get(invoicer.url(f"pedidos/{invoicer.order_id('rejected')}/"))
    assert [(step.name, step.state) for step in stopped.context["steps"]][3] == ("Nota", "stopped")


def test_what_is_no_real_note_says_so_on_every_page(invoicer: Invoicer) -> None:
    for path in ("painel/", "pedidos/", "notas/", "estoque/"):
        shown = text_of(invoicer.browser("reader").get(invoicer.url(path)))
        assert "Homologação: as notas de Casa não têm valor fiscal." in shown
        assert "nunca enviadas a uma SEFAZ real" in shown


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
    for part in ("", "certificado/", "numero/", "perfil/", "marketplaces/"):
        assert bare.browser("fiscal").post(fiscal_url(bare, part), {}).status_code == 403, part


def test_a_marketplace_is_kept_once_and_taken_away(bare: Invoicer) -> None:
    browser, url = bare.browser("administrator"), fiscal_url(bare, "marketplaces/")
    for seller in ("casa", "casa-oficial"):
        data = {"canal-marketplace": "Feira Livre", "canal-cnpj": "98.765.432/0001-98", "canal-seller_id": seller}
        browser.post(url, data)
    (row,) = bare.home.company.marketplace_sellers.all()
    assert (row.cnpj, row.seller_id) == ("98765432000198", "casa-oficial")
    browser.post(url, {"tirar": row.pk})
    assert not bare.home.company.marketplace_sellers.exists()
