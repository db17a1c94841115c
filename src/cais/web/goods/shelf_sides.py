"""*Estoque na loja*, *Preços na loja*: a page for each thing that a store is told, with its addresses and words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cais.catalog.models import Listing
from cais.connections.models import Connection
from cais.offering.figures import Standing, offers
from cais.pricing.figures import prices
from cais.rehearsals.models import Rehearsal
from cais.shelves.parents import parents_among
from cais.shelves.prices import PRICES
from cais.shelves.stock import STOCK
from cais.shelves.telling import Facet
from cais.web.goods.price_words import WHY as NO_PRICE
from cais.web.goods.price_words import doc_text
from cais.web.wording import quantity_text

_NO_STOCK: Final = {
    Standing.UNKNOWN: "ninguém contou ainda nos depósitos desta loja",
    Standing.UNTRACKED: "não controla estoque",
    Standing.LEFT_TO_STORE: "kit calculado pela loja",
}
_PARENT: Final = "tem variações na loja: vincule cada uma"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A facet on its page. `page` is the name of its address; those of its buttons begin with it.

    `noun` with its article, `of_noun` without; `silent` names what has nothing to say. `why` says why, by product.
    """

    facet: Facet[Any]
    scope: Rehearsal.Scope
    tab: str
    page: str
    title: str
    noun: str
    of_noun: str
    is_many: bool
    silent: str
    value_text: Callable[[Any], str]
    why: Callable[[Connection, Collection[int]], Mapping[int, str]]

    def verb(self, one: str, many: str) -> str:
        return many if self.is_many else one


def _no_stock(connection: Connection, product_ids: Collection[int]) -> Mapping[int, str]:
    return {key: _NO_STOCK.get(found.standing, "") for key, found in offers(connection, product_ids).items()}


def _no_price(connection: Connection, product_ids: Collection[int]) -> Mapping[int, str]:
    found = prices(connection, product_ids).items()
    return {key: NO_PRICE[each.standing].label.lower() for key, each in found if each.standing in NO_PRICE}


STOCK_SIDE: Final = Side(
    facet=STOCK,
    scope=Rehearsal.Scope.STOCK,
    tab="loja",
    page="shelf",
    title="Estoque na loja",
    noun="o estoque",
    of_noun="estoque",
    is_many=False,
    silent="Sem quantidade",
    value_text=quantity_text,
    why=_no_stock,
)
PRICE_SIDE: Final = Side(
    facet=PRICES,
    scope=Rehearsal.Scope.PRICES,
    tab="precos",
    page="prices",
    title="Preços na loja",
    noun="os preços",
    of_noun="preços",
    is_many=True,
    silent="Sem preço",
    value_text=doc_text,
    why=_no_price,
)
SIDES: Final = (STOCK_SIDE, PRICE_SIDE)


def why_silent(connection: Connection, side: Side, listings: Collection[Listing]) -> dict[int, str]:
    """By link: why the store is told nothing of it."""
    if not listings:
        return {}
    parents = parents_among(connection, listings)
    found = side.why(connection, {listing.product_id for listing in listings})
    return {each.pk: _PARENT if each.pk in parents else found.get(each.product_id, "") for each in listings}


def side_of(scope: str) -> Side | None:
    """The page that a rehearsal of this scope was asked for on."""
    return next((side for side in SIDES if side.scope == scope), None)
