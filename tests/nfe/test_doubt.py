"""Lost answers, dead workers, a SEFAZ that is down: one note, one number, the same bytes, whatever happens."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from cais.nfe.loop import speak_with_sefaz
from cais.nfe.models import Nfe, SefazState
from cais.nfe.queue import prepare_notes
from cais.nfe.sefaz import hang_up
from cais.stock.models import LedgerEntry
from tests.nfe.house import FiscalHouse, stocked

LOST = ["cut_after", "cut_body", "http_503_after", "soap_fault_after", "html_ok", "empty_body", "truncated_xml"]
NEVER_ARRIVED = ["cut_before", "http_503", "html_503", "soap_fault"]
MISLEADING = ["other_note", "other_digest"]
PROCESSING = ["reject"]


def shipped() -> int:
    return LedgerEntry.objects.filter(kind="ship").count()


@pytest.mark.parametrize("fault", [*LOST, *NEVER_ARRIVED, *MISLEADING])
def test_an_answer_that_is_lost_makes_one_note_and_one_exit(home: FiscalHouse, fault: str) -> None:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set(fault, times=1, service="authorise")
    home.invoice(sold)
    home.work()
    assert home.note(sold).state == "authorised"
    assert len({entry.text("digest") for entry in home.received()}) == 1
    assert home.sefaz.findings() == []
    assert shipped() == 1
    assert home.reasons(sold) == set()


def test_while_the_answer_is_unknown_the_order_says_so_and_nothing_is_sent(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set("cut_after", times=1, service="authorise")
    home.sefaz.faults.set("http_503", probability=1.0, service="consult")
    home.invoice(sold)
    assert home.order(sold).phase == "nfe_unknown"
    assert home.reasons(sold) == {"nfe_unknown"}
    assert len(home.received()) == 1
    assert shipped() == 0
    home.sefaz.faults.clear()
    home.work()
    assert home.note(sold).state == "authorised"
    assert len(home.received()) == 1


def test_a_worker_killed_between_signing_and_sending_loses_nothing(home: FiscalHouse) -> None:
    """As after kill -9: the bytes are stored, the lease of the dead worker has ended, nothing had left."""
    stocked(home)
    sold = home.sell()
    home.issue(sold)
    prepare_notes(home.store)
    note = home.note(sold)
    assert (note.state, note.number) == ("signed", 1)
    signed = bytes(note.signed_xml)
    Nfe.objects.claim(1)
    Nfe.objects.update(lease_until=Now() - timedelta(seconds=1))
    home.work()
    assert home.note(sold).state == "authorised"
    assert bytes(home.note(sold).signed_xml) == signed
    assert len(home.received()) == 1


def test_a_worker_killed_while_sending_is_followed_by_a_consult_and_no_second_sending(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set("cut_after", times=1, service="authorise")
    home.sefaz.faults.set("http_503", probability=1.0, service="consult")
    home.invoice(sold)
    home.sefaz.faults.clear()
    # The row as depart() left it: the worker died before it could write what it heard.
    Nfe.objects.update(state="signed", in_flight=True, due_at=Now(), lease_until=Now() - timedelta(seconds=1))
    home.work()
    assert home.note(sold).state == "authorised"
    assert len(home.received()) == 1
    assert shipped() == 1


def test_a_base_that_answers_late_gets_the_same_bytes_and_says_that_it_has_them(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set("cut_after", times=1, service="authorise")
    home.sefaz.faults.set("consult_lags", times=1, service="consult")
    home.invoice(sold)
    home.work()
    assert home.note(sold).state == "authorised"
    assert [entry.text("outcome") for entry in home.received()] == ["100", "204"]
    assert home.sefaz.findings() == []
    assert shipped() == 1


@pytest.mark.parametrize("fault", ["nprot_17", "signed_protocol", "late_150", "alert_120", "soap_11", "soap_header"])
def test_an_unusual_authorisation_is_one(home: FiscalHouse, fault: str) -> None:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set(fault, times=1, service="authorise")
    home.invoice(sold)
    home.work()
    assert home.note(sold).state == "authorised"
    assert shipped() == 1


def test_while_sefaz_is_stopped_no_number_is_taken_and_nothing_is_sent(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set("paused_108", times=1)
    home.invoice(sold)
    note = home.note(sold)
    assert (note.state, note.number) == ("queued", None)
    assert home.received() == []
    SefazState.objects.update(paused_until=Now())
    home.work()
    assert home.note(sold).state == "authorised"


def test_undue_consumption_silences_the_company_for_an_hour(home: FiscalHouse) -> None:
    """656: every try before the hour is over would begin it anew, so none is made, for any of its notes."""
    stocked(home)
    first, second = (home.sell(("IMG-001", "1", "10.00")) for _ in range(2))
    home.invoice(first)
    home.sefaz.faults.set("reject", times=1, service="authorise", value=656)
    home.issue(second)
    home.work()
    calls = home.asked("authorise") + home.asked("consult") + home.asked("status")
    state = SefazState.objects.get()
    assert state.status == "656"
    assert timedelta(minutes=59) < state.paused_until - home.note(second).created_at < timedelta(minutes=61)
    hang_up()  # another process, which did not hear it said
    third = home.sell(("IMG-001", "1", "10.00"))
    home.issue(third)
    for _ in range(3):
        home.work()
    assert home.asked("authorise") + home.asked("consult") + home.asked("status") == calls
    assert home.note(third).number is None
    assert home.note(second).number == 2


def test_one_slow_answer_holds_up_no_other_note(town: FiscalHouse) -> None:
    """Sending is concurrent: eight notes, each answered after a second, take far less than eight seconds."""
    town.product("IMG-001", units="9", price="10")
    sold = [town.vendor.store.sell(lines=[("IMG-001", "1", "10.00")]) for _ in range(8)]
    town.read()
    town.issue(*sold)
    prepare_notes(town.store)
    town.sefaz.faults.set("slow", probability=1.0, service="authorise", value=1.0)
    began = time.monotonic()
    assert speak_with_sefaz(town.store) == 8
    assert time.monotonic() - began < 5.0
    assert set(Nfe.objects.values_list("state", flat=True)) == {"authorised"}


def test_a_sefaz_that_does_not_answer_is_asked_once_for_all_that_waits(home: FiscalHouse) -> None:
    """Neither a number is taken while it is silent, nor a call made for each note behind the first."""
    home.product("IMG-001", units="9", price="10")
    sold = [home.sell(("IMG-001", "1", "10.00")) for _ in range(3)]
    home.sefaz.faults.set("http_503", probability=1.0)
    home.issue(*sold)
    prepare_notes(home.store)
    assert home.asked("status") == 1
    assert set(Nfe.objects.values_list("state", "number")) == {("queued", None)}
    home.sefaz.faults.clear()
    home.work()
    assert sorted(Nfe.objects.values_list("state", "number")) == [("authorised", number) for number in (1, 2, 3)]
