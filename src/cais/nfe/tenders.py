"""How the buyer paid, from a store's free words to the codes of the note (tPag)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cais.core.values import ZERO, fold, money
from cais.fiscal.documents import Payment, Tender
from cais.orders.models import OrderPayment

# Words that leave no doubt, the more telling first; whatever has none of them is 99 with its own description.
_WORDS = (
    ("pix", Tender.PIX),
    ("boleto", Tender.BOLETO),
    ("debito", Tender.DEBIT_CARD),
    ("debit", Tender.DEBIT_CARD),
    ("credit card", Tender.CREDIT_CARD),
    ("cartao", Tender.CREDIT_CARD),
    ("cashback", Tender.CASHBACK),
    ("vale", Tender.STORE_CREDIT),
    ("deposito", Tender.DEPOSIT),
    ("transferencia", Tender.TRANSFER),
    ("dinheiro", Tender.CASH),
    ("cheque", Tender.CHEQUE),
)
_UNNAMED = "Pagamento na loja virtual"


def payments_of(rows: Sequence[OrderPayment], *, total: Decimal, institution: str = "") -> tuple[Payment, ...]:
    """The payments of a note worth `total`. One payment pays it all; several must add up, or the preflight says so."""
    if not rows:
        return (_payment("", "", total, institution=institution),)
    if len(rows) == 1:
        return (_payment(rows[0].method, rows[0].kind, total, institution=institution),)
    paid = [money(row.amount if row.amount is not None else ZERO) for row in rows]
    return tuple(
        _payment(row.method, row.kind, value, institution=institution)
        for row, value in zip(rows, paid, strict=True)
        if value != ZERO
    )


def tender_of(method: str, kind: str) -> Tender:
    words = fold(f"{method} {kind}")
    return next((tender for word, tender in _WORDS if word in words), Tender.OTHER)


def _payment(method: str, kind: str, value: Decimal, *, institution: str) -> Payment:
    tender = tender_of(method, kind)
    return Payment(
        tender=tender,
        value=value,
        description=(method or _UNNAMED) if tender is Tender.OTHER else "",
        institution=institution if tender in (Tender.PIX, Tender.CREDIT_CARD, Tender.DEBIT_CARD) else "",
    )
