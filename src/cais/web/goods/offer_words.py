"""What a store may show of a product, in words: the figure, the sum behind it, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from cais.catalog.categories import Tree
from cais.catalog.models import Product
from cais.companies.models import Group
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.offering.figures import Offer, Standing, offers
from cais.offering.rules import Origin
from cais.web.status_words import StatusWord
from cais.web.wording import quantity_text

_WHY = {
    Standing.UNKNOWN: StatusWord(
        "unknown",
        "warn",
        "question-mark-circle",
        "Ninguém contou",
        "Nunca teve lançamento nos depósitos desta loja. O Cais não manda nada: a loja fica com o que mostra.",
    ),
    Standing.UNTRACKED: StatusWord(
        "untracked", "off", "minus-circle", "Não controla estoque", "Sempre à venda: o Cais não manda quantidade."
    ),
    Standing.LEFT_TO_STORE: StatusWord(
        "left_to_store",
        "off",
        "calculator",
        "A loja calcula",
        "A plataforma faz o estoque do kit pelos componentes.",
    ),
}
_STOPPED = StatusWord("stopped", "warn", "hand-raised", "Venda parada", "A loja mostra zero de propósito.")


@dataclass(frozen=True, slots=True)
class Told:
    """One store's line: the figure (empty when there is none), a word beside it, and the sum in one sentence."""

    units: str
    word: StatusWord | None
    sum: str


def told(offer: Offer, product: Product, *, tree: Tree, names: Mapping[int, str] | None = None) -> Told:
    """`names` are SKUs by product id, for the component that limits a kit; `tree` names the categories of the rule."""
    if offer.standing != Standing.KNOWN:
        return Told("", _WHY[offer.standing], _WHY[offer.standing].help)
    word = _STOPPED if offer.rule.stopped else None
    return Told(quantity_text(offer.units, unit=product.unit), word, _sum(offer, names or {}, tree))


def _sum(offer: Offer, names: Mapping[int, str], tree: Tree) -> str:
    rule = offer.rule
    if rule.stopped:
        return f"Mostra zero de propósito: venda parada na {_whose(rule.stopped_by, tree)}."
    parts = []
    if offer.behind is not None:
        parts.append(f"há {quantity_text(offer.behind.on_hand)}")
        parts += [
            f"menos {quantity_text(units)} {words}"
            for units, words in (
                (offer.behind.reserved, "de pedidos em separação"),
                (offer.behind.open_orders, "de pedidos ainda sem movimentação"),
            )
            if units
        ]
    elif (limit := names.get(offer.limited_by or 0)) is not None:
        parts.append(f"o que {limit} permite montar")
    if rule.buffer:
        parts.append(f"menos {quantity_text(rule.buffer)} de segurança ({_whose(rule.buffer_by, tree)})")
    if rule.cap is not None:
        parts.append(f"no máximo {quantity_text(rule.cap)} ({_whose(rule.cap_by, tree)})")
    return ", ".join(parts)


def _whose(origin: Origin, tree: Tree) -> str:
    """Who says this part of the rule."""
    if origin.is_product:
        return "regra do produto"
    return "regra da loja" if origin.category_id is None else f"categoria {tree.path(origin.category_id)}"


@dataclass(frozen=True, slots=True)
class StoreLine:
    store: Connection
    told: Told
    url: str


def store_lines(group: Group, product: Product) -> Sequence[StoreLine]:
    """What each store of the group may show of this product."""
    tree = Tree.of(group)
    names = dict(product.components.values_list("product_id", "product__sku")) if product.is_kit else {}
    stores = Connection.objects.of(group).filter(role="store").select_related("company")
    return [
        StoreLine(
            store,
            told(offers(store, [product.pk])[product.pk], product, tree=tree, names=names),
            reverse("stock_exception", args=[group.slug, store.pk, product.pk]),
        )
        for store in stores
    ]


def change_text(before: Sequence[Offer], after: Sequence[Offer]) -> str:
    """How many figures another rule would change, in one sentence."""
    pairs = list(zip(before, after, strict=True))
    changed = sum(1 for old, new in pairs if old.units != new.units)
    emptied = sum(1 for old, new in pairs if old.units and new.units == ZERO)
    lost = sum(1 for old, new in pairs if old.units is not None and new.units is None)
    words = [f"{quantity_text(changed)} mudam"]
    words += [f"{quantity_text(emptied)} passam a zero"] if emptied else []
    words += [f"{quantity_text(lost)} ficam sem número, porque ninguém contou nestes depósitos"] if lost else []
    return f"De {quantity_text(len(pairs))} produtos, " + "; ".join(words) + "."
