"""Opening and closing what waits, for many records at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from cais.core.digest import JSON
from cais.core.values import ZERO
from cais.inbox.models import Pending
from cais.inbox.reasons import REASONS


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a record waits. `key` is shared by all records that wait for the same thing."""

    reason: str
    key: str
    params: Mapping[str, JSON] = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What waits: an order, a document, a connection, a publication."""

    kind: str
    id: int
    label: str = ""
    connection_id: int | None = None
    amount: Decimal = ZERO


def first(causes: Iterable[Cause]) -> str:
    """The reason to show when several hold one record: the gravest."""
    ranked = sorted(causes, key=lambda cause: REASONS[cause.reason].rank)
    return ranked[0].reason if ranked else ""


def sync(
    group_id: int,
    wanted: Mapping[Subject, Sequence[Cause]],
    *,
    among: Iterable[str] | None = None,
    parts: Collection[int] | None = None,
) -> list[int]:
    """Make the open rows of these subjects exactly `wanted`: open the missing, close the rest. Returns closed ids.

    `among` limits it to these reasons, so that each room answers for its own; `parts` to rows whose params name one of
    these parts of an order (`part`), or none, so that what one company waits for is not closed by another's success.
    """
    if not wanted:
        return []
    open_rows = _open_rows(wanted, among)
    if parts is not None:
        open_rows = open_rows.filter(Q(params__part__in=list(parts)) | ~Q(params__has_key="part"))
    rows = {(row.subject, row.subject_id, row.reason, row.cause): row for row in open_rows}
    fresh: list[Pending] = []
    for subject, causes in wanted.items():
        for cause in causes:
            found = rows.pop((subject.kind, subject.id, cause.reason, cause.key), None)
            if found is None:
                fresh.append(_row(group_id, subject, cause))
            elif found.params != cause.params or found.amount != subject.amount:
                Pending.objects.filter(pk=found.pk).update(
                    params=dict(cause.params), amount=subject.amount, detail=cause.detail
                )
    Pending.objects.bulk_create(fresh, ignore_conflicts=True)
    closed = [row.pk for row in rows.values()]
    Pending.objects.filter(pk__in=closed).update(closed_at=Now())
    return closed


def _open_rows(wanted: Iterable[Subject], among: Iterable[str] | None) -> QuerySet[Pending]:
    ids: dict[str, list[int]] = {}
    for subject in wanted:
        ids.setdefault(subject.kind, []).append(subject.id)
    which = Q()
    for kind, keys in ids.items():
        which |= Q(subject=kind, subject_id__in=keys)
    rows = Pending.objects.filter(which, closed_at=None)
    return rows if among is None else rows.filter(reason__in=list(among))


def _row(group_id: int, subject: Subject, cause: Cause) -> Pending:
    return Pending(
        group_id=group_id,
        reason=cause.reason,
        cause=cause.key[:160],
        connection_id=subject.connection_id,
        subject=subject.kind,
        subject_id=subject.id,
        subject_label=subject.label[:120],
        amount=subject.amount,
        params=dict(cause.params),
        detail=cause.detail[:4000],
    )
