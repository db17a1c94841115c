"""The door of one store: faults, limits, authorisation, routing, and the record of every call."""

import time
from dataclasses import replace
from urllib.parse import urlencode

from cais.connectors.tray.simulator import (
    admin,
    api_customers,
    api_invoices,
    api_orders,
    api_products,
    api_statuses,
    consent,
    control,
    fields,
)
from cais.connectors.tray.simulator.call import Answer, Call
from cais.connectors.tray.simulator.errors import Refusal, unauthorized
from cais.connectors.tray.simulator.limits import SlidingMinute
from cais.connectors.tray.simulator.seller import Seller
from cais.connectors.tray.simulator.store import Store
from cais.connectors.tray.simulator.wire import Json, dressed
from cais.simkit import Request, Response, Router, json_response
from cais.simkit.faults import HTML_PAGE
from cais.simkit.http import HTML

API = "/web_api"
_SECRETS = frozenset(("access_token", "refresh_token", "consumer_key", "consumer_secret", "code"))

_ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/orders", api_orders.list_orders),
    ("POST", "/orders", api_orders.create_order),
    ("GET", "/orders/statuses", api_statuses.list_statuses),
    ("POST", "/orders/statuses", api_statuses.create_status),
    ("GET", "/orders/statuses/:id", api_statuses.get_status),
    ("PUT", "/orders/statuses/:id", api_statuses.change_status),
    ("DELETE", "/orders/statuses/:id", api_statuses.delete_status),
    ("PUT", "/orders/cancel/:id", api_orders.cancel_order),
    ("POST", "/orders/includeProduct/:id", api_orders.include_product),
    ("PUT", "/orders/excludeProduct/:id/:product_id", api_orders.exclude_product),
    ("GET", "/orders/invoices", api_invoices.list_invoices),
    ("GET", "/orders/:id/invoices", api_invoices.list_of_order),
    ("POST", "/orders/:id/invoices", api_invoices.create_invoice),
    ("GET", "/orders/:id/invoices/:invoice_id", api_invoices.get_invoice),
    ("PUT", "/orders/:id/invoices/:invoice_id", api_invoices.change_invoice),
    ("GET", "/orders/:id/complete", api_orders.get_complete),
    ("GET", "/orders/:id/full", api_orders.get_full),
    ("GET", "/orders/:id", api_orders.get_order),
    ("PUT", "/orders/:id", api_orders.change_order),
    ("GET", "/products", api_products.list_products),
    ("POST", "/products", api_products.create_product),
    ("GET", "/products/variants", api_products.list_variants),
    ("POST", "/products/variants", api_products.create_variant),
    ("GET", "/products/variants/:id", api_products.get_variant),
    ("PUT", "/products/variants/:id", api_products.change_variant),
    ("DELETE", "/products/variants/:id", api_products.delete_variant),
    ("GET", "/products/kits", api_products.list_kits),
    ("POST", "/products/kits", api_products.create_kit_parts),
    ("GET", "/products/:id", api_products.get_product),
    ("PUT", "/products/:id", api_products.change_product),
    ("DELETE", "/products/:id", api_products.delete_product),
    ("GET", "/customers", api_customers.list_customers),
    ("POST", "/customers", api_customers.create_customer),
    ("GET", "/customers/addresses", api_customers.list_addresses),
    ("POST", "/customers/addresses", api_customers.create_address),
    ("GET", "/customers/addresses/:id", api_customers.get_address),
    ("GET", "/customers/:id", api_customers.get_customer),
    ("PUT", "/customers/:id", api_customers.change_customer),
    ("GET", "/info", api_customers.get_info),
)


def _router() -> Router[Answer]:
    router: Router[Answer] = Router()
    for method, pattern, answer in _ROUTES:
        router.add(method, pattern, answer)
    return router


class StoreApp:
    """Callable: a request in, a response out. Only ``/web_api`` is subject to faults and limits."""

    _router = _router()

    def __init__(self, store: Store, *, seller: Seller, app_minute: SlidingMinute) -> None:
        self._store = store
        self._seller = seller
        self._app_minute = app_minute
        store.faults.error_body = self._fault_body

    def __call__(self, request: Request) -> Response:
        if request.path.startswith("/_sim/"):
            return control.answer(self._store, request, seller=self._seller)
        if request.path == "/auth.php":
            return consent.answer(self._store, request)
        if request.path == API or request.path.startswith(f"{API}/"):
            return self._recorded(request)
        return admin.answer(self._store, request, seller=self._seller)

    def _recorded(self, request: Request) -> Response:
        started = time.perf_counter()
        response = self._store.faults.around(request, lambda: self._answered(request))
        shown = {name: value for name, value in request.query.items() if name not in _SECRETS}
        self._store.record(
            "call",
            {
                "method": request.method,
                "path": request.path,
                "query": urlencode(shown),
                "status": response.status,
                "fault": response.fault,
                "ms": round((time.perf_counter() - started) * 1000, 3),
            },
        )
        return response

    def _answered(self, request: Request) -> Response:
        if self._store.faults.fires("token_revoked", request):
            with self._store.lock:
                self._store.tokens.revoke_access()
        try:
            with self._store.lock:
                status, body = self._routed(request)
        except Refusal as refusal:
            return self._error(refusal, request)
        return json_response(dressed(body, self._store.choices), status=status)

    def _routed(self, request: Request) -> tuple[int, object]:
        store = self._store
        path = request.path[len(API) :].rstrip("/")
        is_auth = path == "/auth"
        if not (is_auth and store.choices.auth_counts == "no"):
            self._admit()
        if store.trouble:
            raise unauthorized(store.trouble)
        if is_auth:
            return store.choices.token_status, self._tokens(request)
        store.tokens.check(request.query.get("access_token", ""), now=store.clock.now())
        found = self._router.find(request, under=API)
        if found is None:
            raise Refusal(404, "Not Found")
        answer, places = found
        body = answer(Call(store, request, places))
        return (201 if body.get("message") == "Created" else 200), body

    def _admit(self) -> None:
        store = self._store
        shared = store.choices.minute_limit == "per_app"
        wait = store.limits.admit(store.clock.now(), self._app_minute if shared else store.limits.minute)
        if wait:
            raise Refusal(429, "Too Many Requests", causes={"limit": [str(int(wait) + 1)]})

    def _tokens(self, request: Request) -> Json:
        store, now = self._store, self._store.clock.now()
        if request.method == "POST":
            body = fields.body_of(request)
            sent: Json = body if isinstance(body, dict) else {}
            pair = store.tokens.exchange(sent, now=now, choices=store.choices)
        elif request.method == "GET":
            pair = store.tokens.renew(dict(request.query), now=now, choices=store.choices)
        else:
            raise Refusal(404, "Not Found")
        return pair | {"api_host": store.api_address, "store_id": store.config.store_id}

    def _error(self, refusal: Refusal, request: Request) -> Response:
        choices = self._store.choices
        status = choices.validation_status if refusal.status == 400 else refusal.status
        headers: tuple[tuple[str, str], ...] = ()
        if status == 429 and choices.retry_after == "present":
            headers = (("Retry-After", refusal.causes["limit"][0]),)
        if choices.error_body == "html":
            return Response(status=status, body=HTML_PAGE, content_type=HTML, headers=headers)
        body: Json = {"code": status, "url": f"/{request.path[len(API) :]}", "name": refusal.name}
        if refusal.error_code:
            body["error_code"] = refusal.error_code
        body[choices.causes_key] = self._causes(refusal)
        return replace(json_response(body, status=status), headers=headers)

    def _causes(self, refusal: Refusal) -> object:
        if status_hides_details(refusal):
            return []
        listed = self._store.choices.causes == "list" or refusal.error_code
        if listed:
            return [text for texts in refusal.causes.values() for text in texts]
        return refusal.causes

    def _fault_body(self, status: int, request: Request) -> Response:
        names = {429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}
        return self._error(Refusal(status, names[status], causes={"limit": ["60"]}), request)


def status_hides_details(refusal: Refusal) -> bool:
    """Limits and breakdowns say nothing more than their name."""
    return refusal.status >= 429
