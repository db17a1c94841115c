"""Notas fiscais on the screen, as plain forms: no script runs here."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from cais.catalog.models import Product
from cais.journal.models import Exchange
from cais.nfe.models import Batch, Nfe
from tests.screens.notes.invoicing import ITEM, Invoicer
from tests.screens.reading import said, text_of

pytestmark = pytest.mark.slow


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
