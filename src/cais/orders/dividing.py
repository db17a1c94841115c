"""What a reading says of a division: whose part an order is, which parts it has, and what was sold before."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from cais.core.digest import plain
from cais.core.documents import OrderDoc
from cais.core.values import ZERO
from cais.orders.models import Order


def division_of(doc: OrderDoc, known: Order | None) -> dict[str, Any]:
    """Facts of the order's row.

    A divided order loses lines, perhaps before it says so. So `sold_units` are the most that a reading of the whole,
    paid order showed of each product; until the payment, when nothing is divided, they follow the order.
    """
    was = {} if known is None else known.sold_units
    return {
        "parent_ref": doc.parent_id[:60],
        "is_part": doc.is_part,
        "is_divided": doc.is_divided,
        "part_refs": list(doc.part_ids),
        "sold_units": _sold(doc, was),
    }


def _sold(doc: OrderDoc, was: dict[str, str]) -> dict[str, Any]:
    if doc.is_part:
        return {}
    if doc.is_divided:
        return was
    now: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in doc.lines:
        now[f"{line.product_id}:{line.variant_id}:{line.reference[:120]}"] += line.quantity
    if doc.is_paid:
        for key, units in was.items():
            now[key] = max(now[key], Decimal(units))
    return {key: plain(units) for key, units in now.items()}
