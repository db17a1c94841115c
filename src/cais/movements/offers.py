"""What each company can give an order: its depots without what others were promised, as an allocation wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from cais.catalog.models import KitComponent, Product
from cais.core.allocation import Candidate, Component, Depot, Line, Part
from cais.core.pooling import Pool
from cais.core.values import ZERO
from cais.movements.shelf import Shelf
from cais.orders.models import OrderLine

Bounds = Mapping[int, Mapping[int, Decimal]]
"""Product → company → units that it may give."""


def line_of(line: OrderLine, product: Product, components: Sequence[KitComponent]) -> Line:
    """An item of the order as an allocation wants it. Raises ValueError for a kit without components."""
    if not product.is_kit:
        whole = Component(product=product.pk, counted=product.tracks_stock)
        return Line(key=line.pk, quantity=line.quantity, components=(whole,))
    parts = tuple(
        Component(product=part.product_id, per_unit=part.quantity, counted=part.product.tracks_stock)
        for part in components
    )
    return Line(key=line.pk, quantity=line.quantity, components=parts)


def products_of(lines: Iterable[Line]) -> set[int]:
    """Those whose units are counted."""
    return {part.product for line in lines for part in line.components if part.counted}


def bounds_of(
    shelf: Shelf, products: Collection[int], *, companies: Iterable[int], pool: Pool
) -> dict[int, dict[int, Decimal]]:
    """Each company by itself: what it may give to an order of the pool while every other promise can still be kept."""
    asked = list(companies)
    return {product: {key: _alone(shelf, product, company=key, pool=pool) for key in asked} for product in products}


def _alone(shelf: Shelf, product: int, *, company: int, pool: Pool) -> Decimal:
    own, supply = frozenset([company]), shelf.supplies[product]
    return supply.most(own, pool) if company in pool else supply.free(own)


def candidates_of(shelf: Shelf, bounds: Bounds, *, queue: Iterable[int]) -> tuple[Candidate, ...]:
    """The companies in their order. What is left to others of a company's stock is left in its last depots."""
    return tuple(
        Candidate(company=company, priority=place, depots=_depots(shelf, bounds, company=company))
        for place, company in enumerate(queue, start=1)
    )


def _depots(shelf: Shelf, bounds: Bounds, *, company: int) -> tuple[Depot, ...]:
    left = {product: by_company[company] for product, by_company in bounds.items()}
    found: list[Depot] = []
    for rank, depot in enumerate(shelf.depots_of(company)):
        free: dict[int, Decimal | None] = {}
        for product in left:
            here = min(left[product], shelf.in_depot(product, depot))
            left[product] -= here
            free[product] = here
        found.append(Depot(warehouse=depot, rank=rank, free=free))
    return tuple(found)


def by_company(parts: Iterable[Part]) -> dict[int, dict[int, Decimal]]:
    """Product → company → units that it gives."""
    found: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for part in parts:
        found[part.product][part.company] += part.quantity
    return found
