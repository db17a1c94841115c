"""From the order to the note, out of stock, into the store; and once, whatever happens on the way."""

from __future__ import annotations

from decimal import Decimal

from cais.movements.models import Reservation
from cais.nfe import services
from cais.stock.models import Balance, LedgerEntry
from tests.nfe.house import FiscalHouse, stocked, texts


def test_an_order_becomes_an_authorised_note_and_its_units_leave(home: FiscalHouse) -> None:
    pan = stocked(home)
    sold = home.sell()
    assert home.order(sold).phase == "integrated"
    home.invoice(sold)
    note = home.note(sold)
    assert (note.state, note.series, note.number) == ("authorised", 1, 1), note.error
    assert note.total == Decimal("395.70")
    assert texts(bytes(note.proc), "ICMSTot/vNF") == ["395.70"]
    assert texts(bytes(note.proc), "infProt/nProt") == [note.protocol]
    balance = Balance.objects.get(product=pan, warehouse__isnull=False)
    assert (balance.on_hand, balance.reserved) == (3, 0)
    assert not Reservation.objects.exists()
    assert LedgerEntry.objects.filter(kind="ship").count() == 1
    assert home.sefaz.findings() == []


def test_working_on_changes_nothing_more(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.invoice(sold)
    entries = LedgerEntry.objects.count()
    for _ in range(3):
        home.read()
    home.issue(sold)
    home.work()
    assert LedgerEntry.objects.count() == entries
    assert len(home.received()) == 1
    assert home.note(sold).batch.progress().total == 1


def test_a_batch_tells_how_far_it_is(home: FiscalHouse) -> None:
    stocked(home)
    sold = [home.sell(("IMG-001", "1", "10.00")) for _ in range(3)]
    batch = home.issue(*sold)
    assert (batch.progress().total, batch.progress().done) == (3, 0)
    home.work()
    assert batch.progress().is_over
    assert batch.progress().of("authorised") == 3
    assert sorted(home.note(order_id).number for order_id in sold) == [1, 2, 3]


def test_the_preview_names_the_next_number_and_burns_none(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    seen = services.preview([home.order(sold)])
    assert [order.external_id for order in seen.ready] == [sold]
    assert [(entry.series, entry.number) for entry in seen.next_numbers] == [(1, 1)]
    assert seen.refused == []
