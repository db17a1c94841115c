"""Messages and envelopes that are refused before anybody looks at a note."""

from pathlib import Path

import pytest

from tests.sefaz_simulator.conftest import SOAP, Caller, envelope
from tests.sefaz_simulator.notes import NFE, Draft, lot

AUTHORISE = "NFeAutorizacao4"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"


def _code(caller: Caller, content: bytes) -> str:
    return caller.post(AUTHORISE, content).text("cStat")


def _body(caller: Caller) -> bytes:
    return envelope(lot(caller.signed(Draft())), AUTHORISE)


def test_a_prefix_on_a_tag_is_404(caller: Caller) -> None:
    note = caller.signed(Draft())
    prefixed = note.replace(b"<Signature xmlns=", b"<ds:Signature xmlns:ds=").replace(
        b"</Signature>", b"</ds:Signature>"
    )
    assert _code(caller, lot(prefixed)) == "404"


def test_a_prefix_that_is_only_declared_is_404_too(caller: Caller) -> None:
    note = caller.signed(Draft()).replace(b"<NFe ", b'<NFe xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ')
    assert _code(caller, lot(note)) == "404"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<ide>", b"<ide>\n"),
        (b"</infNFe><Signature", b"</infNFe> <Signature"),
        (b"<SignedInfo>", b"\n<SignedInfo>"),
        (b"<idLote>", b"\t<idLote>"),
    ],
)
def test_blanks_between_tags_are_588(caller: Caller, old: bytes, new: bytes) -> None:
    content = lot(caller.signed(Draft()))
    assert old in content
    assert _code(caller, content.replace(old, new)) == "588"


@pytest.mark.parametrize("place", ["before", "after"])
def test_blanks_around_the_message_are_588(caller: Caller, place: str) -> None:
    content = lot(caller.signed(Draft()))
    assert _code(caller, b"\n" + content if place == "before" else content + b" ") == "588"


def test_a_certificate_broken_into_lines_is_588(caller: Caller) -> None:
    content = lot(caller.signed(Draft())).replace(b"<X509Certificate>MII", b"<X509Certificate>MII\n")
    assert _code(caller, content) == "588"


def test_another_root_is_516(caller: Caller) -> None:
    assert _code(caller, f'<consSitNFe xmlns="{NFE}" versao="4.00"/>'.encode()) == "516"
    assert _code(caller, b"") == "516"


def test_the_message_as_escaped_text_is_516(caller: Caller) -> None:
    content = lot(caller.signed(Draft())).replace(b"&", b"&amp;").replace(b"<", b"&lt;")
    assert _code(caller, content) == "516"


@pytest.mark.parametrize("encoding", ["declared", "real"])
def test_another_encoding_is_402(caller: Caller, encoding: str) -> None:
    body = _body(caller)
    if encoding == "declared":
        body = body.replace(b'encoding="utf-8"', b'encoding="iso-8859-1"')
    else:
        body = body.decode("utf-8").encode("iso-8859-1")
    assert caller.post_body(AUTHORISE, body).text("cStat") == "402"


def test_characters_of_latin_1_pass_in_utf_8(caller: Caller) -> None:
    draft = Draft().edited(("Pires<", "Pires nº 5, ½ dúzia, ação<"))
    assert caller.issue(draft).codes == ("104", "100")


@pytest.mark.parametrize("sign", ["–", "’", "€", "😀"])
def test_characters_beyond_latin_1_are_225(caller: Caller, sign: str) -> None:
    assert caller.issue(Draft().edited(("Pires<", f"Pires {sign}<"))).codes == ("225", "")


def test_a_note_without_a_namespace_of_its_own_is_225(caller: Caller) -> None:
    note = caller.signed(Draft()).replace(f' xmlns="{NFE}"'.encode(), b"", 1)
    assert _code(caller, lot(note)) == "225"


@pytest.mark.parametrize(
    "prolog",
    [
        b"<!DOCTYPE a>",
        b'<!DOCTYPE a [<!ENTITY x "y">]>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_a_document_type_is_never_read(caller: Caller, prolog: bytes) -> None:
    body = _body(caller).replace(b'encoding="utf-8"?>', b'encoding="utf-8"?>' + prolog)
    reply = caller.post_body(AUTHORISE, body).reply
    assert reply.status_code == 400
    assert b"Fault" in reply.content


def test_what_is_not_xml_is_a_fault(caller: Caller) -> None:
    assert caller.post_body(AUTHORISE, b"ola").reply.status_code == 400


def test_soap_1_1_is_a_version_mismatch(caller: Caller) -> None:
    reply = caller.post_body(AUTHORISE, _body(caller).replace(SOAP.encode(), SOAP_11.encode())).reply
    assert reply.status_code == 500
    assert b"VersionMismatch" in reply.content


@pytest.mark.parametrize(
    "content_type",
    [
        "text/xml; charset=utf-8",
        'application/soap+xml; charset=utf-8; action="http://www.portalfiscal.inf.br/nfe/wsdl/outra/coisa"',
    ],
)
def test_another_content_type_or_action_is_a_fault(caller: Caller, content_type: str) -> None:
    assert caller.post_body(AUTHORISE, _body(caller), content_type=content_type).reply.status_code == 400
    assert caller.sefaz.office.registry.by_key == {}


def test_the_action_may_be_missing(caller: Caller) -> None:
    heard = caller.post_body(AUTHORISE, _body(caller), content_type="application/soap+xml; charset=utf-8")
    assert heard.codes == ("104", "100")


def test_the_message_of_another_service_is_a_fault(caller: Caller) -> None:
    body = envelope(lot(caller.signed(Draft())), "NFeConsultaProtocolo4")
    assert caller.post_body(AUTHORISE, body).reply.status_code == 400


def test_a_refused_message_is_in_the_ledger_with_its_note(caller: Caller, tmp_path: Path) -> None:
    caller.post(AUTHORISE, lot(caller.signed(Draft()).replace(b"<ide>", b"<ide> ")))
    (note,) = caller.sefaz.ledger.entries(kind="note")
    assert (note.text("key"), note.text("outcome"), note.facts["heard"]) == (Draft().key, "588", True)
