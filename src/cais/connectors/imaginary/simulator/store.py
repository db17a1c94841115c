"""The store side of the imaginary vendor: orders, their pages, their statuses."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from cais.connectors.imaginary.simulator.goods import cents, name_of, random_address, random_buyer, random_lines
from cais.connectors.imaginary.simulator.misbehaviour import refusal
from cais.connectors.imaginary.simulator.premises import Premises
from cais.connectors.imaginary.simulator.shelf import Shelf, units_of
from cais.simkit import BRASILIA, Numbers, Request, Response, json_response

Order = dict[str, object]
STATUSES = (
    ("1", "Aguardando pagamento", "open"),
    ("2", "Pago", "paid"),
    ("3", "Faturado", "invoiced"),
    ("4", "Enviado", "shipped"),
    ("5", "Entregue", "finished"),
    ("6", "Cancelado", "cancelled"),
)
UNPAID, PAID, CANCELLED = "1", "2", "6"
REMOVED = "<removed>"


class Store:
    """One store. Methods without underscore are for tests and proofs; answers to calls begin with get or post.

    The former may be called from any thread; the latter only under the vendor's lock.
    """

    def __init__(self, premises: Premises, shelf: Shelf, *, seed: int) -> None:
        self._shelf = shelf
        self._premises, self._choices, self._faults = premises, premises.choices, premises.faults
        self._lock, self._note = premises.lock, premises.note
        self._dice = random.Random(seed)
        self._ids = Numbers(1001)
        self.statuses: dict[str, tuple[str, str]] = {key: (name, kind) for key, name, kind in STATUSES}
        self.orders: dict[str, Order] = {}

    def sell(
        self,
        *,
        lines: Sequence[tuple[str, str, str]] | None = None,
        paid: bool = True,
        status_id: str = "",
        amounts: Sequence[tuple[str, str]] = (("freight", "15.90"),),
        changes: Mapping[str, object] | None = None,
    ) -> str:
        """Sell one order and return its id.

        `lines` are (sku, quantity, unit price) and `amounts` (kind, signed value), all as text. `changes` replaces
        top-level fields of the finished document, also by nonsense; the value REMOVED takes a field away.
        """
        with self._lock:
            order_id = str(next(self._ids))
            order = self._document(order_id, lines=lines, paid=paid, amounts=amounts)
            order["status_id"] = status_id or (PAID if paid else UNPAID)
            order |= changes or {}
            self.orders[order_id] = {field: value for field, value in order.items() if value != REMOVED}
            self._shelf.take(order_id, units_of(_lines_of(order)))
            self._note("sold", order_id, {"total": str(order["total"]), "lines": copy.deepcopy(order["lines"])})
        return order_id

    def buy(self, lines: Sequence[tuple[str, str, str]], *, paid: bool = True) -> str:
        """What a buyer can do: as `sell`, but only what the shelf shows; an empty id when it does not."""
        with self._lock:
            if not self._shelf.shows([(sku, Decimal(units)) for sku, units, _ in lines]):
                return ""
            return self.sell(lines=lines, paid=paid)

    def edit(self, order_id: str, **changes: object) -> None:
        """Replace top-level fields; the revision grows and the order counts as changed now."""
        with self._lock:
            self.orders[order_id].update(changes)
            self.touch(order_id)
            if "lines" in changes:
                self._shelf.give_back(order_id)
                self._shelf.take(order_id, units_of(_lines_of(self.orders[order_id])))
            self._give_back_what_is_cancelled(order_id)
            self._note("edited", order_id, changes)

    def set_status(self, order_id: str, status_id: str) -> None:
        """What the merchant does by hand in the store."""
        self.edit(order_id, status_id=status_id)

    def pay(self, order_id: str) -> None:
        self.edit(order_id, paid=True, status_id=PAID)

    def cancel(self, order_id: str) -> None:
        with self._lock:
            self.orders[order_id]["status_id"] = CANCELLED
            self.touch(order_id)
            self._give_back_what_is_cancelled(order_id)
            self._note("cancelled", order_id, {})

    def remove(self, order_id: str) -> None:
        """Make an order vanish without a trace in the API, as no store should."""
        with self._lock:
            del self.orders[order_id]

    def add_status(self, name: str, *, kind: str = "") -> str:
        """A status that the merchant invents; returns its id."""
        with self._lock:
            status_id = str(max(map(int, self.statuses)) + 1)
            self.statuses[status_id] = (name, kind)
        return status_id

    def status_of(self, order_id: str) -> str:
        return str(self.orders[order_id]["status_id"])

    def get_info(self, request: Request, _: Mapping[str, str]) -> Response:
        return json_response({"name": "Loja Imaginária", "orders": len(self.orders)})

    def get_orders(self, request: Request, _: Mapping[str, str]) -> Response:
        """Orders changed in the days `first` to `last`, both included, Brasília time, by growing id."""
        first, last = request.query.get("first", ""), request.query.get("last", "9999-12-31")
        page = int(request.query.get("page", "1"))
        inside = [order for order in self.orders.values() if first <= str(order["changed_at"])[:10] <= last]
        inside.sort(key=lambda order: int(str(order["id"])))
        start = (page - 1) * self._choices.page_size + self._shift(request, page=page)
        rows = [self._row(order) for order in inside[start : start + self._choices.page_size]]
        if rows and self._faults.fires("listed_twice", request):
            rows.append(rows[0])
        more = page * self._choices.page_size < len(inside)
        answer: dict[str, object] = {"orders": rows, "next_page": page + 1 if more else 0}
        if self._choices.gives_total:
            answer["total"] = len(inside)
        return json_response(answer)

    def get_order(self, request: Request, place: Mapping[str, str]) -> Response:
        order = self.orders.get(place["id"])
        if order is None or self._faults.fires("fetch_404", request):
            return refusal(404, "unknown_order", "Pedido não encontrado.")
        return json_response({"order": self._whole(order)})

    def get_statuses(self, request: Request, _: Mapping[str, str]) -> Response:
        return json_response({"statuses": [self._status(key) for key in self.statuses]})

    def put_status(self, request: Request, place: Mapping[str, str]) -> Response:
        """Absolute: writing the status that the order has already changes nothing, not even the revision."""
        body = request.fields()
        order = self.orders.get(place["id"])
        if order is None:
            return refusal(404, "unknown_order", "Pedido não encontrado.")
        status_id = self._status_asked(body if isinstance(body, dict) else {})
        if status_id not in self.statuses:
            return self._refused(place["id"], "unknown_status", "A loja não tem este status.")
        if self._choices.status_refused or self._faults.fires("rejected", request):
            return self._refused(place["id"], "status_refused", "A loja não permite esta mudança de status.")
        changed = order["status_id"] != status_id
        if changed:
            order["status_id"] = status_id
            self.touch(place["id"])
            self._give_back_what_is_cancelled(place["id"])
        self._note("status_written", place["id"], {"status_id": status_id, "changed": changed})
        return json_response({"id": place["id"], "status": self._status(status_id)})

    def _give_back_what_is_cancelled(self, order_id: str) -> None:
        if self.orders[order_id]["status_id"] == CANCELLED and self._choices.cancel_restores_stock:
            self._shelf.give_back(order_id)

    def _status_asked(self, body: Mapping[str, object]) -> str:
        if body.get("status_id"):
            return str(body["status_id"])
        named = (key for key, (name, _) in self.statuses.items() if name == body.get("status_name"))
        return next(named, "")

    def _shift(self, request: Request, *, page: int) -> int:
        """As if, since the page before, a row had left the window (+1) or entered it (−1)."""
        if page == 1:
            return 0
        skips, repeats = self._faults.fires("page_skip", request), self._faults.fires("page_repeat", request)
        return int(skips) - int(repeats)

    def _refused(self, order_id: str, code: str, words: str) -> Response:
        self._note("rejected", order_id, {"code": code})
        return refusal(422, code, words)

    def _row(self, order: Order) -> Order:
        row = {field: order.get(field) for field in ("id", "number", "revision", "changed_at", "total")}
        return {**row, "status": self._status(str(order["status_id"]))}

    def _whole(self, order: Order) -> Order:
        whole = {field: value for field, value in order.items() if field != "status_id"}
        whole.setdefault("status", self._status(str(order["status_id"])))
        return whole

    def _status(self, status_id: str) -> dict[str, object]:
        name, kind = self.statuses.get(status_id, (f"Status {status_id}", ""))
        return {"id": status_id, "name": name, "kind": kind}

    def _document(
        self,
        order_id: str,
        *,
        lines: Sequence[tuple[str, str, str]] | None,
        paid: bool,
        amounts: Sequence[tuple[str, str]],
    ) -> Order:
        sold = random_lines(self._dice) if lines is None else lines
        buyer = random_buyer(self._dice)
        total = sum((Decimal(quantity) * Decimal(price) for _, quantity, price in sold), Decimal(0))
        total += sum((Decimal(value) for _, value in amounts), Decimal(0))
        now = self._now()
        payment = {"method": "Pix", "method_id": "pix", "value": cents(total), "instalments": 1}
        return {
            "id": order_id,
            "number": order_id,
            "revision": 1,
            "placed_at": now,
            "changed_at": now,
            "paid": paid,
            "buyer": buyer,
            "delivery": random_address(self._dice, recipient=str(buyer["name"])),
            "billing": None,
            "lines": [self._line(position, *line) for position, line in enumerate(sold, 1)],
            "amounts": [{"kind": kind, "value": value, "label": ""} for kind, value in amounts],
            "total": cents(total),
            "payments": [{**payment, "paid_at": now if paid else None}],
            "channel": "Loja Imaginária",
            "shipping": "Entrega comum",
            "buyer_note": "",
        }

    def _line(self, position: int, sku: str, quantity: str, price: str) -> dict[str, object]:
        on_shelf = self._shelf.bearing(sku)
        product_id, variant_id = on_shelf[0].key if on_shelf else (f"p-{sku.lower()}", "")
        return {
            "id": str(position),
            "product_id": product_id,
            "variant_id": variant_id,
            "sku": sku,
            "name": name_of(sku),
            "quantity": quantity,
            "price": price,
            "list_price": price,
            "gtin": "",
            "gift": False,
            "note": "",
        }

    def touch(self, order_id: str) -> None:
        """The order counts as changed now. Under the vendor's lock."""
        order = self.orders[order_id]
        order["revision"] = int(str(order["revision"])) + 1
        order["changed_at"] = self._now()

    def _now(self) -> str:
        """Brasília time with its offset, so that the client has something to convert."""
        return datetime.fromtimestamp(self._premises.clock.now(), BRASILIA).isoformat(timespec="seconds")


def _lines_of(order: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The lines as far as they are any: a test may put nonsense in their place."""
    lines = order.get("lines")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
