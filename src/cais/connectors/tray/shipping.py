"""The tracking of an order as Tray keeps it: three of the order's own fields (Tray contract §11.3)."""

from __future__ import annotations

from cais.connectors.tray.reading import Record, moment, text_of
from cais.core.documents import TrackingDoc


def body_of(tracking: TrackingDoc) -> dict[str, object]:
    """Only what is known: a field that is not sent stays. The carrier has no field; `shipment` is the freight sold."""
    told = {
        "sending_code": tracking.code,
        "sending_date": f"{tracking.shipped_on:%Y-%m-%d}" if tracking.shipped_on else "",
        "tracking_url": tracking.url,
    }
    return {"Order": {name: value for name, value in told.items() if value}}


def read_tracking(order: Record) -> TrackingDoc:
    shipped = moment(order, "sending_date", "data do envio")
    return TrackingDoc(
        code=text_of(order, "sending_code"),
        url=text_of(order, "tracking_url"),
        shipped_on=shipped.date() if shipped else None,
    )
