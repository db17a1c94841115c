"""The ERP side of the imaginary vendor: sales orders by reference, products with stock in each company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from cais.connectors.imaginary.simulator.misbehaviour import REJECTION_WORDS, refusal
from cais.connectors.imaginary.simulator.premises import Premises
from cais.simkit import Numbers, Request, Response, json_response

_WORDS = {
    "unknown_product": "Produto {sku} não cadastrado.",
    "inactive": "Produto {sku} inativo.",
    "short": "Produto {sku} sem saldo.",
}


@dataclass(frozen=True, slots=True)
class Product:
    sku: str
    quantity: Decimal
    active: bool = True


@dataclass(frozen=True, slots=True)
class ErpOrder:
    """`document` is the order as it was received."""

    id: str
    number: str
    reference: str
    cnpj: str
    status: str
    created_at: float
    document: Mapping[str, object]


class Erp:
    """One ERP with several companies. Answers (get, post) are called under the vendor's lock."""

    def __init__(self, premises: Premises) -> None:
        self._premises, self._choices, self._faults = premises, premises.choices, premises.faults
        self._note = premises.note
        self._ids = Numbers(5001)
        self.orders: dict[str, ErpOrder] = {}
        self.products: dict[str, dict[str, Product]] = {}

    def put_product(self, cnpj: str, sku: str, *, quantity: str = "0", active: bool = True) -> None:
        """Register a product in a company, or replace it."""
        with self._premises.lock:
            self.products.setdefault(cnpj, {})[sku] = Product(sku, Decimal(quantity), active)

    def stock(self, cnpj: str, sku: str) -> Decimal:
        """Raises KeyError for a product that the company does not have."""
        return self.products[cnpj][sku].quantity

    def by_reference(self, reference: str) -> list[ErpOrder]:
        """Every order ever made with this reference, twins included."""
        return [order for order in list(self.orders.values()) if order.reference == reference]

    def get_orders(self, request: Request, _: Mapping[str, str]) -> Response:
        """Find by reference. A young order may not be found yet, as in ERPs that index late."""
        reference = request.query.get("reference", "")
        newest = self._premises.clock.now() - self._choices.find_stale_seconds
        found = [order for order in self.by_reference(reference) if order.created_at <= newest]
        if self._faults.fires("find_stale", request):
            found = []
        return json_response({"orders": [_row(order) for order in found]})

    def get_order(self, request: Request, place: Mapping[str, str]) -> Response:
        order = self.orders.get(place["id"])
        if order is None:
            return refusal(404, "unknown_order", "Pedido de venda não encontrado.")
        return json_response({**_row(order), "document": order.document})

    def post_orders(self, request: Request, _: Mapping[str, str]) -> Response:
        """Create. A reference that is known already gives the first order back, unless that habit is off."""
        body = request.fields()
        if not isinstance(body, dict) or not body.get("reference") or not body.get("lines"):
            return refusal(422, "incomplete", "Faltam a referência ou os itens.")
        reference = str(body["reference"])
        known = self.by_reference(reference)
        if known and self._choices.ensure_by_reference:
            self._note("erp_found", known[0].id, {"reference": reference})
            return json_response(_row(known[0]))
        words = self._objection(request, body)
        if words:
            self._note("rejected", reference, {"words": words})
            return refusal(422, "order_refused", words)
        order = self._create(reference, body)
        return json_response(_row(order), status=201)

    def post_cancel(self, request: Request, place: Mapping[str, str]) -> Response:
        """Cancelling a cancelled order is no error and gives no stock back a second time."""
        order = self.orders.get(place["id"])
        if order is None:
            return refusal(404, "unknown_order", "Pedido de venda não encontrado.")
        if order.status == "cancelled":
            return json_response(_row(order))
        if self._choices.cancel_refused or self._faults.fires("rejected", request):
            self._note("rejected", order.id, {"words": "cancel"})
            return refusal(422, "cancel_refused", "O pedido já foi faturado e não pode ser cancelado.")
        order = self.orders[order.id] = replace(order, status="cancelled")
        self._move(order, sign=1)
        self._note("erp_cancelled", order.id, {"reference": order.reference})
        return json_response(_row(order))

    def post_checks(self, request: Request, _: Mapping[str, str]) -> Response:
        body = request.fields()
        if not isinstance(body, dict):
            return refusal(400, "bad_body", "O corpo deve ser um objeto.")
        cnpj = str(body.get("cnpj", ""))
        return json_response({"lines": [self._checked(cnpj, line) for line in _lines(body)]})

    def get_products(self, request: Request, place: Mapping[str, str]) -> Response:
        products = self.products.get(place["cnpj"], {}).values()
        rows = [{"sku": each.sku, "quantity": str(each.quantity), "active": each.active} for each in products]
        return json_response({"products": rows})

    def _objection(self, request: Request, body: Mapping[str, object]) -> str:
        if self._faults.fires("rejected", request):
            return REJECTION_WORDS
        if not self._choices.strict_products:
            return ""
        cnpj = str(body.get("cnpj", ""))
        checked = (self._checked(cnpj, line) for line in _lines(body))
        bad = next((line for line in checked if line["problem"]), None)
        return _WORDS[bad["problem"]].format(sku=bad["sku"]) if bad else ""

    def _checked(self, cnpj: str, line: Mapping[str, object]) -> dict[str, str]:
        sku = str(line.get("sku", ""))
        product = self.products.get(cnpj, {}).get(sku)
        if product is None:
            problem = "unknown_product" if self._choices.strict_products else ""
            return {"sku": sku, "problem": problem, "available": ""}
        problem = "" if product.active else "inactive"
        if product.active and product.quantity < _decimal(line.get("quantity")):
            problem = "short"
        return {"sku": sku, "problem": problem, "available": str(product.quantity)}

    def _create(self, reference: str, body: Mapping[str, object]) -> ErpOrder:
        order_id = str(next(self._ids))
        order = ErpOrder(
            id=order_id,
            number=f"V{order_id}",
            reference=reference,
            cnpj=str(body.get("cnpj", "")),
            status="open",
            created_at=self._premises.clock.now(),
            document=body,
        )
        self.orders[order_id] = order
        self._move(order, sign=-1)
        self._note("erp_created", order_id, {"reference": reference, "cnpj": order.cnpj, "total": body.get("total")})
        return order

    def _move(self, order: ErpOrder, *, sign: int) -> None:
        shelf = self.products.get(order.cnpj, {})
        for line in _lines(order.document):
            product = shelf.get(str(line.get("sku", "")))
            if product is not None:
                quantity = product.quantity + sign * _decimal(line.get("quantity"))
                shelf[product.sku] = replace(product, quantity=quantity)


def _row(order: ErpOrder) -> dict[str, object]:
    return {"id": order.id, "number": order.number, "reference": order.reference, "status": order.status}


def _lines(body: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    lines = body.get("lines")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _decimal(value: object) -> Decimal:
    """A quantity as sent; what is no number counts as zero."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
