"""The Caixa de erros as people read it: open rows grouped by cause, the dearest first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    FloatField,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Extract, Now, Replace

from cais.companies.models import Group
from cais.core.wording import quantity_text
from cais.inbox.models import Pending
from cais.inbox.reasons import REASONS, Reason, words

LISTED = 200
# Ranks up to each of these belong together: no access, orders that stand still, what can wait.
_BANDS = (4, 19)
_ADDED = ("stock_short", "missing")


@dataclass(frozen=True)
class OpenCause:
    """What several records wait for together. `id` is one of its rows; it names the cause in addresses."""

    id: int
    reason: Reason
    key: str
    count: int
    amount: Decimal
    since: datetime
    params: Mapping[str, Any]
    connection_id: int | None
    subject: str
    subject_id: int
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None

    @cached_property
    def title(self) -> str:
        return self._filled(self.reason.title)

    @cached_property
    def short(self) -> str:
        return self._filled(self.reason.short)

    @cached_property
    def cause(self) -> str:
        return self._filled(self.reason.cause)

    @cached_property
    def consequence(self) -> str:
        return self._filled(self.reason.consequence)

    @cached_property
    def remedy(self) -> str:
        return self._filled(self.reason.remedy)

    def _filled(self, template: str) -> str:
        return words(template, dict(self.params), n=self.count)


def open_causes(group: Group, *, snoozed: bool = False, limit: int = LISTED) -> list[OpenCause]:
    """Lost access first, then by money times age within each band of gravity. Snoozed ones apart."""
    rows = _grouped(_awake(group) if not snoozed else _asleep(group))
    return _with_texts(list(rows[:limit]))


def count_open(group: Group, *, connection_id: int | None = None) -> int:
    """How many causes are open, of one connection or of all; snoozed ones apart."""
    rows = _awake(group) if connection_id is None else _awake(group).filter(connection_id=connection_id)
    return rows.order_by().values("reason", "cause").distinct().count()


def count_snoozed(group: Group) -> int:
    return _asleep(group).order_by().values("reason", "cause").distinct().count()


def held_by_causes(group: Group) -> tuple[int, Decimal]:
    """How many orders wait for anything, and their money; each order once."""
    orders = _awake(group).filter(subject="order").order_by("subject_id").distinct("subject_id")
    found = Pending.objects.filter(pk__in=orders.values("pk")).aggregate(n=Count("pk"), money=Sum("amount"))
    return int(found["n"]), found["money"] or Decimal(0)


def cause_of(row: Pending) -> OpenCause:
    """The cause that this row belongs to; when all its rows are closed, as it was at the end."""
    waiting = Pending.objects.filter(group_id=row.group_id, reason=row.reason, cause=row.cause)
    found = list(_grouped(waiting.filter(closed_at=None)))
    if found:
        return _with_texts(found)[0]
    return _with_texts(list(_grouped(waiting)))[0]


def waiting_rows(cause: OpenCause, group: Group) -> QuerySet[Pending]:
    """The records that wait for this cause, the oldest first."""
    rows = Pending.objects.of(group).filter(reason=cause.reason.code, cause=cause.key, closed_at=None)
    return rows.order_by("opened_at", "id")


def open_of(group: Group, subject: str, ids: Sequence[int]) -> dict[int, list[OpenCause]]:
    """Why each of these records waits, the gravest first."""
    found: dict[int, list[OpenCause]] = {}
    for row in Pending.objects.of(group).filter(subject=subject, subject_id__in=ids, closed_at=None):
        if row.reason in REASONS:
            found.setdefault(row.subject_id, []).append(_single(row))
    for causes in found.values():
        causes.sort(key=lambda cause: cause.reason.rank)
    return found


def recently_closed(group: Group, *, limit: int = 100) -> list[tuple[Pending, OpenCause]]:
    rows = Pending.objects.of(group).filter(closed_at__isnull=False).order_by("-closed_at", "-id")[:limit]
    return [(row, _single(row)) for row in rows if row.reason in REASONS]


def snooze(group: Group, cause: OpenCause, until: datetime | None) -> None:
    """*Adiar*: out of sight until then; it goes on waiting, and is mended like any other."""
    waiting_rows(cause, group).update(snoozed_until=until)


def _awake(group: Group) -> QuerySet[Pending]:
    return _open(group).filter(Q(snoozed_until=None) | Q(snoozed_until__lte=Now()))


def _asleep(group: Group) -> QuerySet[Pending]:
    return _open(group).filter(snoozed_until__gt=Now())


def _open(group: Group) -> QuerySet[Pending]:
    return Pending.objects.of(group).filter(closed_at=None, reason__in=list(REASONS))


def _grouped(rows: QuerySet[Pending]) -> QuerySet[Any, dict[str, Any]]:
    bands = [When(reason=code, then=Value(bisect_left(_BANDS, reason.rank))) for code, reason in REASONS.items()]
    age = Extract(Now() - Min("opened_at"), "epoch")
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .values("reason", "cause")
        .annotate(
            first=Min("pk"),
            count=Count("pk"),
            money=Sum("amount"),
            since=Min("opened_at"),
            until=Max("snoozed_until"),
            last_closed=Max("closed_at"),
            band=Case(*bands, default=Value(9), output_field=IntegerField()),
            weight=Cast(Sum("amount") + 1, FloatField()) * Cast(age, FloatField()),
        )
        .order_by("band", F("weight").desc(), "first")
    )
    return found


def _with_texts(rows: Sequence[Mapping[str, Any]]) -> list[OpenCause]:
    samples = {row.pk: row for row in Pending.objects.filter(pk__in=[row["first"] for row in rows])}
    _add_up([sample for sample in samples.values() if sample.reason == _ADDED[0]])
    return [_cause(samples[row["first"]], row) for row in rows if row["first"] in samples]


def _add_up(samples: Sequence[Pending]) -> None:
    """Of units that are missing, a cause tells the sum over everything that waits for them."""
    if not samples:
        return
    number = Cast(
        Replace(Replace(KeyTextTransform(_ADDED[1], "params"), Value("."), Value("")), Value(","), Value(".")),
        DecimalField(max_digits=18, decimal_places=4),
    )
    rows = Pending.objects.filter(
        group=samples[0].group_id, reason=_ADDED[0], cause__in=[sample.cause for sample in samples], closed_at=None
    )
    sums = dict(rows.order_by().values_list("cause").annotate(units=Sum(number)))
    for sample in samples:
        if units := sums.get(sample.cause):
            sample.params = {**sample.params, _ADDED[1]: quantity_text(units)}


def _cause(sample: Pending, sums: Mapping[str, Any]) -> OpenCause:
    return OpenCause(
        id=sample.pk,
        reason=REASONS[sample.reason],
        key=sample.cause,
        count=sums["count"],
        amount=sums["money"] or Decimal(0),
        since=sums["since"],
        params=sample.params,
        connection_id=sample.connection_id,
        subject=sample.subject,
        subject_id=sample.subject_id,
        snoozed_until=sums["until"],
        closed_at=sums["last_closed"],
    )


def _single(row: Pending) -> OpenCause:
    sums = {
        "count": 1,
        "money": row.amount,
        "since": row.opened_at,
        "until": row.snoozed_until,
        "last_closed": row.closed_at,
    }
    return _cause(row, sums)
