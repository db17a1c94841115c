"""The A1 certificate of an issuer: opened once, kept in memory, refused with a reason a person can act on."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

# ICP-Brasil (DOC-ICP-04): the CNPJ of a company's certificate, inside subjectAltName.
CNPJ_OID = x509.ObjectIdentifier("2.16.76.1.3.3")
WARN_DAYS = 30
_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}", re.ASCII)
_SEQUENCE = 0x30
_PFX_VERSION = bytes([0x02, 0x01, 0x03])
_WORDS_IN_DER = frozenset([0x0C, 0x13, 0x16, 0x04])


class CertificateRefused(Exception):
    """This file cannot sign for this company; `sentence` says why and what to do, to the person who chose it."""

    sentence = ""

    def __init__(self, sentence: str = "") -> None:
        self.sentence = sentence or self.sentence
        super().__init__(self.sentence)


class NotACertificate(CertificateRefused):
    sentence = (
        "Este arquivo não é um certificado digital A1. "
        "Envie o arquivo .pfx ou .p12 que a certificadora entregou junto com a senha."
    )


class WrongPassword(CertificateRefused):
    sentence = "A senha não abre este certificado. Confira maiúsculas e minúsculas e digite a senha de novo."


class NoPrivateKey(CertificateRefused):
    sentence = (
        "Este arquivo traz só a parte pública do certificado, sem a chave que assina. É o que acontece com o modelo A3 "
        "(cartão ou token). Para emitir notas aqui é preciso um certificado A1, em arquivo .pfx ou .p12."
    )


class UnusableKey(CertificateRefused):
    sentence = "A chave deste certificado não é do tipo que a SEFAZ aceita (RSA). Peça à certificadora um e-CNPJ A1."


class KeyMismatch(CertificateRefused):
    sentence = "A chave e o certificado deste arquivo não formam um par. Peça o arquivo de novo à certificadora."


class Expired(CertificateRefused):
    """Its validity has ended."""


class NotYetValid(CertificateRefused):
    """Its validity has not begun."""


class NotACompany(CertificateRefused):
    sentence = "Este certificado não traz um CNPJ; deve ser de uma pessoa (e-CPF). Use o e-CNPJ A1 da empresa."


class OtherCompany(CertificateRefused):
    """It belongs to another company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class A1:
    """An opened certificate. The key is a secret: never logged, stored or shown."""

    key: RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate = field(repr=False)
    chain: tuple[x509.Certificate, ...] = field(default=(), repr=False)
    certificate_base64: str = field(repr=False)
    cnpj: str
    holder: str
    valid_from: datetime
    valid_until: datetime

    def days_left(self, now: datetime) -> int:
        """Whole days until it expires; negative afterwards."""
        return (self.valid_until - now).days


def open_a1(content: bytes, password: str, *, company_cnpj: str, now: datetime) -> A1:
    """Open a PKCS#12 file, old (RC2-40) or new, and check that it can sign for the company today.

    Opening takes some 30 ms: keep what comes back. Raises CertificateRefused, one kind for each reason.
    """
    key, certificate, chain = _unpack(content, password)
    a1 = A1(
        key=key,
        certificate=certificate,
        chain=chain,
        certificate_base64=b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode(),
        cnpj=cnpj_of(certificate),
        holder=_common_name(certificate),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
    )
    check_company(a1, company_cnpj)
    check_validity(a1, now)
    return a1


def check_company(a1: A1, company_cnpj: str) -> None:
    """The first eight characters must be the issuer's (213): head office and branches share a certificate."""
    if not a1.cnpj:
        raise NotACompany
    if a1.cnpj[:8] != company_cnpj[:8]:
        raise OtherCompany(
            f"Este certificado é de outra empresa (CNPJ {_dotted(a1.cnpj)}). "
            f"Envie o certificado do CNPJ {_dotted(company_cnpj)}, da matriz ou da própria filial."
        )


def check_validity(a1: A1, now: datetime) -> None:
    if now > a1.valid_until:
        raise Expired(f"Este certificado venceu em {a1.valid_until:%d/%m/%Y}. Envie o certificado renovado.")
    if now < a1.valid_from:
        raise NotYetValid(
            f"Este certificado só vale a partir de {a1.valid_from:%d/%m/%Y}. "
            "Se a data está certa, confira o relógio deste computador."
        )


def cnpj_of(certificate: x509.Certificate) -> str:
    """From the alternative name of ICP-Brasil, else after the colon of the common name; empty when there is none."""
    return _cnpj_in_alternative_name(certificate) or _cnpj_in(_common_name(certificate).rpartition(":")[2])


def _unpack(content: bytes, password: str) -> tuple[RSAPrivateKey, x509.Certificate, tuple[x509.Certificate, ...]]:
    if not _looks_like_pfx(content):
        raise NoPrivateKey if _is_bare_certificate(content) else NotACertificate
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(content, password.encode())
    except ValueError as error:
        raise WrongPassword from error
    if key is None:
        raise NoPrivateKey
    if certificate is None:
        # The library pairs certificate and key itself: without a pair the certificates are left among the others.
        raise KeyMismatch if chain else NotACertificate
    if not isinstance(key, RSAPrivateKey):
        raise UnusableKey
    if certificate.public_key() != key.public_key():
        raise KeyMismatch
    return key, certificate, tuple(chain)


def _looks_like_pfx(content: bytes) -> bool:
    """A PKCS#12 file is a DER sequence that begins with the version number 3."""
    if len(content) < 16 or content[0] != _SEQUENCE:
        return False
    length = content[1]
    skip = 2 + (length & 0x7F if length & 0x80 else 0)
    return content[skip : skip + 3] == _PFX_VERSION


def _is_bare_certificate(content: bytes) -> bool:
    if b"-----BEGIN CERTIFICATE-----" in content:
        return b"PRIVATE KEY-----" not in content
    try:
        x509.load_der_x509_certificate(content)
    except ValueError:
        return False
    return True


def _cnpj_in_alternative_name(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    for name in names.get_values_for_type(x509.OtherName):
        if name.type_id == CNPJ_OID:
            return _cnpj_in(_der_words(name.value))
    return ""


def _der_words(value: bytes) -> str:
    """The characters of a short DER string of any of the kinds certificate authorities use."""
    if len(value) < 2 or value[0] not in _WORDS_IN_DER or value[1] != len(value) - 2:
        return ""
    return value[2:].decode("latin-1")


def _cnpj_in(words: str) -> str:
    found = _CNPJ.fullmatch(words.strip().upper())
    return found.group() if found else ""


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    value = names[0].value if names else ""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _dotted(cnpj: str) -> str:
    return f"{cnpj[:2]}.{cnpj[2:5]}.{cnpj[5:8]}/{cnpj[8:12]}-{cnpj[12:]}"
