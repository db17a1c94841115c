"""The invoices that the imaginary store holds for its orders: told once or twice, it keeps what it is told."""

from __future__ import annotations

from collections.abc import Mapping

from cais.connectors.imaginary.simulator.misbehaviour import refusal
from cais.connectors.imaginary.simulator.premises import Premises
from cais.connectors.imaginary.simulator.store import Store
from cais.simkit import Numbers, Request, Response, json_response

Invoice = Mapping[str, object]


class Invoices:
    """By order, then by the store's id. Answers (get, post, put) are called under the vendor's lock."""

    def __init__(self, premises: Premises, store: Store) -> None:
        self._premises, self._choices, self._faults = premises, premises.choices, premises.faults
        self._store, self._note = store, premises.note
        self._ids = Numbers(7001)
        self.held: dict[str, dict[str, Invoice]] = {}

    def of(self, order_id: str) -> list[Invoice]:
        """What the store holds for an order, each as it was last told, the oldest first."""
        with self._premises.lock:
            return list(self.held.get(order_id, {}).values())

    def keys(self, order_id: str) -> list[str]:
        """Their access keys, twins included."""
        return [str(invoice["key"]) for invoice in self.of(order_id)]

    def issue(self, order_id: str, key: str) -> str:
        """What somebody else did: an invoice that the client did not send. Returns its id."""
        with self._premises.lock:
            return self._keep(order_id, {"key": key}, by="merchant")

    def get_invoices(self, request: Request, place: Mapping[str, str]) -> Response:
        if place["id"] not in self._store.orders:
            return refusal(404, "unknown_order", "Pedido não encontrado.")
        listed = [] if self._faults.fires("invoices_unlisted", request) else self.held.get(place["id"], {}).items()
        return json_response({"invoices": [{"id": key, "key": each["key"]} for key, each in listed]})

    def post_invoices(self, request: Request, place: Mapping[str, str]) -> Response:
        """A new one each time: the store compares nothing."""
        body, refused = self._asked(request, place)
        if refused is not None:
            return refused
        invoice_id = self._keep(place["id"], body, by="api")
        return json_response({"id": invoice_id}, status=201)

    def put_invoice(self, request: Request, place: Mapping[str, str]) -> Response:
        """Absolute: told what it holds already, the store changes nothing, not even the order's revision."""
        body, refused = self._asked(request, place)
        if refused is not None:
            return refused
        order_id, invoice_id = place["id"], place["invoice"]
        if invoice_id not in self.held.get(order_id, {}):
            return refusal(404, "unknown_invoice", "Nota não encontrada.")
        if self.held[order_id][invoice_id] != body:
            self._keep(order_id, body, by="api", invoice_id=invoice_id)
        return json_response({"id": invoice_id})

    def _asked(self, request: Request, place: Mapping[str, str]) -> tuple[Invoice, Response | None]:
        body = request.fields()
        if place["id"] not in self._store.orders:
            return {}, refusal(404, "unknown_order", "Pedido não encontrado.")
        if not isinstance(body, dict) or not body.get("key"):
            return {}, self._refused(place["id"], "incomplete", "Falta a chave da nota.")
        if self._choices.invoice_refused or self._faults.fires("rejected", request):
            return {}, self._refused(place["id"], "invoice_refused", "A loja não aceita nota para este pedido.")
        return body, None

    def _refused(self, order_id: str, code: str, words: str) -> Response:
        self._note("rejected", order_id, {"code": code})
        return refusal(422, code, words)

    def _keep(self, order_id: str, invoice: Invoice, *, by: str, invoice_id: str = "") -> str:
        self._store.touch(order_id)
        act = "replaced" if invoice_id else "added"
        kept_as = invoice_id or str(next(self._ids))
        self.held.setdefault(order_id, {})[kept_as] = invoice
        self._note("invoice", order_id, {"invoice_id": kept_as, "act": act, "by": by, "key": invoice["key"]})
        return kept_as
