"""The simulator's own control calls under ``/_sim/``: never subject to faults or limits."""

from collections.abc import Callable

from cais.connectors.tray.simulator import consent
from cais.connectors.tray.simulator.catalogue import catalogue_csv
from cais.connectors.tray.simulator.fields import record_id
from cais.connectors.tray.simulator.records import Order
from cais.connectors.tray.simulator.seller import Seller
from cais.connectors.tray.simulator.store import Store
from cais.connectors.tray.simulator.wire import moment
from cais.simkit import BodyError, Request, Response, json_response

MOST_AT_ONCE = 5000


class _Wrong(ValueError):
    """The control call itself makes no sense."""


def answer(store: Store, seller: Seller, request: Request) -> Response:
    """400 with a reason for what makes no sense, 404 for what does not exist."""
    name = request.path.removeprefix("/_sim/").rstrip("/")
    if name == "catalogue.csv" and request.method == "GET":
        return Response(body=catalogue_csv().encode(), content_type="text/csv; charset=utf-8")
    call = _CALLS.get((request.method, name))
    if call is None:
        return json_response({"error": "unknown control call", "known": sorted(map(" ".join, _CALLS))}, status=404)
    try:
        sent = request.fields()
        return json_response(call(store, seller, {**request.query, **(sent if isinstance(sent, dict) else {})}))
    except (BodyError, _Wrong, ValueError, KeyError) as error:
        return json_response({"error": f"{type(error).__name__}: {error}"}, status=400)


Sent = dict[str, object]


def _number(sent: Sent, name: str, default: float) -> float:
    return float(str(sent.get(name, default)))


def _status(store: Store, seller: Seller, sent: Sent) -> object:
    return {
        **store.totals(),
        "api_address": store.api_address,
        "now": store.clock.now(),
        "brasilia": moment(store.clock.now()),
        "clock": store.clock.environment(),
        "trouble": store.trouble,
        "paused": seller.paused,
        "rate": seller.scenario.rate,
        "ledger": store.ledger.counts(),
        "faults_fired": {name: switch.fired for name, switch in store.faults.switches.items() if switch.fired},
    }


def _ledger(store: Store, seller: Seller, sent: Sent) -> object:
    entries = store.ledger.entries(
        kind=str(sent.get("kind", "")), store=store.config.store_id, after=int(_number(sent, "after", 0))
    )
    limit = int(_number(sent, "limit", 1000))
    return {"entries": [entry.plain() for entry in entries[:limit]], "more": len(entries) > limit}


def _orders(store: Store, seller: Seller, sent: Sent) -> object:
    with store.lock:
        return {"orders": [_plain(store, order) for order in store.book.orders.values()]}


def _plain(store: Store, order: Order) -> Sent:
    return {
        **store.book.summary(order),
        "created": order.created,
        "modified": order.modified,
        "cancelled": store.book.is_cancelled(order),
        "sending_code": order.sending_code,
        "point_sale": order.point_sale,
    }


def _faults(store: Store, seller: Seller, sent: Sent) -> object:
    return {
        name: {"probability": one.probability, "remaining": one.remaining, "only": one.only, "fired": one.fired}
        for name, one in store.faults.switches.items()
    }


def _set_faults(store: Store, seller: Seller, sent: Sent) -> object:
    """``{"name", "probability"}`` by chance, ``{"name", "next"}`` for sure, ``{"clear": true}`` for none."""
    if sent.get("clear"):
        store.faults.clear()
    if "name" in sent:
        name, only, seconds = str(sent["name"]), str(sent.get("only", "")), _number(sent, "seconds", 5.0)
        if "next" in sent:
            store.faults.next(name, times=int(_number(sent, "next", 1)), only=only, seconds=seconds)
        else:
            store.faults.set(name, probability=_number(sent, "probability", 0), only=only, seconds=seconds)
    return _faults(store, seller, sent)


def _choices(store: Store, seller: Seller, sent: Sent) -> object:
    return {
        name: {"value": getattr(store.choices, name), "values": list(values)}
        for name, values in store.choices.alternatives().items()
    }


def _set_choices(store: Store, seller: Seller, sent: Sent) -> object:
    with store.lock:
        store.choices = store.choices.with_values(sent)
    return _choices(store, seller, sent)


def _sell(store: Store, seller: Seller, sent: Sent) -> object:
    number = int(_number(sent, "count", 1))
    if not 0 < number <= MOST_AT_ONCE:
        raise _Wrong(f"count must lie between 1 and {MOST_AT_ONCE}")
    return {"orders": [order.id for order in seller.sell(number)]}


def _pause(store: Store, seller: Seller, sent: Sent) -> object:
    seller.pause(str(sent.get("paused", "true")).lower() in ("1", "true"))
    return {"paused": seller.paused}


def _order_action(act: Callable[[Store, Order, Sent], None]) -> Callable[[Store, Seller, Sent], object]:
    def call(store: Store, seller: Seller, sent: Sent) -> object:
        with store.lock:
            order = store.book.orders[record_id(str(sent["order_id"]))]
            act(store, order, sent)
            return _plain(store, order)

    return call


def _move(store: Store, order: Order, sent: Sent) -> None:
    status = store.book.statuses[record_id(str(sent["status_id"]))]
    store.book.set_status(order, status, by="merchant")


def _edit(store: Store, order: Order, sent: Sent) -> None:
    line = record_id(str(sent.get("line_id", order.lines[0].id)))
    store.book.set_quantity(order, line, int(_number(sent, "quantity", 1)), by="merchant")


def _trouble(store: Store, seller: Seller, sent: Sent) -> object:
    code = int(_number(sent, "error_code", 0))
    if code not in (0, 1000, 1001, 1002, 1003, 1099):
        raise _Wrong("error_code must be 0, 1000, 1001, 1002, 1003 or 1099")
    store.trouble = code
    return {"trouble": code}


def _install(store: Store, seller: Seller, sent: Sent) -> object:
    return consent.approval(store)


def _uninstall(store: Store, seller: Seller, sent: Sent) -> object:
    with store.lock:
        store.tokens.uninstall(store.choices)
    return {"approved": False}


def _expire(store: Store, seller: Seller, sent: Sent) -> object:
    with store.lock:
        store.tokens.revoke_access()
    return {"access_tokens": 0}


def _limits(store: Store, seller: Seller, sent: Sent) -> object:
    limits = store.limits
    with store.lock:
        limits.minute.limit = int(_number(sent, "per_minute", limits.minute.limit))
        limits.per_day = int(_number(sent, "per_day", limits.per_day))
        used = limits.minute.used(store.clock.now())
    return {
        "per_minute": limits.minute.limit,
        "per_day": limits.per_day,
        "used_this_minute": used,
        "used_today": limits.used_today,
        "refused": limits.refused,
    }


def _advance(store: Store, seller: Seller, sent: Sent) -> object:
    store.clock.advance(_number(sent, "seconds", 0))
    return {"now": store.clock.now()}


_CALLS: dict[tuple[str, str], Callable[[Store, Seller, Sent], object]] = {
    ("GET", "status"): _status,
    ("GET", "ledger"): _ledger,
    ("GET", "orders"): _orders,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _set_faults,
    ("GET", "choices"): _choices,
    ("POST", "choices"): _set_choices,
    ("GET", "limits"): _limits,
    ("POST", "limits"): _limits,
    ("POST", "sell"): _sell,
    ("POST", "pause"): _pause,
    ("POST", "pay"): _order_action(lambda store, order, sent: store.book.pay(order, by="merchant")),
    ("POST", "cancel"): _order_action(lambda store, order, sent: store.book.cancel(order, by="merchant")),
    ("POST", "move"): _order_action(_move),
    ("POST", "edit"): _order_action(_edit),
    ("POST", "trouble"): _trouble,
    ("POST", "install"): _install,
    ("POST", "uninstall"): _uninstall,
    ("POST", "expire"): _expire,
    ("POST", "advance"): _advance,
}
