"""Our signatures, judged by strangers; and what our own verifier must not let pass."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import signxml
import xmlsec
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier

from cais.fiscal.build import build
from cais.fiscal.documents import NoteDoc
from cais.fiscal.sign import SignatureInvalid, digest_of, sign, verify
from cais.fiscal.tags import NS, Unparsable, parse
from tests.fiscal.samples import CNPJ_WITH_LETTERS, NUMBERING, a1_of, by, item, note, rsa_key, signed
from tests.fiscal.test_build import full
from tests.fiscal.test_four_notes import FOUR

INFNFE = f"{NS}:infNFe"
SALES = [*[sale() for sale in FOUR], full(), by(CNPJ_WITH_LETTERS, note(item("1", "9.90", name="Açaí & Cia <Ñandú>")))]


def _program(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the system; a missing one fails the test, never skips it."""
    return subprocess.run([name, *arguments], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("sale", SALES)
def test_xmlsec1_accepts_our_signature(sale: NoteDoc, tmp_path: Path) -> None:
    path = tmp_path / "note.xml"
    path.write_bytes(signed(sale).xml)
    judged = _program("xmlsec1", "--verify", "--insecure", "--id-attr:Id", INFNFE, str(path))
    assert judged.returncode == 0, judged.stderr
    assert "OK" in judged.stdout + judged.stderr


def test_xmlsec1_refuses_a_changed_cent(tmp_path: Path) -> None:
    path = tmp_path / "note.xml"
    path.write_bytes(signed().xml.replace(b"<vNF>119.80", b"<vNF>119.81"))
    assert _program("xmlsec1", "--verify", "--insecure", "--id-attr:Id", INFNFE, str(path)).returncode != 0


@pytest.mark.parametrize("sale", SALES)
def test_libxmlsec_accepts_our_signature(sale: NoteDoc) -> None:
    root = etree.fromstring(signed(sale).xml)
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(_public_pem(sale), xmlsec.constants.KeyDataFormatCertPem)
    context.verify(xmlsec.tree.find_node(root, xmlsec.constants.NodeSignature))


def _public_pem(sale: NoteDoc) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return a1_of(sale.issuer.cnpj).certificate.public_bytes(Encoding.PEM)


@pytest.mark.parametrize("sale", SALES)
def test_signxml_accepts_our_signature(sale: NoteDoc) -> None:
    verifier = XMLVerifier()
    verifier.excise_empty_xmlns_declarations = True
    config = SignatureConfiguration(
        signature_methods=frozenset([signxml.SignatureMethod.RSA_SHA1]),
        digest_algorithms=frozenset([signxml.DigestAlgorithm.SHA1]),
    )
    certificate = a1_of(sale.issuer.cnpj).certificate
    verifier.verify(signed(sale).xml, x509_cert=certificate, id_attribute="Id", expect_config=config)


@pytest.mark.parametrize("sale", SALES)
def test_our_own_verifier_agrees(sale: NoteDoc) -> None:
    assert verify(signed(sale).xml) == a1_of(sale.issuer.cnpj).certificate


def test_a_note_read_and_written_again_by_lxml_still_verifies() -> None:
    """The bytes have no trick that a parser at SEFAZ could stumble over."""
    verify(etree.tostring(etree.fromstring(signed().xml)))


def test_what_is_signed_is_the_canonical_form_of_what_is_sent() -> None:
    unsigned = build(note(), NUMBERING)
    sent = signed().xml
    alone = etree.fromstring(etree.tostring(etree.fromstring(sent)[0], with_tail=False))
    assert etree.tostring(alone, method="c14n") == unsigned.canonical
    assert b'xmlns=""' not in unsigned.canonical


def test_nothing_stands_between_the_tags_and_no_prefix_is_used() -> None:
    xml = signed().xml
    assert b"> <" not in xml
    assert b">\n" not in xml
    assert b"ds:" not in xml
    assert not xml.startswith(b"<?xml")
    assert xml.count(b"xmlns=") == 2


def test_only_the_holders_certificate_is_inside() -> None:
    assert signed().xml.count(b"<X509Certificate>") == 1
    assert b"\n" not in signed().xml


def _changed(old: bytes, new: bytes) -> bytes:
    xml = signed().xml
    assert old in xml
    return xml.replace(old, new, 1)


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (lambda: _changed(b"<vNF>119.80", b"<vNF>119.81"), "not what was signed"),
        (lambda: _changed(b"rsa-sha1", b"rsa-sha256"), "algorithms"),
        (lambda: _changed(b'URI="#NFe35', b'URI="#NFe36'), "another element"),
        (lambda: _changed(b"</NFe>", signed().xml[signed().xml.index(b"<Signature") :]), "one Signature"),
        (lambda: _changed(b"<X509Certificate>MII", b"<X509Certificate>MIX"), "cannot be read"),
        (lambda: signed().xml[: signed().xml.index(b"<Signature")] + b"</NFe>", "one Signature"),
        (lambda: b"<NFe/>", "is wanted"),
    ],
)
def test_a_bad_signature_is_refused_with_its_reason(xml: object, reason: str) -> None:
    with pytest.raises(SignatureInvalid, match=reason):
        verify(xml())  # type: ignore[operator]


def test_a_signature_by_another_key_under_our_certificate_is_refused() -> None:
    stolen = replace(a1_of(), key=rsa_key("outra"))
    with pytest.raises(SignatureInvalid, match="not of this certificate"):
        verify(sign(build(note(), NUMBERING), stolen).xml)


def test_an_envelope_around_the_note_must_be_cut_by_bytes() -> None:
    """Taken as a subtree it inherits soap12's prefix and the digest differs; cut from the bytes it is untouched."""
    xml = signed().xml
    envelope = b'<e:E xmlns:e="http://www.w3.org/2003/05/soap-envelope">' + xml + b"</e:E>"
    subtree = etree.tostring(etree.fromstring(envelope)[0], with_tail=False)
    with pytest.raises(SignatureInvalid, match="not what was signed"):
        verify(subtree)
    verify(envelope[envelope.index(b"<NFe") : envelope.index(b"</e:E>")])


def test_the_digest_is_read_from_the_bytes() -> None:
    assert digest_of(signed().xml) == signed().digest
    with pytest.raises(SignatureInvalid):
        digest_of(b"<NFe/>")


@pytest.mark.parametrize("bad", [b"", b"<a>", b"garbage", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\xff\xfe<"])
def test_what_may_not_be_parsed_is_refused(bad: bytes) -> None:
    with pytest.raises(Unparsable):
        parse(bad)
