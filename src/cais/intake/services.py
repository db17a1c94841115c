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
from cais.intake.runs import ask_for_run
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


def read_now(connection: Connection, *, asked_by: str, asker_id: int | None = None) -> int:
    """*Sincronizar*: read orders and statuses as soon as a worker is free, whatever was waiting. Returns the run."""
    health.try_again(connection)
    with transaction.atomic():
        cursors = Cursor.objects.filter(connection=connection, kind__in=(ORDERS, STATUSES))
        list(cursors.select_for_update().order_by("pk"))
        run_id = ask_for_run(connection, asked_by=asked_by, asker_id=asker_id)
        cursors.update(due_at=Now(), hold="", attempts=0)
        cursors.filter(kind=ORDERS).update(asked_by=asked_by, asked_run=run_id)
    return run_id


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
