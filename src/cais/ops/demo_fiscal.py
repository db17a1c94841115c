"""The demo's company ready to invoice: set-up, tax profile and a certificate of the simulated authority."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from cais.companies.models import Company
from cais.nfe.models import Certificate, FiscalSetup, TaxProfile
from cais.nfe.services import seed_simples, upload_certificate
from cais.ops.demo_company import DEMO_FISCAL

PROFILE_SINCE = date(2026, 1, 1)


def ready_to_invoice(company: Company, said: Mapping[str, Any], *, actor_name: str) -> None:
    """Make what is missing; what a person changed stays. A simulator started anew brings a certificate of its own."""
    known = {"group": company.group, **DEMO_FISCAL[company.cnpj]}
    FiscalSetup.objects.get_or_create(company=company, defaults=known)
    if not TaxProfile.objects.filter(company=company).exists():
        seed_simples(company, since=PROFILE_SINCE)
    (own,) = (one for one in said["certificates"] if one["cnpj"] == company.cnpj and one["kind"] == "valid")
    if not Certificate.objects.filter(company=company, uploaded_by=actor_name).exists():
        upload_certificate(company, Path(own["pfx"]).read_bytes(), own["password"], actor_name=actor_name)
