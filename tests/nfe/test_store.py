"""After the note: the store is told once, what it shows is what the XML says, and its status follows."""

from __future__ import annotations

import pytest

from cais.connections.models import Connection
from cais.nfe import services
from cais.ports.manifest import Capability
from cais.statuses.models import StatusEntry, WriteBack
from cais.statuses.services import set_write_back
from tests.nfe.house import FiscalHouse, stocked, texts

INVOICES = "POST /store/orders"


def writes_invoiced(home: FiscalHouse) -> None:
    entry = StatusEntry.objects.get(connection=home.store, key="faturado")
    set_write_back(home.store, WriteBack.Moment.INVOICED, entry)


def test_the_store_shows_exactly_what_the_note_says(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.invoice(sold)
    note = home.note(sold)
    (told,) = home.vendor.invoices.of(sold)
    xml = bytes(note.proc)
    assert told["xml"] == xml.decode()
    assert told["key"] == texts(xml, "infProt/chNFe")[0] == note.key
    assert str(told["number"]) == texts(xml, "ide/nNF")[0]
    assert str(told["series"]) == texts(xml, "ide/serie")[0]
    assert str(told["total"]) == texts(xml, "ICMSTot/vNF")[0]
    assert {line["cfop"] for line in told["lines"]} == set(texts(xml, "prod/CFOP")) == {"6108"}
    assert told["link"] == f"https://cais.jurubim.example/danfe/{note.link_token}/"
    assert home.order(sold).phase == "invoice_told"


def test_the_status_chosen_for_invoiced_orders_is_written_after_the_invoice_and_its_echo_moves_nothing(
    home: FiscalHouse,
) -> None:
    stocked(home)
    writes_invoiced(home)
    sold = home.sell()
    home.invoice(sold)
    for _ in range(2):
        home.read()
    assert home.vendor.store.status_of(sold) == "3"
    assert home.vendor.ledger.statuses_written(sold) == ["3"]
    assert home.order(sold).phase == "invoice_told"


@pytest.mark.parametrize("fault", ["lost_after_commit", "lost_before_commit", "error_500_after_commit", "cut_body"])
def test_an_answer_of_the_store_that_is_lost_makes_one_invoice(home: FiscalHouse, fault: str) -> None:
    stocked(home)
    sold = home.sell()
    home.vendor.faults.next(fault, times=1, only=INVOICES)
    home.invoice(sold)
    home.work()
    assert home.vendor.invoices.keys(sold) == [home.note(sold).key]
    assert home.vendor.ledger.count_calls("PUT /store/orders") == 0
    assert home.order(sold).phase == "invoice_told"
    assert home.reasons(sold) == set()


def test_an_invoice_that_stands_there_already_is_not_written_again(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.vendor.faults.set("rejected", probability=1.0, only=INVOICES)
    home.invoice(sold)
    home.vendor.faults.clear()
    home.vendor.invoices.issue(sold, home.note(sold).key)
    services.resend_to_store(home.note(sold), actor_name="Rosana")
    home.work()
    assert home.vendor.invoices.keys(sold) == [home.note(sold).key]


def test_a_refusal_of_the_store_is_told_and_sending_again_mends_it(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.vendor.faults.next("rejected", times=1, only=INVOICES)
    home.invoice(sold)
    assert home.order(sold).phase == "invoiced"
    assert home.reasons(sold) == {"invoice_refused"}
    services.resend_to_store(home.note(sold), actor_name="Rosana")
    home.work()
    assert home.order(sold).phase == "invoice_told"
    assert home.reasons(sold) == set()


def test_sending_again_writes_over_what_the_store_shows(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.invoice(sold)
    invoice_id = next(iter(home.vendor.invoices.held[sold]))
    home.vendor.invoices.held[sold][invoice_id] = {"key": home.note(sold).key, "xml": "estragado"}
    services.resend_to_store(home.note(sold), actor_name="Rosana")
    home.work()
    (told,) = home.vendor.invoices.of(sold)
    assert told["xml"] == bytes(home.note(sold).proc).decode()


def test_without_sending_to_the_store_the_note_is_issued_and_the_store_hears_nothing(home: FiscalHouse) -> None:
    stocked(home)
    writes_invoiced(home)
    sold = home.sell()
    home.issue(sold, send_to_store=False)
    home.work()
    assert home.order(sold).phase == "note_issued"
    assert home.vendor.invoices.of(sold) == []
    assert home.vendor.store.status_of(sold) == "2"
    services.resend_to_store(home.note(sold), actor_name="Rosana")
    home.work()
    assert home.order(sold).phase == "invoice_told"


def test_a_store_that_takes_no_notes_still_shows_that_the_order_was_invoiced(home: FiscalHouse) -> None:
    stocked(home)
    writes_invoiced(home)
    functions = [name for name in home.store.functions if name != Capability.PUBLISH_INVOICE]
    Connection.objects.filter(pk=home.store.pk).update(functions=functions)
    sold = home.sell()
    home.invoice(sold)
    assert home.order(sold).phase == "note_issued"
    assert home.vendor.store.status_of(sold) == "3"
    with pytest.raises(services.CannotTryAgain, match="não recebe notas"):
        services.resend_to_store(home.note(sold))
