"""The simulator's own control calls under ``/_sim/``: never subject to faults or limits."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from cais.connectors.tray.simulator import api_invoices, consent
from cais.connectors.tray.simulator.catalogue import catalogue_csv
from cais.connectors.tray.simulator.dividing import divide
from cais.connectors.tray.simulator.errors import Refusal
from cais.connectors.tray.simulator.fields import record_id
from cais.connectors.tray.simulator.records import Order
from cais.connectors.tray.simulator.seller import Seller
from cais.connectors.tray.simulator.store import Store
from cais.connectors.tray.simulator.wire import moment
from cais.simkit import BodyError, Request, Response, json_response

MOST_AT_ONCE = 5000


class _Wrong(ValueError):
    """The control call itself makes no sense."""


Sent = dict[str, object]


@dataclass(frozen=True, slots=True)
class Desk:
    """One control call: whose store, and what was sent."""

    store: Store
    seller: Seller
    sent: Sent

    def number(self, name: str, *, default: float) -> float:
        """Raises ValueError."""
        return float(str(self.sent.get(name, default)))


def answer(store: Store, request: Request, *, seller: Seller) -> Response:
    """400 with a reason for what makes no sense or the store refuses, 404 for a call that does not exist."""
    name = request.path.removeprefix("/_sim/").rstrip("/")
    if name == "catalogue.csv" and request.method == "GET":
        return Response(body=catalogue_csv().encode(), content_type="text/csv; charset=utf-8")
    call = _CALLS.get((request.method, name))
    if call is None:
        return json_response({"error": "unknown control call", "known": sorted(map(" ".join, _CALLS))}, status=404)
    try:
        sent = request.fields()
        return json_response(call(Desk(store, seller, {**request.query, **(sent if isinstance(sent, dict) else {})})))
    except (BodyError, _Wrong, ValueError, KeyError) as error:
        return json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
    except Refusal as refusal:
        return json_response({"error": f"{refusal.name} {refusal.causes}"}, status=400)


def _status(desk: Desk) -> object:
    return {
        **desk.store.totals(),
        "api_address": desk.store.api_address,
        "now": desk.store.clock.now(),
        "brasilia": moment(desk.store.clock.now()),
        "clock": desk.store.clock.environment(),
        "trouble": desk.store.trouble,
        "paused": desk.seller.paused,
        "rate": desk.seller.scenario.rate,
        "ledger": desk.store.ledger.counts(),
        "faults_fired": {name: switch.fired for name, switch in desk.store.faults.switches.items() if switch.fired},
    }


def _ledger(desk: Desk) -> object:
    entries = desk.store.ledger.entries(
        kind=str(desk.sent.get("kind", "")),
        store=desk.store.config.store_id,
        after=int(desk.number("after", default=0)),
    )
    limit = int(desk.number("limit", default=1000))
    return {"entries": [entry.plain() for entry in entries[:limit]], "more": len(entries) > limit}


def _orders(desk: Desk) -> object:
    with desk.store.lock:
        return {"orders": [_plain(desk.store, order) for order in desk.store.book.orders.values()]}


def _plain(store: Store, order: Order) -> Sent:
    return {
        **store.book.summary(order),
        "created": order.created,
        "modified": order.modified,
        "cancelled": store.book.is_cancelled(order),
        "sending_code": order.sending_code,
        "point_sale": order.point_sale,
        "invoices": [{"id": invoice.id, "key": invoice.key, "link": invoice.link} for invoice in order.invoices],
    }


def _faults(desk: Desk) -> object:
    return {
        name: {"probability": one.probability, "remaining": one.remaining, "only": one.only, "fired": one.fired}
        for name, one in desk.store.faults.switches.items()
    }


def _set_faults(desk: Desk) -> object:
    """``{"name", "probability"}`` by chance, ``{"name", "next"}`` for sure, ``{"clear": true}`` for none."""
    if desk.sent.get("clear"):
        desk.store.faults.clear()
    if "name" in desk.sent:
        name, only, seconds = (
            str(desk.sent["name"]),
            str(desk.sent.get("only", "")),
            desk.number("seconds", default=5.0),
        )
        if "next" in desk.sent:
            desk.store.faults.next(name, times=int(desk.number("next", default=1)), only=only, seconds=seconds)
        else:
            desk.store.faults.set(name, probability=desk.number("probability", default=0), only=only, seconds=seconds)
    return _faults(desk)


def _choices(desk: Desk) -> object:
    return {
        name: {"value": getattr(desk.store.choices, name), "values": list(values)}
        for name, values in desk.store.choices.alternatives().items()
    }


def _set_choices(desk: Desk) -> object:
    with desk.store.lock:
        desk.store.choices = desk.store.choices.with_values(desk.sent)
    return _choices(desk)


def _sell(desk: Desk) -> object:
    number = int(desk.number("count", default=1))
    if not 0 < number <= MOST_AT_ONCE:
        raise _Wrong(f"count must lie between 1 and {MOST_AT_ONCE}")
    return {"orders": [order.id for order in desk.seller.sell(number)]}


def _buy(desk: Desk) -> object:
    """``{"reference", "quantity"}``; ``order`` is null when the shelf does not show so many."""
    order = desk.seller.buy(str(desk.sent["reference"]), int(desk.number("quantity", default=1)))
    return {"order": order.id if order else None}


def _shelf(desk: Desk) -> object:
    """What can be sold, as a buyer sees it."""
    with desk.store.lock:
        shelf = desk.store.shelf
        own = [one for one in shelf.products.values() if not shelf.variants_of(one.id)]
        rows = [_thing(one.id, 0, one.reference, shelf.stock(one)) for one in own]
        rows += [_thing(one.product_id, one.id, one.reference, one.stock) for one in shelf.variants.values()]
    return {"products": rows}


def _thing(product: int, variant: int, reference: str, stock: int) -> Sent:
    return {"product_id": product, "variant_id": variant, "reference": reference, "stock": stock}


def _put_stock(desk: Desk) -> object:
    """``{"reference", "stock"}``: the merchant types a number into the panel."""
    with desk.store.lock:
        for one in desk.store.shelf.bearing(str(desk.sent["reference"])):
            desk.store.shelf.set_stock(one, int(desk.number("stock", default=0)), why="merchant")
    return _shelf(desk)


def _pause(desk: Desk) -> object:
    desk.seller.pause(str(desk.sent.get("paused", "true")).lower() in ("1", "true"))
    return {"paused": desk.seller.paused}


def _order_action(act: Callable[[Desk, Order], None]) -> Callable[[Desk], object]:
    def call(desk: Desk) -> object:
        with desk.store.lock:
            order = desk.store.book.orders[record_id(str(desk.sent["order_id"]))]
            act(desk, order)
            return _plain(desk.store, order)

    return call


def _pay(desk: Desk, order: Order) -> None:
    desk.store.book.pay(order, by="merchant")


def _cancel(desk: Desk, order: Order) -> None:
    desk.store.book.cancel(order, by="merchant")


def _move(desk: Desk, order: Order) -> None:
    status = desk.store.book.statuses[record_id(str(desk.sent["status_id"]))]
    desk.store.book.set_status(order, status, by="merchant")


def _edit(desk: Desk, order: Order) -> None:
    if not (desk.sent.get("line_id") or order.lines):
        raise _Wrong("the order has no lines")
    line = record_id(str(desk.sent.get("line_id") or order.lines[0].id))
    desk.store.book.set_quantity(order, line, quantity=int(desk.number("quantity", default=1)), by="merchant")


def _divide(desk: Desk, order: Order) -> None:
    """``{"order_id", "line_id", "quantity"}``: these units leave the order with a child of it."""
    line = record_id(str(desk.sent.get("line_id") or order.lines[0].id))
    divide(desk.store, order, {line: int(desk.number("quantity", default=1))})


def _invoice(desk: Desk, order: Order) -> None:
    """An invoice that the client did not send: the merchant's own, or another system's."""
    api_invoices.issue(desk.store, order, {name: sent for name, sent in desk.sent.items() if name != "order_id"})


def _trouble(desk: Desk) -> object:
    code = int(desk.number("error_code", default=0))
    if code not in (0, 1000, 1001, 1002, 1003, 1099):
        raise _Wrong("error_code must be 0, 1000, 1001, 1002, 1003 or 1099")
    desk.store.trouble = code
    return {"trouble": code}


def _notices(desk: Desk) -> object:
    messenger = desk.store.messenger
    post = {field.name: getattr(messenger.post, field.name) for field in fields(messenger.post)}
    return {"url": messenger.url, "scopes": sorted(messenger.scopes), "waiting": messenger.waiting(), **post}


def _set_notices(desk: Desk) -> object:
    """``{"url", "scopes"}`` for where and of what, the fields of ``Post`` for how badly."""
    messenger, told = desk.store.messenger, dict(desk.sent)
    scopes = told.pop("scopes", sorted(messenger.scopes))
    if not isinstance(scopes, list):
        raise _Wrong("scopes must be a list")
    messenger.direct_to(str(told.pop("url", messenger.url)), scopes=frozenset(map(str, scopes)))
    messenger.post = messenger.post.with_values(told)
    return _notices(desk)


def _install(desk: Desk) -> object:
    return consent.approval(desk.store)


def _uninstall(desk: Desk) -> object:
    with desk.store.lock:
        desk.store.tokens.uninstall(desk.store.choices)
    return {"approved": False}


def _expire(desk: Desk) -> object:
    with desk.store.lock:
        desk.store.tokens.revoke_access()
    return {"access_tokens": 0}


def _limits(desk: Desk) -> object:
    limits = desk.store.limits
    with desk.store.lock:
        limits.minute.limit = int(desk.number("per_minute", default=limits.minute.limit))
        limits.per_day = int(desk.number("per_day", default=limits.per_day))
        used = limits.minute.used(desk.store.clock.now())
    return {
        "per_minute": limits.minute.limit,
        "per_day": limits.per_day,
        "used_this_minute": used,
        "used_today": limits.used_today,
        "refused": limits.refused,
    }


def _advance(desk: Desk) -> object:
    desk.store.clock.advance(desk.number("seconds", default=0))
    return {"now": desk.store.clock.now()}


_CALLS: dict[tuple[str, str], Callable[[Desk], object]] = {
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
    ("POST", "buy"): _buy,
    ("GET", "shelf"): _shelf,
    ("POST", "stock"): _put_stock,
    ("POST", "pause"): _pause,
    ("POST", "pay"): _order_action(_pay),
    ("POST", "cancel"): _order_action(_cancel),
    ("POST", "move"): _order_action(_move),
    ("POST", "edit"): _order_action(_edit),
    ("POST", "divide"): _order_action(_divide),
    ("POST", "invoice"): _order_action(_invoice),
    ("POST", "trouble"): _trouble,
    ("GET", "notices"): _notices,
    ("POST", "notices"): _set_notices,
    ("POST", "install"): _install,
    ("POST", "uninstall"): _uninstall,
    ("POST", "expire"): _expire,
    ("POST", "advance"): _advance,
}
