"""Which kits follow when a component changes, and which components when a kit is sold."""

from __future__ import annotations

from collections.abc import Collection

from cais.catalog.models import KitComponent


def with_kits(product_ids: Collection[int]) -> set[int]:
    """These products and every kit that holds one of them, in one query."""
    kits = KitComponent.objects.filter(product__in=product_ids).values_list("kit_id", flat=True)
    return {*product_ids, *kits}


def with_kits_and_parts(product_ids: Collection[int]) -> set[int]:
    """These products, the parts of those that are kits, and every kit that holds one of them."""
    parts = KitComponent.objects.filter(kit__in=product_ids).values_list("product_id", flat=True)
    return with_kits({*product_ids, *parts})
