"""The talk with SEFAZ is in the journal: what was asked and what it said, and nothing about people."""

from __future__ import annotations

from cais.journal.models import Exchange
from tests.nfe.house import FiscalHouse, stocked


def kept(home: FiscalHouse) -> list[Exchange]:
    rows = Exchange.objects.filter(connection_id=home.store.pk, url__contains="NFeAutorizacao")
    return list(rows.order_by("at", "id"))


def test_a_note_that_was_sent_is_kept_as_its_key_and_the_verdict(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.invoice(sold)
    note = home.note(sold)
    (exchange,) = kept(home)
    assert (exchange.method, exchange.status, exchange.error) == ("POST", 200, "")
    assert note.key in exchange.request_body
    assert "cStat: 100" in exchange.response_body.splitlines()
    assert f"nProt: {note.protocol}" in exchange.response_body.splitlines()


def test_nothing_about_the_buyer_or_the_certificate_is_kept(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.invoice(sold)
    buyer = home.order(sold).buyer
    for exchange in Exchange.objects.filter(connection_id=home.store.pk, url__contains="NFe"):
        said = exchange.request_body + exchange.response_body
        for secret in (buyer.name, buyer.document, "X509Certificate", "SignatureValue", "<"):
            assert secret not in said


def test_a_call_whose_answer_was_lost_is_kept_with_what_happened(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set("cut_after", times=1, service="authorise")
    home.invoice(sold)
    first = kept(home)[0]
    assert first.error != ""
    assert home.note(sold).state == "authorised"
