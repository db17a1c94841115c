"""Invoices told to a Tray store: the flat body, every shape of the look, and what each answer to a write means."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cais.connectors.tray.connector import CONNECTOR
from cais.connectors.tray.invoices import body_of, read_invoices
from cais.connectors.tray.simulator import TraySimulator
from cais.core.documents import InvoiceDoc, InvoiceLine
from cais.ports.capabilities import StoreInvoice
from cais.ports.errors import NotFound, OutcomeUnknown, Rejected, Unreadable
from cais.ports.session import Priority
from tests.tray.conftest import (
    LOST,
    Heard,
    Meter,
    Reply,
    Script,
    account,
    refusal,
    shop_account,
    token_reply,
    tokens,
)

KEY = "35260711222333000181550010000012341876543213"
LETTERS = "35260712ABC34501DE35550010000012341876543214"
XML = '<?xml version="1.0" encoding="UTF-8"?><nfeProc versao="4.00"><xNome>Ação & "Filhos"</xNome></nfeProc>'
INVOICE = InvoiceDoc(
    key=KEY,
    number=1234,
    series=1,
    issued_at=datetime(2026, 7, 16, 2, 30, tzinfo=UTC),
    total=Decimal("105"),
    xml=XML,
    link="https://cais.exemplo.com.br/danfe/abc/",
    lines=(
        InvoiceLine(product_id="123", variant_id="77", cfop="5102"),
        InvoiceLine(product_id="124", variant_id="", cfop="6108"),
    ),
)
CREATED = (201, {"message": "Created", "id": "7", "code": 201})
SAVED = (200, {"message": "Saved", "id": "7", "code": 200})
ROW = {"id": "7", "order_id": "5", "number": "000001234", "key": KEY, "xml_danfe": XML}
CFOPS = [{"product_id": "123", "variation_id": "0", "cfop": "5102", "order_invoice_id": "7"}]
SEVEN = (StoreInvoice(external_id="7", key=KEY),)


def answering(script: Script, **by_method: Reply) -> None:
    script.answer = lambda heard: by_method[heard.method]


def listing(script: Script, body: Any) -> tuple[StoreInvoice, ...]:
    answering(script, GET=(200, body))
    return tuple(CONNECTOR.list_invoices(account(script.url, tokens()), "5"))


def test_the_body_is_flat_and_says_everything() -> None:
    # 02:30 UTC on the 16th is 23:30 on the 15th in Brasília.
    assert body_of(INVOICE) == {
        "issue_date": "2026-07-15",
        "number": "000001234",
        "serie": "1",
        "value": "105.00",
        "key": KEY,
        "link": "https://cais.exemplo.com.br/danfe/abc/",
        "xml_danfe": XML,
        "ProductCfop": [
            {"product_id": "123", "variation_id": "77", "cfop": "5102"},
            {"product_id": "124", "variation_id": "0", "cfop": "6108"},
        ],
    }


def test_a_product_in_two_lines_is_named_once_and_an_unknown_one_not_at_all() -> None:
    one = InvoiceLine(product_id="123", variant_id="", cfop="5102")
    other = replace(one, cfop="5405")
    loose = replace(one, product_id="")
    body: Any = body_of(replace(INVOICE, lines=(one, loose, other, one)))
    assert [(each["product_id"], each["cfop"]) for each in body["ProductCfop"]] == [("123", "5102"), ("123", "5405")]


def test_a_new_invoice_is_posted_whole_and_its_id_comes_back(script: Script) -> None:
    answering(script, POST=CREATED)
    of = account(script.url, tokens())
    assert CONNECTOR.write_invoice(of, "5", INVOICE).external_id == "7"
    (heard,) = script.heard
    assert (heard.method, heard.path) == ("POST", "/web_api/orders/5/invoices")
    assert json.loads(heard.body) == body_of(INVOICE)
    assert isinstance(of.meter, Meter)
    assert of.meter.spent == [Priority.INVOICES]


@pytest.mark.parametrize(
    "answer",
    [
        SAVED,
        (200, {"message": "saved", "code": "200"}),
        (200, {"message": "Success"}),
        (201, {"message": "Created", "code": 201}),
        (200, {"id": 7}),
        (200, {"message": "Saved", "id": "5", "code": 200}),
    ],
)
def test_an_invoice_is_written_over_under_its_own_id(script: Script, answer: Reply) -> None:
    answering(script, PUT=answer)
    assert CONNECTOR.write_invoice(account(script.url, tokens()), "5", INVOICE, external_id="7").external_id == "7"
    (heard,) = script.heard
    assert (heard.method, heard.path) == ("PUT", "/web_api/orders/5/invoices/7")
    assert json.loads(heard.body) == body_of(INVOICE)


@pytest.mark.parametrize("told", ["8", 8])
def test_the_id_comes_as_a_number_too(script: Script, told: object) -> None:
    answering(script, POST=(200, {"message": "Created", "id": told, "code": "201"}))
    assert CONNECTOR.write_invoice(account(script.url, tokens()), "5", INVOICE).external_id == "8"


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"code": 200}),
        (200, []),
        (200, {}),
        (201, b"<h1>ok</h1>"),
        (201, b""),
        (500, b""),
        LOST,
    ],
)
@pytest.mark.parametrize("external_id", ["", "7"])
def test_an_answer_that_is_no_clear_yes_leaves_it_unknown_and_nothing_is_said_twice(
    script: Script, answer: Reply, external_id: str
) -> None:
    answering(script, POST=answer, PUT=answer)
    with pytest.raises(OutcomeUnknown) as told:
        CONNECTOR.write_invoice(account(script.url, tokens()), "5", INVOICE, external_id=external_id)
    assert told.value.words
    assert len(script.heard) == 1


def test_a_new_invoice_without_an_id_is_looked_for(script: Script) -> None:
    answering(script, POST=(201, {"message": "Created", "code": 201}))
    with pytest.raises(OutcomeUnknown):
        CONNECTOR.write_invoice(account(script.url, tokens()), "5", INVOICE)


@pytest.mark.parametrize("answer", [(400, {"causes": {"key": ["chave inválida"]}}), (200, {"code": 400, "name": "x"})])
def test_a_refused_invoice_is_rejected_with_words(script: Script, answer: Reply) -> None:
    answering(script, POST=answer)
    with pytest.raises(Rejected) as told:
        CONNECTOR.write_invoice(account(script.url, tokens()), "5", INVOICE)
    assert told.value.words


def test_a_write_refused_for_its_access_is_said_again_with_a_new_one(script: Script) -> None:
    def answer(heard: Heard) -> Reply:
        if heard.path.endswith("/auth"):
            return 200, token_reply()
        return CREATED if heard.query["access_token"] == "A2" else refusal(1000)

    script.answer = answer
    assert CONNECTOR.write_invoice(account(script.url, tokens()), "5", INVOICE).external_id == "7"
    assert script.said == [
        "POST /web_api/orders/5/invoices",
        "GET /web_api/auth",
        "POST /web_api/orders/5/invoices",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"OrderInvoices": [{"OrderInvoice": ROW, "ProductCfop": CFOPS}]},
        {"OrderInvoices": [{"OrderInvoice": ROW | {"ProductCfop": CFOPS}}], "paging": {"total": 1, "limit": 30}},
        {"OrderInvoices": [ROW]},
        {"OrderInvoices": {"OrderInvoice": ROW, "ProductCfop": CFOPS}},
        {"OrderInvoices": {"OrderInvoice": [ROW]}},
        {"OrderInvoices": {"0": {"OrderInvoice": ROW}}},
        {"OrderInvoices": [{"OrderInvoice": {"OrderInvoice": ROW}}]},
        {"OrderInvoice": ROW},
        {"OrderInvoices": [{"OrderInvoice": ROW | {"id": 7}}]},
        {"OrderInvoices": [{"OrderInvoice": ROW}, {"OrderInvoice": ROW}]},
        {"OrderInvoices": [{"OrderInvoice": []}, {"OrderInvoice": ROW}]},
    ],
)
def test_every_shape_of_the_list_shows_the_same_invoice(script: Script, body: Any) -> None:
    assert listing(script, body) == SEVEN
    assert script.said == ["GET /web_api/orders/5/invoices"]


@pytest.mark.parametrize("nothing", [[], {}, None, "", [[]], [{"OrderInvoice": []}]])
def test_each_form_of_nothing_is_no_invoice(script: Script, nothing: Any) -> None:
    assert listing(script, {"OrderInvoices": nothing}) == ()


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"paging": {}},
        {"OrderInvoices": "0"},
        {"OrderInvoices": ["nota"]},
        {"OrderInvoices": [{"OrderInvoice": {"link": "https://nfe.example"}}]},
        {"OrderInvoices": [{"OrderInvoice": ROW}], "paging": {"total": "2", "limit": 1}},
    ],
)
def test_what_may_hide_an_invoice_is_never_taken_for_none(script: Script, body: Any) -> None:
    with pytest.raises(Unreadable):
        listing(script, body)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        (f"NFe{KEY}", KEY),
        (" ".join(KEY[at : at + 4] for at in range(0, 44, 4)), KEY),
        (LETTERS.lower(), LETTERS),
        ("", ""),
    ],
)
def test_a_key_is_compared_without_its_dressing(typed: str, plain: str) -> None:
    body: Any = {"OrderInvoices": [{"OrderInvoice": {"id": "7", "key": typed}}]}
    assert read_invoices(body) == (StoreInvoice(external_id="7", key=plain),)


def answering_404(order: Reply) -> Callable[[Heard], Reply]:
    unknown = (404, {"code": 404, "name": "Not Found"})
    return lambda heard: unknown if heard.path.endswith("/invoices") else order


def test_a_list_that_is_not_there_is_none_only_when_the_order_says_so_too(script: Script) -> None:
    of = account(script.url, tokens())
    script.answer = answering_404((200, {"Order": {"id": "5", "has_invoice": "0"}}))
    assert tuple(CONNECTOR.list_invoices(of, "5")) == ()
    script.answer = answering_404((200, {"Order": {"id": "5", "has_invoice": "1"}}))
    with pytest.raises(Unreadable):
        CONNECTOR.list_invoices(of, "5")
    script.answer = answering_404((404, {"code": 404}))
    with pytest.raises(NotFound):
        CONNECTOR.list_invoices(of, "5")


def test_an_id_that_could_be_another_path_is_never_asked_for(script: Script) -> None:
    of = account(script.url, tokens())
    with pytest.raises(NotFound):
        CONNECTOR.list_invoices(of, "5/../6")
    with pytest.raises(NotFound):
        CONNECTOR.write_invoice(of, "5", INVOICE, external_id="7?x")
    assert script.heard == []


def test_an_invoice_comes_to_stand_in_the_simulated_store_once(shop: TraySimulator) -> None:
    (site,) = shop.stores
    order_id = str(site.sell()[0].id)
    of = shop_account(shop)
    assert tuple(CONNECTOR.list_invoices(of, order_id)) == ()
    made = CONNECTOR.write_invoice(of, order_id, INVOICE)
    assert tuple(CONNECTOR.list_invoices(of, order_id)) == (StoreInvoice(external_id=made.external_id, key=KEY),)
    (told,) = [entry.facts for entry in shop.ledger.entries(kind="invoice")]
    assert told["sent"] == body_of(INVOICE)
    assert CONNECTOR.read_order(CONNECTOR.fetch_order(of, order_id)).external_id == order_id


def test_where_the_marketplace_issues_itself_our_invoice_is_refused_in_words_and_not_kept(shop: TraySimulator) -> None:
    (site,) = shop.stores
    of = shop_account(shop)
    orders = [CONNECTOR.read_order(CONNECTOR.fetch_order(of, str(sold.id))) for sold in site.sell(60)]
    theirs = next(each for each in orders if each.marketplace and "mercado" in each.marketplace.name.lower())
    site.faults.set("faturador", probability=1.0)
    with pytest.raises(Rejected) as told:
        CONNECTOR.write_invoice(of, theirs.external_id, INVOICE)
    assert told.value.words
    assert tuple(CONNECTOR.list_invoices(of, theirs.external_id)) == ()
