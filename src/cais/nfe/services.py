"""What other rooms ask of this one, by the names they use."""

from __future__ import annotations

from cais.companies.models import Company
from cais.nfe import sefaz
from cais.nfe.certificates import certificate_of, keep_certificate
from cais.nfe.issuing import (
    CannotTryAgain,
    NextNumber,
    Preview,
    Refusal,
    issue,
    next_number,
    preview,
    resend_to_store,
    try_again,
)
from cais.nfe.models import Certificate, NumberSeries
from cais.nfe.papers import by_link, close_press, danfe, danfe_of_many, danfes, group_of_link, xml
from cais.nfe.profiles import seed_simples
from cais.nfe.readiness import Missing, missing
from cais.nfe.store_invoice import link_of

__all__ = [
    "CannotTryAgain",
    "Missing",
    "NextNumber",
    "Preview",
    "Refusal",
    "by_link",
    "certificate_of",
    "close_press",
    "danfe",
    "danfe_of_many",
    "danfes",
    "group_of_link",
    "issue",
    "link_of",
    "missing",
    "next_number",
    "preview",
    "resend_to_store",
    "seed_simples",
    "set_next_number",
    "try_again",
    "upload_certificate",
    "xml",
]


def upload_certificate(company: Company, content: bytes, password: str, *, actor_name: str) -> Certificate:
    """Keep an A1 of this company; what had stopped because of the old one goes on. Raises CertificateRefused."""
    row = keep_certificate(company, content, password, actor_name=actor_name)
    sefaz.release(company)
    return row


def set_next_number(company: Company, *, environment: str, series: int, number: int) -> None:
    """The series goes on from `number`: where another program left it. Never backwards; raises ValueError."""
    row, _ = NumberSeries.objects.get_or_create(
        company=company, environment=environment, series=series, defaults={"group_id": company.group_id}
    )
    moved = NumberSeries.objects.filter(pk=row.pk, last__lt=number).update(last=number - 1)
    if not moved:
        raise ValueError(f"A série {series} já passou do número {number}: o próximo é {row.last + 1}.")
