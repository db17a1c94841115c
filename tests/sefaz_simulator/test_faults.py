"""Everything that can go wrong on the way, switched on by name; the authoriser's memory tells what was really done."""

import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree

from cais.connectors.sefaz.simulator import Faults, SefazSimulator
from cais.connectors.sefaz.simulator.faults import MEANINGS, REFUSALS, SPOILERS, Subject
from cais.simkit import Clock
from tests.sefaz_simulator.conftest import SIX_O_CLOCK, SOAP, Caller, schema
from tests.sefaz_simulator.notes import ISSUER, NFE, Draft, proc

KEY = Draft().key
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"


def _is_kept(caller: Caller, key: str = KEY) -> bool:
    return key in caller.sefaz.office.registry.by_key


def _is_good(caller: Caller) -> bool:
    """Whether the caller learns from this call that the note is authorised."""
    try:
        heard = caller.issue(Draft())
        return heard.reply.status_code == 200 and heard.codes == ("104", "100")
    except (httpx.HTTPError, etree.XMLSyntaxError, StopIteration):
        return False


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_of_the_line_does_nothing(caller: Caller, name: str) -> None:
    caller.sefaz.faults.set(name, times=1)
    assert not _is_good(caller)
    assert not _is_kept(caller)
    assert caller.consult(KEY).codes == ("217", "")
    assert caller.issue(Draft()).codes == ("104", "100")


@pytest.mark.parametrize("name", SPOILERS)
def test_a_spoilt_answer_hides_an_authorised_note(caller: Caller, name: str) -> None:
    caller.sefaz.faults.set(name, times=1)
    assert not _is_good(caller)
    assert _is_kept(caller)
    found = caller.consult(KEY)
    assert found.codes == ("100", "100")
    assert found.text("protNFe/infProt/chNFe") == KEY


@pytest.mark.parametrize(
    ("name", "status"),
    [("http_404", 404), ("http_500", 500), ("http_503", 503), ("html_503", 503), ("soap_fault", 500),
     ("http_503_after", 503), ("soap_fault_after", 500), ("html_ok", 200), ("empty_body", 200),
     ("truncated_xml", 200), ("huge_body", 200)],
)  # fmt: skip
def test_each_has_its_own_http_status(caller: Caller, name: str, status: int) -> None:
    caller.sefaz.faults.set(name, times=1)
    assert caller.issue(Draft()).reply.status_code == status


@pytest.mark.parametrize("name", ["cut_before", "cut_after", "cut_body"])
def test_a_cut_closes_the_connection(caller: Caller, name: str) -> None:
    caller.sefaz.faults.set(name, times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        caller.issue(Draft())


def test_a_huge_answer_is_forty_megabytes_and_well_formed(caller: Caller) -> None:
    caller.sefaz.faults.set("huge_body", times=1)
    body = caller.issue(Draft()).reply.content
    assert len(body) > 40_000_000
    assert body.endswith(b"</soap:Envelope>")


def test_an_answer_in_soap_1_1_is_an_answer(caller: Caller) -> None:
    caller.sefaz.faults.set("soap_11", times=1)
    heard = caller.issue(Draft())
    assert heard.codes == ("104", "100")
    assert etree.fromstring(heard.reply.content).tag == f"{{{SOAP_11}}}Envelope"
    assert heard.reply.headers["content-type"].startswith("text/xml")


def test_a_header_may_come_first(caller: Caller) -> None:
    caller.sefaz.faults.set("soap_header", times=1)
    heard = caller.issue(Draft())
    assert heard.codes == ("104", "100")
    assert etree.fromstring(heard.reply.content)[0].tag == f"{{{SOAP}}}Header"


def test_a_slow_answer_comes_after_the_work(caller: Caller) -> None:
    caller.sefaz.faults.set("slow", times=1, value=0.3)
    started = time.monotonic()
    assert caller.issue(Draft()).codes == ("104", "100")
    assert time.monotonic() - started >= 0.3


def test_a_caller_that_gives_up_on_a_slow_answer_finds_the_note(caller: Caller) -> None:
    caller.sefaz.faults.set("slow", times=1, value=30)
    note = caller.signed(Draft())
    caller.http.timeout = httpx.Timeout(0.3)
    with pytest.raises(httpx.ReadTimeout):
        caller.send(note)
    caller.http.timeout = httpx.Timeout(10)
    assert caller.consult(KEY).codes == ("100", "100")


@pytest.mark.parametrize(
    ("name", "code"),
    [("paused_108", "108"), ("paused_109", "109"), ("svc_ending_113", "113"), ("svc_off_114", "114")],
)
def test_a_pause_is_answered_by_every_service_for_a_while(caller: Caller, name: str, code: str) -> None:
    caller.sefaz.faults.set(name, seconds=600)
    assert caller.status().codes == (code, "")
    assert caller.issue(Draft()).codes == (code, "")
    assert caller.consult(KEY).codes == (code, "")
    assert caller.receipt("350000000000001").codes == (code, "")
    caller.sefaz.clock.advance(600)
    assert caller.status().codes == ("107", "")
    assert not _is_kept(caller)


@pytest.mark.parametrize(("name", "code"), [("receipt_only", "103"), ("stuck_105", "105")])
def test_a_single_note_may_be_queued(caller: Caller, name: str, code: str) -> None:
    caller.sefaz.faults.set(name, times=1)
    heard = caller.issue(Draft())
    assert heard.codes == (code, "")
    assert heard.text("infRec/nRec")
    assert caller.consult(KEY).codes == ("217", "")
    caller.sefaz.clock.advance(15)
    assert caller.consult(KEY).codes == ("100", "100")


def test_a_lot_may_be_stuck_while_the_key_is_there(caller: Caller) -> None:
    caller.sefaz.faults.set("stuck_105", probability=1)
    receipt = caller.issue(Draft()).text("infRec/nRec")
    caller.sefaz.clock.advance(3600)
    assert caller.receipt(receipt).codes == ("105", "")
    assert caller.consult(KEY).codes == ("100", "100")
    caller.sefaz.faults.clear("stuck_105")
    assert caller.receipt(receipt).codes == ("104", "100")


def test_a_consultation_may_lag_behind(caller: Caller) -> None:
    note = caller.signed(Draft())
    caller.send(note)
    caller.sefaz.faults.set("consult_lags", times=1)
    assert caller.consult(KEY).codes == ("217", "")
    assert caller.send(note).codes == ("104", "204")


@pytest.mark.parametrize(
    ("name", "ending"), [("duplicate_with_nrec", "NF-e [nRec:350000000000001]"), ("duplicate_bare", "NF-e")]
)
def test_a_duplicate_is_worded_in_more_than_one_way(caller: Caller, name: str, ending: str) -> None:
    caller.issue(Draft())
    caller.sefaz.faults.set(name, times=1)
    again = caller.issue(Draft())
    assert again.codes == ("104", "204")
    assert again.text("protNFe/infProt/xMotivo").endswith(ending)


@pytest.mark.parametrize(("name", "code"), [("alert_120", "120"), ("late_150", "150")])
def test_authorised_has_more_than_one_code(caller: Caller, name: str, code: str) -> None:
    caller.sefaz.faults.set(name, times=1)
    note = caller.signed(Draft())
    heard = caller.send(note)
    assert heard.codes == ("104", code)
    assert caller.consult(KEY).codes == (code, code)
    rules = schema("procNFe_v4.00.xsd")
    assert rules.validate(etree.fromstring(proc(note, heard.protocol))), rules.error_log


def test_an_alert_brings_its_messages(caller: Caller) -> None:
    caller.sefaz.faults.set("alert_120", times=1)
    info = caller.issue(Draft()).root.find(f".//{{{NFE}}}infProt")
    assert [one.text for one in info.findall(f"{{{NFE}}}cMsg")] == ["1", "2"]
    assert len(info.findall(f"{{{NFE}}}xMsg")) == 2


def test_a_protocol_number_may_have_17_digits(caller: Caller) -> None:
    caller.sefaz.faults.set("nprot_17", times=1)
    assert caller.issue(Draft()).text("protNFe/infProt/nProt") == "13526000000000001"


def test_a_status_may_have_four_digits(caller: Caller) -> None:
    caller.sefaz.faults.set("reject_four_digits", times=1)
    assert caller.issue(Draft()).codes == ("104", "1115")
    assert not _is_kept(caller)


def test_any_code_can_be_ordered(caller: Caller) -> None:
    caller.sefaz.faults.set("reject", times=2)
    assert caller.issue(Draft()).codes == ("104", "999")
    caller.sefaz.faults.clear()
    caller.sefaz.faults.set("reject", times=1, value=228)
    assert caller.issue(Draft()).codes == ("104", "228")


@pytest.mark.parametrize("how", ["send", "consult"])
def test_a_protocol_of_another_note_is_told_and_the_right_one_kept(caller: Caller, how: str) -> None:
    if how == "consult":
        caller.issue(Draft())
    caller.sefaz.faults.set("other_note", times=1)
    heard = caller.issue(Draft()) if how == "send" else caller.consult(KEY)
    told = heard.text("protNFe/infProt/chNFe")
    assert told == Draft(number=2).key
    assert heard.codes[1] == "100"
    assert caller.consult(KEY).text("protNFe/infProt/chNFe") == KEY


def test_a_protocol_with_another_digest_is_told_and_the_right_one_kept(caller: Caller) -> None:
    caller.sefaz.faults.set("other_digest", times=1)
    told = caller.issue(Draft()).text("protNFe/infProt/digVal")
    kept = caller.consult(KEY).text("protNFe/infProt/digVal")
    assert told != kept
    assert kept.encode() in caller.signed(Draft())


@pytest.mark.parametrize(("seconds", "code"), [(-3600, "703"), (31 * 86400, "228"), (240, "100")])
def test_the_authorisers_clock_may_be_wrong(caller: Caller, seconds: float, code: str) -> None:
    caller.sefaz.faults.set("clock_skew", times=1, value=seconds)
    assert caller.issue(Draft()).codes == ("104", code)


def test_a_fault_may_touch_one_service_one_key_or_one_company(caller: Caller, tmp_path: Path) -> None:
    other = Draft(number=2)
    caller.sefaz.faults.set("http_503", probability=1, key=other.key)
    caller.sefaz.faults.set("http_500", probability=1, service="status")
    assert caller.issue(Draft()).codes == ("104", "100")
    assert caller.issue(other).reply.status_code == 503
    assert caller.consult(other.key).reply.status_code == 503
    assert caller.status().reply.status_code == 500
    caller.sefaz.faults.set("http_404", probability=1, cnpj="12345678000195")
    stranger = Caller(caller.sefaz, caller.sefaz.issue("12345678000195"), tmp_path)
    with stranger.http:
        assert stranger.consult(KEY).reply.status_code == 404
    assert caller.consult(KEY).codes == ("100", "100")


def test_two_keys_may_have_the_same_fault_at_once(caller: Caller) -> None:
    drafts = [Draft(number=number) for number in (1, 2, 3)]
    for one in drafts[:2]:
        caller.sefaz.faults.set("http_503", times=1, key=one.key)
    assert [caller.issue(one).reply.status_code for one in (*drafts, *drafts)] == [503, 503, 200, 200, 200, 200]


def test_chance_is_seeded_and_near_its_probability() -> None:
    def fired(seed: int) -> list[bool]:
        faults = Faults(now=lambda: 0.0, seed=seed)
        faults.set("cut_after", probability=0.03)
        return [faults.draw("cut_after", Subject("authorise")) is not None for _ in range(2000)]

    assert fired(1) == fired(1) != fired(2)
    assert 30 <= sum(fired(1)) <= 90


@pytest.mark.parametrize(
    "wrong", [{"name": "nothing", "times": 1}, {"name": "slow"}, {"name": "slow", "times": 1, "seconds": 3}]
)
def test_a_switch_that_makes_no_sense_is_refused(caller: Caller, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        caller.sefaz.faults.set(wrong.pop("name"), **wrong)


def test_what_has_fired_is_counted(caller: Caller) -> None:
    caller.sefaz.faults.set("http_503", times=2)
    for _ in range(3):
        caller.status()
    assert caller.sefaz.faults.fired == {"http_503": 2}
    assert caller.sefaz.faults.rules() == []


def test_stopping_interrupts_an_answer_that_waits(tmp_path: Path) -> None:
    with SefazSimulator(clock=Clock.standing(SIX_O_CLOCK)) as sefaz:
        one = Caller(sefaz, sefaz.issue(ISSUER), tmp_path)
        sefaz.faults.set("slow", times=1, value=60)
        outcomes: list[type[Exception]] = []

        def call() -> None:
            try:
                one.status()
            except httpx.HTTPError as error:
                outcomes.append(type(error))

        thread = threading.Thread(target=call)
        thread.start()
        while not sefaz.ledger.entries(kind="call"):
            thread.join(timeout=0.01)
        started = time.monotonic()
    thread.join(timeout=5)
    one.http.close()
    assert outcomes
    assert time.monotonic() - started < 5


def test_every_fault_is_proved_somewhere() -> None:
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    named = {name for name in MEANINGS if any(f'"{name}"' in text for text in texts)}
    assert set(MEANINGS) - named - set(REFUSALS) - set(SPOILERS) == set()
