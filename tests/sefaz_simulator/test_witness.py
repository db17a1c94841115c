"""The ledger, and the rules that it proves: a careless sender must be found out, a careful one must not."""

import hashlib
import json
from pathlib import Path

import httpx
import pytest

from cais.connectors.sefaz.simulator import Entry, Ledger, SefazSimulator, findings, gaps, read_entries
from cais.simkit import Clock
from tests.sefaz_simulator.conftest import SIX_O_CLOCK, Caller
from tests.sefaz_simulator.notes import ISSUER, Draft

WRONG_TOTAL = ("<vNF>160.00<", "<vNF>161.00<")


def _rules(caller: Caller) -> list[tuple[str, str]]:
    return [(one.rule, one.about) for one in caller.sefaz.findings()]


def _lost(caller: Caller, draft: Draft) -> None:
    """Sent, worked on, and not answered."""
    caller.sefaz.faults.set("cut_after", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        caller.issue(draft)


def test_every_note_received_is_written_down(caller: Caller) -> None:
    note = caller.signed(Draft(order="PED-7"))
    caller.send(note)
    (entry,) = caller.sefaz.ledger.entries(kind="note")
    assert entry.facts == {
        "key": Draft().key,
        "cnpj": ISSUER,
        "series": 1,
        "nnf": 1,
        "digest": hashlib.sha256(note).hexdigest(),
        "bytes": len(note),
        "order": "PED-7",
        "outcome": "100",
        "protocol": "135260000000001",
        "heard": True,
        "fault": "",
    }
    assert entry.at == SIX_O_CLOCK


def test_a_note_that_nobody_looked_at_is_written_down_too(caller: Caller) -> None:
    caller.sefaz.faults.set("http_503", times=1)
    caller.issue(Draft())
    (entry,) = caller.sefaz.ledger.entries(kind="note")
    assert (entry.text("outcome"), entry.facts["heard"], entry.text("fault")) == ("", False, "http_503")


def test_a_note_whose_answer_was_lost_has_its_outcome_but_was_not_heard(caller: Caller) -> None:
    _lost(caller, Draft())
    (entry,) = caller.sefaz.ledger.entries(kind="note")
    assert (entry.text("outcome"), entry.facts["heard"], entry.text("fault")) == ("100", False, "cut_after")


def test_a_careful_sender_is_found_to_be_one(caller: Caller) -> None:
    note = caller.signed(Draft(order="A"))
    caller.sefaz.faults.set("http_503", times=1)
    caller.send(note)
    caller.consult(Draft().key)
    caller.send(note)
    caller.send(note)
    wrong = Draft(number=2, order="B").edited(WRONG_TOTAL)
    caller.issue(wrong)
    caller.issue(Draft(number=2, order="B"))
    assert _rules(caller) == []
    assert gaps(caller.sefaz.ledger.entries(), cnpj=ISSUER, series=1) == []


def test_signing_again_while_the_fate_is_open_is_found(caller: Caller) -> None:
    _lost(caller, Draft())
    caller.issue(Draft().edited(("Pires<", "Pirex<")))
    assert _rules(caller) == [("other bytes for one key", Draft().key)]


def test_signing_again_after_a_refusal_that_was_not_heard_is_found(caller: Caller) -> None:
    _lost(caller, Draft().edited(WRONG_TOTAL))
    caller.issue(Draft())
    assert _rules(caller) == [("other bytes for one key", Draft().key)]


@pytest.mark.parametrize("name", ["paused_108", "receipt_only", "stuck_105", "reject"])
def test_signing_again_after_an_answer_that_settles_nothing_is_found(caller: Caller, name: str) -> None:
    caller.sefaz.faults.set(name, times=1)
    caller.issue(Draft())
    caller.issue(Draft().edited(("Pires<", "Pirex<")))
    assert _rules(caller) == [("other bytes for one key", Draft().key)]


def test_a_second_number_while_the_first_is_open_is_found(caller: Caller) -> None:
    _lost(caller, Draft(order="A"))
    caller.issue(Draft(number=2, order="A"))
    assert _rules(caller) == [("second number for one order", "A")]


def test_a_second_number_for_the_same_order_in_another_code_is_one_number(caller: Caller) -> None:
    caller.issue(Draft(order="A").edited(WRONG_TOTAL))
    caller.issue(Draft(order="A", code="55555551"))
    assert _rules(caller) == []


def test_a_new_number_after_a_burnt_one_is_allowed(caller: Caller) -> None:
    caller.sefaz.faults.set("denied", times=1)
    caller.issue(Draft(order="A"))
    caller.issue(Draft(number=2, order="A"))
    caller.issue(Draft(number=3, order="B"))
    caller.issue(Draft(number=3, order="C", code="55555551"))
    caller.issue(Draft(number=4, order="C"))
    assert _rules(caller) == []


def test_a_new_number_after_a_cancellation_is_allowed(caller: Caller) -> None:
    caller.issue(Draft(order="A"))
    caller.sefaz.cancel(Draft().key)
    caller.issue(Draft(number=2, order="A"))
    assert _rules(caller) == []


def test_two_authorised_keys_for_one_number_are_found() -> None:
    """The authoriser itself never allows it; a ledger put together from two of them can show it."""
    entries = [
        Entry(number, SIX_O_CLOCK, "note", {"key": draft.key, "outcome": "100", "digest": "x", "heard": True})
        for number, draft in enumerate((Draft(), Draft(code="55555551")))
    ]
    assert [one.rule for one in findings(entries)] == ["two authorised keys for one number"]


def test_numbers_left_out_are_found_unless_voided(caller: Caller) -> None:
    for number in (3, 7):
        caller.issue(Draft(number=number))
    caller.issue(Draft(number=5).edited(WRONG_TOTAL))
    caller.sefaz.void(ISSUER, series=1, first=6, last=6)
    assert gaps(caller.sefaz.ledger.entries(), cnpj=ISSUER, series=1) == [4, 5]
    assert gaps(caller.sefaz.ledger.entries(), cnpj=ISSUER, series=9) == []


def test_a_finding_reads_as_a_sentence(caller: Caller) -> None:
    _lost(caller, Draft(order="A"))
    caller.issue(Draft(number=2, order="A"))
    assert str(caller.sefaz.findings()[0]) == "second number for one order: A: 1 and then 2"


def test_the_order_is_found_by_the_expression_that_the_caller_gives(tmp_path: Path) -> None:
    with SefazSimulator(clock=Clock.standing(SIX_O_CLOCK), order_pattern=rb"Pedido ([\w-]+)") as sefaz:
        one = Caller(sefaz, sefaz.issue(ISSUER), tmp_path)
        with one.http:
            one.issue(Draft().edited(("Pires<", "Pires do Pedido L-9<")))
        assert [entry.text("order") for entry in sefaz.ledger.entries(kind="note")] == ["L-9"]


def test_the_file_holds_what_memory_holds_and_goes_on_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with SefazSimulator(clock=Clock.standing(SIX_O_CLOCK), ledger=path) as sefaz:
        one = Caller(sefaz, sefaz.issue(ISSUER), tmp_path)
        with one.http:
            one.issue(Draft(order="A"))
            one.status()
        assert read_entries(path) == sefaz.ledger.entries()
        assert [json.loads(line) for line in path.read_text().splitlines()] == [
            entry.plain() for entry in sefaz.ledger.entries()
        ]
    path.write_text(path.read_text() + '{"number": 4, "at')
    again = Ledger(path)
    again.write("call", at=1.0, facts={"service": "status"})
    again.close()
    assert [entry.number for entry in read_entries(path)] == [1, 2, 3, 4]
    assert findings(read_entries(path)) == []
