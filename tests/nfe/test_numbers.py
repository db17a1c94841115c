"""Numbers: consecutive and never twice, whoever takes them; a series of its own for each company and environment."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from cais.connectors.sefaz.answers import Authorised
from cais.connectors.sefaz.simulator import witness
from cais.fiscal.protocol import cut_protocols, read_protocol
from cais.nfe import sefaz, services
from cais.nfe.loop import speak_with_sefaz
from cais.nfe.models import FiscalSetup, Nfe, NumberSeries
from cais.nfe.queue import prepare_notes
from cais.nfe.signing import sign_queued
from cais.nfe.verdicts import heard
from cais.stock.models import Balance, LedgerEntry
from tests.engine.test_concurrency import at_once
from tests.nfe.house import FiscalHouse, stocked


def test_workers_that_race_take_consecutive_numbers_and_no_twin(town: FiscalHouse) -> None:
    town.product("IMG-001", units="99", price="10")
    sold = [town.vendor.store.sell(lines=[("IMG-001", "1", "10.00")]) for _ in range(12)]
    town.read()
    town.issue(*sold)
    sign = lambda: [sign_queued(town.store, limit=1) for _ in range(8)]  # noqa: E731 - one worker's share
    assert at_once(town.group.pk, *[sign] * 3) == []
    assert sorted(Nfe.objects.values_list("number", flat=True)) == list(range(1, 13))
    send = lambda: [speak_with_sefaz(town.store, limit=2) for _ in range(4)]  # noqa: E731 - the same
    assert at_once(town.group.pk, *[send] * 3) == []
    town.work()
    assert set(Nfe.objects.values_list("state", flat=True)) == {"authorised"}
    assert len(town.received()) == 12
    entries = town.sefaz.ledger.entries()
    assert witness.gaps(entries, cnpj=town.company.cnpj, series=1) == []
    assert town.sefaz.findings() == []
    assert Balance.objects.get(warehouse__isnull=False).on_hand == 99 - 12


def test_two_workers_that_hear_of_the_same_authorisation_move_the_stock_once(town: FiscalHouse) -> None:
    """One's lease ended while it waited for the answer; another adopted the note meanwhile."""
    stocked(town)
    sold = town.sell()
    town.issue(sold)
    prepare_notes(town.store)
    (late,) = Nfe.objects.claim(1)
    Nfe.objects.update(lease_until=Now())
    town.work()
    note = town.note(sold)
    assert note.state == "authorised"
    told = read_protocol(cut_protocols(bytes(note.proc))[0])
    late.refresh_from_db(fields=["key", "digest", "signed_xml"])
    heard(late, Authorised(told), is_consult=False)
    assert LedgerEntry.objects.filter(kind="ship").count() == 1
    assert bytes(town.note(sold).proc) == bytes(note.proc)


def test_asking_twice_at_the_same_instant_makes_one_note(town: FiscalHouse) -> None:
    stocked(town)
    sold = town.sell()
    order = town.order(sold)
    ask = lambda: services.issue([order], send_to_store=True, actor_name="Rosana")  # noqa: E731 - one person's click
    assert at_once(town.group.pk, *[ask] * 3) == []
    assert Nfe.objects.count() == 1


def test_each_series_counts_alone_and_goes_on_where_another_program_left_it(home: FiscalHouse) -> None:
    home.product("IMG-001", units="9", price="10")
    services.set_next_number(home.company, environment="2", series=7, number=4011)
    first = home.sell(("IMG-001", "1", "10.00"))
    home.invoice(first)
    FiscalSetup.objects.update(series=7)
    second = home.sell(("IMG-001", "1", "10.00"))
    assert [entry.number for entry in services.preview([home.order(second)]).next_numbers] == [4011]
    home.invoice(second)
    assert (home.note(first).series, home.note(first).number) == (1, 1)
    assert (home.note(second).series, home.note(second).number) == (7, 4011)
    with pytest.raises(ValueError, match="o próximo é 4012"):
        services.set_next_number(home.company, environment="2", series=7, number=4000)


def test_the_last_number_of_a_series_is_the_last(home: FiscalHouse) -> None:
    stocked(home)
    services.set_next_number(home.company, environment="2", series=1, number=1_000_000_000)
    sold = home.sell()
    home.invoice(sold)
    assert (home.note(sold).state, home.note(sold).number) == ("blocked", None)
    assert NumberSeries.objects.get().last == 999_999_999


def test_the_database_itself_refuses_a_twin(home: FiscalHouse) -> None:
    home.product("IMG-001", units="9", price="10")
    first, second = (home.sell(("IMG-001", "1", "10.00")) for _ in range(2))
    home.invoice(first, second)
    twin = home.note(second)
    with pytest.raises(IntegrityError, match="note_number_once"), transaction.atomic():
        Nfe.objects.filter(pk=twin.pk).update(number=1)
    with pytest.raises(IntegrityError, match="note_key_once"), transaction.atomic():
        Nfe.objects.filter(pk=twin.pk).update(key=home.note(first).key)


def test_a_note_in_doubt_is_asked_for_where_it_was_sent_whatever_the_set_up_says_by_now(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set("cut_after", times=1, service="authorise")
    home.sefaz.faults.set("http_503", probability=1.0, service="consult")
    home.invoice(sold)
    FiscalSetup.objects.update(environment="1", series=2)
    home.sefaz.faults.clear()
    home.work()
    assert (home.note(sold).state, home.note(sold).environment) == ("authorised", "2")


def test_a_stand_in_is_no_place_for_a_note_with_legal_effect(home: FiscalHouse) -> None:
    stocked(home)
    FiscalSetup.objects.update(environment="1")
    sold = home.sell()
    home.invoice(sold)
    note = home.note(sold)
    assert (note.state, note.number) == ("blocked", None)
    assert "CAIS_SEFAZ_URL" in note.problems[0]["sentence"]
    assert sefaz.schemas().name
    assert home.received() == []
