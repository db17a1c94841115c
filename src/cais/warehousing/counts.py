"""The inventory of a warehouse: opened, counted line by line at an instant, closed once by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from cais.catalog.drafts import Invalid
from cais.catalog.models import Product, ProductQuerySet
from cais.companies.models import Group, Warehouse
from cais.companies.writing import update_each
from cais.core.values import QUANTUM, ZERO, is_within
from cais.stock import ledger
from cais.stock.models import Balance, LedgerEntry
from cais.stock.services import tell
from cais.warehousing.models import Inventory, InventoryLine
from cais.warehousing.numbers import next_number

_MOST = Decimal(10) ** 9
_NAMED = 5
State = Inventory.State


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryDraft:
    """`text` narrows the products as the search of a list does; `only_here` to those this warehouse ever held."""

    warehouse: Warehouse
    text: str = ""
    only_here: bool = False
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a count is. Values are at the price of the register, as no cost is kept."""

    lines: int
    counted: int
    different: int
    value_missing: Decimal
    value_extra: Decimal


def products_of(group: Group, draft: InventoryDraft) -> ProductQuerySet:
    """What the sheet would list: active products that hold units of their own."""
    found = Product.objects.filter(group=group, active=True, tracks_stock=True, is_kit=False).matching(draft.text)
    if not draft.only_here:
        return found
    return found.filter(pk__in=Balance.objects.filter(warehouse=draft.warehouse).values("product"))


def open_inventory(group: Group, draft: InventoryDraft, *, actor_name: str) -> Inventory:
    """A sheet with nothing counted. Raises Invalid."""
    if draft.warehouse.group_id != group.pk or not draft.warehouse.active:
        raise Invalid({"warehouse": "Este depósito não está ativo."})
    products = list(products_of(group, draft).order_by("sku"))
    if not products:
        raise Invalid({"text": "Nenhum produto para contar com esta escolha."})
    try:
        with transaction.atomic():
            return _open(group, draft, products, actor_name=actor_name)
    except IntegrityError as error:
        if "one_open_inventory" not in str(error):
            raise
        words = "Este depósito já tem um inventário aberto. Feche ou abandone o outro antes."
        raise Invalid({"warehouse": words}) from None


def count(
    inventory: Inventory, counted: Mapping[int, Decimal | None], *, actor_name: str, at: datetime | None = None
) -> int:
    """Write what was counted, by product id, at the instant `at` (now without one). Returns how many lines changed.

    None takes a count back. What the ledger held at that instant is worked out from its entries, so whatever moves
    afterwards is simply added. Counting again replaces. Raises Invalid: product id → sentence.
    """
    if problems := _count_problems(counted):
        raise Invalid(problems)
    with transaction.atomic():
        kept = _open_one(inventory)
        at = _instant(kept, at)
        lines = {line.product_id: line for line in kept.lines.filter(product__in=counted)}
        expected = _on_hand_at(kept.warehouse, list(lines), at)
        changed: dict[int, dict[str, object]] = {}
        for product, line in lines.items():
            units = counted[product]
            if units != line.counted:
                is_taken_back = units is None
                changed[line.pk] = {
                    "counted": units,
                    "counted_at": None if is_taken_back else at,
                    "counted_by": "" if is_taken_back else actor_name[:120],
                    "expected": None if is_taken_back else expected.get(product, ZERO),
                }
        update_each(InventoryLine, changed)
    return len(changed)


def close(inventory: Inventory, *, actor_name: str) -> int:
    """Post each counted line's difference, once; how many lines differed. Raises Invalid.

    A line that nobody counted stays as it is: not counted is not zero. A line of a product that was counted in another
    way after this count says nothing any more.
    """
    with transaction.atomic():
        kept = _open_one(inventory)
        lines = list(kept.lines.exclude(counted=None).order_by("product_id"))
        if not lines:
            raise Invalid({"": "Nada foi contado ainda. Para desistir, abandone o inventário."})
        ledger.lock([line.product_id for line in lines])
        later = _counted_later(kept, lines)
        posted = [line for line in lines if line.product_id not in later]
        _refuse_negative(kept, posted)
        changes = [_entry(kept, line, actor_name=actor_name) for line in posted]
        ledger.post(changes)
        tell(kept.group_id, changes)
        kept.lines.filter(product__in=later).update(superseded=True)
        _end(kept, State.CLOSED, actor_name=actor_name)
    inventory.refresh_from_db()
    return sum(1 for line in posted if line.difference)


def abandon(inventory: Inventory, *, actor_name: str) -> None:
    """Give it up; the stock stays as it is. Raises Invalid."""
    with transaction.atomic():
        _end(_open_one(inventory), State.ABANDONED, actor_name=actor_name)
    inventory.refresh_from_db()


def differing(lines: QuerySet[InventoryLine]) -> QuerySet[InventoryLine]:
    return lines.filter(counted__isnull=False).exclude(counted=F("expected"))


def found_missing(inventory: Inventory) -> list[int]:
    """Products of which less was counted than there should be."""
    short = inventory.lines.filter(counted__lt=F("expected"), superseded=False)
    return list(short.values_list("product_id", flat=True))


def standing(inventory: Inventory) -> Standing:
    lines = inventory.lines.all()
    value = (F("counted") - F("expected")) * F("product__price")
    less, more = Q(counted__lt=F("expected")), Q(counted__gt=F("expected"))
    sums = lines.aggregate(missing=Sum(value, filter=less), extra=Sum(value, filter=more))
    return Standing(
        lines=lines.count(),
        counted=lines.exclude(counted=None).count(),
        different=differing(lines).count(),
        value_missing=-(sums["missing"] or ZERO),
        value_extra=sums["extra"] or ZERO,
    )


def _open(group: Group, draft: InventoryDraft, products: Sequence[Product], *, actor_name: str) -> Inventory:
    made = Inventory.objects.create(
        group=group,
        number=next_number(group, Inventory),
        warehouse=draft.warehouse,
        blind=draft.blind,
        scope=draft.text.strip()[:100],
        opened_by=actor_name[:120],
    )
    InventoryLine.objects.bulk_create(
        [InventoryLine(group=group, inventory=made, product=product, sku=product.sku) for product in products],
        batch_size=2000,
    )
    return made


def _count_problems(counted: Mapping[int, Decimal | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for product, units in counted.items():
        if units is None:
            continue
        if not is_within(units, ZERO, _MOST):
            found[str(product)] = "A contagem é zero ou mais."
        elif units != units.quantize(QUANTUM):
            found[str(product)] = "Use até quatro casas decimais."
    return found


def _open_one(inventory: Inventory) -> Inventory:
    kept = Inventory.objects.select_for_update(of=("self",)).select_related("warehouse").get(pk=inventory.pk)
    if kept.state != State.OPEN:
        raise Invalid({"": f"Este inventário já está {kept.get_state_display().lower()}. Nada mudou agora."})
    return kept


def _instant(inventory: Inventory, at: datetime | None) -> datetime:
    now = timezone.now()
    if at is not None and not inventory.opened_at <= at <= now:
        raise Invalid({"at": "A hora da contagem fica entre a abertura do inventário e agora."})
    return at or now


def _on_hand_at(warehouse: Warehouse, product_ids: Sequence[int], at: datetime) -> dict[int, Decimal]:
    """What the ledger held there at that instant: what it holds now less what was posted since."""
    held = {row.product_id: row.on_hand for row in ledger.lock(product_ids) if row.warehouse_id == warehouse.pk}
    since = LedgerEntry.objects.filter(warehouse=warehouse, product__in=product_ids, at__gt=at).order_by()
    for product, units in since.values_list("product_id").annotate(units=Sum("on_hand")):
        held[product] = held.get(product, ZERO) - units
    return held


def _counted_later(inventory: Inventory, lines: Sequence[InventoryLine]) -> set[int]:
    """Products that a count outside this inventory corrected after they were counted here."""
    instants = {line.product_id: line.counted_at for line in lines}
    entries = LedgerEntry.objects.filter(
        warehouse=inventory.warehouse,
        product__in=instants,
        kind=LedgerEntry.Kind.COUNT,
        at__gte=inventory.opened_at,
    )
    found = entries.order_by().values_list("product_id", "at")
    return {product for product, at in found if (mine := instants[product]) is not None and at > mine}


def _refuse_negative(inventory: Inventory, lines: Sequence[InventoryLine]) -> None:
    """Less than nothing cannot lie in a warehouse: then the count and what left since contradict each other."""
    rows = Balance.objects.filter(warehouse=inventory.warehouse, product__in=[line.product_id for line in lines])
    there = dict(rows.values_list("product_id", "on_hand"))
    wrong = [line.sku for line in lines if there.get(line.product_id, ZERO) + (line.difference or ZERO) < ZERO]
    if wrong:
        named = ", ".join(wrong[:_NAMED]) + (f" e mais {len(wrong) - _NAMED}" if len(wrong) > _NAMED else "")
        raise Invalid(
            {"": f"Depois da contagem saiu mais do que foi contado de {named}. Conte de novo esses produtos."}
        )


def _entry(inventory: Inventory, line: InventoryLine, *, actor_name: str) -> ledger.Change:
    return ledger.Change(
        group_id=inventory.group_id,
        product_id=line.product_id,
        warehouse_id=inventory.warehouse_id,
        kind=LedgerEntry.Kind.COUNT,
        on_hand=line.difference or ZERO,
        reason=f"inventário {inventory.number}",
        actor_name=actor_name[:120],
    )


def _end(inventory: Inventory, state: Inventory.State, *, actor_name: str) -> None:
    inventory.state, inventory.ended_by, inventory.ended_at = state, actor_name[:120], timezone.now()
    inventory.save(update_fields=["state", "ended_by", "ended_at"])
