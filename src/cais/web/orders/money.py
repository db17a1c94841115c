"""The money of an order: every part, who bears it, and whether it closes to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cais.core.documents import AdjustmentKind, Bearer
from cais.core.values import ZERO
from cais.orders.agreed import amounts_of
from cais.orders.models import Order, OrderAdjustment, OrderPayment
from cais.settling.decisions import DISCOUNT, kind_of
from cais.web.parts import Fact
from cais.web.status_words import StatusWord
from cais.web.wording import money_text, plural_text

KINDS = {
    AdjustmentKind.FREIGHT: "Frete",
    AdjustmentKind.DISCOUNT: "Desconto",
    AdjustmentKind.COUPON: "Cupom",
    AdjustmentKind.PAYMENT_RATE: "Taxa da forma de pagamento",
    AdjustmentKind.TAX: "Imposto",
    AdjustmentKind.INTEREST: "Juros do parcelamento",
    AdjustmentKind.OTHER: "Outros",
}
BEARERS = {
    Bearer.MERCHANT: "por conta da loja",
    Bearer.MARKETPLACE: "por conta do marketplace",
    Bearer.GATEWAY: "por conta do meio de pagamento",
    Bearer.BUYER: "pago pelo cliente",
}


def money_facts(order: Order, *, rules_url: str = "") -> list[Fact]:
    """Parts that add up to what was paid, the accepted or open difference among them.

    `rules_url` is the page of the store's rules; each discount and surcharge then leads to the rule that it follows.
    """
    items = list(order.adjustments.select_related("rule"))
    facts = [Fact("Produtos", _amount(order.lines_total))]
    facts += [
        Fact(_part(item), _amount(item.amount), url=f"{rules_url}{item.rule_id}/" if rules_url and item.rule_id else "")
        for item in items
    ]
    if order.accepted_difference:
        kind = "desconto" if order.accepted_as == DISCOUNT else "despesa"
        facts.append(Fact(f"Diferença aceita como {kind}", _amount(order.accepted_difference)))
    if is_open(order):
        missing = order.difference - order.accepted_difference
        facts.append(Fact("Diferença sem explicação", _amount(missing), tone="warn"))
    facts.append(Fact("Pago pelo cliente", _amount(order.total), total=True))
    invoiced = amounts_of(order)["total"]
    outside = [item for item in items if not item.enters_invoice]
    return [*facts, Fact("Vale na venda e na nota", _amount(invoiced))] if outside else facts


def is_open(order: Order) -> bool:
    return order.difference != order.accepted_difference


def closing(order: Order) -> StatusWord:
    """*Fecha ao centavo*, or by how much it does not."""
    if not is_open(order):
        return StatusWord("closes", "ok", "check", "Fecha ao centavo", "As partes somam o total da loja.")
    gap = money_text(abs(order.difference - order.accepted_difference))
    return StatusWord("open", "warn", "scale", f"Diferença de {gap}", "As partes não somam o total da loja.")


def offer(order: Order) -> str:
    """The words of the button that accepts the difference; empty when there is none to accept."""
    if not is_open(order) or order.difference == ZERO or order.is_history:
        return ""
    as_what = "desconto" if kind_of(order.difference) == DISCOUNT else "despesa"
    return f"Aceitar {money_text(abs(order.difference))} como {as_what}"


def payment_lines(payments: Sequence[OrderPayment]) -> list[str]:
    """Pix, R$ 120,00; Cartão em 3 parcelas."""
    return [", ".join(filter(None, (_method(item), _paid(item)))) for item in payments]


def _method(item: OrderPayment) -> str:
    times = f" em {plural_text(item.instalments, 'parcela', 'parcelas')}" if item.instalments > 1 else ""
    return f"{item.method or 'Forma de pagamento não informada'}{times}"


def _paid(item: OrderPayment) -> str:
    return money_text(item.amount) if item.amount is not None else ""


def _part(item: OrderAdjustment) -> str:
    """Whose it is; while nobody said it, that is what is shown."""
    if item.rule is not None and item.rule.filled_at is None:
        return f"{_label(item.kind, item.label, Bearer.MERCHANT)} (falta dizer por conta de quem)"
    label = _label(item.kind, item.label, item.borne_by)
    return label if item.enters_invoice else f"{label}, fora da nota"


def _label(kind: str, label: str, bearer: str) -> str:
    name = KINDS.get(AdjustmentKind(kind), kind)
    known = label if label and label.casefold() != name.casefold() else ""
    bare = kind == AdjustmentKind.COUPON and known and not known.casefold().startswith(name.casefold())
    shown = f"{name} {known}" if bare else known or name
    if kind == AdjustmentKind.FREIGHT:
        return shown
    return f"{shown} ({BEARERS[Bearer(bearer)]})"


def _amount(value: Decimal) -> str:
    return money_text(value, symbol=False)
