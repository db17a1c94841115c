"""The imaginary vendor as one server: routes, lock, ledger, and the handle that tests and proofs hold."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

from cais.connectors.imaginary.simulator.access import Access
from cais.connectors.imaginary.simulator.control import Control
from cais.connectors.imaginary.simulator.erp import Erp
from cais.connectors.imaginary.simulator.invoices import Invoices
from cais.connectors.imaginary.simulator.ledger import Call, Ledger
from cais.connectors.imaginary.simulator.misbehaviour import Choices, VendorFaults, refusal
from cais.connectors.imaginary.simulator.premises import Premises
from cais.connectors.imaginary.simulator.products import Products
from cais.connectors.imaginary.simulator.shelf import Shelf
from cais.connectors.imaginary.simulator.shipments import Shipments
from cais.connectors.imaginary.simulator.store import Store
from cais.simkit import BodyError, Clock, Request, Response, Router, Server

Answer = Callable[[Request, Mapping[str, str]], Response]
# What happened to an order, as the ledger calls it, and as a notice says it.
_ACTS = {"sold": "insert", **dict.fromkeys(("edited", "cancelled", "status_written", "invoice"), "update")}


class ImaginaryVendor:
    """A store and an ERP on one loopback port.

    `store`, `shelf`, `invoices`, `erp`, `access`, `faults`, `choices` and `ledger` are for tests and proofs in the same
    process; other processes use the `/_sim/` addresses. All of it may be used while the server runs.
    """

    def __init__(
        self, *, clock: Clock | None = None, seed: int = 1, port: int = 0, ledger_file: Path | None = None
    ) -> None:
        self.clock = clock or Clock.from_environment()
        self.choices = Choices()
        self.faults = VendorFaults(seed=seed)
        self.ledger = Ledger(file=ledger_file)
        premises = Premises(self.clock, self.choices, self.faults, self.ledger)
        self._lock = premises.lock
        self.access, self.erp, self.shelf = Access(premises), Erp(premises), Shelf(premises)
        self.store = Store(premises, self.shelf, seed=seed)
        self.products = Products(premises, self.shelf)
        self.invoices = Invoices(premises, self.store)
        self.shipments = Shipments(premises, self.store)
        self._open: Router[Answer] = Router()
        self._guarded: Router[Answer] = Router()
        self._add_routes()
        self._control = Control(self)
        self._server = Server(self.answer, port=port)

    @property
    def base_url(self) -> str:
        return self._server.base_url

    def settings(self) -> dict[str, str]:
        """What a merchant would type to connect this vendor."""
        return {"base_url": self.base_url, "code": self.access.code, "store": self.access.store_id}

    def notices(self, *, after: int = 0) -> list[bytes]:
        """What it says to whoever listens: one for each thing that happened to an order, past the first `after`."""
        with self._lock:
            told = [(event.subject, _ACTS[event.kind]) for event in self.ledger.events if event.kind in _ACTS]
        store = self.access.store_id
        return [
            json.dumps({"store": store, "record": "order", "id": subject, "act": act}).encode()
            for subject, act in told[after:]
        ]

    def start(self) -> ImaginaryVendor:
        self._server.start()
        return self

    def stop(self) -> None:
        self._server.stop()
        self.ledger.close()

    def __enter__(self) -> ImaginaryVendor:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def answer(self, request: Request) -> Response:
        """Answer one call, with the faults that are due; control calls are spared and not recorded."""
        if request.path.startswith("/_sim"):
            with self._lock:
                return self._control.answer(request)
        began = time.perf_counter()
        response = self.faults.around(request, lambda: self._work(request))
        self.ledger.called(
            Call(
                at=self.clock.now(),
                method=request.method,
                path=request.path,
                query=urlencode(request.query),
                status=response.status,
                fault=response.fault,
                seconds=round(time.perf_counter() - began, 6),
            )
        )
        return response

    def _work(self, request: Request) -> Response:
        with self._lock:
            found = self._open.find(request)
            if found is None:
                refused = self.access.refusal_of(request)
                if refused is not None:
                    return refused
                found = self._guarded.find(request)
            if found is None:
                return refusal(404, "unknown_address", "Este endereço não existe.")
            target, place = found
            try:
                return target(request, place)
            except (BodyError, ValueError) as error:
                return refusal(400, "bad_request", str(error))

    def _add_routes(self) -> None:
        self._open.add("POST", "/access", self.access.post_access)
        self._open.add("GET", "/authorise", self.access.get_authorise)
        for method, pattern, target in (
            ("GET", "/info", self.store.get_info),
            ("GET", "/store/orders", self.store.get_orders),
            ("GET", "/store/orders/:id", self.store.get_order),
            ("PUT", "/store/orders/:id/status", self.store.put_status),
            ("GET", "/store/orders/:id/invoices", self.invoices.get_invoices),
            ("POST", "/store/orders/:id/invoices", self.invoices.post_invoices),
            ("PUT", "/store/orders/:id/invoices/:invoice", self.invoices.put_invoice),
            ("GET", "/store/orders/:id/shipment", self.shipments.get_shipment),
            ("PUT", "/store/orders/:id/shipment", self.shipments.put_shipment),
            ("GET", "/store/products", self.products.get_products),
            ("POST", "/store/products", self.products.post_products),
            ("GET", "/store/products/:id", self.products.get_product),
            ("PUT", "/store/products/:id", self.products.put_product),
            ("PUT", "/store/products/:id/stock", self.products.put_stock),
            ("PUT", "/store/products/:id/price", self.products.put_price),
            ("GET", "/store/statuses", self.store.get_statuses),
            ("GET", "/erp/orders", self.erp.get_orders),
            ("POST", "/erp/orders", self.erp.post_orders),
            ("GET", "/erp/orders/:id", self.erp.get_order),
            ("POST", "/erp/orders/:id/cancel", self.erp.post_cancel),
            ("POST", "/erp/checks", self.erp.post_checks),
            ("GET", "/erp/companies/:cnpj/products", self.erp.get_products),
        ):
            self._guarded.add(method, pattern, target)
