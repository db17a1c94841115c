"""The table of what one store may show of some products, as it is and as it would be under a rule tried on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cais.catalog.categories import Tree
from cais.catalog.models import Product
from cais.connections.models import Connection
from cais.offering.figures import Offer, offers
from cais.offering.models import StockCategoryRule, StockException, StockPolicy
from cais.web.access import GroupRequest
from cais.web.goods.offer_words import Told, change_text, told
from cais.web.goods.tried_on import products_listed, products_sold


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule that is looked at and not kept: another policy of the store, or another rule of a category."""

    policy: StockPolicy | None = None
    rule: StockCategoryRule | None = None


@dataclass(frozen=True, slots=True)
class OfferRow:
    """`then` is None where nothing is tried on; `differs`: the product has a rule of its own."""

    product: Product
    told: Told
    then: Told | None
    changes: bool
    differs: bool


def offer_table(
    request: GroupRequest, store: Connection, *, trial: Trial | None, within: Collection[int] | None = None
) -> dict[str, object]:
    """A page of products, and in one sentence what the trial would change among all that the store sells.

    `within` leaves the products of these categories.
    """
    context, products = products_listed(request, within=within)
    tried = _change(store, products_sold(store, within=within), trial) if trial is not None else ""
    return {**context, "rows": _rows(store, products, trial), "tried": tried}


def _rows(store: Connection, products: Sequence[Product], trial: Trial | None) -> list[OfferRow]:
    ids = [product.pk for product in products]
    tree = Tree.of(store.group_id)
    now = offers(store, ids)
    then = _tried(store, ids, trial) if trial is not None else now
    differs = set(StockException.objects.filter(connection=store, product__in=ids).values_list("product", flat=True))
    return [
        OfferRow(
            product,
            told(now[product.pk], product, tree=tree),
            told(then[product.pk], product, tree=tree) if trial is not None else None,
            changes=then[product.pk].units != now[product.pk].units,
            differs=product.pk in differs,
        )
        for product in products
    ]


def _change(store: Connection, ids: Sequence[int], trial: Trial) -> str:
    now, then = offers(store, ids), _tried(store, ids, trial)
    return change_text([now[key] for key in ids], [then[key] for key in ids])


def _tried(store: Connection, ids: Sequence[int], trial: Trial) -> dict[int, Offer]:
    return offers(store, ids, policy=trial.policy, trying=trial.rule)
