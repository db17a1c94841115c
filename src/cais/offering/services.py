"""What people decide of the stock that a store may show: the policy of a connection, and the products that differ."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from cais.catalog.drafts import Invalid
from cais.catalog.models import Product
from cais.connections.models import Connection
from cais.core.values import QUANTUM, ZERO
from cais.movements.promises import reach_of
from cais.offering.hints import rule_changed
from cais.offering.models import StockException, StockPolicy
from cais.offering.rules import usable_warehouses

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
    """None: as the policy says."""

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
    if problems := _problems(draft.buffer, draft.cap):
        raise Invalid(problems)
    rows = StockException.objects.filter(connection=connection, product=product)
    with transaction.atomic():
        if draft.is_empty:
            rows.delete()
            _tell(connection, product)
            return None
        values = {"buffer": draft.buffer, "cap": draft.cap, "stopped": draft.stopped}
        kept, _ = StockException.objects.update_or_create(
            connection=connection,
            product=product,
            defaults=values,
            create_defaults={**values, "group_id": connection.group_id},
        )
        _tell(connection, product)
    return kept


def _tell(connection: Connection, product: Product | None) -> None:
    rule_changed.send(
        sender=StockPolicy,
        group_id=connection.group_id,
        connection_id=connection.pk,
        product_ids=None if product is None else frozenset([product.pk]),
    )


def _problems(buffer: Decimal | None, cap: Decimal | None) -> dict[str, str]:
    found = {"buffer": _unit_problem(buffer), "cap": _unit_problem(cap)}
    if cap == ZERO and not found["cap"]:
        found["cap"] = "Para mostrar zero, pare a venda: assim fica claro que é de propósito."
    return {field: words for field, words in found.items() if words}


def _unit_problem(units: Decimal | None) -> str:
    if units is None:
        return ""
    if not ZERO <= units <= _MOST:
        return "Use uma quantidade de zero em diante."
    return "" if units == units.quantize(QUANTUM) else "Use até quatro casas decimais."
