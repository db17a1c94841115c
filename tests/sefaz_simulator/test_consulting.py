"""What a key became, and whether the service is up."""

import pytest

from tests.sefaz_simulator.conftest import Caller
from tests.sefaz_simulator.notes import Draft, key_digit
from tests.sefaz_simulator.test_authorising import _assert_valid


def test_an_authorised_key_answers_with_the_protocol_that_its_sender_got(caller: Caller) -> None:
    sent = caller.issue(Draft())
    caller.sefaz.clock.advance(3600)
    found = caller.consult(Draft().key)
    assert found.codes == ("100", "100")
    assert found.text("chNFe") == Draft().key
    assert found.protocol == sent.protocol
    _assert_valid(found)


def test_a_key_that_never_arrived_is_217(caller: Caller) -> None:
    found = caller.consult(Draft().key)
    assert found.codes == ("217", "")
    _assert_valid(found)


def test_a_refused_note_is_not_there(caller: Caller) -> None:
    caller.issue(Draft().edited(("<vNF>160.00<", "<vNF>161.00<")))
    assert caller.consult(Draft().key).codes == ("217", "")


def test_a_number_under_another_code_is_562_and_names_its_key(caller: Caller) -> None:
    caller.issue(Draft())
    found = caller.consult(Draft(code="55555551").key)
    assert found.codes == ("562", "")
    assert f"[chNFe:{Draft().key}]" in found.text("xMotivo")


def test_a_number_under_another_month_is_613_and_names_its_key(caller: Caller) -> None:
    caller.issue(Draft())
    found = caller.consult(Draft(issued="2026-10-21T18:00:00-03:00").key)
    assert found.codes == ("613", "")
    assert f"[chNFe:{Draft().key}]" in found.text("xMotivo")


def test_a_cancelled_key_is_101_with_the_protocol_of_its_authorisation(caller: Caller) -> None:
    caller.issue(Draft())
    caller.sefaz.cancel(Draft().key)
    found = caller.consult(Draft().key)
    assert found.codes == ("101", "100")
    _assert_valid(found)


def test_a_denied_key_says_so_and_keeps_its_number(caller: Caller) -> None:
    caller.sefaz.faults.set("denied", times=1, value=302)
    denied = caller.issue(Draft())
    assert denied.codes == ("104", "302")
    assert denied.text("protNFe/infProt/nProt")
    assert caller.consult(Draft().key).codes == ("302", "302")
    assert caller.issue(Draft()).codes == ("104", "205")
    assert caller.issue(Draft(code="55555551")).codes == ("104", "539")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (Draft().key[:-1] + str((int(Draft().key[-1]) + 1) % 10), "236"),
        ("33" + Draft().key[2:43] + key_digit("33" + Draft().key[2:43]), "226"),
        (Draft().key[:-1], "215"),
        (Draft().key.lower(), "215"),
    ],
)
def test_a_key_that_cannot_be_is_refused(caller: Caller, key: str, code: str) -> None:
    found = caller.consult(key)
    assert found.codes == (code, "")


def test_the_other_environment_is_252(caller: Caller) -> None:
    assert caller.consult(Draft().key, environment="1").codes == ("252", "")


def test_the_service_is_up(caller: Caller) -> None:
    heard = caller.status()
    assert heard.codes == ("107", "")
    assert heard.text("cUF") == "35"
    _assert_valid(heard)


def test_the_service_of_another_state_is_not_here(caller: Caller) -> None:
    assert caller.status(state="33").codes == ("289", "")
