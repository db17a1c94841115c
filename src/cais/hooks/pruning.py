"""Letting go of old notices: they only ever said "look", and the look is long over."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cais.hooks.models import Notice

KEPT = timedelta(days=7)
KEPT_UNMERGED = timedelta(days=30)
"""Of a connection that stands still; when it goes on, its list brings whatever they were about."""
_AT_ONCE = 5000


def drop_old_notices(group_id: int) -> int:
    """Delete the group's notices that nobody will ask for, in bites that block nothing. Returns how many."""
    now = timezone.now()
    rows = Notice.objects.filter(group_id=group_id)
    merged = rows.filter(merged_at__lt=now - KEPT)
    stranded = rows.filter(merged_at=None, received_at__lt=now - KEPT_UNMERGED)
    dropped = 0
    for old in (merged, stranded):
        while bite := list(old.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
            dropped += Notice.objects.filter(pk__in=bite).delete()[0]
    return dropped
