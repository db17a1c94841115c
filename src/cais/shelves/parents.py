"""Parents: what was linked as a simple product and has variants in the store by now. What counts there is theirs (D5).

Tray adds the variants up for the parent's stock and says nowhere what a figure written over that sum would do (Tray
contract §6, §18); so neither stock nor price is told, until the variants go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cais.catalog.models import Listing, StoreProduct
from cais.connections.models import Connection

Key = tuple[str, str]


def parents_among(connection: Connection, listings: Iterable[Listing]) -> set[int]:
    """Those of these links that name what has variants, as the store's list last showed it."""
    simple = {listing.external_id: listing.pk for listing in listings if not listing.variant_id}
    things = StoreProduct.objects.filter(connection=connection, external_id__in=simple, variant_id="")
    return {simple[found] for found in things.filter(has_variants=True).values_list("external_id", flat=True)}


def products_that_turned(connection: Connection, shown: Mapping[Key, StoreProduct]) -> set[int]:
    """Products whose link names what became a parent with this page, or ceased to be one."""
    now = {external_id: thing.has_variants for (external_id, variant_id), thing in shown.items() if not variant_id}
    known = StoreProduct.objects.filter(connection=connection, external_id__in=now, variant_id="")
    was = dict(known.values_list("external_id", "has_variants"))
    turned = [external_id for external_id, is_parent in now.items() if is_parent != was.get(external_id, False)]
    links = Listing.objects.filter(connection=connection, external_id__in=turned, variant_id="")
    return set(links.values_list("product", flat=True))
