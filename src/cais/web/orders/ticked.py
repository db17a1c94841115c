"""Which orders a person ticked in the list: those named, or the whole filter that the address carries."""

from __future__ import annotations

from cais.orders.models import Order
from cais.web.access import GroupRequest
from cais.web.orders.filters import OrderFilter
from cais.web.row_keys import keys_of

MOST = 10_000


def ticked(request: GroupRequest) -> list[int]:
    """Ids in the order of the list, ten thousand at most; they are not known to be of the group yet."""
    if request.POST.get("todos") == "1":
        found = OrderFilter.of(request.GET).apply(Order.objects.of(request.group))
        return list(found.order_by("-placed_at", "-id").values_list("pk", flat=True)[:MOST])
    return keys_of(request.POST.getlist("pedido")[:MOST])
