"""Which conflicts of links people are called for: one cause for each store, as long as one of them matters (D5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from cais.catalog.models import Product, StoreProduct
from cais.connections.health import subject_of
from cais.connections.models import Connection
from cais.core.digest import JSON
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.ports.manifest import Capability

REASON: Final = "link_conflict"
VARIED: Final = "link_varied"
_NAMED: Final = 5
Conflict = StoreProduct.Conflict
# One, and several of them.
_WORDS: Final = {
    Conflict.CHANGED: ("um item vinculado mudou de código", "{n} itens vinculados mudaram de código"),
    Conflict.GONE: ("um item vinculado sumiu", "{n} itens vinculados sumiram"),
    Conflict.TWINS: (
        "um produto tem o código repetido em mais de um item",
        "{n} produtos têm o código repetido em mais de um item",
    ),
}


def tell_conflicts(connection: Connection, *, of_links: Iterable[str], doubled: Iterable[Product]) -> None:
    """Open, correct or close the cause of this store.

    `of_links`: the conflicts of things that are linked, since what is sold through a link may have become something
    else. `doubled`: products that several things could be, which matters where the store should be told their stock.
    """
    found = Counter(str(conflict) for conflict in of_links)
    if connection.does(Capability.WRITE_STOCK):
        found[Conflict.TWINS] = sum(product.tracks_stock for product in doubled)
    what = "; ".join(_words(*told, found[kind]) for kind, told in _WORDS.items() if found[kind])
    causes = [Cause(REASON, f"links:{connection.pk}", {"store": connection.name, "what": what})] if what else []
    inbox.sync(connection.group_id, {subject_of(connection): causes}, among=(REASON,))


def tell_varied(connection: Connection, parents: Iterable[Product]) -> None:
    """Open, correct or close the cause for products that were linked and have variants there now, and name some."""
    skus = sorted(product.sku for product in parents)
    more = f" e mais {len(skus) - _NAMED}" if len(skus) > _NAMED else ""
    params: dict[str, JSON] = {"store": connection.name, "count": len(skus), "skus": ", ".join(skus[:_NAMED]) + more}
    causes = [Cause(VARIED, f"varied:{connection.pk}", params)] if skus else []
    inbox.sync(connection.group_id, {subject_of(connection): causes}, among=(VARIED,))


def _words(one: str, several: str, number: int) -> str:
    return one if number == 1 else several.format(n=number)
