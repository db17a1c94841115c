"""Background work on Procrastinate: every job is only a hint to look; the rows hold the truth.

No job is retried by Procrastinate and none takes its `lock`: a lost or doubled job costs time, never truth.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, transaction
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Status
from procrastinate.types import JSONValue

from cais.backoffice.daily import fold_company_days
from cais.companies.scope import group_ids, group_scope
from cais.connections.expiry import watch
from cais.connections.models import Connection
from cais.exporting.marks import look_at_every_product
from cais.hooks.listeners import align_listeners
from cais.hooks.pruning import drop_old_notices
from cais.intake.progress import drop_old_items, rest_runs
from cais.journal.services import drop_old_exchanges, make_partitions
from cais.nfe.waking import wake_mended
from cais.ops.stages import STAGES, run_stage
from cais.orders.counts import fold_counts
from cais.orders.daily import fold_days
from cais.rehearsals.services import drop_old_rehearsals
from cais.settling.services import reconsider_held
from cais.shelves.facets import look_at_everything
from cais.shelves.reading import plan_readings

log = logging.getLogger(__name__)
_STALLED_AFTER = 30


def _fresh_connections(work: Callable[..., None]) -> Callable[..., None]:
    """A worker's thread lives long: a broken database connection must not stay with it."""

    @functools.wraps(work)
    def run(*args: Any, **kwargs: Any) -> None:
        close_old_connections()
        try:
            work(*args, **kwargs)
        finally:
            close_old_connections()

    return run


@app.task(name="cais.look")
@_fresh_connections
def look(stage: str, group_id: int, connection_id: int) -> None:
    """Do what is due of one stage at one connection, then hint what comes after it."""
    with group_scope(group_id):
        connection = Connection.objects.select_related("company").filter(pk=connection_id).first()
        if connection is None or connection.paused:
            return
        done = run_stage(STAGES[stage], connection)
        again_in = STAGES[stage].again_in(connection)
    # What is due at once and was not taken cannot be done now: the tick looks at it again.
    if again_in or (done and again_in is not None):
        _defer(stage, group_id, connection_id, seconds=again_in)
    if done:
        for following in STAGES[stage].then:
            _hint_connections(following, group_id)


def hint(stage: str, group_id: int, connection_id: int) -> None:
    """Ask for a look after the current transaction. One waiting job per stage and connection is enough."""
    transaction.on_commit(lambda: _defer(stage, group_id, connection_id))


def _defer(stage: str, group_id: int, connection_id: int, *, seconds: float = 0.0) -> None:
    """`seconds`: not before so long from now; who asks for it meanwhile finds it waiting."""
    at = timezone.now() + timedelta(seconds=seconds) if seconds else None
    task = look.configure(queueing_lock=f"{stage}:{connection_id}", schedule_at=at)
    _defer_once(task, stage=stage, group_id=group_id, connection_id=connection_id)


def _defer_once(task: Any, **arguments: JSONValue) -> None:
    """Queue a hint unless the same one waits already: it will do."""
    try:
        with transaction.atomic():
            task.defer(**arguments)
    except exceptions.AlreadyEnqueued:
        log.debug("%s waits already", arguments)


def _hint_connections(stage: str, group_id: int) -> None:
    with group_scope(group_id):
        waiting = list(STAGES[stage].waiting())
    for connection_id in waiting:
        _defer(stage, group_id, connection_id)


@app.task(name="cais.reconsider")
@_fresh_connections
def reconsider(group_id: int) -> None:
    """Units came in: the orders of the group that wait for goods are looked at again."""
    with group_scope(group_id):
        reconsider_held(group_id)
    _hint_connections("advance", group_id)
    _hint_connections("stock", group_id)


@app.task(name="cais.judge_again")
@_fresh_connections
def judge_again(group_id: int) -> None:
    """Something that notes are made of was mended: those that it barred are judged again."""
    with group_scope(group_id):
        wake_mended(group_id)
    _hint_connections("nfe", group_id)


def judge_again_soon(group_id: int) -> None:
    """Ask for it without waiting for the sweep."""
    _defer_once(judge_again.configure(queueing_lock=f"judge_again:{group_id}"), group_id=group_id)


def reconsider_soon(group_id: int) -> None:
    """Ask for it without waiting for the sweep."""
    _defer_once(reconsider.configure(queueing_lock=f"reconsider:{group_id}"), group_id=group_id)


@app.periodic(cron="* * * * * */2")
@app.task(name="cais.tick", queueing_lock="cais.tick")
@_fresh_connections
def tick(timestamp: int) -> None:
    """Find what is due without any hint: lose every other job and Cais is late, never wrong."""
    for group_id in group_ids():
        for stage in STAGES:
            _hint_connections(stage, group_id)


@app.periodic(cron="* * * * * */20")
@app.task(name="cais.sweep", queueing_lock="cais.sweep")
@_fresh_connections
def sweep(timestamp: int) -> None:
    """Upkeep: orders that wait for goods, counters to be folded, accesses that end, listeners that moved."""
    for group_id in group_ids():
        with group_scope(group_id):
            reconsider_held(group_id)
            fold_counts(group_id)
            fold_days(group_id)
            fold_company_days(group_id)
            rest_runs(group_id)
            wake_mended(group_id)
            watch(group_id)
            align_listeners(group_id)
            plan_readings()


@app.periodic(cron="41 * * * *")
@app.task(name="cais.hourly", queueing_lock="cais.hourly")
@_fresh_connections
def hourly(timestamp: int) -> None:
    """Every figure that a store is told is worked out once more: with every mark lost, a shelf is late by an hour."""
    for group_id in group_ids():
        with group_scope(group_id):
            look_at_everything()
            look_at_every_product()


@app.periodic(cron="17 3 * * *")
@app.task(name="cais.nightly", queueing_lock="cais.nightly")
@_fresh_connections
def nightly(timestamp: int) -> None:
    """The months of the journal ahead, and what nobody may keep longer: exchanges, notices, rehearsals."""
    make_partitions()
    drop_old_exchanges()
    for group_id in group_ids():
        with group_scope(group_id):
            drop_old_notices(group_id)
            drop_old_rehearsals()
            drop_old_items()


@app.periodic(cron="* * * * * */10")
@app.task(name="cais.rescue", queueing_lock="cais.rescue")
async def rescue(timestamp: int) -> None:
    """Jobs of a worker that died are queued again; where another of their kind waits already, that one will do."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER):
        try:
            await app.job_manager.retry_job(job)
        except exceptions.UniqueViolation:
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
