"""What orders without a movement draw on: the companies behind a connection, and the promises that bind units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from cais.connections import serving
from cais.connections.models import Connection
from cais.movements.models import Reservation
from cais.stock.pools import sets_of


@dataclass(frozen=True, slots=True)
class Reach:
    """`companies`: whose units a connection may sell. `pools`: every pool whose promises may take units of theirs."""

    companies: frozenset[int]
    pools: frozenset[int]


def reach_of(connection: Connection) -> Reach:
    """Asked of the rows, so that whoever serves now counts, not who served when the connection was read."""
    companies = frozenset(company.pk for company in serving.queue_of(connection))
    pools = sets_of(connection.group_id).items()
    return Reach(companies, frozenset(key for key, members in pools if not companies.isdisjoint(members)))


def lacking_in(pools: Collection[int], product_ids: Collection[int]) -> dict[int, Decimal]:
    """Product → units that orders of these pools wait for and were not promised yet: the next to arrive are theirs."""
    waiting = Reservation.objects.filter(product__in=product_ids, pool__in=pools, held__lt=F("wanted"))
    lacks = waiting.values_list("product_id").annotate(units=Sum(F("wanted") - F("held"))).order_by()
    return dict(lacks)
