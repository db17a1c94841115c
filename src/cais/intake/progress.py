"""How a run stands: what it brought, what became of that, and whether all of it has come to rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import cast

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from cais.inbox.models import Pending
from cais.intake.models import ORDERS, Cursor
from cais.journal.models import RunItem, SyncRun
from cais.movements.models import Movement
from cais.orders.models import Order
from cais.publishing.models import ErpOrderPublication, StatusPublication

Outcome = RunItem.Outcome
FOLLOWED_FOR = timedelta(minutes=30)
"""What has not come to rest by then waits for something outside, and the run ends without it."""
CUT_AFTER = timedelta(hours=1)
KEPT_FOR = timedelta(days=180)
_CUT = "A leitura foi interrompida. A seguinte leu o que faltava."
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """`waiting` are listed and not recorded yet, `moving` recorded and not at rest, `held` wait for a person."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    moving: int = 0
    held: int = 0
    sales: int = 0
    statuses: int = 0

    @property
    def total(self) -> int:
        return sum(self.outcomes.values()) + self.waiting

    @property
    def done(self) -> int:
        return self.total - self.waiting - self.moving

    def of(self, *outcomes: str) -> int:
        return sum(self.outcomes.get(outcome, 0) for outcome in outcomes)


def progress_of(run: SyncRun) -> RunProgress:
    """As it is now; as it was at the end, for a run that rests."""
    if run.rested_at is not None:
        return RunProgress(**run.result)
    counts = dict(items_of(run).order_by().values_list("outcome").annotate(n=Count("pk")))
    waiting = counts.pop("", 0)
    orders = orders_of(run)
    own = orders.values("pk")
    since = {"published_at__gte": run.at}
    held = Pending.objects.filter(subject="order", subject_id__in=own, closed_at=None)
    placed = ErpOrderPublication.objects.filter(fulfilment__order__in=own, wish=ErpOrderPublication.Wish.PLACED)
    return RunProgress(
        outcomes=counts,
        waiting=waiting,
        moving=orders.filter(_moves()).count(),
        held=held.order_by().values("subject_id").distinct().count(),
        sales=placed.filter(**since).count(),
        statuses=StatusPublication.objects.filter(order__in=own, **since).count(),
    )


def items_of(run: SyncRun) -> QuerySet[RunItem]:
    return RunItem.objects.filter(group=run.group_id, run_id=run.pk)


def orders_of(run: SyncRun, *outcomes: str) -> QuerySet[Order]:
    """The orders that the run brought or changed."""
    items = items_of(run).filter(outcome__in=outcomes or (Outcome.BROUGHT, Outcome.CHANGED, Outcome.CANCELLED))
    return Order.objects.filter(connection=run.connection_id, external_id__in=items.values("external_id"))


def is_over(run: SyncRun, found: RunProgress) -> bool:
    if run.rested_at is not None or run.finished_at is None:
        return run.rested_at is not None
    return not (found.waiting or found.moving) or timezone.now() - run.finished_at > FOLLOWED_FOR


def _moves() -> Q:
    """Orders with something that will be done by itself soon."""
    checking = Movement.objects.filter(
        order=OuterRef("pk"), state=Movement.State.PENDING_SYNC, due_at__isnull=False, hold=""
    )
    placing = ErpOrderPublication.objects.on_their_way().filter(fulfilment__order=OuterRef("pk"))
    telling = StatusPublication.objects.on_their_way().filter(order=OuterRef("pk"))
    return cast(Q, Q(due_at__lte=Now()) | Exists(checking) | Exists(placing) | Exists(telling))


def rest_runs(group_id: int) -> int:
    """Write down what became of the runs whose orders came to rest. Returns how many."""
    open_runs = SyncRun.objects.filter(group=group_id, rested_at=None, at__gt=timezone.now() - timedelta(days=2))
    rested = 0
    for run in open_runs.order_by("at")[:_MOST]:
        _end_what_was_cut(run)
        found = progress_of(run)
        if is_over(run, found):
            SyncRun.objects.filter(pk=run.pk).update(rested_at=Now(), result=asdict(found))
            rested += 1
    return rested


def _end_what_was_cut(run: SyncRun) -> None:
    """A reading whose worker died, and that nobody goes on with."""
    if run.kind != SyncRun.ORDERS or run.finished_at is not None or timezone.now() - run.at < CUT_AFTER:
        return
    if Cursor.objects.filter(connection=run.connection_id, kind=ORDERS, asked_run=run.pk).exists():
        return
    run.finished_at, run.error = timezone.now(), run.error or _CUT
    SyncRun.objects.filter(pk=run.pk).update(finished_at=run.finished_at, error=run.error)


def drop_old_items() -> int:
    """Of the group in scope: the lists of runs that nobody looks into any more. Returns how many rows."""
    return RunItem.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]
