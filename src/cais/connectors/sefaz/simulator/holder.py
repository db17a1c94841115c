"""Who stands behind a certificate: the company that ICP-Brasil writes into its alternative names."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature

COMPANY = x509.ObjectIdentifier("2.16.76.1.3.3")
_TEXT_TAGS = (0x04, 0x0C, 0x13, 0x16)  # octet, UTF-8, printable and IA5 strings


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate and the CNPJ inside it; empty when it carries none."""

    certificate: x509.Certificate
    cnpj: str

    def is_valid_at(self, moment: datetime) -> bool:
        return self.certificate.not_valid_before_utc <= moment <= self.certificate.not_valid_after_utc

    def was_issued_by(self, authority: x509.Certificate) -> bool:
        try:
            self.certificate.verify_directly_issued_by(authority)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True


def read_holder(der: bytes) -> Holder:
    """Raises ValueError for bytes that are not a certificate."""
    certificate = x509.load_der_x509_certificate(der)
    return Holder(certificate, _company(certificate))


def _company(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    for name in names.get_values_for_type(x509.OtherName):
        if name.type_id == COMPANY:
            return _der_text(name.value)
    return ""


def _der_text(value: bytes) -> str:
    """The content of one short DER string; empty for anything else."""
    if len(value) < 2 or value[0] not in _TEXT_TAGS or value[1] != len(value) - 2:
        return ""
    return value[2:].decode("ascii", "replace").strip()
