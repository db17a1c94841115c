"""Who bears each discount and surcharge of an order, as its rule says, until the ERP has been told of the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import F

from cais.core.documents import AdjustmentDoc, OrderDoc
from cais.core.values import ZERO, money
from cais.mappings.services import Learnt
from cais.orders.models import Order, OrderAdjustment

# The ERP has, or may have, an order made from these facts.
TOLD = ("creating", "unknown", "done")
Said = tuple[int, str, str]


def write_adjustments(pairs: Sequence[tuple[Order, OrderDoc]], learnt: Learnt) -> None:
    """Write the amounts anew as the store tells them; of an order told to the ERP, who bears each stays as it was."""
    rows = OrderAdjustment.objects.filter(order__in=[order.pk for order, _ in pairs])
    said = {(row.order_id, row.kind, row.label): row for row in rows.filter(order__erp_state__in=TOLD)}
    rows.delete()
    OrderAdjustment.objects.bulk_create(
        _adjustment(order, doc, item, learnt, said)
        for order, doc in pairs
        for item in doc.adjustments
        if item.amount != ZERO
    )


def _adjustment(
    order: Order, doc: OrderDoc, item: AdjustmentDoc, learnt: Learnt, said: Mapping[Said, OrderAdjustment]
) -> OrderAdjustment:
    made = OrderAdjustment(
        group_id=order.group_id,
        order=order,
        kind=item.kind,
        label=item.label[:100],
        amount=money(item.amount),
        borne_by=item.borne_by,
        rule=learnt.rule_of(doc, item),
    )
    before = said.get((order.pk, made.kind, made.label))
    if before is not None:
        made.borne_by, made.enters_invoice, made.rule_id = before.borne_by, before.enters_invoice, before.rule_id
    elif made.rule is not None and made.rule.filled_at is not None:
        made.borne_by, made.enters_invoice = made.rule.borne_by, made.rule.enters_invoice
    return made


def follow_rules(orders: Sequence[Order]) -> None:
    """Let the amounts of these locked orders say what their rules say now; those told to the ERP keep what was said."""
    untold = [order for order in orders if order.erp_state not in TOLD]
    own = OrderAdjustment.objects.filter(order__in=untold, rule__filled_at__isnull=False)
    other = own.exclude(borne_by=F("rule__borne_by"), enters_invoice=F("rule__enters_invoice"))
    for row in other.select_related("rule"):
        assert row.rule is not None
        OrderAdjustment.objects.filter(pk=row.pk).update(
            borne_by=row.rule.borne_by, enters_invoice=row.rule.enters_invoice
        )
