"""Why no company serves an order: none may, none has a depot, none alone has everything, or units are gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cais.companies.models import Company, Warehouse
from cais.core.allocation import Allocation, Outcome
from cais.core.effects import Effect
from cais.inbox.services import Cause
from cais.movements.eligible import Eligibility
from cais.movements.proposing import Proposal
from cais.orders.models import Order


class Able:
    """The companies of one connection's queue, and which of them have a depot in use; read once for a batch."""

    def __init__(self, eligibility: Eligibility) -> None:
        self.eligibility = eligibility
        rows = Warehouse.objects.filter(company__in=eligibility.queue, active=True)
        self._with_depot = set(rows.order_by().values_list("company_id", flat=True).distinct())

    def cause(self, order: Order, effect: Effect) -> list[Cause]:
        """What stops an order before anybody looks at a shelf. Who serves one that was sold is decided."""
        if not effect.to_erp or order.is_history or order.erp_state:
            return []
        queue = self.eligibility.of(order).queue
        if not queue:
            return [_nobody_may(order)]
        if self._with_depot.isdisjoint(queue):
            names = ", ".join(self._names(queue))
            return [Cause("no_warehouse", f"company:{queue[0]}", {"company": names})]
        return []

    def _names(self, queue: Collection[int]) -> list[str]:
        names = dict(Company.objects.filter(pk__in=queue).values_list("pk", "name"))
        return [names[key] for key in queue]


def _nobody_may(order: Order) -> Cause:
    channel = order.sales_channel
    params = {"channel": str(channel) if channel else "", "store": order.connection.name, "row": order.sales_channel_id}
    return Cause("no_company_allowed", f"channel:{order.sales_channel_id}", params)


def of_proposals(proposals: Mapping[int, Proposal]) -> dict[int, Cause]:
    """By order, for those that hold their units and that nobody can serve whole all the same."""
    return {
        key: _lost(proposal.order) if proposal.lost else _in_pieces(proposal.order, proposal.allocation)
        for key, proposal in proposals.items()
        if proposal.allocation.outcome is Outcome.LACKING
    }


def _in_pieces(order: Order, allocation: Allocation) -> Cause:
    lines = {line for line, _ in allocation.missing}
    names = order.lines.filter(pk__in=lines).values_list("name", flat=True)
    params = {"number": order.number, "items": ", ".join(names) or "os itens", "store": order.connection.name}
    return Cause("no_company_has_all", f"order:{order.pk}", params)


def _lost(order: Order) -> Cause:
    return Cause("promise_missing", f"order:{order.pk}", {"number": order.number, "store": order.connection.name})
