"""The XML signature of the NF-e: enveloped, C14N 1.0, SHA-1 and RSA-SHA1, as the schema fixes them."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from lxml import etree

from cais.fiscal.build import UnsignedNote
from cais.fiscal.certificate import A1
from cais.fiscal.tags import DS, NS, parse

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
RSA_SHA1 = f"{DS}rsa-sha1"
SHA1 = f"{DS}sha1"
ENVELOPED = f"{DS}enveloped-signature"
_D = f"{{{DS}}}"
_N = f"{{{NS}}}"

# Written in canonical form: what is signed is, byte for byte, what a verifier's C14N will give.
_SIGNED_INFO = (
    "<SignedInfo{namespace}>"
    f'<CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
    f'<SignatureMethod Algorithm="{RSA_SHA1}"></SignatureMethod>'
    '<Reference URI="#NFe{key}"><Transforms>'
    f'<Transform Algorithm="{ENVELOPED}"></Transform><Transform Algorithm="{C14N}"></Transform>'
    f'</Transforms><DigestMethod Algorithm="{SHA1}"></DigestMethod>'
    "<DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
)
_INFNFE_OPENING = f'<infNFe xmlns="{NS}" '.encode()


class SignatureInvalid(ValueError):
    """The note's signature is missing, of another kind, or does not fit its content."""


@dataclass(frozen=True, slots=True)
class SignedNote:
    """`xml` is kept and sent as these very bytes; `digest` is the DigestValue SEFAZ repeats as digVal."""

    key: str
    digest: str
    xml: bytes


def sign(note: UnsignedNote, a1: A1) -> SignedNote:
    """The whole NFe without XML declaration, on one line."""
    digest = _sha1(note.canonical)
    to_sign = _signed_info(note.key, digest, namespace=f' xmlns="{DS}"')
    value = b64encode(a1.key.sign(to_sign.encode(), padding.PKCS1v15(), hashes.SHA1())).decode()
    signature = (
        f'<Signature xmlns="{DS}">{_signed_info(note.key, digest, namespace="")}'
        f"<SignatureValue>{value}</SignatureValue><KeyInfo><X509Data>"
        f"<X509Certificate>{a1.certificate_base64}</X509Certificate></X509Data></KeyInfo></Signature>"
    )
    # infNFe takes its namespace from NFe in the file, and states it itself in its canonical form.
    body = note.canonical.replace(_INFNFE_OPENING, b"<infNFe ", 1)
    xml = b"".join((f'<NFe xmlns="{NS}">'.encode(), body, signature.encode(), b"</NFe>"))
    return SignedNote(note.key, digest, xml)


def _signed_info(key: str, digest: str, *, namespace: str) -> str:
    return _SIGNED_INFO.format(key=key, digest=digest, namespace=namespace)


def verify(nfe: bytes) -> x509.Certificate:
    """Check the only signature of an NFe cut out by its bytes; the certificate that signed it. Raises SignatureInvalid.

    It tells that the content is what the certificate signed, not that the certificate may be trusted.
    """
    root = parse(nfe)
    info = root.find(f"{_N}infNFe")
    signatures = root.findall(f".//{_D}Signature")
    if root.tag != f"{_N}NFe" or info is None or len(signatures) != 1 or signatures[0].getparent() is not root:
        raise SignatureInvalid("an NFe with one infNFe and one Signature beside it is wanted")
    signature = signatures[0]
    _check_algorithms(signature, reference=f"#{info.get('Id')}")
    if _text(signature, f".//{_D}DigestValue") != _sha1(canonical(info)):
        raise SignatureInvalid("the content is not what was signed")
    certificate = _certificate(signature)
    _check_value(signature, certificate)
    return certificate


def digest_of(nfe: bytes) -> str:
    """The DigestValue written in a signed note. Raises SignatureInvalid when there is none."""
    return _text(parse(nfe), f".//{_D}DigestValue")


def canonical(element: etree._Element) -> bytes:
    """C14N of an element with what it inherits from its ancestors.

    It is written out and read again first: on an element inside its tree lxml's C14N puts xmlns="" into grandchildren
    whose namespace comes from above.
    """
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    written: bytes = etree.tostring(alone, method="c14n")
    return written


def _sha1(content: bytes) -> str:
    return b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def _text(root: etree._Element, path: str) -> str:
    content: str = root.findtext(path) or ""
    if not content:
        raise SignatureInvalid(f"{path.rpartition('}')[2]} is missing")
    return content


def _check_algorithms(signature: etree._Element, *, reference: str) -> None:
    found = [element.get("Algorithm") for element in signature.iter() if element.get("Algorithm")]
    if found != [C14N, RSA_SHA1, ENVELOPED, C14N, SHA1]:
        raise SignatureInvalid("the algorithms are not those of the NF-e")
    references = [element.get("URI") for element in signature.iter(f"{_D}Reference")]
    if references != [reference]:
        raise SignatureInvalid("the signature is about another element")


def _certificate(signature: etree._Element) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(b64decode(_text(signature, f".//{_D}X509Certificate"), validate=True))
    except (NotBase64, ValueError) as error:
        raise SignatureInvalid("the certificate cannot be read") from error


def _check_value(signature: etree._Element, certificate: x509.Certificate) -> None:
    signed_info = signature.find(f"{_D}SignedInfo")
    public_key = certificate.public_key()
    if signed_info is None or not isinstance(public_key, RSAPublicKey):
        raise SignatureInvalid("an RSA signature is wanted")
    try:
        value = b64decode(_text(signature, f"{_D}SignatureValue"))
        public_key.verify(value, canonical(signed_info), padding.PKCS1v15(), hashes.SHA1())
    except (InvalidSignature, NotBase64) as error:
        raise SignatureInvalid("the signature is not of this certificate") from error
