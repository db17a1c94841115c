"""`WaitingRow`: the abstract row of every stage. It is claimed under a lease, worked on, settled.

due_at is null when the row rests. A lease is a token with an end; a worker that died simply lets it end. `in_flight`
stays true from the moment a call may have left until its outcome is written: who finds it true looks before speaking.
"""

from __future__ import annotations

import os
import random
import uuid
from datetime import timedelta
from typing import Any, Self, TypeVar

from django.db import models, transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now

from cais.companies.tenant import TenantModel, TenantQuerySet

Row = TypeVar("Row", bound="WaitingRow")

LEASE = timedelta(seconds=float(os.environ.get("CAIS_LEASE_SECONDS") or 90))
"""How long a row is kept for a worker that may have died. Longer than the longest call, or others speak in between."""
_LONGEST_WAIT = 900.0


def back_off(attempts: int) -> timedelta:
    """1, 2, 4 … 900 seconds, a third more or less, so that many rows do not come back at once."""
    return timedelta(seconds=min(_LONGEST_WAIT, 2.0 ** min(attempts, 10)) * random.uniform(0.7, 1.3))


class WaitingQuerySet(TenantQuerySet[Row]):
    def due(self) -> Self:
        """Rows that a worker may take now."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=Now()), due_at__lte=Now(), hold="")

    def claim(self, limit: int, *, lease: timedelta = LEASE) -> list[Row]:
        """Take up to `limit` due rows, oldest first, past those that another worker is taking. Commits."""
        token = uuid.uuid4()
        with transaction.atomic():
            ids = list(
                self.due()
                .order_by("due_at", "pk")
                .select_for_update(skip_locked=True, of=("self",))
                .values_list("pk", flat=True)[:limit]
            )
            self.model._base_manager.filter(pk__in=ids).update(lease=token, lease_until=Now() + lease)
        return list(self.filter(pk__in=ids, lease=token).order_by("due_at", "pk"))

    def awaken(self) -> int:
        """Make held rows due again: somebody mended the cause."""
        return self.exclude(hold="").update(hold="", held_digest="", due_at=Now(), attempts=0)


class WaitingRow(TenantModel):
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    in_flight = models.BooleanField(default=False)
    hold = models.CharField(max_length=40, blank=True)
    held_digest = models.CharField(max_length=32, blank=True)
    error = models.TextField(blank=True)

    objects = WaitingQuerySet.as_manager()  # type: ignore[misc]  # narrower than the tenant's

    class Meta:
        abstract = True

    def _mine(self) -> models.QuerySet[Any]:
        """This row, if its lease is still ours."""
        return type(self)._base_manager.filter(pk=self.pk, lease=self.lease)

    def depart(self) -> bool:
        """Write down that a call is about to leave. False when the lease is no longer ours: then do not call."""
        self.in_flight = True
        return bool(self._mine().update(in_flight=True, lease_until=Now() + LEASE))

    def stay(self, lease: timedelta) -> bool:
        """Keep the row for a while longer. False when the lease is no longer ours: then stop."""
        return bool(self._mine().update(lease_until=Now() + lease))

    def settle(self, *, again_in: timedelta | None = None, **facts: Any) -> bool:
        """The work is done: rest, or be due again later; at once when somebody made the row due meanwhile.

        False when the lease was lost: then nothing was written.
        """
        rest = {"lease": None, "lease_until": None, "in_flight": False, "attempts": 0, "error": "", "hold": ""}
        later = None if again_in is None else Now() + again_in
        still_due = Case(When(due_at=self.due_at, then=later), default=F("due_at"))
        return bool(self._mine().update(**{"due_at": still_due, **rest, **facts}))

    def postpone(self, seconds: float | None, *, error: str, counted: bool = True, in_flight: bool = False) -> bool:
        """Not now. Due again after `seconds`, or by back-off when None."""
        wait = back_off(self.attempts) if seconds is None else timedelta(seconds=seconds)
        return bool(
            self._mine().update(
                due_at=Now() + wait,
                lease=None,
                lease_until=None,
                in_flight=in_flight,
                attempts=F("attempts") + (1 if counted else 0),
                error=error[:2000],
            )
        )

    def give_back(self) -> bool:
        """Not spoken for: due as it was, in the place that it had, any doubt kept."""
        return bool(self._mine().update(lease=None, lease_until=None))

    def keep_for_a_person(self, reason: str, *, digest: str, error: str, in_flight: bool = False) -> bool:
        """Hold for this digest; it wakes when the digest changes or somebody releases it."""
        return bool(
            self._mine().update(
                hold=reason, held_digest=digest, error=error[:2000], lease=None, lease_until=None, in_flight=in_flight
            )
        )
