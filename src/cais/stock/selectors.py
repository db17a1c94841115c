"""What there is, read from the balances: per product, per warehouse, and how many kits could be assembled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from cais.catalog.models import KitComponent, Product, ProductQuerySet
from cais.companies.models import Company, Group, Warehouse
from cais.core.values import ZERO
from cais.stock.models import Balance

_UNITS: DecimalField[Decimal, Decimal] = DecimalField(max_digits=18, decimal_places=4)


@dataclass(frozen=True, slots=True)
class Figures:
    """Stock of one product. `available` is on hand less everything promised; below zero it says so.

    A kit has no units: `on_hand` and `reserved` are None and `available` is how many can be assembled.
    """

    on_hand: Decimal | None = ZERO
    reserved: Decimal | None = ZERO
    available: Decimal = ZERO
    by_warehouse: Mapping[int, Decimal] = field(default_factory=dict)


def figures(group: Group, product_ids: Collection[int]) -> dict[int, Figures]:
    """The figures of these products, kits among them, in three queries. A product that never moved has zeros.

    Units in a warehouse that is switched off are not counted, as nobody can sell them; what was promised of
    them still is.
    """
    needs = _needs(group, product_ids)
    plain = {*product_ids, *(part for parts in needs.values() for part in parts)}
    found = _plain_figures(group, plain)
    free = {product_id: item.available for product_id, item in found.items()}
    assembled = {
        kit: Figures(None, None, kits_from(parts, free), _by_warehouse(parts, found)) for kit, parts in needs.items()
    }
    kits = Product.objects.of(group).filter(pk__in=product_ids, is_kit=True).values_list("pk", flat=True)
    bare = {kit: Figures(None, None) for kit in kits}
    return {product_id: {**found, **bare, **assembled}.get(product_id, Figures()) for product_id in product_ids}


def on_hand_of(company: Company, product_ids: Collection[int]) -> dict[int, Decimal]:
    """Units physically in the company's active warehouses, promised ones included. A product with none is absent."""
    rows = Balance.objects.filter(
        group_id=company.group_id,
        product_id__in=product_ids,
        warehouse__company=company,
        warehouse__active=True,
    )
    return dict(rows.values_list("product_id").annotate(units=Sum("on_hand")).order_by())


def on_hand_in(warehouse: Warehouse, product_ids: Collection[int]) -> dict[int, Decimal]:
    """Units in this warehouse, promised ones included. A product that was never there is absent."""
    rows = Balance.objects.filter(warehouse=warehouse, product__in=product_ids)
    return dict(rows.values_list("product_id", "on_hand"))


def kits_from(needs: Mapping[int, Decimal], units: Mapping[int, Decimal]) -> Decimal:
    """How many whole kits these units make: the least over the components; without components, none.

    `needs` is the quantity of each component in one kit. Negative units (a promise beyond what is there) show
    as a negative number of kits: a shortage is not hidden (feature D6).
    """
    if not needs:
        return ZERO
    return min((units.get(part, ZERO) / need).to_integral_value(ROUND_FLOOR) for part, need in needs.items())


def counted(products: ProductQuerySet) -> ProductQuerySet:
    """Products that hold units of their own and are for sale."""
    return products.filter(is_kit=False, active=True, tracks_stock=True)


def out_of_stock(products: ProductQuerySet) -> ProductQuerySet:
    """*Sem estoque*: nothing left to sell."""
    stocked = Balance.objects.filter(on_hand__gt=0, warehouse__in=_open_warehouses()).values("product")
    return counted(products).filter(~Q(pk__in=stocked) | Q(pk__in=_promised_with(Q(available__lte=0))))


def lacking(products: ProductQuerySet) -> ProductQuerySet:
    """*Faltando*: more is promised than there is, or an order waits for units."""
    waiting = products.filter(reservations__held__lt=F("reservations__wanted")).values("pk")
    return counted(products).filter(Q(pk__in=_promised_with(Q(available__lt=0))) | Q(pk__in=waiting))


def _promised_with(condition: Q) -> QuerySet[Any, Any]:
    """Ids of the products of which units are promised, or fewer than none are there, and whose `Figures.available`
    meets the condition. Of the others, the most by far, all that is there is available: none of them is added up.
    """
    touched = Balance.objects.filter(Q(reserved__gt=0) | Q(on_hand__lt=0)).values("product")
    there = Coalesce(Sum("on_hand", filter=Q(warehouse__in=_open_warehouses())), ZERO, output_field=_UNITS)
    sums = Balance.objects.filter(product__in=touched).order_by().values("product")
    return sums.annotate(available=there - Sum("reserved")).filter(condition).values("product")


def _open_warehouses() -> QuerySet[Any, Any]:
    """Looked up once: a join would ask for the warehouse of every balance."""
    return Warehouse.objects.filter(active=True).values("pk")


def lacks(product_ids: Collection[int]) -> dict[int, Decimal]:
    """How many units the waiting orders still need of each product."""
    waiting = Product.objects.filter(pk__in=product_ids, reservations__held__lt=F("reservations__wanted"))
    sums = waiting.annotate(units=Sum(F("reservations__wanted") - F("reservations__held"))).order_by()
    return dict(sums.values_list("pk", "units"))


def _needs(group: Group, product_ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    needs: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for part in KitComponent.objects.of(group).filter(kit__in=product_ids):
        needs[part.kit_id][part.product_id] = part.quantity
    return dict(needs)


def _plain_figures(group: Group, product_ids: Collection[int]) -> dict[int, Figures]:
    on_hand: dict[int, Decimal] = defaultdict(Decimal)
    reserved: dict[int, Decimal] = defaultdict(Decimal)
    places: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = Balance.objects.of(group).filter(product_id__in=product_ids).select_related("warehouse")
    for row in rows:
        reserved[row.product_id] += row.reserved
        if row.warehouse is not None and row.warehouse.active:
            on_hand[row.product_id] += row.on_hand
            places[row.product_id][row.warehouse.pk] = row.on_hand - row.reserved
    return {
        product_id: Figures(
            on_hand[product_id],
            reserved[product_id],
            on_hand[product_id] - reserved[product_id],
            places[product_id],
        )
        for product_id in product_ids
    }


def _by_warehouse(parts: Mapping[int, Decimal], found: Mapping[int, Figures]) -> dict[int, Decimal]:
    """Kits that one warehouse alone could assemble."""
    warehouses = {key for part in parts for key in found[part].by_warehouse}
    return {
        key: kits_from(parts, {part: found[part].by_warehouse.get(key, ZERO) for part in parts}) for key in warehouses
    }
