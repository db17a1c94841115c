"""The rule that holds for one product at one connection: the policy, or where it differs the product's exception."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cais.companies.models import Warehouse
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.movements.promises import Reach
from cais.offering.models import StockException, StockPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`buffer` units are kept back, no more than `cap` are shown, and none at all while `stopped`."""

    buffer: Decimal = ZERO
    cap: Decimal | None = None
    stopped: bool = False

    def shown(self, free: Decimal) -> Decimal:
        """What may be shown of units nobody was promised; never below zero."""
        if self.stopped:
            return ZERO
        units = max(ZERO, free - self.buffer)
        return units if self.cap is None else min(units, self.cap)


@dataclass(frozen=True, slots=True)
class Rules:
    """One connection's rules. `own_buffer` names the products whose exception has one.

    `warehouses` is the choice of a person; None means all that can serve the connection's orders.
    """

    general: Rule
    by_product: Mapping[int, Rule]
    own_buffer: Mapping[int, Decimal]
    warehouses: Sequence[int] | None

    def of(self, product_id: int) -> Rule:
        return self.by_product.get(product_id, self.general)


def policy_of(connection: Connection) -> StockPolicy:
    """The stored policy, or the one that stands for a connection that has none."""
    found = StockPolicy.objects.filter(connection=connection).first()
    return found or StockPolicy(group_id=connection.group_id, connection=connection)


def rules_of(connection: Connection, product_ids: Collection[int]) -> Rules:
    return rules_under(policy_of(connection), product_ids)


def rules_under(policy: StockPolicy, product_ids: Collection[int]) -> Rules:
    """The rules as they would be under this policy, stored or not."""
    general = Rule(buffer=policy.buffer, cap=policy.cap, stopped=policy.stopped)
    rows = list(StockException.objects.filter(connection=policy.connection, product__in=product_ids))
    own = {row.product_id: _merged(general, row) for row in rows}
    buffers = {row.product_id: row.buffer for row in rows if row.buffer is not None}
    return Rules(general, own, buffers, policy.warehouses)


def usable_warehouses(reach: Reach) -> list[Warehouse]:
    """The active warehouses from which this connection's orders can be served, in the order of the companies."""
    rows = Warehouse.objects.filter(company__in=reach.companies, active=True).select_related("company")
    return list(rows.order_by("company__priority", "company_id", "pk"))


def _merged(general: Rule, row: StockException) -> Rule:
    return Rule(
        buffer=general.buffer if row.buffer is None else row.buffer,
        cap=general.cap if row.cap is None else row.cap,
        stopped=general.stopped or row.stopped,
    )
