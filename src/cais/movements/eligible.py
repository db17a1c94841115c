"""Which companies may serve each order: those of its connection that its sales channel allows (features A2, C2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cais.connections import serving
from cais.connections.models import Connection
from cais.core.allocation import ChannelRule
from cais.core.pooling import Pool
from cais.mappings.models import SalesChannel
from cais.orders.models import Order
from cais.stock.pools import pools_of


@dataclass(frozen=True, slots=True)
class Terms:
    """`queue`: who may serve the order, first come first; empty when the channel allows none of the store's companies.

    `pool`: whose units are promised to it. While nobody may serve it, those of all companies of its store.
    """

    queue: tuple[int, ...]
    pool: Pool
    rule: ChannelRule


class Eligibility:
    """The terms of orders of one connection, read once for a batch; their pools exist from then on.

    Who is `only_looking` promises nothing, and writes nothing: pools are not asked for.
    """

    def __init__(self, connection: Connection, orders: Iterable[Order], *, only_looking: bool = False) -> None:
        self.connection = connection
        self.queue = tuple(company.pk for company in serving.queue_of(connection))
        self._channels = _channels(orders)
        self._terms = {key: self._terms_of(channel) for key, channel in self._channels.items()}
        self._terms[None] = Terms(self.queue, frozenset(self.queue), ChannelRule())
        needed = {terms.pool for terms in self._terms.values()}
        self.pools = {} if only_looking else pools_of(connection.group_id, needed)

    def of(self, order: Order) -> Terms:
        return self._terms.get(order.sales_channel_id) or self._terms[None]

    def pool_id(self, order: Order) -> int:
        return self.pools[self.of(order).pool]

    def in_marketplace(self, order: Order) -> bool:
        """The marketplace ships it from its own stock: ours is neither promised nor touched."""
        return self.of(order).rule.marketplace_ships

    def _terms_of(self, channel: SalesChannel) -> Terms:
        issuers = frozenset(row.company_id for row in channel.issuers.all())
        if channel.is_marketplace and not issuers:
            issuers = frozenset([self.connection.company_id])  # the seller's account is of one CNPJ
        queue = tuple(key for key in self.queue if key in issuers) if issuers else self.queue
        rule = ChannelRule(
            companies=issuers or None,
            may_split=channel.may_split,
            marketplace_ships=channel.fulfilled_by_marketplace,
        )
        return Terms(queue, frozenset(queue or self.queue), rule)


def _channels(orders: Iterable[Order]) -> Mapping[int | None, SalesChannel]:
    keys = {order.sales_channel_id for order in orders if order.sales_channel_id is not None}
    rows = SalesChannel.objects.filter(pk__in=keys).prefetch_related("issuers") if keys else ()
    return {row.pk: row for row in rows}
