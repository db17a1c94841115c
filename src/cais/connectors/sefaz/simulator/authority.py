"""A tiny certificate authority made at start: a root, the server's certificate, and A1 files as merchants get them."""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cais.connectors.sefaz.simulator.holder import COMPANY
from cais.connectors.sefaz.simulator.numbers import is_cnpj

DAY = timedelta(days=1)
STRANGERS_CNPJ = "XT9CDVWJ000172"
ANOTHER_STRANGERS_CNPJ = "12ABC34501DE35"
_RESPONSIBLE = x509.ObjectIdentifier("2.16.76.1.3.2")
_PERSONAL_DATA = x509.ObjectIdentifier("2.16.76.1.3.4")


class Kind(Enum):
    """What is wrong with an A1, if anything."""

    VALID = "valid"
    LEGACY = "legacy"  # encrypted with the algorithms of old issuing software; still good
    EXPIRED = "expired"
    OTHER_COMPANY = "other_company"  # a good certificate of somebody else
    WRONG_PASSWORD = "wrong_password"  # the announced one does not open the file
    NO_KEY = "no_key"  # like what can be exported of an A3: the certificate without its key
    NO_CNPJ = "no_cnpj"
    UNTRUSTED = "untrusted"  # issued by an authority that nobody knows


@dataclass(frozen=True, slots=True)
class A1:
    """A PFX file with the password that its owner believes in; ``cnpj`` is the one inside."""

    cnpj: str
    kind: Kind
    pfx: bytes
    password: str
    serial_number: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    def pem(self) -> bytes:
        """The key, unencrypted, then the certificate: only ever for a key that lives as long as a test."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.certificate.public_bytes(Encoding.PEM)


class CertificateAuthority:
    """What it issues is valid around both the real time and ``now``, so that a simulated clock may stand apart."""

    def __init__(self, *, now: datetime, name: str = "Autoridade Certificadora de Teste") -> None:
        real = datetime.now(UTC)
        self._from = min(real, now) - 30 * DAY
        self._until = max(real, now) + 400 * DAY
        self._root = self._make_root(name)

    @property
    def certificate(self) -> x509.Certificate:
        return self._root.certificate

    @property
    def bundle(self) -> bytes:
        """What a client must trust, as PEM."""
        return self._root.certificate.public_bytes(Encoding.PEM)

    @cached_property
    def server(self) -> Identity:
        """For 127.0.0.1 and localhost."""
        names = x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        )
        key = _new_key()
        builder = self._leaf(_subject("localhost"), key, usage=ExtendedKeyUsageOID.SERVER_AUTH)
        return Identity(builder.add_extension(names, critical=False).sign(self._root.key, hashes.SHA256()), key)

    def issue(self, cnpj: str, *, kind: Kind = Kind.VALID, company: str = "EMPRESA DE TESTE LTDA") -> A1:
        """An A1 asked for by this CNPJ. Raises ValueError when its check digits are wrong."""
        if not is_cnpj(cnpj):
            raise ValueError(f"{cnpj} is not a CNPJ")
        if kind is Kind.UNTRUSTED:
            stranger = CertificateAuthority(now=self._until - 400 * DAY, name="Autoridade Desconhecida")
            return _packed(
                stranger._company(cnpj, company, kind=kind), kind=kind, cnpj=cnpj, chain=stranger.certificate
            )
        inside = _somebody_else(cnpj) if kind is Kind.OTHER_COMPANY else cnpj
        identity = self._company(inside, company, kind=kind)
        return _packed(identity, kind=kind, cnpj=inside, chain=self.certificate)

    def _company(self, cnpj: str, company: str, *, kind: Kind) -> Identity:
        key = _new_key()
        subject = _subject(f"{company}:{cnpj}", country=True)
        until = self._from + 29 * DAY if kind is Kind.EXPIRED else self._until
        builder = self._leaf(subject, key, usage=ExtendedKeyUsageOID.CLIENT_AUTH, until=until)
        names = [x509.OtherName(_RESPONSIBLE, _der("RESPONSAVEL DE TESTE")), x509.RFC822Name("fiscal@empresa.example")]
        if kind is not Kind.NO_CNPJ:
            names.append(x509.OtherName(COMPANY, _der(cnpj)))
        names.append(x509.OtherName(_PERSONAL_DATA, _der("0101198052998224725" + "0" * 32)))
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return Identity(builder.sign(self._root.key, hashes.SHA256()), key)

    def _leaf(
        self,
        subject: x509.Name,
        key: rsa.RSAPrivateKey,
        *,
        usage: x509.ObjectIdentifier,
        until: datetime | None = None,
    ) -> x509.CertificateBuilder:
        root_id = self._root.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return (
            self._builder(subject, key, issuer=self._root.certificate.subject, until=until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_id), critical=False)
        )

    def _make_root(self, name: str) -> Identity:
        key, subject = _new_key(), _subject(name, country=True)
        builder = (
            self._builder(subject, key, issuer=subject)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return Identity(builder.sign(key, hashes.SHA256()), key)

    def _builder(
        self, subject: x509.Name, key: rsa.RSAPrivateKey, *, issuer: x509.Name, until: datetime | None = None
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._from)
            .not_valid_after(until or self._until)
        )


def _packed(identity: Identity, *, kind: Kind, cnpj: str, chain: x509.Certificate) -> A1:
    password = secrets.token_urlsafe(9)
    real_password = secrets.token_urlsafe(9) if kind is Kind.WRONG_PASSWORD else password
    pfx = pkcs12.serialize_key_and_certificates(
        name=cnpj.encode(),
        key=None if kind is Kind.NO_KEY else identity.key,
        cert=identity.certificate,
        cas=[chain],
        encryption_algorithm=_encryption(real_password, kind=kind),
    )
    return A1(cnpj, kind, pfx, password, f"{identity.certificate.serial_number:x}")


def _encryption(password: str, *, kind: Kind) -> KeySerializationEncryption:
    if kind is not Kind.LEGACY:
        return BestAvailableEncryption(password.encode())
    return (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(2048)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())
        .build(password.encode())
    )


def _somebody_else(cnpj: str) -> str:
    return ANOTHER_STRANGERS_CNPJ if cnpj[:8] == STRANGERS_CNPJ[:8] else STRANGERS_CNPJ


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _subject(name: str, *, country: bool = False) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]
    if country:
        attributes.insert(0, x509.NameAttribute(NameOID.COUNTRY_NAME, "BR"))
    return x509.Name(attributes)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _der(text: str) -> bytes:
    """A printable string, as most issuers write these names."""
    return bytes((0x13, len(text))) + text.encode("ascii")
