"""Opening an A1: every refusal has its own sentence."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from cais.fiscal import certificate as a1
from tests.fiscal.samples import CNPJ, CNPJ_WITH_LETTERS, NOW, PASSWORD, certificate, pfx, rsa_key

CNPJ_OID = "2.16.76.1.3.3"
CPF_OID = "2.16.76.1.3.1"


def _opened(content: bytes, *, password: str = PASSWORD, company: str = CNPJ) -> a1.A1:
    return a1.open_a1(content, password, company_cnpj=company, now=NOW)


@pytest.mark.parametrize("tag", [0x0C, 0x13, 0x16, 0x04])
def test_the_cnpj_is_read_from_the_alternative_name(tag: int) -> None:
    value = bytes([tag, 14]) + CNPJ_WITH_LETTERS.encode()
    opened = _opened(pfx(certificate("JURUBIM", other_name=(CNPJ_OID, value))), company=CNPJ_WITH_LETTERS)
    assert opened.cnpj == CNPJ_WITH_LETTERS


def test_the_cnpj_is_read_after_the_colon_of_the_name() -> None:
    opened = _opened(pfx(certificate(f"JURUBIM COMERCIO:{CNPJ}", until=NOW + timedelta(days=335))))
    assert opened.cnpj == CNPJ
    assert opened.holder == f"JURUBIM COMERCIO:{CNPJ}"
    assert opened.days_left(NOW) == 335


def test_head_office_and_branch_share_a_certificate() -> None:
    assert _opened(pfx(certificate(f"JURUBIM:{CNPJ}")), company="11222333000262").cnpj == CNPJ


def test_the_key_is_never_shown() -> None:
    shown = repr(_opened(pfx(certificate(f"JURUBIM:{CNPJ}"))))
    assert "PrivateKey" not in shown
    assert "MII" not in shown


def test_an_old_file_opens_too(tmp_path: Path) -> None:
    """RC2-40 and 3DES, as certificate authorities still deliver."""
    chosen = certificate(f"JURUBIM:{CNPJ}")
    key = tmp_path / "key.pem"
    key.write_bytes(rsa_key("empresa").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    cert = tmp_path / "cert.pem"
    cert.write_bytes(chosen.public_bytes(Encoding.PEM))
    command = [
        "openssl",
        "pkcs12",
        "-export",
        "-legacy",
        "-inkey",
        str(key),
        "-in",
        str(cert),
        "-passout",
        "pass:velha",
    ]
    content = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    assert _opened(content, password="velha").cnpj == CNPJ


def _other_key() -> bytes:
    locked = BestAvailableEncryption(PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(b"x", rsa_key("outra"), None, [certificate(f"J:{CNPJ}")], locked)


def _curve_key() -> bytes:
    locked = BestAvailableEncryption(PASSWORD.encode())
    key = ec.generate_private_key(ec.SECP256R1())
    return pkcs12.serialize_key_and_certificates(b"x", key, None, None, locked)


def _without_key() -> bytes:
    locked = BestAvailableEncryption(PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(b"x", None, None, [certificate(f"J:{CNPJ}")], locked)


def _ended() -> bytes:
    return pfx(certificate(f"J:{CNPJ}", since=NOW - timedelta(days=400), until=NOW - timedelta(days=35)))


def _begins_later() -> bytes:
    return pfx(certificate(f"J:{CNPJ}", since=NOW + timedelta(days=2)))


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (lambda: b"", a1.NotACertificate, "não é um certificado digital A1"),
        (lambda: b"%PDF-1.7 boleto" * 10, a1.NotACertificate, ".pfx ou .p12"),
        (lambda: bytes([0x30, 0x82]) + b"x" * 40, a1.NotACertificate, "não é um certificado"),
        (lambda: certificate(f"J:{CNPJ}").public_bytes(Encoding.PEM), a1.NoPrivateKey, "modelo A3"),
        (lambda: certificate(f"J:{CNPJ}").public_bytes(Encoding.DER), a1.NoPrivateKey, "modelo A3"),
        (_without_key, a1.NoPrivateKey, "modelo A3"),
        (lambda: pfx(certificate(f"J:{CNPJ}"), password="outra"), a1.WrongPassword, "senha não abre"),
        (lambda: pfx(certificate(f"J:{CNPJ}"))[:-40], a1.CertificateRefused, "senha não abre"),
        (_other_key, a1.KeyMismatch, "par"),
        (_curve_key, a1.CertificateRefused, "certific"),
        (_ended, a1.Expired, "venceu em 17/10/2026"),
        (_begins_later, a1.NotYetValid, "23/11/2026"),
        (lambda: pfx(certificate("PESSOA FISICA:52998224725")), a1.NotACompany, "e-CPF"),
        (
            lambda: pfx(certificate("ALGUEM", other_name=(CPF_OID, b"\x0c\x0b52998224725"))),
            a1.NotACompany,
            "e-CNPJ",
        ),
        (lambda: pfx(certificate(f"OUTRA:{CNPJ_WITH_LETTERS}")), a1.OtherCompany, "12.ABC.345/01DE-35"),
    ],
)
def test_each_wrong_file_is_refused_with_its_own_sentence(
    content: object, kind: type[a1.CertificateRefused], said: str
) -> None:
    with pytest.raises(kind) as refused:
        _opened(content())  # type: ignore[operator]
    assert said in refused.value.sentence
    assert PASSWORD not in str(refused.value)
