"""Connection (what people edit), who serves it, its secrets and tokens, its health, its call budget."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from cais import connectors
from cais.companies.models import Company
from cais.companies.tenant import TenantModel
from cais.core.allocation import Policy
from cais.ports.capabilities import Connector
from cais.ports.manifest import Capability, Facts, Manifest


@pghistory.track()
class Connection(TenantModel):
    """*Conector*: one account at one vendor. `start_at` is feature B0's start instant: older orders are only read."""

    class Mode(models.TextChoices):
        """Whether what Cais decides is said at this account, or only shown (feature F4)."""

        PUBLISH = "publish", "Escreve"
        OBSERVE = "observe", "Só observando"

    ROLES = (("store", "Loja"), ("erp", "ERP"))

    class Capture(models.TextChoices):
        """Who decides that an order goes on to the ERP (feature B1): Cais, or a person for each order."""

        AUTOMATIC = "automatic", "automática"
        BY_CHOICE = "by_choice", "por escolha"

    class Moves(models.TextChoices):
        """Which proposals become movements by themselves when several companies may serve (feature C5)."""

        ALWAYS = "always", "sempre"
        WHOLE = "whole", "quando uma empresa atende tudo"
        NEVER = "never", "nunca: uma pessoa movimenta"

    POLICIES = ((Policy.PRIORITY.value, "prioridade"), (Policy.FEWEST_PARCELS.value, "menos volumes"))

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="connections", verbose_name="empresa")
    connector = models.SlugField()
    modality = models.CharField("modalidade", max_length=10)
    role = models.CharField(max_length=5, choices=ROLES)
    name = models.CharField("nome", max_length=60)
    settings = models.JSONField(default=dict)
    functions = ArrayField(models.CharField(max_length=30), default=list)
    start_at = models.DateTimeField("recebe pedidos desde", default=timezone.now)
    history_days = models.PositiveSmallIntegerField("dias de histórico", default=30)
    capture = models.CharField("captura", max_length=10, choices=Capture.choices, default=Capture.AUTOMATIC)
    creates_products = models.BooleanField("criar produtos que faltam", default=False)
    policy = models.CharField("regra da proposta", max_length=14, choices=POLICIES, default=Policy.PRIORITY.value)
    moves = models.CharField("movimenta sozinho", max_length=6, choices=Moves.choices, default=Moves.WHOLE)
    paused = models.BooleanField("pausada", default=False)
    mode = models.CharField("modo", max_length=10, choices=Mode.choices, default=Mode.PUBLISH)
    rehearsed_at = models.DateTimeField("ensaio visto em", null=True)

    class Meta:
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=["group", "name"], name="connection_name_once_per_group"),)

    def __str__(self) -> str:
        return self.name

    @property
    def vendor(self) -> Connector:
        return connectors.get(self.connector)

    @property
    def manifest(self) -> Manifest:
        return self.vendor.manifest

    @property
    def facts(self) -> Facts:
        return self.manifest.facts(self.modality)

    @property
    def observes(self) -> bool:
        """*Só observando*: it is read and decided about as always, and nothing is written there."""
        return self.mode == self.Mode.OBSERVE

    def does(self, capability: Capability) -> bool:
        """Offered by the modality and switched on by a person (feature A5)."""
        return capability in self.functions and self.manifest.offers(self.modality, capability)


@pghistory.track()
class ServingCompany(TenantModel):
    """*Empresa que atende*: a company that may serve the orders of a connection (feature A2).

    Without a row the connection's own company serves alone. `rank` is its place in this queue; where nobody
    reordered it is null, and the companies' own priority is the order (feature A1). Read by `connections.serving`.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="serving_companies")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField("lugar na fila desta loja", null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "company"], name="company_serves_once"),)


class Secret(TenantModel):
    """One secret setting, encrypted; shown to nobody, not even to who typed it."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=40)
    ciphertext = models.BinaryField()
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "name"], name="secret_once_per_connection"),)


class StoredTokens(TenantModel):
    """The access of one connection, encrypted as one text, with its two deadlines in clear."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="stored_tokens")
    ciphertext = models.BinaryField()
    access_expires_at = models.DateTimeField()
    refresh_expires_at = models.DateTimeField()
    saved_at = models.DateTimeField(default=timezone.now)


class Health(TenantModel):
    """What the engine last saw of a connection. `access` is empty when all is well, else a reason of the inbox.

    `disconnected`: the vendor says that the account is no more; nothing is tried until a person asks for it.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="health")
    access = models.CharField(max_length=40, blank=True)
    detail = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)
    limited_until = models.DateTimeField(null=True)
    disconnected = models.BooleanField(default=False)
    last_read_at = models.DateTimeField(null=True)
    last_order_at = models.DateTimeField(null=True)
    statuses_read_at = models.DateTimeField(null=True)


class Budget(TenantModel):
    """The calls of one account, counted together by all workers. Times are of the vendor's clock, unix seconds."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="budget")
    minute = ArrayField(models.FloatField(), default=list)
    day = models.DateField(null=True)
    day_calls = models.PositiveIntegerField(default=0)
