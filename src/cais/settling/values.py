"""The values of a store that orders wait for, and what follows when a person fills one in (feature B7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from cais.fiscal.preflight import Where
from cais.inbox.models import Pending
from cais.inbox.services import Cause
from cais.mappings import models as tables
from cais.mappings.models import BearerRule, FreightMethod, PaymentMethod, SalesChannel
from cais.mappings.services import key_of_rule, recognise_rules
from cais.mappings.words import name_of_rule
from cais.nfe.issuing import try_again
from cais.nfe.models import Nfe, State
from cais.orders.bearers import TOLD, follow_rules
from cais.orders.models import Order, OrderAdjustment, OrderPayment

Row = TypeVar("Row", FreightMethod, PaymentMethod, SalesChannel, BearerRule)
REASON_OF: dict[type[tables.Mapping], str] = {
    FreightMethod: "freight_unmapped",
    PaymentMethod: "payment_unmapped",
    SalesChannel: "channel_unmapped",
    BearerRule: "bearer_unmapped",
}
_TRIED_AT_ONCE = 500


def missing_values(orders: Sequence[Order]) -> Mapping[int, list[Cause]]:
    """For each order the values it bears that nobody filled in. An order that the ERP was told of waits for none."""
    untold = [order for order in orders if order.erp_state not in TOLD]
    found: dict[int, list[Cause]] = defaultdict(list)
    if not untold:
        return found
    freights = _waiting(FreightMethod, {order.freight_method_id for order in untold})
    channels = _waiting(SalesChannel, {order.sales_channel_id for order in untold})
    for order in untold:
        rows = (channels.get(order.sales_channel_id), freights.get(order.freight_method_id))
        found[order.pk] += [cause_of(row, order.connection.name) for row in rows if row is not None]
    stores = {order.pk: order.connection.name for order in untold}
    for order_id, row in [*_payments(stores), *_rules(stores)]:
        cause = cause_of(row, stores[order_id])
        if cause not in found[order_id]:
            found[order_id].append(cause)
    return found


def _waiting(model: type[Row], keys: set[int | None]) -> dict[int | None, Row]:
    known = [key for key in keys if key is not None]
    return {row.pk: row for row in model._default_manager.filter(pk__in=known, filled_at=None)}


def _payments(orders: Collection[int]) -> list[tuple[int, tables.Mapping]]:
    rows = OrderPayment.objects.filter(order__in=orders, payment_method__filled_at=None).exclude(payment_method=None)
    return [(row.order_id, row.payment_method) for row in rows.select_related("payment_method") if row.payment_method]


def _rules(orders: Collection[int]) -> list[tuple[int, tables.Mapping]]:
    rows = OrderAdjustment.objects.filter(order__in=orders, rule__filled_at=None).exclude(rule=None)
    return [(row.order_id, row.rule) for row in rows.select_related("rule__channel") if row.rule]


def cause_of(row: tables.Mapping, store: str) -> Cause:
    name = name_of_rule(row) if isinstance(row, BearerRule) else str(row)
    reason = REASON_OF[type(row)]
    return Cause(reason, key_of_cause(row), {"name": name, "store": store, "row": row.pk})


def key_of_cause(row: tables.Mapping) -> str:
    return f"{REASON_OF[type(row)].partition('_')[0]}:{row.pk}"


def orders_behind(model: type[tables.Mapping], keys: Collection[int]) -> QuerySet[Order]:
    """The orders that bear these values, history and all."""
    paths: dict[type[tables.Mapping], str] = {
        FreightMethod: "freight_method__in",
        SalesChannel: "sales_channel__in",
        PaymentMethod: "payments__payment_method__in",
        BearerRule: "adjustments__rule__in",
    }
    return Order.objects.filter(**{paths[model]: list(keys)})


def fill(rows: Collection[Row], values: Mapping[str, object], *, actor_name: str) -> int:
    """A person says what these values of one table mean. Returns how many records were waiting for it.

    Orders that the ERP has not been told of follow; the others keep what was said.
    """
    marks = {"filled_by": actor_name, "filled_at": Now(), "recognised": False}
    return _write(rows, {**values, **marks})


def clear(rows: Collection[Row]) -> None:
    """Nobody says any more what these values mean: orders that the ERP has not been told of wait again."""
    _write(rows, {"filled_by": "", "filled_at": None, "recognised": False})


def add_exception(rule: BearerRule, label: str, values: Mapping[str, object], *, actor_name: str) -> BearerRule:
    """From now on adjustments with this very label follow a rule of their own; those told to the ERP stay."""
    with transaction.atomic():
        key = key_of_rule(rule.channel_id, rule.kind, is_discount=rule.is_discount, only=label)
        made, _ = BearerRule.objects.get_or_create(
            connection_id=rule.connection_id,
            key=key,
            defaults={
                "group_id": rule.group_id,
                "channel_id": rule.channel_id,
                "kind": rule.kind,
                "is_discount": rule.is_discount,
                "only": label[:100],
                "label": label[:100],
            },
        )
        untold = Order.objects.filter(is_history=False).exclude(erp_state__in=TOLD)
        own = OrderAdjustment.objects.filter(rule=rule, label=label, order__in=untold.values("pk"))
        own.update(rule=made)
        fill([made], values, actor_name=actor_name)
    return made


def _write(rows: Collection[Row], values: Mapping[str, object]) -> int:
    if not rows:
        return 0
    model, keys = type(next(iter(rows))), [row.pk for row in rows]
    causes = [key_of_cause(row) for row in rows]
    with transaction.atomic():
        waiting = Pending.objects.filter(
            reason=REASON_OF[model], cause__in=causes, closed_at=None, subject="order", group=next(iter(rows)).group_id
        ).count()
        model._default_manager.filter(pk__in=keys).update(**values)
        if model is SalesChannel:
            for channel in SalesChannel.objects.filter(pk__in=keys, nature=SalesChannel.Nature.OWN):
                recognise_rules(channel)
        behind = orders_behind(model, keys).filter(is_history=False).exclude(erp_state__in=TOLD)
        untold = Order.objects.filter(pk__in=behind.values("pk"))
        if model is BearerRule:
            follow_rules(list(untold.order_by("pk").select_for_update(of=("self",))))
        untold.update(due_at=Now())
    return waiting


def retry_notes(rows: Collection[Row], *, actor_name: str) -> int:
    """Notes that had been stopped for want of these values go back to the queue. Returns how many."""
    if not rows:
        return 0
    model, keys = type(next(iter(rows))), [row.pk for row in rows]
    stopped = Nfe.objects.filter(order__in=orders_behind(model, keys), state=State.BLOCKED).order_by("pk")
    freed = [n for n in stopped[:_TRIED_AT_ONCE] if any(p.get("where") == Where.CHANNEL for p in n.problems)]
    for note in freed:
        try_again(note, actor_name=actor_name)
    return len(freed)
