"""What the imaginary vendor can do wrong: standing habits (`Choices`) and faults that fire by chance or on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cais.simkit import Faults, Request, Response, json_response
from cais.simkit.faults import Switch

OWN_FAULTS = (
    "error_429_wait",
    "wrong_shape",
    "listed_twice",
    "fetch_404",
    "rejected",
    "find_stale",
    "invoices_unlisted",
    "shelf_stale",
    "store_blocked",
)
REJECTION_WORDS = "Pedido recusado: o cliente está bloqueado no cadastro."
BLOCKED_WORDS = "A loja está bloqueada por falta de pagamento."


@dataclass(slots=True)
class Choices:
    """The vendor's habits. They may be changed at any time, also while it serves.

    ensure_by_reference  a second POST with a known reference answers the first order or product; off, it makes another
    find_stale_seconds   an ERP order or a product younger than this (simulated seconds) is not found by its reference
    strict_products      the ERP refuses lines whose product it does not know, is inactive or short; off, it takes all
    cancel_refused       the ERP forbids cancelling
    status_refused       the store forbids writing a status
    invoice_refused      the store takes no invoice
    tracking_refused     the store takes no tracking
    shelf_refused        the store lets nobody change its products, their stock or their prices
    name_length          the store keeps so many characters of a product's name, and says nothing of the others
    cancel_restores_stock  a cancelled order gives its units back to the shelf
    gives_total          lists tell how many orders or products there are
    page_size            orders or products in one page
    rotates_refresh      renewing kills the old refresh token
    code_once            the authorisation code works only once
    access_seconds       life of an access token, simulated
    refresh_seconds      life of a refresh token, simulated
    store_state          "active", "blocked", "inactive" or "cancelled": answers every call accordingly
    """

    ensure_by_reference: bool = True
    find_stale_seconds: float = 0.0
    strict_products: bool = False
    cancel_refused: bool = False
    status_refused: bool = False
    invoice_refused: bool = False
    tracking_refused: bool = False
    shelf_refused: bool = False
    name_length: int = 200
    cancel_restores_stock: bool = True
    gives_total: bool = True
    page_size: int = 50
    rotates_refresh: bool = True
    code_once: bool = False
    access_seconds: float = 10800.0
    refresh_seconds: float = 2592000.0
    store_state: str = "active"


class VendorFaults(Faults):
    """The kit's switches and the vendor's own.

    error_429_wait  429 with `Retry-After: <seconds>`; the kit's error_429 comes without it
    wrong_shape     does the work, then answers JSON of another shape
    listed_twice    a page of orders or products repeats its first row at its end
    fetch_404       an order that is listed is not found when asked for
    rejected        writing is refused with 422 and words, nothing is done
    find_stale      the ERP says "none" to a find although it has the order, the store although it has the product
    invoices_unlisted  the store lists none of an order's invoices although it holds some
    shelf_stale     the list of products shows each as it was before its last change of stock
    store_blocked   403, the store is blocked
    """

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed, error_body=_error_body)
        self._add_own()

    def clear(self) -> None:
        super().clear()
        self._add_own()

    def around(self, request: Request, answer: Callable[[], Response]) -> Response:
        if self.fires("error_429_wait", request):
            seconds = self.switches["error_429_wait"].seconds
            refused = _error_body(429, request)
            return replace(refused, headers=(("Retry-After", f"{seconds:g}"),), fault="error_429_wait")
        response = super().around(request, answer)
        if response.status < 300 and not response.fault and self.fires("wrong_shape", request):
            shapeless = json_response(["isto", "não", "é", "o", "combinado"], status=response.status)
            return replace(shapeless, fault="wrong_shape")
        return response

    def _add_own(self) -> None:
        self.switches.update({name: Switch() for name in OWN_FAULTS})


def refusal(status: int, code: str, words: str) -> Response:
    return json_response({"error": code, "message": words}, status=status)


def _error_body(status: int, request: Request) -> Response:
    words = "Muitas chamadas." if status == 429 else "Falha interna do fornecedor."
    return refusal(status, "too_many_calls" if status == 429 else "internal", words)
