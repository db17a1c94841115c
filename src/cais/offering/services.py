"""What people decide of the stock that a store may show: its policy, and the categories and products that differ."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from cais.catalog.categories import Tree, problem_of
from cais.catalog.drafts import Invalid
from cais.catalog.models import Category, Product
from cais.connections.models import Connection
from cais.core.values import QUANTUM, ZERO, is_within
from cais.movements.promises import reach_of
from cais.offering.hints import rule_changed
from cais.offering.models import StockCategoryRule, StockDifference, StockException, StockPolicy
from cais.offering.rules import usable_warehouses

Row = TypeVar("Row", bound=StockDifference)
_MOST = Decimal(10) ** 9


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDraft:
    """`warehouses` None means all that can serve the connection's orders, also those made later."""

    warehouses: Collection[int] | None = None
    buffer: Decimal = ZERO
    cap: Decimal | None = None
    stopped: bool = False

    def on(self, connection: Connection) -> StockPolicy:
        """The policy as it would be, not stored."""
        return StockPolicy(
            group_id=connection.group_id,
            connection=connection,
            warehouses=None if self.warehouses is None else sorted(self.warehouses),
            buffer=self.buffer,
            cap=self.cap,
            stopped=self.stopped,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionDraft:
    """Of a category or of a product. None: as what stands above it says."""

    buffer: Decimal | None = None
    cap: Decimal | None = None
    stopped: bool = False

    @property
    def is_empty(self) -> bool:
        return self.buffer is None and self.cap is None and not self.stopped


def problems_of_policy(connection: Connection, draft: PolicyDraft) -> dict[str, str]:
    """Field → sentence; empty when the policy can be kept."""
    found = _problems(draft.buffer, draft.cap)
    if draft.warehouses is not None:
        usable = {warehouse.pk for warehouse in usable_warehouses(reach_of(connection))}
        if not draft.warehouses:
            found["warehouses"] = "Escolha pelo menos um depósito. Para não vender nada nesta loja, pare a venda."
        elif set(draft.warehouses) - usable:
            found["warehouses"] = "Um dos depósitos não está ativo ou é de uma empresa que não atende esta loja."
    return found


def set_policy(connection: Connection, draft: PolicyDraft) -> StockPolicy:
    """Keep the policy; every product of the connection may show another figure now. Raises Invalid."""
    if problems := problems_of_policy(connection, draft):
        raise Invalid(problems)
    wanted = draft.on(connection)
    with transaction.atomic():
        Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
        found = StockPolicy.objects.filter(connection=connection).first() or wanted
        for name in ("warehouses", "buffer", "cap", "stopped"):
            setattr(found, name, getattr(wanted, name))
        found.save()
        _tell(connection, None)
    return found


def set_exception(connection: Connection, product: Product, draft: ExceptionDraft) -> StockException | None:
    """Where this product differs at this connection; an empty draft ends the difference. Raises Invalid."""
    _check(draft)
    rows = StockException.objects.filter(connection=connection, product=product)
    with transaction.atomic():
        fresh = StockException(group_id=connection.group_id, connection=connection, product=product)
        kept = _differ(connection, rows, fresh, draft)
        _tell(connection, frozenset([product.pk]))
    return kept


def set_category_rule(connection: Connection, category: Category, draft: ExceptionDraft) -> StockCategoryRule | None:
    """Where this category differs at this connection; an empty draft ends the difference. Raises Invalid."""
    fresh = tried_rule(connection, category, draft)
    rows = StockCategoryRule.objects.filter(connection=connection, category=category)
    with transaction.atomic():
        if words := problem_of(connection.group_id, category.pk):
            raise Invalid({"": words})
        kept = _differ(connection, rows, fresh, draft)
        within = Tree.of(connection.group_id).under(category.pk)
        products = Product.objects.filter(category__in=within).order_by()
        _tell(connection, frozenset(products.values_list("pk", flat=True)))
    return kept


def tried_rule(connection: Connection, category: Category, draft: ExceptionDraft) -> StockCategoryRule:
    """The rule as it would be, not stored. Raises Invalid."""
    _check(draft)
    return StockCategoryRule(group_id=connection.group_id, connection=connection, category=category, **asdict(draft))


def _differ(connection: Connection, rows: QuerySet[Row], fresh: Row, draft: ExceptionDraft) -> Row | None:
    """One at a time of each connection, so that two who save at once leave one row and not two."""
    Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
    if draft.is_empty:
        for row in rows:
            row.delete()
        return None
    kept = rows.first() or fresh
    kept.buffer, kept.cap, kept.stopped = draft.buffer, draft.cap, draft.stopped
    kept.save()
    return kept


def _check(draft: ExceptionDraft) -> None:
    if problems := _problems(draft.buffer, draft.cap):
        raise Invalid(problems)


def _tell(connection: Connection, product_ids: frozenset[int] | None) -> None:
    rule_changed.send(
        sender=StockPolicy, group_id=connection.group_id, connection_id=connection.pk, product_ids=product_ids
    )


def _problems(buffer: Decimal | None, cap: Decimal | None) -> dict[str, str]:
    found = {"buffer": _unit_problem(buffer), "cap": _unit_problem(cap)}
    if cap == ZERO and not found["cap"]:
        found["cap"] = "Para mostrar zero, pare a venda: assim fica claro que é de propósito."
    return {field: words for field, words in found.items() if words}


def _unit_problem(units: Decimal | None) -> str:
    if units is None:
        return ""
    if not is_within(units, ZERO, _MOST):
        return "Use uma quantidade de zero em diante."
    return "" if units == units.quantize(QUANTUM) else "Use até quatro casas decimais."
