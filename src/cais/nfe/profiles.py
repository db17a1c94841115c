"""Tax profiles between their rows and the fiscal core, and the one that a new Simples company starts from."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from cais.companies.models import Company
from cais.fiscal import profile as fiscal
from cais.nfe.models import TaxProfile, TaxRule

# Under the Simples a note gives no credit unless it says so (LC 123/2006 art. 23): hence the phrases most states ask.
SIMPLES_PHRASES = (
    "Documento emitido por ME ou EPP optante pelo Simples Nacional.",
    "Não gera direito a crédito fiscal de IPI.",
)


def profile_of(company: Company, day: date) -> fiscal.TaxProfile | None:
    """The profile in force on this day."""
    rows = TaxProfile.objects.filter(company=company).prefetch_related("rules")
    return fiscal.profile_on([_read(row) for row in rows], day)


def seed_simples(company: Company, *, since: date) -> TaxProfile:
    """Resale under the Simples without credit, for the accountant to confirm. Repeating is safe."""
    with transaction.atomic():
        row, made = TaxProfile.objects.get_or_create(
            company=company,
            since=since,
            defaults={"group_id": company.group_id, "legal_phrases": list(SIMPLES_PHRASES)},
        )
        if made:
            TaxRule.objects.create(
                group_id=company.group_id,
                profile=row,
                cfop_same_state="5102",
                cfop_other_state="6108",
                cfop_other_state_contributor="6102",
                csosn="102",
                pis_cst="49",
                cofins_cst="49",
            )
    return row


def _read(row: TaxProfile) -> fiscal.TaxProfile:
    return fiscal.TaxProfile(
        regime=fiscal.Regime(row.regime),
        rules=tuple(_rule(rule) for rule in row.rules.all()),
        legal_phrases=tuple(row.legal_phrases),
        since=row.since,
        until=row.until,
    )


def _rule(row: TaxRule) -> fiscal.TaxRule:
    return fiscal.TaxRule(
        tax_class=row.tax_class,
        cfops=fiscal.Cfops(
            same_state=row.cfop_same_state,
            other_state=row.cfop_other_state,
            other_state_contributor=row.cfop_other_state_contributor,
        ),
        icms=fiscal.SimplesIcms(csosn=row.csosn, credit_rate=row.credit_rate),
        pis=fiscal.Contribution(cst=row.pis_cst, rate=row.pis_rate),
        cofins=fiscal.Contribution(cst=row.cofins_cst, rate=row.cofins_rate),
    )
