"""Signatures: what the simulator accepts, others accept too; what was touched after signing, it does not."""

import base64
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import signxml
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from lxml import etree

from cais.connectors.sefaz.simulator import Kind
from cais.connectors.sefaz.simulator import signature as own
from tests.sefaz_simulator.conftest import Caller
from tests.sefaz_simulator.notes import C14N, DSIG, ISSUER, NFE, Draft, proc, signed

NewDraft = Callable[..., Draft]
ENVELOPED = f"{DSIG}enveloped-signature"
TRANSFORMS = f'<Transform Algorithm="{ENVELOPED}"/><Transform Algorithm="{C14N}"/>'.encode()
SWAPPED = f'<Transform Algorithm="{C14N}"/><Transform Algorithm="{ENVELOPED}"/>'.encode()


def _code(caller: Caller, note: bytes) -> str:
    lot, inner = caller.send(note).codes
    return inner or lot


def test_a_character_changed_after_signing_is_seen(long_lived: Caller, next_draft: NewDraft) -> None:
    note = long_lived.signed(next_draft()).replace(b"Pires<", b"Pirez<")
    assert _code(long_lived, note) == "297"


def test_a_signature_of_another_note_is_seen(long_lived: Caller, next_draft: NewDraft) -> None:
    first, second = long_lived.signed(next_draft()), long_lived.signed(next_draft())
    start = first.index(b"<SignatureValue>")
    stolen = second[: second.index(b"<SignatureValue>")] + first[start:]
    assert _code(long_lived, stolen) == "297"


def test_a_certificate_that_did_not_sign_is_seen(long_lived: Caller, next_draft: NewDraft) -> None:
    other = signed(next_draft(), (a1 := long_lived.sefaz.issue(ISSUER)).pfx, a1.password)
    note = long_lived.signed(next_draft())
    theirs = other[other.index(b"<X509Certificate>") : other.index(b"</X509Certificate>")]
    ours = note[note.index(b"<X509Certificate>") : note.index(b"</X509Certificate>")]
    assert _code(long_lived, note.replace(ours, theirs)) == "297"


def test_transforms_in_another_order_are_irregular(long_lived: Caller, next_draft: NewDraft) -> None:
    note = long_lived.signed(next_draft())
    assert TRANSFORMS in note
    assert _code(long_lived, note.replace(TRANSFORMS, SWAPPED)) == "298"


def test_a_reference_to_something_else_is_irregular(long_lived: Caller, next_draft: NewDraft) -> None:
    draft = next_draft()
    note = long_lived.signed(draft).replace(f'URI="#NFe{draft.key}"'.encode(), b'URI="#outra"')
    assert _code(long_lived, note) == "298"


def test_another_algorithm_stops_at_the_schema(long_lived: Caller, next_draft: NewDraft) -> None:
    note = signed(next_draft(), long_lived.a1.pfx, long_lived.a1.password, hashes="sha256")
    assert _code(long_lived, note) == "225"


def test_another_algorithm_is_irregular_where_a_schema_lets_it_pass(long_lived: Caller, next_draft: NewDraft) -> None:
    note = signed(next_draft(), long_lived.a1.pfx, long_lived.a1.password, hashes="sha256")
    with pytest.raises(own.Irregular):
        own.verify(note)


def test_two_signatures_are_irregular(long_lived: Caller, next_draft: NewDraft) -> None:
    note = long_lived.signed(next_draft())
    again = note[note.index(b"<Signature ") : note.index(b"</Signature>") + len(b"</Signature>")]
    assert _code(long_lived, note.replace(b"</NFe>", again + b"</NFe>")) == "225"
    with pytest.raises(own.Irregular):
        own.verify(note.replace(b"</NFe>", again + b"</NFe>"))


def test_the_canonical_form_does_not_inherit_from_the_envelope(long_lived: Caller, next_draft: NewDraft) -> None:
    """The envelope of every test declares a prefix that inclusive canonicalisation would print."""
    draft = next_draft()
    note = long_lived.signed(draft)
    assert _code(long_lived, note) == "100"
    assert long_lived.sefaz.office.registry.by_key[draft.key].note == note


def test_attributes_in_another_order_are_the_same_note(long_lived: Caller, next_draft: NewDraft) -> None:
    draft = next_draft()
    note = long_lived.signed(draft)
    ordered = f'<infNFe versao="4.00" Id="NFe{draft.key}">'.encode()
    assert ordered in note
    assert _code(long_lived, note.replace(ordered, f'<infNFe Id="NFe{draft.key}" versao="4.00">'.encode())) == "100"


def test_a_good_signature_is_good_to_three_strangers(long_lived: Caller, next_draft: NewDraft, tmp_path: Path) -> None:
    note = long_lived.signed(next_draft())
    assert own.verify(note).cnpj == ISSUER
    assert _xmlsec_accepts(note)
    assert _signxml_accepts(note)
    assert _xmlsec1_accepts(note, tmp_path, long_lived)


def test_a_bad_signature_is_bad_to_three_strangers(long_lived: Caller, next_draft: NewDraft, tmp_path: Path) -> None:
    note = long_lived.signed(next_draft()).replace(b"Pires<", b"Pirez<")
    with pytest.raises(own.Mismatch):
        own.verify(note)
    assert not _xmlsec_accepts(note)
    assert not _signxml_accepts(note)
    assert not _xmlsec1_accepts(note, tmp_path, long_lived)


@pytest.mark.parametrize(
    ("kind", "code"),
    [(Kind.EXPIRED, "291"), (Kind.OTHER_COMPANY, "213"), (Kind.NO_CNPJ, "292"), (Kind.UNTRUSTED, "293")],
)
def test_who_signed_is_looked_at(long_lived: Caller, next_draft: NewDraft, kind: Kind, code: str) -> None:
    a1 = long_lived.sefaz.issue(ISSUER, kind=kind)
    assert _code(long_lived, signed(next_draft(), a1.pfx, a1.password)) == code


def test_a_branch_may_sign_with_its_head_offices_certificate(long_lived: Caller, next_draft: NewDraft) -> None:
    branch = next_draft(cnpj="12ABC345000269")
    other_root = next_draft(cnpj="12345678000195")
    assert _code(long_lived, long_lived.signed(other_root)) == "213"
    head_office = long_lived.sefaz.issue("12ABC34501DE35")
    assert _code(long_lived, signed(branch, head_office.pfx, head_office.password)) == "100"


def test_a_protocol_with_its_own_signature_verifies_in_the_procnfe(long_lived: Caller, next_draft: NewDraft) -> None:
    draft = next_draft()
    long_lived.sefaz.faults.set("signed_protocol", times=1)
    note = long_lived.signed(draft)
    whole = etree.fromstring(proc(note, long_lived.send(note).protocol))
    signatures = whole.findall(f".//{{{DSIG}}}Signature")
    assert len(signatures) == 2
    xmlsec.tree.add_ids(whole, ["Id"])
    for signature in signatures:
        context = xmlsec.SignatureContext()
        certificate = base64.b64decode(signature.findtext(f".//{{{DSIG}}}X509Certificate"))
        context.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertDer)
        context.verify(signature)


def _xmlsec_accepts(note: bytes) -> bool:
    root = etree.fromstring(note)
    xmlsec.tree.add_ids(root, ["Id"])
    signature = xmlsec.tree.find_node(root, xmlsec.constants.NodeSignature)
    context = xmlsec.SignatureContext()
    certificate = base64.b64decode(root.findtext(f".//{{{DSIG}}}X509Certificate"))
    context.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertDer)
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


def _signxml_accepts(note: bytes) -> bool:
    root = etree.fromstring(note)
    der = base64.b64decode(root.findtext(f".//{{{DSIG}}}X509Certificate"))
    config = signxml.SignatureConfiguration(
        signature_methods=frozenset({signxml.SignatureMethod.RSA_SHA1}),
        digest_algorithms=frozenset({signxml.DigestAlgorithm.SHA1}),
        location="./",
    )
    verifier = signxml.XMLVerifier()
    verifier.excise_empty_xmlns_declarations = True
    try:
        verifier.verify(root, x509_cert=x509.load_der_x509_certificate(der), expect_config=config, id_attribute="Id")
    except (signxml.InvalidDigest, signxml.InvalidSignature):
        return False
    return True


def _xmlsec1_accepts(note: bytes, folder: Path, caller: Caller) -> bool:
    program = shutil.which("xmlsec1")
    if program is None:
        pytest.skip("the xmlsec1 program is not installed")
    _, certificate, _ = pkcs12.load_key_and_certificates(caller.a1.pfx, caller.a1.password.encode())
    assert certificate is not None
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "ca.pem").write_bytes(caller.sefaz.ca_bundle)
    (folder / "note.xml").write_bytes(note)
    ran = subprocess.run(
        [program, "--verify", "--id-attr:Id", f"{NFE}:infNFe", "--trusted-pem", "ca.pem", "note.xml"],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=30,
    )
    return ran.returncode == 0
