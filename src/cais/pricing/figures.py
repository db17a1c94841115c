"""What a connection asks for each product, for many products at once (feature D7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from cais.catalog.models import Product
from cais.connections.models import Connection
from cais.core.pricing import Priced, PriceRule, Standing, priced
from cais.pricing.models import PriceException, PriceList
from cais.pricing.rules import list_of, rules_under, store_day


def prices(
    connection: Connection, product_ids: Collection[int], *, listed: PriceList | None = None
) -> dict[int, Priced]:
    """The price of each product today, in a number of queries that does not grow with them; `listed` tries one on.

    A product that is not of this group is absent.
    """
    rules, today = rules_under(listed or list_of(connection), product_ids), store_day(connection)
    rows = Product.objects.filter(pk__in=list(product_ids)).order_by()
    return {
        pk: _asked(connection, base, rules.of(pk), is_kit=is_kit, active=active, on=today)
        for pk, base, is_kit, active in rows.values_list("pk", "price", "is_kit", "active")
    }


def _asked(connection: Connection, base: Decimal, rule: PriceRule, *, is_kit: bool, active: bool, on: date) -> Priced:
    if not active:
        return Priced(standing=Standing.INACTIVE, rule=rule)
    if is_kit and connection.facts.kits_are_computed:
        return Priced(standing=Standing.LEFT_TO_STORE, rule=rule)
    return priced(base, rule, on=on)


def turned(connection: Connection, *, after: date, until: date) -> set[int] | None:
    """The products of which a promotion began or ended on these days, the first one excluded; None is all of them."""
    began = Q(sale_first__gt=after, sale_first__lte=until)
    # The day after its last one is the first without it.
    ended = Q(sale_last__gte=after, sale_last__lte=until - timedelta(days=1))
    if PriceList.objects.filter(began | ended, connection=connection, sale_percent__isnull=False).exists():
        return None
    own = PriceException.objects.filter(began | ended, connection=connection, sale=PriceException.Sale.OWN)
    return set(own.values_list("product", flat=True))
