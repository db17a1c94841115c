"""Undue consumption: who asks or fails too often is shut out, and asking again prolongs it."""

from pathlib import Path

import pytest

from cais.connectors.sefaz.simulator import Limits, SefazSimulator
from cais.simkit import Clock
from tests.sefaz_simulator.conftest import SIX_O_CLOCK, Caller
from tests.sefaz_simulator.notes import ISSUER, Draft

HOUR = 3600
WRONG = Draft().edited(("<vNF>160.00<", "<vNF>161.00<"))


def _refused(caller: Caller, times: int, draft: Draft = WRONG) -> list[tuple[str, str]]:
    note = caller.signed(draft)
    return [caller.send(note).codes for _ in range(times)]


def test_the_31st_equal_refusal_of_a_note_shuts_its_sender_out(caller: Caller) -> None:
    assert _refused(caller, 30) == [("104", "610")] * 30
    assert _refused(caller, 1) == [("656", "")]
    assert caller.issue(Draft(number=2)).codes == ("656", "")


def test_a_state_may_say_656_inside_the_protocol(caller: Caller) -> None:
    caller.sefaz.choose(undue_refusal="note")
    _refused(caller, 30)
    assert _refused(caller, 1) == [("104", "656")]


def test_the_11th_question_for_a_key_within_an_hour_is_too_many(caller: Caller) -> None:
    assert [caller.consult(Draft().key).codes[0] for _ in range(11)] == ["217"] * 10 + ["656"]


def test_questions_spread_over_more_than_an_hour_are_not_too_many(caller: Caller) -> None:
    for _ in range(30):
        assert caller.consult(Draft().key).codes == ("217", "")
        caller.sefaz.clock.advance(HOUR / 10)


def test_questions_for_different_keys_are_not_added_up(caller: Caller) -> None:
    for number in range(1, 30):
        assert caller.consult(Draft(number=number).key).codes == ("217", "")


def test_the_41st_question_for_a_receipt_is_too_many(caller: Caller) -> None:
    codes = [caller.receipt("350000000000099").codes[0] for _ in range(41)]
    assert codes == ["106"] * 40 + ["656"]


def test_a_block_lasts_an_hour(caller: Caller) -> None:
    _refused(caller, 31)
    caller.sefaz.clock.advance(HOUR)
    assert caller.issue(Draft(number=2)).codes == ("104", "100")


def test_a_try_while_blocked_starts_the_hour_again(caller: Caller) -> None:
    _refused(caller, 31)
    caller.sefaz.clock.advance(HOUR - 1)
    assert caller.status().codes == ("656", "")
    caller.sefaz.clock.advance(HOUR - 1)
    assert caller.status().codes == ("656", "")
    caller.sefaz.clock.advance(HOUR)
    assert caller.status().codes == ("107", "")


def test_every_service_is_closed_to_who_is_blocked(caller: Caller) -> None:
    _refused(caller, 31)
    assert caller.consult(Draft().key).codes == ("656", "")
    assert caller.receipt("350000000000001").codes == ("656", "")
    assert caller.status().codes == ("656", "")


def test_another_company_is_not_touched(caller: Caller, tmp_path: Path) -> None:
    _refused(caller, 31)
    other = Caller(caller.sefaz, caller.sefaz.issue("12345678000195"), tmp_path)
    with other.http:
        assert other.status().codes == ("107", "")


def test_another_refusal_of_the_same_note_is_counted_apart(caller: Caller) -> None:
    _refused(caller, 30)
    other = Draft().edited(("<vSeg>0.00<", "<vSeg>0.01<"))
    assert _refused(caller, 1, other) == [("104", "536")]
    assert caller.issue(Draft()).codes == ("104", "100")


def test_a_note_that_is_mended_after_30_refusals_is_authorised(caller: Caller) -> None:
    _refused(caller, 30)
    assert caller.issue(Draft()).codes == ("104", "100")


def test_a_message_that_cannot_be_read_counts_against_its_note(caller: Caller) -> None:
    wrong = Draft().edited(("<serie>1<", "<serie>001<"))
    assert _refused(caller, 31, wrong) == [("225", "")] * 30 + [("656", "")]


def test_the_last_block_is_for_ever(tmp_path: Path) -> None:
    limits = Limits(same_rejection=1, blocks_for_ever=2)
    with SefazSimulator(clock=Clock.standing(SIX_O_CLOCK), limits=limits) as sefaz:
        one = Caller(sefaz, sefaz.issue(ISSUER), tmp_path)
        with one.http:
            assert _refused(one, 2)[-1] == ("656", "")
            sefaz.clock.advance(HOUR)
            assert _refused(one, 2)[-1] == ("656", "")
            sefaz.clock.advance(1000 * HOUR)
            assert one.status().codes == ("656", "")


@pytest.mark.parametrize("cnpj", ["", ISSUER])
def test_a_person_can_release_a_company(caller: Caller, cnpj: str) -> None:
    _refused(caller, 31)
    caller.sefaz.office.consumption.release(cnpj)
    assert caller.status().codes == ("107", "")
