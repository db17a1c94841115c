"""The status catalogue of a store: list, single, create, change, delete."""

from cais.connectors.tray.simulator import fields
from cais.connectors.tray.simulator.api_orders import renderer
from cais.connectors.tray.simulator.call import Call
from cais.connectors.tray.simulator.errors import invalid
from cais.connectors.tray.simulator.listing import Listing, listed
from cais.connectors.tray.simulator.records import Status
from cais.connectors.tray.simulator.wire import Json, envelope


def list_statuses(call: Call) -> Json:
    listing: Listing[Status] = Listing(
        plural="OrderStatuses",
        singular="OrderStatus",
        render=renderer(call.store).status,
        filters={"id": lambda status: str(status.id), "status": lambda status: status.status},
        sorts={"id": lambda status: status.id, "status": lambda status: status.status},
    )
    rows = sorted(call.store.book.statuses.values(), key=lambda status: status.id)
    return listed(listing, rows, call.request.query, window=call.window(), choices=call.store.choices)


def get_status(call: Call) -> Json:
    return {"OrderStatus": renderer(call.store).status(_status(call))}


def create_status(call: Call) -> Json:
    record = fields.wrapped(call.request, "OrderStatus")
    status = call.store.book.invent_status(fields.required(record, "status", longest=60))
    _write(status, record)
    return envelope("Created", status.id, 201, call.store.choices)


def change_status(call: Call) -> Json:
    record = fields.wrapped(call.request, "OrderStatus")
    status = _status(call)
    if "status" in record:
        status.status = fields.required(record, "status", longest=60)
    _write(status, record)
    return envelope("Saved", status.id, 200, call.store.choices)


def delete_status(call: Call) -> Json:
    status = _status(call)
    if any(order.status_id == status.id for order in call.store.book.orders.values()):
        raise invalid("OrderStatus", "Há pedidos com este status")
    del call.store.book.statuses[status.id]
    return envelope("Deleted", status.id, 200, call.store.choices)


def _status(call: Call) -> Status:
    return call.store.book.status(fields.record_id(call.places["id"]))


def _write(status: Status, record: Json) -> None:
    status.description = fields.text(record, "description") or status.description
    status.background = fields.text(record, "background", longest=7) or status.background
