"""What people do to stock: receive, adjust, count. Each is posted to the ledger whole, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from cais.catalog.drafts import Invalid
from cais.catalog.models import Product
from cais.catalog.numerals import write_decimal
from cais.companies.models import Group, Warehouse
from cais.core.values import QUANTUM, ZERO, is_within
from cais.stock import hints, ledger
from cais.stock.models import Balance, LedgerEntry

Kind = LedgerEntry.Kind
_MOST = Decimal(10) ** 9
_REASON = 200


class AlreadyPosted(Exception):
    """This very form is in the ledger: it was sent twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a person says of one product in one warehouse.

    `quantity` means, by kind: units that arrived, a signed change, or the counted units that are now there. `slip`
    names the form that was filled in; it is posted once.
    """

    kind: LedgerEntry.Kind
    product: Product
    warehouse: Warehouse
    quantity: Decimal
    reason: str = ""
    slip: UUID | None = None

    @property
    def place(self) -> tuple[int, int]:
        return self.product.pk, self.warehouse.pk


def receive(product: Product, warehouse: Warehouse, quantity: Decimal, *, actor_name: str, reason: str = "") -> None:
    """Units arrived. Raises Invalid."""
    entry = Entry(kind=Kind.RECEIVE, product=product, warehouse=warehouse, quantity=quantity, reason=reason)
    record(product.group, [entry], actor_name=actor_name)


def adjust(product: Product, warehouse: Warehouse, change: Decimal, *, actor_name: str, reason: str) -> None:
    """Add or take away, and say why. Raises Invalid."""
    entry = Entry(kind=Kind.ADJUST, product=product, warehouse=warehouse, quantity=change, reason=reason)
    record(product.group, [entry], actor_name=actor_name)


def count(product: Product, warehouse: Warehouse, counted: Decimal, *, actor_name: str, reason: str = "") -> None:
    """So many are there now, whatever the ledger said. Raises Invalid."""
    entry = Entry(kind=Kind.COUNT, product=product, warehouse=warehouse, quantity=counted, reason=reason)
    record(product.group, [entry], actor_name=actor_name)


def record(group: Group, entries: Sequence[Entry], *, actor_name: str) -> None:
    """Post all entries or none. Raises Invalid: field (quantity, warehouse, reason or none) → sentence; AlreadyPosted.

    Promised units may be found missing: a balance then shows less than is promised, which is the truth.
    """
    with transaction.atomic():
        ids = {entry.product.pk for entry in entries}
        # A product without a balance has no row to lock there, so its own row stands for it.
        rows = Product.objects.of(group).filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
        products = {product.pk: product for product in rows}
        on_hand = on_hand_by_place(ledger.lock(ids))
        _refuse_posted(group, entries)
        changes: list[ledger.Change] = []
        for entry in entries:
            found = problem(entry, products.get(entry.product.pk), there=on_hand.get(entry.place, ZERO))
            if found:
                raise Invalid(found)
            change = _change(entry, there=on_hand.get(entry.place, ZERO))
            on_hand[entry.place] = on_hand.get(entry.place, ZERO) + change
            changes.append(_to_ledger(group, entry, change, actor_name=actor_name))
        ledger.post(changes)
        tell(group.pk, changes)


def _refuse_posted(group: Group, entries: Sequence[Entry]) -> None:
    """Asked under the lock of the products: of two who send the same form at once, the later one sees the other's."""
    slips = [entry.slip for entry in entries if entry.slip]
    if slips and LedgerEntry.objects.of(group).filter(slip__in=slips).exists():
        raise AlreadyPosted


def tell(group_id: int, changes: Iterable[ledger.Change]) -> None:
    """Say after the commit what people changed. A hint that fails is logged and forgotten: the units are there, or not.

    Must run inside the transaction that posted the changes.
    """
    changes = list(changes)
    gone = frozenset(change.product_id for change in changes if change.on_hand < ZERO)
    if any(change.on_hand > ZERO for change in changes):
        transaction.on_commit(lambda: hints.balance_raised.send(sender=Group, group_id=group_id), robust=True)
    if gone:
        fell = hints.balance_fell
        transaction.on_commit(lambda: fell.send(sender=Group, group_id=group_id, product_ids=gone), robust=True)


def on_hand_by_place(balances: Iterable[Balance]) -> dict[tuple[int, int], Decimal]:
    """(product id, warehouse id) → units there; pools hold none."""
    return {(row.product_id, row.warehouse_id): row.on_hand for row in balances if row.warehouse_id}


def problem(entry: Entry, product: Product | None, *, there: Decimal) -> dict[str, str]:
    """Why the entry cannot be posted when `there` units are in the warehouse; empty when it can."""
    if product is None:
        return {"": "O produto não existe mais neste grupo."}
    if product.is_kit:
        return {"": f"{product.sku} é um kit: o estoque dele é o dos componentes."}
    if entry.warehouse.group_id != product.group_id or not entry.warehouse.active:
        return {"warehouse": "Este depósito não está ativo."}
    if words := _quantity_problem(entry):
        return {"quantity": words}
    if entry.kind == Kind.ADJUST and not entry.reason.strip():
        return {"reason": "Escreva o motivo do ajuste: ele fica no histórico do produto."}
    if there + _change(entry, there=there) < 0:
        return {"quantity": f"Não há tanto em {entry.warehouse.name}: há {write_decimal(there)}."}
    return {}


def _quantity_problem(entry: Entry) -> str:
    if not is_within(entry.quantity, -_MOST, _MOST):
        return "Esta quantidade não é um número, ou é grande demais. Confira."
    if entry.quantity != entry.quantity.quantize(QUANTUM):
        return "Use até quatro casas decimais."
    if entry.kind == Kind.RECEIVE and entry.quantity <= 0:
        return "A entrada é maior que zero. Para tirar, faça um ajuste."
    if entry.kind == Kind.ADJUST and entry.quantity == 0:
        return "O ajuste soma ou tira alguma quantidade. Use o sinal − para tirar."
    if entry.kind == Kind.COUNT and entry.quantity < 0:
        return "A contagem é zero ou mais."
    return ""


def _change(entry: Entry, *, there: Decimal) -> Decimal:
    return entry.quantity - there if entry.kind == Kind.COUNT else entry.quantity


def _to_ledger(group: Group, entry: Entry, change: Decimal, *, actor_name: str) -> ledger.Change:
    return ledger.Change(
        group_id=group.pk,
        product_id=entry.product.pk,
        warehouse_id=entry.warehouse.pk,
        kind=entry.kind,
        on_hand=change,
        reason=entry.reason.strip()[:_REASON],
        actor_name=actor_name[:120],
        slip=entry.slip,
    )
