"""The look at the store right before something is taken back because of it."""

from __future__ import annotations

from typing import cast

from cais.connections.access import account_for_work
from cais.core.effects import Meaning
from cais.orders.models import Order
from cais.ports.capabilities import OrderSource
from cais.ports.errors import ConfigurationError, NotFound, VendorError
from cais.ports.manifest import Capability
from cais.publishing.conversation import SourceMovedError, SourceSilentError, tell_connection
from cais.publishing.hints import order_moved
from cais.statuses import services as statuses
from cais.statuses.models import StatusEntry


def ensure_still_cancelled(order: Order) -> None:
    """Fetch the order from its store now. Returns only when the store shows it cancelled, or a person said so.

    Raises SourceMovedError when the store says otherwise by now, SourceSilentError when it says nothing.
    """
    if order.cancel_state == Order.Cancel.BY_HAND:
        return
    store = order.connection
    account = account_for_work(store) if store.does(Capability.IMPORT_ORDERS) else None
    if account is None:
        raise SourceSilentError("the store cannot be asked now")
    source = cast(OrderSource, store.vendor)
    try:
        status = source.read_order(source.fetch_order(account, order.external_id)).status
    except NotFound as error:
        order_moved.send(Order, connection=store, external_id=order.external_id)
        raise SourceSilentError("the store does not know the order any more") from error
    except (VendorError, ConfigurationError) as error:
        tell_connection(store, error)
        raise SourceSilentError(str(error)) from error
    key = statuses.key_of(status)
    entry = StatusEntry.objects.filter(connection=store, key=key).first()
    if entry is not None and (entry.meaning == Meaning.CANCELLED or entry.pk == order.written_status_id):
        return
    order_moved.send(Order, connection=store, external_id=order.external_id)
    raise SourceMovedError(f"the store shows {status.label}")
