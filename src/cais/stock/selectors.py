"""What there is, read from the balances: per product, per warehouse, and how many kits could be assembled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import ROUND_FLOOR, Decimal

from django.db.models import Sum

from cais.companies.models import Company
from cais.core.values import ZERO
from cais.stock.models import Balance


def on_hand_of(company: Company, product_ids: Collection[int]) -> dict[int, Decimal]:
    """Units physically in the company's active warehouses, promised ones included. A product with none is absent."""
    rows = Balance.objects.filter(
        group_id=company.group_id,
        product_id__in=product_ids,
        warehouse__company=company,
        warehouse__active=True,
    )
    return dict(rows.values_list("product_id").annotate(units=Sum("on_hand")).order_by())


def kits_from(needs: Mapping[int, Decimal], units: Mapping[int, Decimal]) -> Decimal:
    """How many whole kits these units make: the least over the components; without components, none.

    `needs` is the quantity of each component in one kit. Negative units (a promise beyond what is there) show
    as a negative number of kits: a shortage is not hidden (feature D6).
    """
    if not needs:
        return ZERO
    return min((units.get(part, ZERO) / need).to_integral_value(ROUND_FLOOR) for part, need in needs.items())
