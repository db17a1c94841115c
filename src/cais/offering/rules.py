"""The rule that holds for one product at one connection: its own, else its nearest category's, else the store's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from cais.catalog.categories import lineages
from cais.catalog.models import Product
from cais.companies.models import Warehouse
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.movements.promises import Reach
from cais.offering.models import StockCategoryRule, StockDifference, StockException, StockPolicy


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says one part of a rule: a category, the product itself, or, when it is neither, the store's rule."""

    category_id: int | None = None
    is_product: bool = False

    @property
    def is_store(self) -> bool:
        return self == STORE


STORE: Final = Origin()
PRODUCT: Final = Origin(is_product=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`buffer` units are kept back, no more than `cap` are shown, and none at all while `stopped`."""

    buffer: Decimal = ZERO
    cap: Decimal | None = None
    stopped: bool = False
    buffer_by: Origin = STORE
    cap_by: Origin = STORE
    stopped_by: Origin = STORE

    def shown(self, free: Decimal) -> Decimal:
        """What may be shown of units nobody was promised; never below zero."""
        if self.stopped:
            return ZERO
        units = max(ZERO, free - self.buffer)
        return units if self.cap is None else min(units, self.cap)

    def under(self, row: StockDifference, by: Origin) -> Rule:
        """This rule where something below it differs. Nobody below a stop sells again."""
        found = self
        if row.buffer is not None:
            found = replace(found, buffer=row.buffer, buffer_by=by)
        if row.cap is not None:
            found = replace(found, cap=row.cap, cap_by=by)
        return replace(found, stopped=True, stopped_by=by) if row.stopped and not self.stopped else found


@dataclass(frozen=True, slots=True)
class Rules:
    """One connection's rules. `warehouses` is the choice of a person; None: all that can serve the connection."""

    general: Rule
    by_product: Mapping[int, Rule]
    warehouses: Sequence[int] | None

    def of(self, product_id: int) -> Rule:
        return self.by_product.get(product_id, self.general)


def policy_of(connection: Connection) -> StockPolicy:
    """The stored policy, or the one that stands for a connection that has none."""
    found = StockPolicy.objects.filter(connection=connection).first()
    return found or StockPolicy(group_id=connection.group_id, connection=connection)


def rules_under(policy: StockPolicy, product_ids: Collection[int], *, trying: StockCategoryRule | None = None) -> Rules:
    """The rules as they would be under this policy and, in place of the stored one, this rule of a category."""
    general = Rule(buffer=policy.buffer, cap=policy.cap, stopped=policy.stopped)
    found = _by_category(general, policy, product_ids, trying)
    for row in StockException.objects.filter(connection=policy.connection, product__in=product_ids):
        found[row.product_id] = found.get(row.product_id, general).under(row, PRODUCT)
    return Rules(general, found, policy.warehouses)


def usable_warehouses(reach: Reach) -> list[Warehouse]:
    """The active warehouses from which this connection's orders can be served, in the order of the companies."""
    rows = Warehouse.objects.filter(company__in=reach.companies, active=True).select_related("company")
    return list(rows.order_by("company__priority", "company_id", "pk"))


def _by_category(
    general: Rule, policy: StockPolicy, product_ids: Collection[int], trying: StockCategoryRule | None
) -> dict[int, Rule]:
    """Product → the rule of its categories; a store without rules of categories asks nothing more."""
    rows = {row.category_id: row for row in StockCategoryRule.objects.filter(connection=policy.connection)}
    if trying is not None:
        rows[trying.category_id] = trying
    if not rows:
        return {}
    placed = Product.objects.filter(pk__in=product_ids, category__isnull=False).order_by()
    category_of = dict(placed.values_list("pk", "category_id"))
    lines = lineages(policy.group_id, set(category_of.values()))
    rule_of = {key: _down(general, line, rows) for key, line in lines.items()}
    return {pk: rule_of[category] for pk, category in category_of.items() if category in rule_of}


def _down(general: Rule, line: Iterable[int], rows: Mapping[int, StockCategoryRule]) -> Rule:
    """From the root of the tree to the category itself, so that the nearest one has the last word."""
    rule = general
    for key in reversed(list(line)):
        if key in rows:
            rule = rule.under(rows[key], Origin(category_id=key))
    return rule
