"""The rule for one product at one connection: the price list, or where it differs the product's exception."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.core.pricing import Adjustment, Direction, PriceRule, Rounding, Sale
from cais.core.values import ZERO
from cais.pricing.models import PriceException, PriceList


@dataclass(frozen=True, slots=True)
class Rules:
    """One connection's rules."""

    general: PriceRule
    by_product: Mapping[int, PriceRule]

    def of(self, product_id: int) -> PriceRule:
        return self.by_product.get(product_id, self.general)


def list_of(connection: Connection) -> PriceList:
    """The stored list, or the one that stands for a connection that has none."""
    found = PriceList.objects.filter(connection=connection).first()
    return found or PriceList(group_id=connection.group_id, connection=connection)


def rules_under(listed: PriceList, product_ids: Collection[int]) -> Rules:
    """The rules as they would be under this list, stored or not."""
    general = PriceRule(
        adjustment=Adjustment(percent=listed.percent, amount=listed.amount),
        rounding=Rounding(listed.rounding),
        direction=Direction(listed.direction),
        sales=_listed_sales(listed),
    )
    rows = PriceException.objects.filter(connection=listed.connection, product__in=product_ids)
    return Rules(general, {row.product_id: _merged(general, row) for row in rows})


def store_day(connection: Connection) -> date:
    """Today, in the store's own calendar."""
    now: datetime = CLOCK.now()
    return now.astimezone(ZoneInfo(connection.facts.time_zone)).date()


def _listed_sales(listed: PriceList) -> tuple[Sale, ...]:
    if listed.sale_percent is None:
        return ()
    return (Sale(percent=listed.sale_percent, first=listed.sale_first, last=listed.sale_last),)


def _merged(general: PriceRule, row: PriceException) -> PriceRule:
    own = row.percent is not None or row.amount is not None
    adjustment = Adjustment(percent=row.percent or ZERO, amount=row.amount or ZERO) if own else general.adjustment
    return replace(
        general, adjustment=adjustment, fixed=row.fixed, is_sent=row.is_sent, sales=_merged_sales(general, row)
    )


def _merged_sales(general: PriceRule, row: PriceException) -> tuple[Sale, ...]:
    """The product's own promotion goes before the store's, which holds again when that is over."""
    if row.sale == PriceException.Sale.NONE:
        return ()
    if row.sale == PriceException.Sale.AS_LISTED:
        return tuple(general.sales)
    own = Sale(price=row.sale_price, percent=row.sale_percent or ZERO, first=row.sale_first, last=row.sale_last)
    return (own, *general.sales)
