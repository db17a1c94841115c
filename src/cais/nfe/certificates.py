"""The A1 certificates of a company: refused with reasons, kept encrypted, opened once per process."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import OrderedDict
from threading import Lock

from cais.companies.models import Company
from cais.connections.account import CLOCK
from cais.connections.vault import seal, unseal
from cais.fiscal.certificate import A1, NotACertificate, open_a1
from cais.nfe.models import Certificate

LARGEST = 256 * 1024
_KEPT = 32


def keep_certificate(company: Company, content: bytes, password: str, *, actor_name: str) -> Certificate:
    """Keep a certificate that can sign for this company today. Raises CertificateRefused with its sentence."""
    if len(content) > LARGEST:
        raise NotACertificate
    a1 = open_a1(content, password, company_cnpj=company.cnpj, now=CLOCK.now())
    return Certificate.objects.create(
        group_id=company.group_id,
        company=company,
        ciphertext=seal(b64encode(content).decode()),
        password=seal(password),
        cnpj=a1.cnpj,
        holder=a1.holder[:200],
        valid_from=a1.valid_from,
        not_after=a1.valid_until,
        uploaded_by=actor_name[:120],
    )


def certificate_of(company: Company) -> Certificate | None:
    """The newest that is valid now."""
    now = CLOCK.now()
    return Certificate.objects.filter(company=company, valid_from__lte=now, not_after__gt=now).first()


class _Opened:
    """Opened certificates of this process: opening one takes some 30 ms, signing one fiftieth of that."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._kept: OrderedDict[int, A1] = OrderedDict()

    def get(self, row: Certificate) -> A1:
        with self._guard:
            found = self._kept.get(row.pk)
            if found is None:
                found = self._kept[row.pk] = self._open(row)
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return found

    def _open(self, row: Certificate) -> A1:
        content = b64decode(unseal(row.ciphertext))
        return open_a1(content, unseal(row.password), company_cnpj=row.company.cnpj, now=CLOCK.now())


_opened = _Opened()


def opened(row: Certificate) -> A1:
    """Ready to sign. Raises CertificateRefused, or VaultError when the keys that protect it were changed or lost."""
    return _opened.get(row)
