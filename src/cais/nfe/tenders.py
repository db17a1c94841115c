"""How the note was paid: the order's payments by the store's mapping table, adding up to the note's value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cais.core.sharing import share_payments
from cais.core.values import ZERO, money
from cais.fiscal.documents import CARDS, Payment, Tender
from cais.mappings.models import PaymentMethod
from cais.nfe.not_ready import unmapped
from cais.orders.models import OrderPayment

UNNAMED = "Pagamento na loja virtual"
SUBSIDY = "Desconto pago por terceiro"
_THROUGH_INSTITUTIONS = CARDS | {Tender.PIX}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What the buyer pays for each part of an order, the first in the stock queue first; `place` is the note's own.

    `withheld` of the order's payments the buyer paid to somebody else: it is in the payments and in no note.
    """

    of_parts: tuple[Decimal, ...]
    place: int = 0
    withheld: Decimal = ZERO


def payments_of(
    rows: Sequence[OrderPayment],
    *,
    total: Decimal,
    subsidy: Decimal = ZERO,
    owed: Owed | None = None,
    institution: str = "",
) -> tuple[Payment, ...]:
    """The payments of a note worth `total`. Raises NotReady.

    `subsidy` of it somebody else pays to the merchant. One payment pays all that is the buyer's; several must add up,
    or the preflight says so, and each is cut among the notes of the order as `owed` says. `institution` is the CNPJ
    that the order itself names, for a method of which the table names none.
    """
    if len(rows) == 1:
        values = [total - subsidy]
    else:
        values = _cut(rows, owed or Owed(of_parts=(total - subsidy,)))
    paid = [_payment(row, value, institution) for row, value in zip(rows, values, strict=True) if value != ZERO]
    if subsidy:
        paid.append(Payment(tender=Tender.OTHER, value=subsidy, description=SUBSIDY))
    return tuple(paid)


def _cut(rows: Sequence[OrderPayment], owed: Owed) -> list[Decimal]:
    return [parts[owed.place] for parts in share_payments(_without(rows, owed.withheld), owed.of_parts)]


def _without(rows: Sequence[OrderPayment], withheld: Decimal) -> list[Decimal]:
    """What was paid, less what the merchant never gets: that is asked of the payments in instalments first."""
    values = [money(row.amount if row.amount is not None else ZERO) for row in rows]
    for at in sorted(range(len(rows)), key=lambda at: (-rows[at].instalments, at)):
        cut = min(values[at], withheld)
        values[at], withheld = values[at] - cut, withheld - cut
    return values


def _payment(row: OrderPayment, value: Decimal, institution: str) -> Payment:
    method = _method_of(row)
    tender = Tender(method.tender)
    return Payment(
        tender=tender,
        value=value,
        description=(row.method or UNNAMED) if tender is Tender.OTHER else "",
        institution=(method.institution or institution) if tender in _THROUGH_INSTITUTIONS else "",
        brand=method.brand,
        is_deferred=method.is_deferred,
    )


def _method_of(row: OrderPayment) -> PaymentMethod:
    method = row.payment_method
    if method is None or method.filled_at is None:
        raise unmapped("A forma de recebimento", row.method)
    return method
