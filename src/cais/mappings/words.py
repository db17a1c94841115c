"""The rows of the mapping tables in the words of the screens."""

from __future__ import annotations

from cais.core.documents import AdjustmentKind
from cais.mappings.models import BearerRule

DISCOUNTS = {
    AdjustmentKind.DISCOUNT: "Desconto",
    AdjustmentKind.COUPON: "Cupom",
    AdjustmentKind.PAYMENT_RATE: "Desconto da forma de pagamento",
    AdjustmentKind.TAX: "Taxa descontada",
    AdjustmentKind.INTEREST: "Juros descontados",
    AdjustmentKind.OTHER: "Outro desconto",
}
SURCHARGES = {
    AdjustmentKind.DISCOUNT: "Desconto com sinal trocado",
    AdjustmentKind.COUPON: "Cupom com sinal trocado",
    AdjustmentKind.PAYMENT_RATE: "Acréscimo da forma de pagamento",
    AdjustmentKind.TAX: "Taxas",
    AdjustmentKind.INTEREST: "Juros do parcelamento",
    AdjustmentKind.OTHER: "Outro acréscimo",
}


def name_of_rule(rule: BearerRule) -> str:
    """Cupom no canal Mercado Livre; of a rule for one label alone, that label."""
    kinds = DISCOUNTS if rule.is_discount else SURCHARGES
    return f"{rule.only or kinds[AdjustmentKind(rule.kind)]} no canal {rule.channel}"
