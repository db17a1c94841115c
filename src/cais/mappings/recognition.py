"""What a store says beyond doubt, so that nobody has to fill it in. Whatever leaves a doubt is left to a person."""

from __future__ import annotations

import re

from cais.core.documents import Bearer, OrderDoc
from cais.core.values import fold, is_cnpj
from cais.fiscal.documents import Tender

# The type of a payment as stores write it (Tray contract §11.2: payment_method_type), folded.
_KINDS = {
    "pix": Tender.PIX,
    "bank_billet": Tender.BOLETO,
    "billet": Tender.BOLETO,
    "boleto": Tender.BOLETO,
    "credit_card": Tender.CREDIT_CARD,
}
_SHORTEST_SELLER = 2


def tender_of(label: str, kind: str) -> Tender | None:
    """Pix, boleto and credit card by the store's type, or by a text that names one of them; None when in doubt."""
    named = _named(set(re.findall(r"[a-z]+", fold(label))))
    if not kind.strip():
        return named
    by_kind = _KINDS.get(fold(kind))
    return by_kind if named in (None, by_kind) else None


def _named(words: set[str]) -> Tender | None:
    """The one of the three that the words name; None for none, or for more than one."""
    found = [
        tender
        for tender, is_named in (
            (Tender.PIX, "pix" in words),
            (Tender.BOLETO, "boleto" in words),
            (Tender.CREDIT_CARD, {"cartao", "credito"} <= words and "debito" not in words),
        )
        if is_named
    ]
    return found[0] if len(found) == 1 else None


def channel_of(order: OrderDoc) -> dict[str, object] | None:
    """The shop's own site, or a marketplace whose CNPJ and whose name for the seller came in the order."""
    market = order.marketplace
    if market is None:
        return {"nature": "own", "may_split": True} if order.is_own_shop else None
    if not is_cnpj(market.document) or len(market.seller_id.strip()) < _SHORTEST_SELLER:
        return None
    return {
        "nature": "marketplace",
        "intermediary_cnpj": market.document,
        "seller_id": market.seller_id.strip()[:60],
        "may_split": False,
    }


def bearer_of(*, is_discount: bool, in_marketplace: bool) -> Bearer | None:
    """In its own shop a merchant gives every discount and receives what the buyer pays more; elsewhere who knows."""
    if in_marketplace:
        return None
    return Bearer.MERCHANT if is_discount else Bearer.BUYER
