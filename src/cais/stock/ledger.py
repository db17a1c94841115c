"""The only hand that changes balances: lock in key order, then post entries and their sums in one stroke."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection as database
from django.db import transaction

from cais.core.values import ZERO
from cais.stock import hints
from cais.stock.models import Balance, LedgerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One ledger entry to be. Exactly one of `warehouse_id` and `pool_id` is given; quantities are signed."""

    group_id: int
    product_id: int
    kind: LedgerEntry.Kind
    warehouse_id: int | None = None
    pool_id: int | None = None
    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO
    order_id: int | None = None
    order_number: str = ""
    reason: str = ""
    actor_name: str = ""
    slip: UUID | None = None


def lock(product_ids: Collection[int]) -> list[Balance]:
    """Lock every balance row of these products, in key order, until the transaction ends.

    Whoever promises units of a product holds these locks first, so two cannot promise the same unit.
    """
    rows = Balance.objects.filter(product_id__in=product_ids).order_by("product_id", "id")
    return list(rows.select_for_update(of=("self",)))


def post(changes: Sequence[Change]) -> None:
    """Write the entries and add them to their balances, making a balance that does not exist yet.

    Raises IntegrityError when a balance would promise less than nothing. Must run inside a transaction.
    """
    if not changes:
        return
    if not database.in_atomic_block:
        raise transaction.TransactionManagementError("ledger entries and balances change together or not at all")
    LedgerEntry.objects.bulk_create([LedgerEntry(**_columns(change)) for change in changes])
    with database.cursor() as cursor:
        sums = _sums(changes)
        cursor.execute(_MAKE, sums)
        cursor.execute(_ADD, sums)
    _tell(changes)


def _tell(changes: Sequence[Change]) -> None:
    """Say whose balances changed, to who keeps something beside them in the same transaction."""
    of_group: dict[int, set[int]] = {}
    for change in changes:
        of_group.setdefault(change.group_id, set()).add(change.product_id)
    for group_id, products in of_group.items():
        hints.balances_changed.send(sender=Balance, group_id=group_id, product_ids=frozenset(products))


def _columns(change: Change) -> dict[str, object]:
    return {name: getattr(change, name) for name in Change.__dataclass_fields__}


def _sums(changes: Iterable[Change]) -> list[list[object]]:
    """One row per balance, in key order, as the columns that SQL unnests."""
    sums: dict[tuple[int, int, int, int], list[Decimal]] = {}
    for change in changes:
        key = (change.group_id, change.product_id, change.warehouse_id or 0, change.pool_id or 0)
        total = sums.setdefault(key, [ZERO, ZERO])
        total[0] += change.on_hand
        total[1] += change.reserved
    rows = [(*key, *total) for key, total in sorted(sums.items(), key=lambda item: item[0][1:])]
    return [list(column) for column in zip(*rows, strict=True)]


_ROWS = """
unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[])
AS v (g, p, w, c, h, r)
"""
# Two statements: PostgreSQL would check the sums of a release (negative) before it saw that the row exists.
_MAKE = f"""
INSERT INTO stock_balance (group_id, product_id, warehouse_id, pool_id, on_hand, reserved)
SELECT g, p, nullif(w, 0), nullif(c, 0), 0, 0 FROM {_ROWS}
ON CONFLICT (product_id, warehouse_id, pool_id) DO NOTHING
"""
_ADD = f"""
UPDATE stock_balance b SET on_hand = b.on_hand + v.h, reserved = b.reserved + v.r
FROM {_ROWS}
WHERE b.product_id = v.p AND b.warehouse_id IS NOT DISTINCT FROM nullif(v.w, 0)
  AND b.pool_id IS NOT DISTINCT FROM nullif(v.c, 0)
"""
