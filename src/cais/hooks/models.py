"""Door (an address that stores call), Listener (the connection behind it), Notice (what was said, append-only)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cais.companies.tenant import TenantModel, TenantQuerySet
from cais.connections.models import Connection


class Door(models.Model):
    """One address, shared by all connections of one application; it outlives them, since leftovers arrive for weeks.

    It belongs to no group: a group sees the doors of its own listeners (`companies.rls`), and only the database's
    function `cais_take_notice` writes the counts.
    """

    key = models.CharField(max_length=43, primary_key=True)
    connector = models.SlugField()
    strangers = models.BigIntegerField(default=0, db_default=0)
    others = models.BigIntegerField(default=0, db_default=0)
    last_stranger_at = models.DateTimeField(null=True)


class Listener(TenantModel):
    """The connection that a notice is for, by door and the seller's number in it; and what it has heard.

    The counts are of `day`, the installation's calendar day, except `heard_ever`; the merge writes them.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="listener")
    door_key = models.CharField(max_length=43)
    seller = models.CharField(max_length=60)
    last_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    heard = models.PositiveIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0)
    echoes = models.PositiveIntegerField(default=0)
    heard_ever = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["door_key", "seller"], name="listener_of_a_door"),)


class NoticeQuerySet(TenantQuerySet["Notice"]):
    def unmerged(self) -> NoticeQuerySet:
        """Notices that nobody has acted on, of connections that may work."""
        return self.filter(merged_at=None, connection__paused=False)


class Notice(TenantModel):
    """One notice as received. `document_id` is the row of `intake` that it was merged into, none when there was none.

    Written by `cais_take_notice` before the store gets its answer, so the table carries what an insert can bear: no
    foreign keys in the database, which would lock the group's row for each notice, and one small index.
    """

    group = models.ForeignKey(
        "companies.Group",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        db_constraint=False,
        db_index=False,
    )
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=20)
    external_id = models.CharField(max_length=60)
    act = models.CharField(max_length=10)
    received_at = models.DateTimeField(default=timezone.now)
    merged_at = models.DateTimeField(null=True)
    document_id = models.BigIntegerField(null=True)
    echo = models.BooleanField(default=False, db_default=False)

    objects = NoticeQuerySet.as_manager()  # type: ignore[misc]  # narrower than the tenant's

    class Meta:
        indexes = (models.Index(fields=["connection", "id"], name="notice_unmerged", condition=Q(merged_at=None)),)
