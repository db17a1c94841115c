"""A store's rule tried on before it is kept: the products listed under it, and those whose change is counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from cais.catalog.models import Listing, Product, ProductQuerySet
from cais.connections.models import Connection
from cais.web.access import GroupRequest
from cais.web.keyset import count_up_to, page_of, searched, total_text

_MOST: Final = 20_000


def products_listed(
    request: GroupRequest, *, within: Collection[int] | None = None
) -> tuple[dict[str, object], Sequence[Product]]:
    """A page of the register as the address asks for it, with what its template shows around the rows.

    `within` leaves the products of these categories.
    """
    text = searched(request.GET)
    every = _every(request.group.pk, within).matching(text)
    listed = page_of(every, request.GET, keys=("sku",))
    return {"page": listed, "summary": total_text(count_up_to(every), "produto", "produtos"), "text": text}, listed.rows


def products_sold(store: Connection, *, within: Collection[int] | None = None) -> list[int]:
    """The products that this store sells, by id; all of them where none is linked yet."""
    linked = Listing.objects.filter(connection=store).values("product")
    every = _every(store.group_id, within)
    sold = every.filter(pk__in=linked) if linked.exists() else every
    return list(sold.order_by("pk").values_list("pk", flat=True)[:_MOST])


def _every(group_id: int, within: Collection[int] | None) -> ProductQuerySet:
    active = Product.objects.filter(group=group_id, active=True)
    return active if within is None else active.filter(category__in=within)
