"""Customer: ours, kept and corrected by people; an order's buyer is what the store said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from cais.companies.tenant import TenantModel, TenantQuerySet
from cais.core.values import document_text


class CustomerQuerySet(TenantQuerySet["Customer"]):
    def with_email(self, emails: Collection[str]) -> CustomerQuerySet:
        """Those with one of these e-mails, given in lower case."""
        return self.alias(mailbox=Lower("email")).filter(mailbox__in=emails)

    def matching(self, text: str) -> CustomerQuerySet:
        """Every word in the name, or the whole text as e-mail, or as CPF or CNPJ with any punctuation."""
        if not text:
            return self
        spoken = models.Q()
        for word in text.split():
            spoken &= models.Q(name__folded_contains=word)
        bare = document_text(text)
        document = models.Q(document=bare) if bare else models.Q()
        return self.filter(spoken | models.Q(email__iexact=text) | document)

    def latest_orders(self) -> dict[int, datetime]:
        """When each of these customers last bought; who never did is absent. For a page of them, not for all."""
        bought = self.order_by().values_list("pk").annotate(latest=models.Max("orders__placed_at"))
        return {pk: latest for pk, latest in bought if latest is not None}


CustomerManager = models.Manager.from_queryset(CustomerQuerySet)


@pghistory.track()
class Customer(TenantModel):
    """*Cliente*. `corrected` names the fields a person has written: no store overwrites them (feature B8)."""

    document = models.CharField("CPF ou CNPJ", max_length=14, blank=True)
    is_company = models.BooleanField("pessoa jurídica", default=False)
    name = models.CharField("nome", max_length=300)
    email = models.EmailField("e-mail", max_length=254, blank=True)
    phone = models.CharField("telefone", max_length=30, blank=True)
    state_registration = models.CharField("inscrição estadual", max_length=20, blank=True)
    street = models.CharField("rua", max_length=200, blank=True)
    number = models.CharField("número", max_length=20, blank=True)
    complement = models.CharField("complemento", max_length=100, blank=True)
    district = models.CharField("bairro", max_length=100, blank=True)
    city = models.CharField("cidade", max_length=200, blank=True)
    state = models.CharField("UF", max_length=2, blank=True)
    postal_code = models.CharField("CEP", max_length=8, blank=True)
    corrected = ArrayField(models.CharField(max_length=30), default=list)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[CustomerManager[Customer]] = CustomerManager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["group", "document"], condition=~models.Q(document=""), name="customer_once_per_document"
            ),
        )
        indexes = (
            models.Index(models.F("group"), Lower("email"), name="customer_by_email", condition=models.Q(document="")),
        )

    def __str__(self) -> str:
        return self.name
