"""Calls to the imaginary vendor: addresses, tokens, and which answer is which error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NoReturn
from urllib.parse import quote

from cais.connectors.imaginary import mapping
from cais.connectors.imaginary.reading import record, text
from cais.core.shelf import ShelfRef
from cais.ports.capabilities import Window
from cais.ports.errors import AccessRefused, AccessState, ConfigurationError, NotFound, Rejected, Unreadable
from cais.ports.session import Account, Priority, Tokens
from cais.wire.http import Answer, Call, Http, Json

RENEW_BEFORE = timedelta(minutes=5)
_STATES = {
    "store_blocked": AccessState.STORE_BLOCKED,
    "store_inactive": AccessState.STORE_INACTIVE,
    "store_cancelled": AccessState.STORE_CANCELLED,
}


class Client:
    """The vendor for one account, for one piece of work."""

    def __init__(self, account: Account) -> None:
        self._account = account
        known = account.tokens.current()
        secrets = [account.settings.get("code", ""), *((known.access, known.refresh) if known else ())]
        self._http = Http.for_account(account, secrets=secrets)

    def orders(self, window: Window, page: int) -> Json:
        query = (("first", window.first.isoformat()), ("last", window.last.isoformat()), ("page", str(page)))
        return self._get("/store/orders", priority=Priority.ORDERS, query=query).json()

    def order(self, order_id: str, *, priority: Priority = Priority.ORDERS) -> bytes:
        """Byte for byte, but surely JSON. Raises NotFound."""
        answer = self._get(f"/store/orders/{quote(order_id, safe='')}", priority=priority)
        answer.json()
        return answer.body

    def statuses(self) -> Json:
        return self._get("/store/statuses", priority=Priority.ORDERS).json()

    def info(self) -> Json:
        return self._get("/info", priority=Priority.ACCESS).json()

    def put_status(self, order_id: str, body: Mapping[str, object]) -> Answer:
        path = f"/store/orders/{quote(order_id, safe='')}/status"
        return self._speak("PUT", path, priority=Priority.STATUS, json=body)

    def invoices(self, order_id: str) -> Json:
        return self._get(_invoices_of(order_id), priority=Priority.INVOICES).json()

    def add_invoice(self, order_id: str, body: Mapping[str, object]) -> Answer:
        return self._speak("POST", _invoices_of(order_id), priority=Priority.INVOICES, json=body)

    def replace_invoice(self, order_id: str, invoice_id: str, body: Mapping[str, object]) -> Answer:
        path = f"{_invoices_of(order_id)}/{quote(invoice_id, safe='')}"
        return self._speak("PUT", path, priority=Priority.INVOICES, json=body)

    def shipment(self, order_id: str) -> Json:
        return self._get(_shipment_of(order_id), priority=Priority.STATUS).json()

    def put_shipment(self, order_id: str, body: Mapping[str, object]) -> Answer:
        return self._speak("PUT", _shipment_of(order_id), priority=Priority.STATUS, json=body)

    def products(self, page: str) -> Json:
        return self._get("/store/products", priority=Priority.READ_BACK, query=(("page", page or "1"),)).json()

    def products_bearing(self, reference: str) -> Json:
        query = (("reference", reference),)
        return self._get("/store/products", priority=Priority.CATALOGUE, query=query).json()

    def product(self, ref: ShelfRef, *, priority: Priority) -> Json:
        return self._get(_product_of(ref), priority=priority, query=_variant_of(ref)).json()

    def add_product(self, body: Mapping[str, object]) -> Answer:
        return self._speak("POST", "/store/products", priority=Priority.CATALOGUE, json=body)

    def put_product(self, ref: ShelfRef, body: Mapping[str, object], *, priority: Priority, part: str = "") -> Answer:
        """`part`: "/stock" or "/price" for those alone, empty for all the rest of the product."""
        return self._speak("PUT", _product_of(ref) + part, priority=priority, query=_variant_of(ref), json=body)

    def find_erp_order(self, reference: str) -> Json:
        return self._get("/erp/orders", priority=Priority.ORDERS, query=(("reference", reference),)).json()

    def create_erp_order(self, body: Mapping[str, object]) -> Answer:
        return self._speak("POST", "/erp/orders", priority=Priority.ORDERS, json=body)

    def cancel_erp_order(self, order_id: str) -> Answer:
        path = f"/erp/orders/{quote(order_id, safe='')}/cancel"
        return self._speak("POST", path, priority=Priority.ORDERS)

    def check_lines(self, body: Mapping[str, object]) -> Json:
        """A question in a POST: asking it changes nothing there."""
        return self._speak("POST", "/erp/checks", priority=Priority.ORDERS, json=body, changes=False).json()

    def redeem(self) -> Tokens:
        """Change the stored code for tokens, committed before they are returned."""
        return self._pair({"code": self._account.settings["code"]})

    def extended(self) -> Tokens:
        """A new pair in place of the present one, whose time need not be over."""
        return self._renewed(self._account.tokens.current())

    def base_url(self) -> str:
        """Raises ConfigurationError for what is no http address."""
        typed = self._account.settings.get("base_url", "").strip().rstrip("/")
        if not typed.startswith(("http://", "https://")):
            raise ConfigurationError("O endereço deve começar com http:// ou https://.", field="base_url")
        return typed

    def _get(self, path: str, *, priority: Priority, query: Sequence[tuple[str, str]] = ()) -> Answer:
        return self._speak("GET", path, priority=priority, query=query)

    def _speak(
        self,
        method: str,
        path: str,
        *,
        priority: Priority,
        query: Sequence[tuple[str, str]] = (),
        json: Mapping[str, object] | None = None,
        changes: bool | None = None,
    ) -> Answer:
        """One call with a valid access; a 401 says nothing was done, so even a write is repeated once."""
        tokens = self._valid_tokens()
        answer = None
        for _ in range(2):
            call = Call(
                method=method,
                url=self.base_url() + path,
                query=(*query, ("access_token", tokens.access)),
                json=json,
                priority=priority,
                changes=changes,
            )
            answer = self._http.call(call)
            if answer.status != 401:
                return _accepted(answer)
            tokens = self._renewed(tokens)
        raise AccessRefused(AccessState.NEEDS_AUTHORISATION, "A loja não aceitou o acesso que ela mesma renovou.")

    def _valid_tokens(self) -> Tokens:
        tokens = self._account.tokens.current()
        if tokens is not None and tokens.access_expires_at - RENEW_BEFORE > self._account.clock.now():
            return tokens
        return self._renewed(tokens)

    def _renewed(self, refused: Tokens | None) -> Tokens:
        """New tokens in place of `refused`, or those another worker got meanwhile."""
        with self._account.tokens.renewing():
            newest = self._account.tokens.current()
            if newest is not None and (refused is None or newest.access != refused.access):
                return newest
            if newest is not None and newest.refresh_expires_at > self._account.clock.now():
                try:
                    return self._pair({"refresh_token": newest.refresh})
                except AccessRefused:
                    # The pair may have been replaced by a renewal whose answer was lost: the code is the last way in.
                    return self.redeem()
            return self.redeem()

    def _pair(self, body: Mapping[str, object]) -> Tokens:
        call = Call(method="POST", url=self.base_url() + "/access", json=body, priority=Priority.ACCESS, changes=False)
        answer = self._http.call(call)
        if answer.status == 401:
            raise AccessRefused(AccessState.NEEDS_AUTHORISATION, _words(answer)[1])
        tokens = mapping.tokens(_accepted(answer).json(), base_url=self.base_url())
        self._account.tokens.save(tokens)
        return tokens


def _invoices_of(order_id: str) -> str:
    return f"/store/orders/{quote(order_id, safe='')}/invoices"


def _product_of(ref: ShelfRef) -> str:
    return f"/store/products/{quote(ref.external_id, safe='')}"


def _variant_of(ref: ShelfRef) -> tuple[tuple[str, str], ...]:
    return (("variant", ref.variant_id),) if ref.variant_id else ()


def _shipment_of(order_id: str) -> str:
    return f"/store/orders/{quote(order_id, safe='')}/shipment"


def _accepted(answer: Answer) -> Answer:
    """The answer if it is a yes; else the error that its status and code stand for."""
    if answer.status < 300:
        return answer
    _refuse(answer)


def _refuse(answer: Answer) -> NoReturn:
    code, words = _words(answer)
    if answer.status == 403 and code in _STATES:
        raise AccessRefused(_STATES[code], words)
    if answer.status == 404 and code == "unknown_address":
        raise ConfigurationError("Neste endereço não atende o fornecedor imaginário.", field="base_url")
    if answer.status == 404:
        raise NotFound(words, code=code)
    raise Rejected(words, code=code)


def _words(answer: Answer) -> tuple[str, str]:
    """(code, sentence) of a refusal. A refusal that cannot be read is still a refusal, but not of this vendor's."""
    said = record(answer.json(), "error")
    code, words = text(said, "error"), text(said, "message")
    if not code:
        raise Unreadable("A recusa do fornecedor veio sem explicação.", detail=f"HTTP {answer.status}")
    return code, words
