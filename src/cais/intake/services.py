"""Connecting a store, and asking for a reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from cais.companies.models import Company
from cais.connections import health
from cais.connections.models import Connection
from cais.connections.services import make_connection
from cais.intake.models import GAPS, ORDERS, REVIEW, Cursor, Document
from cais.intake.review import until_night
from cais.intake.statuses import STATUSES


def connect_store(
    company: Company, *, connector: str, modality: str, name: str, values: Mapping[str, str], **facts: Any
) -> Connection:
    """A store's connection with its readings, due at once."""
    with transaction.atomic():
        connection = make_connection(company, connector=connector, modality=modality, name=name, values=values, **facts)
        Cursor.objects.bulk_create(
            Cursor(group=company.group, connection=connection, kind=kind, due_at=Now())
            for kind in (ORDERS, STATUSES, GAPS)
        )
        Cursor.objects.create(
            group=company.group, connection=connection, kind=REVIEW, due_at=Now() + until_night(connection)
        )
    return connection


def read_now(connection: Connection, *, asked_by: str) -> None:
    """*Sincronizar*: read orders and statuses as soon as a worker is free, whatever was waiting."""
    health.try_again(connection)
    asked = Cursor.objects.filter(connection=connection, kind__in=(ORDERS, STATUSES))
    asked.update(due_at=Now(), asked_by=asked_by, hold="", attempts=0)


def review_now(connection: Connection, *, asked_by: str) -> None:
    """*Conferir tudo*: the night's review as soon as a worker is free; one that goes on already goes on."""
    health.try_again(connection)
    asked = Cursor.objects.filter(connection=connection, kind=REVIEW)
    asked.update(due_at=Now(), asked_by=asked_by, hold="", attempts=0)


def read_again(document: Document) -> None:
    """*Ler o pedido de novo*: fetch it afresh, and understand it even if it comes the same."""
    Document.objects.filter(pk=document.pk).update(
        needs_fetch=True, recorded_digest="", due_at=Now(), hold="", held_digest="", attempts=0
    )
