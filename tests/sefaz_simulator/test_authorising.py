"""Authorisation, duplicates and queued lots; every answer is also held against the official schemas."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import etree

from cais.connectors.sefaz.simulator import SefazSimulator, authorised
from tests.sefaz_simulator.conftest import Caller, Heard, schema
from tests.sefaz_simulator.notes import ISSUER, NFE, Draft, lot, proc

NewDraft = Callable[..., Draft]
ANSWERS = ("retEnviNFe", "retConsReciNFe", "retConsSitNFe", "retConsStatServ")


def _assert_valid(heard: Heard) -> None:
    root = etree.fromstring(etree.tostring(heard.root))
    rules = schema(f"{etree.QName(root).localname}_v4.00.xsd")
    assert rules.validate(root), rules.error_log


def test_an_authorised_note_gets_a_protocol(caller: Caller) -> None:
    draft = Draft()
    heard = caller.issue(draft)
    assert heard.codes == ("104", "100")
    info = "protNFe/infProt"
    assert heard.text(f"{info}/chNFe") == draft.key
    # Authoriser 1 (state), São Paulo 35, year 26, ten digits that run.
    assert heard.text(f"{info}/nProt") == "135260000000001"
    assert heard.text(f"{info}/dhRecbto") == "2026-11-21T18:00:00-03:00"
    assert heard.text(f"{info}/verAplic") == "CAIS-SIMULADOR-1"
    _assert_valid(heard)


def test_the_protocol_repeats_the_digest_of_the_note(caller: Caller) -> None:
    note = caller.signed(Draft())
    digest = note[note.index(b"<DigestValue>") + 13 : note.index(b"</DigestValue>")].decode()
    assert caller.send(note).text("protNFe/infProt/digVal") == digest


def test_note_and_protocol_side_by_side_are_a_valid_procnfe(caller: Caller) -> None:
    note = caller.signed(Draft(regime="3"))
    rules = schema("procNFe_v4.00.xsd")
    assert rules.validate(etree.fromstring(proc(note, caller.send(note).protocol))), rules.error_log


def test_the_same_key_again_is_204_with_the_protocol_in_its_text(caller: Caller) -> None:
    note = caller.signed(Draft())
    caller.send(note)
    caller.sefaz.clock.advance(60)
    again = caller.send(note)
    assert again.codes == ("104", "204")
    assert again.text("protNFe/infProt/xMotivo").endswith("[nProt:135260000000001][dhAut:2026-11-21T18:00:00-03:00]")
    assert again.text("protNFe/infProt/nProt") == ""
    _assert_valid(again)


def test_some_states_answer_the_same_bytes_with_their_protocol(caller: Caller) -> None:
    caller.sefaz.choose(resent="protocol")
    note = caller.signed(Draft())
    first = caller.send(note)
    assert caller.send(note).protocol == first.protocol
    other_bytes = caller.signed(Draft().edited(("Pires<", "Pirex<")))
    assert caller.send(other_bytes).codes == ("104", "204")


def test_the_same_number_under_another_key_is_539_and_names_the_first(caller: Caller) -> None:
    caller.issue(Draft())
    heard = caller.issue(Draft(code="55555551"))
    assert heard.codes == ("104", "539")
    assert f"[chNFe:{Draft().key}]" in heard.text("protNFe/infProt/xMotivo")


@pytest.mark.parametrize("other", [Draft(series=2), Draft(number=2)])
def test_another_series_or_number_is_another_note(caller: Caller, other: Draft) -> None:
    caller.issue(Draft())
    assert caller.issue(other).codes == ("104", "100")


def test_a_refused_note_does_not_take_its_number(caller: Caller) -> None:
    assert caller.issue(Draft().edited(("<vNF>160.00<", "<vNF>161.00<"))).codes == ("104", "610")
    assert caller.issue(Draft()).codes == ("104", "100")


def test_a_voided_number_is_206(caller: Caller) -> None:
    caller.sefaz.void(ISSUER, series=1, first=5, last=7)
    assert caller.issue(Draft(number=6)).codes == ("104", "206")
    assert caller.issue(Draft(number=8)).codes == ("104", "100")
    with pytest.raises(ValueError, match="8 is in use"):
        caller.sefaz.void(ISSUER, series=1, first=8, last=9)


def test_a_cancelled_note_cannot_be_sent_again(caller: Caller) -> None:
    caller.issue(Draft())
    caller.sefaz.cancel(Draft().key)
    assert caller.issue(Draft()).codes == ("104", "218")


@pytest.fixture
def hurried_threads() -> Iterator[None]:
    """Threads are interrupted at every turn, so that a missing lock shows."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hurried_threads")
def test_one_number_goes_to_one_of_many_that_race(caller: Caller) -> None:
    rounds, racers = 60, 8
    drafts = [Draft(number=number, code=f"1482917{last}") for number in range(1, rounds + 1) for last in range(racers)]
    notes = [caller.signed(draft) for draft in drafts]
    with ThreadPoolExecutor(racers) as pool:
        codes = Counter(heard.codes[1] for heard in pool.map(caller.send, notes))
    assert codes == {"100": rounds, "539": rounds * (racers - 1)}
    assert len(authorised(caller.sefaz.ledger.entries())) == rounds


def test_an_alphanumeric_issuer_and_a_numeric_one_are_served_alike(caller: Caller, tmp_path: Path) -> None:
    numeric = Caller(caller.sefaz, caller.sefaz.issue("12345678000195"), tmp_path)
    with numeric.http:
        assert numeric.issue(Draft(cnpj="12345678000195")).codes == ("104", "100")
    assert caller.issue(Draft()).codes == ("104", "100")


def test_a_note_of_990_items_is_read(caller: Caller) -> None:
    draft = Draft()
    item = draft.text()[draft.text().index('<det nItem="2"') : draft.text().index("<total>")]
    more = "".join(item.replace('nItem="2"', f'nItem="{number}"') for number in range(3, 991))
    # 988 more saucers of 30.20 with 5.00 of freight: 29,837.60 and 4,940.00 above 150.00, 15.00 and 160.00.
    draft = draft.edited(
        ("<total>", more + "<total>"),
        ("<vProd>150.00<", "<vProd>29987.60<"),
        ("<vFrete>15.00<", "<vFrete>4955.00<"),
        ("<vNF>160.00<", "<vNF>34937.60<"),
        ("<vPag>160.00<", "<vPag>34937.60<"),
    )
    assert caller.issue(draft).codes == ("104", "100")


def test_one_note_must_be_synchronous(caller: Caller) -> None:
    assert caller.send(caller.signed(Draft()), synchronous=False).codes == ("452", "")
    assert caller.sefaz.office.registry.by_key == {}


def test_several_notes_must_not_be_synchronous(caller: Caller) -> None:
    heard = caller.send(caller.signed(Draft()), caller.signed(Draft(number=2)))
    assert heard.codes == ("215", "")
    assert caller.sefaz.office.registry.by_key == {}


def test_several_notes_are_queued_and_fetched_with_the_receipt(caller: Caller) -> None:
    wrong = Draft(number=3).edited(("<vNF>160.00<", "<vNF>161.00<"))
    queued = caller.send(*(caller.signed(one) for one in (Draft(), Draft(number=2), wrong)), synchronous=False)
    assert queued.codes == ("103", "")
    _assert_valid(queued)
    receipt = queued.text("infRec/nRec")
    waiting = caller.receipt(receipt)
    assert waiting.codes == ("105", "")
    _assert_valid(waiting)
    assert caller.consult(Draft().key).codes == ("217", "")
    caller.sefaz.clock.advance(15)
    done = caller.receipt(receipt)
    _assert_valid(done)
    codes = [one.findtext(f".//{{{NFE}}}cStat") for one in done.root.iter(f"{{{NFE}}}protNFe")]
    assert (done.text("cStat"), codes) == ("104", ["100", "100", "610"])
    assert caller.consult(Draft(number=2).key).codes == ("100", "100")


def test_a_queued_note_that_was_sent_again_meanwhile_is_authorised_once(caller: Caller) -> None:
    caller.sefaz.faults.set("receipt_only", times=1)
    note = caller.signed(Draft())
    receipt = caller.send(note).text("infRec/nRec")
    assert caller.send(note).codes == ("104", "100")
    caller.sefaz.clock.advance(15)
    assert caller.receipt(receipt).codes == ("104", "204")
    assert [entry.text("outcome") for entry in caller.sefaz.ledger.entries(kind="settled")] == ["204"]


def test_an_unknown_receipt_is_106(caller: Caller) -> None:
    heard = caller.receipt("350000000000099")
    assert heard.codes == ("106", "")
    _assert_valid(heard)


def test_a_receipt_of_the_other_environment_is_252(caller: Caller) -> None:
    assert caller.receipt("350000000000099", environment="1").codes == ("252", "")


def test_a_schema_refusal_speaks_for_the_lot_or_for_the_note(caller: Caller) -> None:
    wrong = caller.signed(Draft().edited(("<serie>1<", "<serie>001<")))
    over_the_lot = caller.send(wrong)
    assert over_the_lot.codes == ("225", "")
    caller.sefaz.choose(schema_refusal="note")
    over_the_note = caller.send(wrong)
    assert over_the_note.codes == ("104", "225")
    assert "serie" in over_the_note.text("protNFe/infProt/xMotivo")
    for heard in (over_the_lot, over_the_note):
        _assert_valid(heard)


def test_a_refused_note_without_a_readable_key_never_gets_a_protocol(caller: Caller) -> None:
    caller.sefaz.choose(schema_refusal="note")
    draft = Draft(key_from="35261112abc34501de35550010000000011148291737")
    assert caller.issue(draft).codes == ("225", "")


def test_accents_can_be_left_out_of_every_sentence(caller: Caller) -> None:
    caller.sefaz.choose(accents="stripped")
    assert caller.consult(Draft().key).text("xMotivo") == "Rejeicao: NF-e nao consta na base de dados da SEFAZ"


def test_the_protocol_may_carry_its_own_namespace(caller: Caller) -> None:
    caller.sefaz.choose(protocol_namespace="own")
    heard = caller.issue(Draft())
    assert heard.protocol.startswith(f'<protNFe xmlns="{NFE}" versao="4.00">'.encode())
    _assert_valid(heard)


def test_production_is_another_authoriser(tmp_path: Path) -> None:
    with SefazSimulator(environment="1") as sefaz:
        one = Caller(sefaz, sefaz.issue(ISSUER), tmp_path)
        with one.http:
            assert one.status(environment="1").codes == ("107", "")
            assert one.status(environment="2").codes == ("252", "")


def test_an_empty_lot_and_a_lot_of_51_are_refused(caller: Caller) -> None:
    assert caller.post("NFeAutorizacao4", lot()).codes == ("215", "")
    note = caller.signed(Draft())
    assert caller.send(*[note] * 51, synchronous=False).codes == ("215", "")


@pytest.mark.parametrize("number", ["", "1234567890123456", "A1"])
def test_the_lots_own_number_has_up_to_fifteen_digits(caller: Caller, number: str) -> None:
    assert caller.post("NFeAutorizacao4", lot(caller.signed(Draft()), number=number)).codes == ("215", "")
