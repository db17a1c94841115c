"""Verifying a note's signature on its bytes, by this simulator's own means; signing a protocol as some states do."""

import base64
import binascii
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from cais.connectors.sefaz.simulator.authority import Identity
from cais.connectors.sefaz.simulator.holder import Holder, read_holder
from cais.connectors.sefaz.simulator.reading import DSIG, NFE, Element, Unreadable, canonical, cut, parse

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DSIG}enveloped-signature"
RSA_SHA1 = f"{DSIG}rsa-sha1"
SHA1 = f"{DSIG}sha1"


class Mismatch(ValueError):
    """What was signed is not what arrived, or not with this key: status 297."""


class Irregular(ValueError):
    """Signed in a way that the authoriser does not allow: status 298."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The texts of a signature, as they are spelt."""

    methods: tuple[str, ...]
    transforms: tuple[str, ...]
    reference: str
    digest: str
    value: str
    certificate: str


def verify(note: bytes) -> Holder:
    """The signer of a note. Raises Mismatch or Irregular."""
    try:
        root = parse(note)
        parts = _regular_parts(root)
        if _digest(canonical(cut(note, b"infNFe", namespace=NFE))) != _decoded(parts.digest):
            raise Mismatch("the digest is another one")
        holder = read_holder(_decoded(parts.certificate))
        _check_value(holder.certificate, parts.value, canonical(cut(note, b"SignedInfo", namespace=DSIG)))
    except (Unreadable, binascii.Error) as error:
        raise Mismatch(str(error)) from error
    return holder


def _regular_parts(root: Element) -> _Parts:
    """Exactly one signature, of exactly one kind, on this note's own ``infNFe``. Raises Irregular."""
    signatures = root.findall(f".//{{{DSIG}}}Signature")
    infos = root.findall(f"{{{NFE}}}infNFe")
    if len(signatures) != 1 or len(infos) != 1 or signatures[0].getparent() is not root:
        raise Irregular("there must be one infNFe and one Signature beside it")
    parts = _parts(signatures[0])
    if parts.methods != (C14N, RSA_SHA1, SHA1):
        raise Irregular("algorithms")
    if parts.transforms != (ENVELOPED, C14N) or signatures[0].findall(f".//{{{DSIG}}}XPath"):
        raise Irregular("transforms")
    if parts.reference != "#" + str(infos[0].get("Id")):
        raise Irregular("reference")
    return parts


def _parts(signature: Element) -> _Parts:
    def algorithms(name: str) -> tuple[str, ...]:
        return tuple(str(one.get("Algorithm")) for one in signature.iterfind(f".//{{{DSIG}}}{name}"))

    def text(name: str) -> str:
        return str(signature.findtext(f".//{{{DSIG}}}{name}") or "")

    references = signature.findall(f".//{{{DSIG}}}Reference")
    return _Parts(
        methods=(
            *algorithms("CanonicalizationMethod"),
            *algorithms("SignatureMethod"),
            *algorithms("DigestMethod"),
        ),
        transforms=algorithms("Transform"),
        reference=str(references[0].get("URI")) if len(references) == 1 else "",
        digest=text("DigestValue"),
        value=text("SignatureValue"),
        certificate=text("X509Certificate"),
    )


def _check_value(certificate: x509.Certificate, value: str, signed: bytes) -> None:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise Irregular("the key is not RSA")
    try:
        key.verify(_decoded(value), signed, padding.PKCS1v15(), hashes.SHA1())
    except InvalidSignature as error:
        raise Mismatch("the signature is not of this certificate") from error


def sign_protocol(info: str, *, reference: str, identity: Identity) -> str:
    """A Signature for an ``infProt`` written without its namespace; it verifies once it stands in a procNFe."""
    digest = base64.b64encode(_digest(canonical(cut(info.encode(), b"infProt", namespace=NFE)))).decode()
    signed_info = (
        f'<SignedInfo><CanonicalizationMethod Algorithm="{C14N}"/><SignatureMethod Algorithm="{RSA_SHA1}"/>'
        f'<Reference URI="#{reference}"><Transforms><Transform Algorithm="{ENVELOPED}"/>'
        f'<Transform Algorithm="{C14N}"/></Transforms><DigestMethod Algorithm="{SHA1}"/>'
        f"<DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
    )
    signed = canonical(cut(signed_info.encode(), b"SignedInfo", namespace=DSIG))
    value = base64.b64encode(identity.key.sign(signed, padding.PKCS1v15(), hashes.SHA1())).decode()
    certificate = base64.b64encode(identity.certificate.public_bytes(Encoding.DER)).decode()
    return (
        f'<Signature xmlns="{DSIG}">{signed_info}<SignatureValue>{value}</SignatureValue>'
        f"<KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></Signature>"
    )


def _digest(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA1())  # the layout still asks for it
    digest.update(data)
    return digest.finalize()


def _decoded(text: str) -> bytes:
    """Raises binascii.Error."""
    return base64.b64decode("".join(text.split()), validate=True)
