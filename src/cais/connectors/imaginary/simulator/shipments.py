"""How the parcels of the imaginary store are followed: one shipment for an order, replaced by each telling."""

from __future__ import annotations

from collections.abc import Mapping

from cais.connectors.imaginary.simulator.misbehaviour import refusal
from cais.connectors.imaginary.simulator.premises import Premises
from cais.connectors.imaginary.simulator.store import Store
from cais.simkit import Request, Response, json_response

_FIELDS = ("code", "url", "carrier", "day")


class Shipments:
    """By order. Answers (get, put) are called under the vendor's lock."""

    def __init__(self, premises: Premises, store: Store) -> None:
        self._premises, self._choices, self._faults = premises, premises.choices, premises.faults
        self._store, self._note = store, premises.note
        self.held: dict[str, Mapping[str, str]] = {}

    def of(self, order_id: str) -> Mapping[str, str]:
        """What the store holds for an order; empty while it was told nothing."""
        with self._premises.lock:
            return self.held.get(order_id, {})

    def get_shipment(self, request: Request, place: Mapping[str, str]) -> Response:
        if place["id"] not in self._store.orders:
            return refusal(404, "unknown_order", "Pedido não encontrado.")
        blank = dict.fromkeys(_FIELDS, "")
        return json_response({"shipment": {**blank, **self.held.get(place["id"], {})}})

    def put_shipment(self, request: Request, place: Mapping[str, str]) -> Response:
        """Absolute: told what it holds already, the store changes nothing, not even the order's revision."""
        body, order_id = request.fields(), place["id"]
        if order_id not in self._store.orders:
            return refusal(404, "unknown_order", "Pedido não encontrado.")
        if not isinstance(body, dict) or not (body.get("code") or body.get("url")):
            return self._refused(order_id, "incomplete", "Falta o código ou o endereço do rastreio.")
        if self._choices.tracking_refused or self._faults.fires("rejected", request):
            return self._refused(order_id, "tracking_refused", "A loja não aceita rastreio para este pedido.")
        told = {name: str(body.get(name, "")) for name in _FIELDS}
        changed = self.held.get(order_id) != told
        if changed:
            self.held[order_id] = told
            self._store.touch(order_id)
        self._note("shipment", order_id, {**told, "changed": changed})
        return json_response({"id": order_id})

    def _refused(self, order_id: str, code: str, words: str) -> Response:
        self._note("rejected", order_id, {"code": code})
        return refusal(422, code, words)
