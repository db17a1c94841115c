"""What is made of each answer, whatever clothes it comes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cais.connectors.sefaz import answers as said
from cais.connectors.sefaz.answers import Doubt, Subject, read_authorisation, read_consult, read_status
from cais.fiscal.proc import join
from cais.fiscal.schema import package_from
from tests.fiscal.samples import NFE, NOW, NUMBERING, note, protocol_of, signed

NS = NFE["n"]
OURS = signed()
SUBJECT = Subject(key=OURS.key, digest=OURS.digest)
OTHERS = signed(note(), replace(NUMBERING, number=124))


def soap(body: str, *, version: str = "http://www.w3.org/2003/05/soap-envelope", head: str = "") -> bytes:
    envelope = f'<s:Envelope xmlns:s="{version}">{head}<s:Body>{body}</s:Body></s:Envelope>'
    return f'<?xml version="1.0" encoding="utf-8"?>{envelope}'.encode()


def lot(status: str, words: str = "Motivo", *, inside: str = "") -> str:
    return (
        '<nfeResultMsg xmlns="http://www.portalfiscal.inf.br/nfe/wsdl/NFeAutorizacao4">'
        f'<retEnviNFe xmlns="{NS}" versao="4.00"><tpAmb>2</tpAmb><verAplic>T</verAplic><cStat>{status}</cStat>'
        f"<xMotivo>{words}</xMotivo><cUF>35</cUF><dhRecbto>2026-11-21T18:00:03-03:00</dhRecbto>{inside}</retEnviNFe>"
        "</nfeResultMsg>"
    )


def situation(status: str, words: str = "Motivo", *, inside: str = "") -> str:
    return (
        f'<r><retConsSitNFe xmlns="{NS}" versao="4.00"><tpAmb>2</tpAmb><verAplic>T</verAplic><cStat>{status}</cStat>'
        f"<xMotivo>{words}</xMotivo><cUF>35</cUF><dhRecbto>2026-11-21T18:00:03-03:00</dhRecbto>"
        f"<chNFe>{OURS.key}</chNFe>{inside}</retConsSitNFe></r>"
    )


def verdict(status: str, **changes: str) -> str:
    return protocol_of(OURS, status=status, **changes).decode()


def sent(body: str) -> said.Outcome:
    return read_authorisation(soap(body), SUBJECT, now=NOW)


def asked(body: str) -> said.Outcome:
    return read_consult(soap(body), SUBJECT, now=NOW)


@pytest.mark.parametrize("status", ["100", "150", "120"])
def test_authorised_is_told_by_the_note_not_by_the_lot(status: str) -> None:
    outcome = sent(lot("104", inside=verdict(status)))
    assert isinstance(outcome, said.Authorised)
    assert outcome.protocol.status == status
    assert join(OURS, outcome.protocol, package_from({}))


@pytest.mark.parametrize(
    ("version", "head"),
    [
        ("http://schemas.xmlsoap.org/soap/envelope/", ""),
        (
            "http://www.w3.org/2003/05/soap-envelope",
            '<s:Header><nfeCabecMsg xmlns="x"><cUF>52</cUF></nfeCabecMsg></s:Header>',
        ),
    ],
)
def test_soap_1_1_and_headers_make_no_difference(version: str, head: str) -> None:
    answer = soap(lot("104", inside=verdict("100")), version=version, head=head)
    assert isinstance(read_authorisation(answer, SUBJECT, now=NOW), said.Authorised)


def test_another_prefix_makes_no_difference() -> None:
    body = lot("104", inside=verdict("100")).replace(f' xmlns="{NS}"', "")
    for tag in (
        "retEnviNFe",
        "protNFe",
        "infProt",
        "chNFe",
        "cStat",
        "nProt",
        "digVal",
        "dhRecbto",
        "xMotivo",
        "tpAmb",
        "verAplic",
        "cUF",
    ):
        body = (
            body.replace(f"<{tag}>", f"<n:{tag}>").replace(f"<{tag} ", f"<n:{tag} ").replace(f"</{tag}>", f"</n:{tag}>")
        )
    body = body.replace("<n:retEnviNFe ", f'<n:retEnviNFe xmlns:n="{NS}" ')
    outcome = sent(body)
    assert isinstance(outcome, said.Authorised)
    assert join(OURS, outcome.protocol, package_from({}))


@pytest.mark.parametrize("status", ["110", "301", "302", "303"])
def test_denied_is_final(status: str) -> None:
    outcome = sent(lot("104", inside=verdict(status)))
    assert isinstance(outcome, said.Denied)
    assert outcome.protocol is not None


def test_denied_already_comes_without_a_protocol_of_its_own() -> None:
    assert isinstance(sent(lot("104", inside=verdict("205", number=""))), said.Denied)


@pytest.mark.parametrize("status", ["225", "598", "610", "1115"])
def test_a_rejection_keeps_sefazs_words(status: str) -> None:
    body = lot("104", inside=verdict(status, number="").replace("Autorizado o uso da NF-e", "Rejeicao: motivo"))
    assert sent(body) == said.Rejected(status=status, words="Rejeicao: motivo")


def test_a_rejection_of_the_whole_lot_counts_too() -> None:
    assert sent(lot("225", "Rejeicao: Falha no Schema XML")) == said.Rejected(
        status="225", words="Rejeicao: Falha no Schema XML"
    )


@pytest.mark.parametrize("status", ["103", "105", "106", "999"])
def test_still_processing_is_not_known(status: str) -> None:
    outcome = sent(lot(status))
    assert isinstance(outcome, said.Unknown)
    assert (outcome.doubt, outcome.was_sent) == (Doubt.PROCESSING, True)


def test_a_lot_done_without_a_verdict_is_not_known() -> None:
    assert isinstance(sent(lot("104")), said.Unknown)


def test_the_same_key_again_must_be_consulted() -> None:
    words = "Rejeicao: Duplicidade de NF-e [nRec:351000012345678]"
    assert sent(lot("104", inside=verdict("204", number=""))) == said.Duplicate(words="Autorizado o uso da NF-e")
    assert sent(lot("204", words)) == said.Duplicate(words=words)


def test_a_number_taken_tells_whose_it_is() -> None:
    words = f"Rejeicao: Duplicidade de NF-e com diferenca na Chave de Acesso [chNFe:{OTHERS.key}][nRec:1]"
    assert sent(lot("539", words)) == said.NumberTaken(key=OTHERS.key, words=words)
    assert sent(lot("539", "Duplicidade")) == said.NumberTaken(key="", words="Duplicidade")


@pytest.mark.parametrize("level", [lambda status: lot(status), lambda status: lot("104", inside=verdict(status))])
def test_overuse_is_an_hour_of_silence(level: object) -> None:
    outcome = sent(level("656"))  # type: ignore[operator]
    assert isinstance(outcome, said.Paused)
    assert outcome.until == NOW + timedelta(hours=1)
    assert outcome.cause is said.Cause.OVERUSE


@pytest.mark.parametrize(("status", "minutes"), [("108", 5), ("109", 30)])
def test_a_service_that_is_down_is_waited_for(status: str, minutes: int) -> None:
    outcome = sent(lot(status))
    assert isinstance(outcome, said.Paused)
    assert outcome.cause is said.Cause.SERVICE_DOWN
    assert outcome.until == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("promised", "minutes"),
    [
        ("2026-11-21T18:20:00-03:00", 20),
        ("2026-11-21T17:00:00-03:00", 5),
        ("2027-11-21T17:00:00-03:00", 5),
        ("logo", 5),
    ],
)
def test_the_return_that_sefaz_announces_is_believed_when_it_can_be(promised: str, minutes: int) -> None:
    outcome = sent(lot("108", inside=f"<dhRetorno>{promised}</dhRetorno>"))
    assert isinstance(outcome, said.Paused)
    assert outcome.until == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "inside",
    [
        protocol_of(OTHERS).decode(),
        verdict("100", digest="AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        verdict("100", digest=" "),
        verdict("100") + protocol_of(OTHERS).decode(),
        protocol_of(OTHERS, status="225").decode(),
    ],
)
def test_a_protocol_about_anything_else_is_never_taken(inside: str) -> None:
    for outcome in (sent(lot("104", inside=inside)), asked(situation("100", inside=inside))):
        assert isinstance(outcome, said.Unknown)
        assert outcome.doubt is Doubt.OTHER_NOTE


def test_authorised_without_a_protocol_number_is_not_believed() -> None:
    assert isinstance(sent(lot("104", inside=verdict("100", number=""))), said.Unknown)
    assert isinstance(sent(lot("100")), said.Unknown)


def test_a_consult_finds_what_was_authorised() -> None:
    outcome = asked(situation("100", inside=verdict("100")))
    assert isinstance(outcome, said.Authorised)


def test_a_consult_of_a_cancelled_note_is_not_an_authorisation() -> None:
    outcome = asked(situation("101", inside=verdict("100")))
    assert isinstance(outcome, said.Cancelled)
    assert outcome.protocol is not None
    assert asked(situation("101")) == said.Cancelled(None, "Motivo")


def test_what_is_not_in_the_base_may_be_sent_again() -> None:
    assert asked(situation("217", "NF-e nao consta")) == said.NotInBase(words="NF-e nao consta")


@pytest.mark.parametrize("status", ["236", "252", "526", "280", "1234"])
def test_a_consult_refused_says_nothing_about_the_note(status: str) -> None:
    """Taken for a rejection of the note it would let a second one be signed."""
    outcome = asked(situation(status))
    assert isinstance(outcome, said.Unknown)
    assert (outcome.doubt, outcome.detail) == (Doubt.REFUSED, status)


def test_the_key_of_another_may_be_consulted_without_its_digest() -> None:
    stranger = Subject(key=OTHERS.key, digest=None)
    answer = soap(situation("100", inside=protocol_of(OTHERS).decode()))
    assert isinstance(read_consult(answer, stranger, now=NOW), said.Authorised)


@pytest.mark.parametrize(
    ("answer", "doubt"),
    [
        (b"", Doubt.GARBAGE),
        (b"<html><body>Manuten\xc3\xa7\xc3\xa3o</body></html>", Doubt.GARBAGE),
        (b"not xml", Doubt.GARBAGE),
        (soap(lot("104", inside=verdict("100")))[:-60], Doubt.GARBAGE),
        (b"<!DOCTYPE x [<!ENTITY y 'z'>]>" + soap(lot("100"))[38:], Doubt.GARBAGE),
        (soap("<s:Fault><s:Reason><s:Text>Erro interno</s:Text></s:Reason></s:Fault>"), Doubt.FAULT),
        (soap('<retConsSitNFe xmlns="x"><cStat>100</cStat></retConsSitNFe>'), Doubt.GARBAGE),
        (soap(f'<retEnviNFe xmlns="{NS}"><xMotivo>nada</xMotivo></retEnviNFe>'), Doubt.GARBAGE),
    ],
)
def test_what_cannot_be_read_is_not_known(answer: bytes, doubt: Doubt) -> None:
    outcome = read_authorisation(answer, SUBJECT, now=NOW)
    assert isinstance(outcome, said.Unknown)
    assert (outcome.doubt, outcome.was_sent) == (doubt, True)


WHOLE = soap(lot("104", inside=verdict("100")))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3))
def test_a_spoiled_answer_never_authorises_anything_but_our_note(position: int, noise: bytes) -> None:
    spoiled = WHOLE[:position] + noise + WHOLE[position + len(noise) :]
    outcome = read_authorisation(spoiled, SUBJECT, now=NOW)
    if isinstance(outcome, said.Authorised):
        assert (outcome.protocol.key, outcome.protocol.digest) == (OURS.key, OURS.digest)


def test_the_service_tells_its_time() -> None:
    body = (
        f'<retConsStatServ xmlns="{NS}"><tpAmb>2</tpAmb><cStat>107</cStat><xMotivo>Servico em Operacao</xMotivo>'
        "<dhRecbto>2026-11-21T18:00:00-03:00</dhRecbto></retConsStatServ>"
    )
    assert read_status(soap(body), now=NOW) == said.Running(sefaz_time=NOW, words="Servico em Operacao")
    assert isinstance(read_status(soap(body.replace("107", "109")), now=NOW), said.Paused)
    assert isinstance(read_status(soap(body.replace("107", "252")), now=NOW), said.Rejected)
    assert isinstance(read_status(soap(body.replace("2026-11-21T18", "ontem")), now=NOW), said.Unknown)
