"""How a company invoices (edited by people), its certificates, its counters, and what SEFAZ last said of it."""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from cais.companies.models import Company
from cais.companies.tenant import TenantModel
from cais.fiscal.documents import Environment
from cais.fiscal.preflight import LAST_SERIES
from cais.fiscal.profile import Regime

RESALE = "revenda"
ENVIRONMENTS = ((Environment.TRIAL.value, "Homologação (sem valor fiscal)"), (Environment.PRODUCTION.value, "Produção"))
REGIMES = (
    (Regime.SIMPLES.value, "1 – Simples Nacional"),
    (Regime.SIMPLES_EXCESS.value, "2 – Simples Nacional, excesso de sublimite"),
    (Regime.NORMAL.value, "3 – Regime normal"),
    (Regime.MEI.value, "4 – MEI"),
)


@pghistory.track()
class FiscalSetup(TenantModel):
    """*Configuração fiscal* of one company. The state is the company's own; `sefaz_url` replaces the table's address.

    With `automatic_since` set, orders recorded from then on are invoiced as soon as the ERP has them.
    """

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="fiscal_setup")
    regime = models.CharField("regime (CRT)", max_length=1, choices=REGIMES, default=Regime.SIMPLES.value)
    state_registration = models.CharField("inscrição estadual", max_length=14, blank=True)
    street = models.CharField("rua", max_length=60, blank=True)
    number = models.CharField("número", max_length=60, blank=True)
    complement = models.CharField("complemento", max_length=60, blank=True)
    district = models.CharField("bairro", max_length=60, blank=True)
    city = models.CharField("cidade", max_length=80, blank=True)
    postal_code = models.CharField("CEP", max_length=8, blank=True)
    phone = models.CharField("telefone", max_length=14, blank=True)
    environment = models.CharField("ambiente", max_length=1, choices=ENVIRONMENTS, default=Environment.TRIAL.value)
    series = models.PositiveSmallIntegerField("série", default=1, validators=[MaxValueValidator(LAST_SERIES)])
    operation = models.CharField("natureza da operação", max_length=60, default="Venda de mercadoria")
    tax_class = models.CharField("classe fiscal dos produtos", max_length=30, default=RESALE)
    contact_cnpj = models.CharField("CNPJ do responsável técnico", max_length=14, blank=True)
    contact_name = models.CharField("nome do responsável técnico", max_length=60, blank=True)
    contact_email = models.CharField("e-mail do responsável técnico", max_length=60, blank=True)
    contact_phone = models.CharField("telefone do responsável técnico", max_length=14, blank=True)
    accountant = models.CharField("CPF ou CNPJ da contabilidade", max_length=14, blank=True)
    sefaz_url = models.CharField("endereço da SEFAZ", max_length=200, blank=True)
    automatic_since = models.DateTimeField("emite sozinho desde", null=True, blank=True)

    def __str__(self) -> str:
        return f"Configuração fiscal de {self.company}"


class Certificate(TenantModel):
    """An A1 and its password, both encrypted; shown to nobody. The newest that is valid is used."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="certificates")
    ciphertext = models.BinaryField()
    password = models.BinaryField()
    cnpj = models.CharField(max_length=14)
    holder = models.CharField(max_length=200)
    valid_from = models.DateTimeField()
    not_after = models.DateTimeField()
    uploaded_by = models.CharField(max_length=120, blank=True)
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-uploaded_at", "-id")


class NumberSeries(TenantModel):
    """The counter of one series: the row that is locked while a number is taken.

    `freed` are numbers taken for notes that never reached SEFAZ, or that it refused, and whose order was given up:
    the next notes take them first, so that the series has no gap.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="number_series")
    environment = models.CharField(max_length=1, choices=ENVIRONMENTS)
    series = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)
    freed = ArrayField(models.PositiveIntegerField(), default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "environment", "series"], name="one_counter_per_series"),
        )


@pghistory.track()
class TaxProfile(TenantModel):
    """The rules of a company from one day to another, both included; without `until` still in force."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="tax_profiles")
    regime = models.CharField("regime (CRT)", max_length=1, choices=REGIMES, default=Regime.SIMPLES.value)
    since = models.DateField("vale desde")
    until = models.DateField("vale até", null=True, blank=True)
    legal_phrases = ArrayField(models.CharField(max_length=300), default=list, verbose_name="frases legais")

    class Meta:
        ordering = ("-since", "-id")
        constraints = (models.UniqueConstraint(fields=["company", "since"], name="one_profile_per_start"),)

    def __str__(self) -> str:
        return f"{self.company}, desde {self.since:%d/%m/%Y}"


@pghistory.track()
class TaxRule(TenantModel):
    """The taxation of one class of goods within a profile: every code and rate a note says is read from here."""

    profile = models.ForeignKey(TaxProfile, on_delete=models.CASCADE, related_name="rules")
    tax_class = models.CharField("classe fiscal", max_length=30, default=RESALE)
    cfop_same_state = models.CharField("CFOP no estado", max_length=4)
    cfop_other_state = models.CharField("CFOP para outro estado", max_length=4)
    cfop_other_state_contributor = models.CharField("CFOP para contribuinte de outro estado", max_length=4)
    csosn = models.CharField("CSOSN", max_length=3)
    credit_rate = models.DecimalField("crédito de ICMS (%)", max_digits=7, decimal_places=4, null=True, blank=True)
    pis_cst = models.CharField("CST do PIS", max_length=2)
    pis_rate = models.DecimalField("alíquota do PIS (%)", max_digits=7, decimal_places=4, default=Decimal(0))
    cofins_cst = models.CharField("CST da COFINS", max_length=2)
    cofins_rate = models.DecimalField("alíquota da COFINS (%)", max_digits=7, decimal_places=4, default=Decimal(0))

    class Meta:
        ordering = ("tax_class",)
        constraints = (models.UniqueConstraint(fields=["profile", "tax_class"], name="one_rule_per_class"),)

    def __str__(self) -> str:
        return self.tax_class


class SefazState(TenantModel):
    """What the engine last learnt of SEFAZ for one company, shared by all workers.

    `paused_until`: nothing is sent before it. `stopped` names the refusal that stops the queue until a person acts.
    `seconds_ahead` is our clock less SEFAZ's, at `checked_at`.
    """

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="sefaz_state")
    paused_until = models.DateTimeField(null=True)
    status = models.CharField(max_length=4, blank=True)
    words = models.TextField(blank=True)
    stopped = models.CharField(max_length=4, blank=True)
    checked_at = models.DateTimeField(null=True)
    seconds_ahead = models.IntegerField(default=0)

    @property
    def is_paused(self) -> bool:
        return bool(self.stopped) or (self.paused_until is not None and self.paused_until > timezone.now())
