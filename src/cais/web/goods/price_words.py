"""What a store asks for a product, in words: the price, the promotion, the sum behind them, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.urls import reverse

from cais.catalog.models import Product
from cais.companies.models import Group
from cais.connections.models import Connection
from cais.core.pricing import Direction, Priced, PriceRule, Rounding, Standing
from cais.core.shelf import PriceDoc, Promotion
from cais.pricing.figures import prices
from cais.pricing.words import days_text
from cais.web.status_words import StatusWord
from cais.web.wording import count_text, money_text, plural_text, quantity_text

WHY: Final = {
    Standing.UNKNOWN: StatusWord(
        "unknown",
        "warn",
        "question-mark-circle",
        "Sem preço no cadastro",
        "Zero no cadastro é preço que ninguém disse. O Cais não manda nada: a loja fica com o preço que tem.",
    ),
    Standing.NOTHING_LEFT: StatusWord(
        "nothing_left",
        "warn",
        "exclamation-triangle",
        "A regra zera o preço",
        "Com o ajuste não sobra preço a pedir. O Cais não manda nada: corrija a regra ou o preço do cadastro.",
    ),
    Standing.LEFT_OUT: StatusWord("left_out", "off", "minus-circle", "Não é enviado", "Fica de fora por sua escolha."),
    Standing.INACTIVE: StatusWord(
        "inactive", "off", "x-circle", "Inativo", "Fora de uso no cadastro: o Cais não manda preço."
    ),
    Standing.LEFT_TO_STORE: StatusWord(
        "left_to_store", "off", "calculator", "A loja calcula", "A plataforma faz o preço do kit pelos componentes."
    ),
}
_ENDINGS: Final = {
    Rounding.FIVE_CENTS: "de 5 em 5 centavos",
    Rounding.NINETY: "terminando em\u00a0,90",
    Rounding.NINETY_NINE: "terminando em\u00a0,99",
    Rounding.WHOLE: "em real inteiro",
}


@dataclass(frozen=True, slots=True)
class ToldPrice:
    """One store's line: the price (empty when there is none), its promotion, a word beside it, and the sum."""

    price: str
    promotion: str
    word: StatusWord | None
    sum: str


def told_price(found: Priced, product: Product) -> ToldPrice:
    if found.price is None:
        return ToldPrice("", "", WHY[found.standing], WHY[found.standing].help)
    idle = "; a promoção não custa menos que o preço e não vai" if found.idle else ""
    return ToldPrice(
        money_text(found.price.price), promotion_text(found.price.promotion), None, _sum(found.rule, product) + idle
    )


def promotion_text(promotion: Promotion | None) -> str:
    """R$ 87,90 de 20/11/2026 a 30/11/2026."""
    return "" if promotion is None else f"{money_text(promotion.price)} {days_text(promotion)}".strip()


def doc_text(doc: PriceDoc | None) -> str:
    """The whole of it in one line; – for what nobody knows."""
    if doc is None:
        return "–"
    return ", ".join(part for part in (money_text(doc.price), promotion_text(doc.promotion)) if part)


def _sum(rule: PriceRule, product: Product) -> str:
    if rule.fixed is not None:
        return "preço próprio nesta loja"
    parts = [f"cadastro {money_text(product.price)}"]
    parts += _signed(rule.adjustment.percent, f"{quantity_text(abs(rule.adjustment.percent))} %")
    parts += _signed(rule.adjustment.amount, money_text(abs(rule.adjustment.amount)))
    if rule.rounding in _ENDINGS:
        way = ", para cima" if rule.direction is Direction.UP else ""
        parts.append(_ENDINGS[rule.rounding] + way)
    return ", ".join(parts)


def _signed(value: Decimal, text: str) -> list[str]:
    if not value:
        return []
    return [f"{'mais' if value > 0 else 'menos'} {text}"]


@dataclass(frozen=True, slots=True)
class StorePrice:
    store: Connection
    told: ToldPrice
    url: str


def store_prices(group: Group, product: Product) -> Sequence[StorePrice]:
    """What each store of the group asks for this product."""
    stores = Connection.objects.of(group).filter(role="store").select_related("company")
    return [
        StorePrice(
            store,
            told_price(prices(store, [product.pk])[product.pk], product),
            reverse("price_exception", args=[group.slug, store.pk, product.pk]),
        )
        for store in stores
    ]


def price_change_text(before: Sequence[Priced], after: Sequence[Priced]) -> str:
    """How many prices another list would change, in one sentence."""
    pairs = [(old.price, new.price) for old, new in zip(before, after, strict=True)]
    changed = sum(1 for old, new in pairs if old != new)
    lost = sum(1 for old, new in pairs if old is not None and new is None)
    idle = sum(1 for found in after if found.idle)
    words = [plural_text(changed, "muda de preço", "mudam de preço")]
    words += [plural_text(lost, "fica sem preço", "ficam sem preço") + ", porque a regra o zera"] if lost else []
    words += [f"em {count_text(idle)} a promoção não fica mais barata e não vai"] if idle else []
    return f"De {plural_text(len(pairs), 'produto', 'produtos')}, " + "; ".join(words) + "."
