"""What people decide of a store's prices: its list, and the products that differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from cais.catalog.drafts import Invalid
from cais.catalog.models import Product
from cais.connections.models import Connection
from cais.core.pricing import Direction, Rounding
from cais.core.values import CENT, ZERO, is_within, money
from cais.pricing.hints import prices_changed
from cais.pricing.models import PriceException, PriceList

Sale = PriceException.Sale
_MOST: Final = Decimal(10) ** 7 - CENT
_MOST_PERCENT: Final = Decimal(1000)
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDraft:
    """`sale_percent` None: no promotion."""

    percent: Decimal = ZERO
    amount: Decimal = ZERO
    rounding: str = Rounding.NONE.value
    direction: str = Direction.NEAREST.value
    sale_percent: Decimal | None = None
    sale_first: date | None = None
    sale_last: date | None = None

    def on(self, connection: Connection) -> PriceList:
        """The list as it would be, not stored."""
        return PriceList(group_id=connection.group_id, connection=connection, **asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionDraft:
    """None: as the store's list says."""

    is_sent: bool = True
    fixed: Decimal | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None
    sale: str = Sale.AS_LISTED.value
    sale_price: Decimal | None = None
    sale_percent: Decimal | None = None
    sale_first: date | None = None
    sale_last: date | None = None

    @property
    def is_empty(self) -> bool:
        return self == ExceptionDraft()


def problems_of_list(connection: Connection, draft: ListDraft) -> dict[str, str]:
    """Field → sentence; empty when the list can be kept."""
    found = {
        "percent": _percent_problem(draft.percent),
        "amount": _reais_problem(draft.amount),
        "sale_percent": _off_problem(draft.sale_percent),
    }
    if draft.sale_percent is not None:
        found |= _day_problems(connection, draft.sale_first, draft.sale_last)
    elif draft.sale_first or draft.sale_last:
        found["sale_percent"] = "Diga quantos por cento a menos, ou limpe os dias da promoção."
    return {field: words for field, words in found.items() if words}


def problems_of_exception(connection: Connection, draft: ExceptionDraft) -> dict[str, str]:
    """Field → sentence; empty when the exception can be kept."""
    found = {
        "fixed": _price_problem(draft.fixed),
        "percent": _percent_problem(draft.percent or ZERO),
        "amount": _reais_problem(draft.amount or ZERO),
    }
    if draft.fixed is not None and (draft.percent is not None or draft.amount is not None):
        found["fixed"] = "Escolha um: o preço próprio, ou o ajuste sobre o preço do cadastro."
    if draft.sale == Sale.OWN:
        found |= _own_sale_problems(connection, draft)
    return {field: words for field, words in found.items() if words}


def _own_sale_problems(connection: Connection, draft: ExceptionDraft) -> dict[str, str]:
    found = {"sale_price": _price_problem(draft.sale_price), "sale_percent": _off_problem(draft.sale_percent)}
    if (draft.sale_price is None) == (draft.sale_percent is None):
        found["sale_price"] = "Diga o preço da promoção ou quantos por cento a menos: um dos dois."
    is_known = not found["sale_price"] and not _price_problem(draft.fixed)
    if is_known and draft.fixed is not None and draft.sale_price is not None and draft.sale_price >= draft.fixed:
        found["sale_price"] = "A promoção precisa custar menos que o preço."
    return found | _day_problems(connection, draft.sale_first, draft.sale_last)


def set_list(connection: Connection, draft: ListDraft) -> PriceList:
    """Keep the list; every product of the connection may cost something else now. Raises Invalid."""
    if problems := problems_of_list(connection, draft):
        raise Invalid(problems)
    with transaction.atomic():
        Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
        found = PriceList.objects.filter(connection=connection).first() or draft.on(connection)
        for name, value in asdict(draft).items():
            setattr(found, name, value)
        found.save()
        _tell(connection, None)
    return found


def set_exceptions(connection: Connection, drafts: Mapping[int, ExceptionDraft]) -> None:
    """Where these products (by id) differ at this connection; an empty draft ends the difference. Raises Invalid."""
    for draft in drafts.values():
        if problems := problems_of_exception(connection, draft):
            raise Invalid(problems)
    kept = {pk: _even(draft) for pk, draft in drafts.items()}
    ended = [pk for pk, draft in kept.items() if draft.is_empty]
    own = {"group_id": connection.group_id, "connection": connection}
    with transaction.atomic():
        Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
        PriceException.objects.filter(connection=connection, product__in=ended).delete()
        PriceException.objects.bulk_create(
            [PriceException(product_id=pk, **asdict(draft), **own) for pk, draft in kept.items() if not draft.is_empty],
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["connection", "product"],
            update_fields=[field.name for field in fields(ExceptionDraft)],
        )
        _tell(connection, kept)


def set_exception(connection: Connection, product: Product, draft: ExceptionDraft) -> None:
    """Where this product differs at this connection; an empty draft ends the difference. Raises Invalid."""
    set_exceptions(connection, {product.pk: draft})


def draft_of(row: PriceException | None) -> ExceptionDraft:
    if row is None:
        return ExceptionDraft()
    values: dict[str, Any] = {field.name: getattr(row, field.name) for field in fields(ExceptionDraft)}
    return ExceptionDraft(**values)


def _even(draft: ExceptionDraft) -> ExceptionDraft:
    """What a promotion that is not its own says is forgotten."""
    if draft.sale == Sale.OWN:
        return draft
    values = asdict(draft) | dict.fromkeys(("sale_price", "sale_percent", "sale_first", "sale_last"))
    return ExceptionDraft(**values)


def _tell(connection: Connection, product_ids: Iterable[int] | None) -> None:
    prices_changed.send(
        sender=PriceList,
        group_id=connection.group_id,
        connection_id=connection.pk,
        product_ids=None if product_ids is None else frozenset(product_ids),
    )


def _price_problem(price: Decimal | None) -> str:
    if price is None:
        return ""
    if not is_within(price, CENT, _MOST):
        return "Um preço é maior que zero. Para não enviar, desmarque o envio."
    return _cents_problem(price)


def _reais_problem(amount: Decimal) -> str:
    if not is_within(amount, -_MOST, _MOST):
        return "Este valor não é um número, ou é grande demais."
    return _cents_problem(amount)


def _cents_problem(amount: Decimal) -> str:
    return "" if amount == money(amount) else "Use até duas casas decimais."


def _percent_problem(percent: Decimal) -> str:
    if not is_within(percent, CENT - 100, _MOST_PERCENT):
        return "Use de -99,99 a 1000 por cento."
    return _cents_problem(percent)


def _off_problem(percent: Decimal | None) -> str:
    if percent is None:
        return ""
    if not is_within(percent, CENT, 100 - CENT):
        return "Use mais que 0 e menos que 100 por cento."
    return _cents_problem(percent)


def _day_problems(connection: Connection, first: date | None, last: date | None) -> dict[str, str]:
    if first is not None and last is not None and last < first:
        return {"sale_last": "O último dia vem antes do primeiro."}
    if not connection.facts.promotion_needs_days:
        return {}
    missing = "A plataforma desta loja pede o primeiro e o último dia da promoção."
    return {name: missing for name, day in (("sale_first", first), ("sale_last", last)) if day is None}
