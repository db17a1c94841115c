"""*Tentar tudo de novo*: everything that waits in a group is tried once more, from the store to the ERP."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from cais.companies.models import Group
from cais.connections import health
from cais.connections.models import Connection
from cais.intake.models import Cursor, Document
from cais.settling.decisions import wake_everything


def retry_everything(group: Group) -> int:
    """Returns how many rows wake. Nothing is said twice outside: each row looks before it speaks."""
    with transaction.atomic():
        for connection in Connection.objects.of(group).filter(paused=False):
            health.try_again(connection)
        Cursor.objects.of(group).update(due_at=Now(), hold="", attempts=0)
        held = Document.objects.of(group).exclude(hold="")
        woken = held.update(needs_fetch=True, recorded_digest="", due_at=Now(), hold="", held_digest="", attempts=0)
        return woken + wake_everything(group.pk)
