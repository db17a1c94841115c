"""Cursor (how far a reading went), Document (a payload as received) and Gap (a number that no order bears)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cais.companies.tenant import TenantModel
from cais.connections.models import Connection
from cais.waiting.rows import WaitingRow

ORDERS = "orders"
REVIEW = "review"
GAPS = "gaps"


class Cursor(WaitingRow):
    """One kind of reading of one connection. `watermark` is the vendor's day up to which a pass was conclusive.

    `begun_at` is set while a pass of many steps goes on, so that whoever takes it up knows what it saw already.
    `whole_at` is when the last conclusive pass began: every order that the store listed by then has its row. It ended
    with a window from `listed_from` to the watermark, of so many `pages` and orders (`listed`). `newest_at` is when the
    end of that list was read again since: every order placed by then has its row.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="cursors")
    kind = models.CharField(max_length=20)
    watermark = models.DateField(null=True)
    asked_by = models.CharField(max_length=120, blank=True)
    read_at = models.DateTimeField(null=True)
    run_id = models.BigIntegerField(null=True)
    begun_at = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)
    listed_from = models.DateField(null=True)
    pages = models.PositiveIntegerField(default=0, db_default=0)
    listed = models.PositiveIntegerField(default=0, db_default=0)
    newest_at = models.DateTimeField(null=True)
    asked_run = models.BigIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "kind"], name="cursor_once_per_kind"),)


class Document(WaitingRow):
    """One record of the store: listed, then fetched byte for byte, then recorded.

    Listing makes the row and nothing else, so a reading that dies leaves behind what it has still to fetch.
    Due while `needs_fetch`, or while `digest` is not `recorded_digest`. `asked_at`: somebody saw it change since; it
    moves with each of them, so that a fetch that was under way meanwhile is not taken for the answer.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=20)
    external_id = models.CharField(max_length=60)
    version = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField(null=True)
    listed_digest = models.CharField(max_length=32, blank=True)
    needs_fetch = models.BooleanField(default=True)
    digest = models.CharField(max_length=32, blank=True)
    recorded_digest = models.CharField(max_length=32, blank=True)
    raw = models.BinaryField(default=b"")
    first_seen_at = models.DateTimeField(default=timezone.now)
    fetched_at = models.DateTimeField(null=True)
    fetch_again_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "kind", "external_id"], name="document_once_per_record"),
        )
        indexes = (
            models.Index(fields=["connection", "due_at"], name="document_due", condition=Q(due_at__isnull=False)),
        )


class Gap(TenantModel):
    """A number between two orders of a store that gives ascending numbers. Asked for once; an absent one is kept."""

    class State(models.TextChoices):
        OPEN = "open", "a conferir"
        FOUND = "found", "encontrado"
        ABSENT = "absent", "não existe"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="gaps")
    number = models.BigIntegerField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    seen_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "number"], name="gap_once_per_number"),)
        indexes = (models.Index(fields=["connection", "state"], name="gap_by_state"),)
