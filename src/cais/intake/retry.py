"""Waking what waits: all of a group when a person asks, what a failing connection put off when it answers again."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from cais.companies.models import Group
from cais.connections import health
from cais.connections.models import Connection
from cais.intake.models import REVIEW, Cursor, Document
from cais.nfe.models import InvoicePublication
from cais.publishing.models import ErpOrderPublication, StatusPublication, TrackingPublication
from cais.settling.decisions import wake_everything

_SENT = (ErpOrderPublication, StatusPublication, TrackingPublication, InvoicePublication)
# Whose rows are put off when their connection fails.
_PUT_OFF = (Cursor, Document, *_SENT)


def retry_everything(group: Group) -> int:
    """Returns how many rows wake. Nothing is said twice outside: each row looks before it speaks."""
    with transaction.atomic():
        for connection in Connection.objects.of(group).filter(paused=False):
            health.try_again(connection)
        Cursor.objects.of(group).exclude(kind=REVIEW).update(due_at=Now(), hold="", attempts=0)
        held = Document.objects.of(group).exclude(hold="")
        woken = held.update(needs_fetch=True, recorded_digest="", due_at=Now(), hold="", held_digest="", attempts=0)
        return woken + wake_everything(group.pk)


def go_on(connection: Connection) -> int:
    """The connection answers again: what its failures put off is due now. Returns how many rows wake."""
    with transaction.atomic():
        return sum(
            table.objects.filter(connection=connection, hold="", due_at__gt=Now())
            .exclude(error="")
            .update(due_at=Now())
            for table in _PUT_OFF
        )


def waiting_to_be_sent(connection: Connection) -> int:
    """How many things a store or ERP is still to be told, held ones not counted."""
    return sum(table.objects.filter(connection=connection, hold="", due_at__isnull=False).count() for table in _SENT)
