"""Every switch of the simulator changes something that a caller can see."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from cais.connectors.tray.simulator import Choices, Scenario, TraySimulator
from cais.simkit import Clock, Request, Response, Server
from tests.tray_simulator.conftest import NINE_O_CLOCK, Caller

Probe = Callable[[Caller], object]
EVERYTHING = Scenario(seed=4, marketplace=0.5, kit=0.5, coupon=1.0, unpaid=0.5, no_lines=0.0)


def _set(caller: Caller, order: Any, **fields: Any) -> httpx.Response:
    return caller.ask("PUT", f"/orders/{order.id}", body={"Order": fields})


def _refused(caller: Caller) -> httpx.Response:
    return caller.ask("POST", "/products", body={"Product": {"price": "1.00"}})


def _redirect(caller: Caller) -> dict[str, list[str]]:
    asked = {"response_type": "code", "consumer_key": caller.tray.app.consumer_key, "callback": "https://x.example/"}
    reply = httpx.get(f"{caller.shop.base_url}/auth.php", params=asked)
    return parse_qs(urlsplit(reply.headers["location"]).query)


def _renewals(caller: Caller) -> object:
    app, sent = caller.tray.app, caller.tokens["refresh_token"]
    # A renewal that is refused changes nothing, so the three are tried from the poorest to the richest.
    tries = (
        {},
        {"consumer_key": app.consumer_key},
        {"consumer_key": app.consumer_key, "consumer_secret": app.consumer_secret},
    )
    return next(number for number, more in enumerate(tries) if caller.renew(sent, **more).status_code == 200)


def _old_refresh(caller: Caller) -> object:
    caller.renew(caller.tokens["refresh_token"])
    return caller.renew(caller.tokens["refresh_token"]).status_code


def _old_access(caller: Caller) -> object:
    caller.renew(caller.tokens["refresh_token"])
    return caller.ask("GET", "/info").status_code


def _code_twice(caller: Caller) -> object:
    code = caller.shop.install()
    return [caller.exchange(code).status_code for _ in range(2)]


def _uninstalled(caller: Caller) -> object:
    httpx.post(f"{caller.shop.base_url}/_sim/uninstall")
    return caller.ask("GET", "/info").status_code


def _auth_counted(caller: Caller) -> object:
    before = caller.shop.store.limits.used_today
    caller.renew(caller.tokens["refresh_token"])
    return caller.shop.store.limits.used_today - before


def _shared_minute(caller: Caller) -> object:
    used = caller.shop.store.limits.minute.used(NINE_O_CLOCK)
    caller.get("/info")
    return caller.shop.store.limits.minute.used(NINE_O_CLOCK) - used


def _wait_header(caller: Caller) -> object:
    caller.shop.store.limits.minute.limit = 0
    return caller.ask("GET", "/info").headers.get("retry-after")


def _duplicate(caller: Caller) -> object:
    body = {"Variant": {"product_id": "100", "type_1": "Cor", "value_1": "Azul"}}
    return [caller.ask("POST", "/products/variants", body=body).status_code for _ in range(2)]


def _kit_line(caller: Caller) -> object:
    order = next(one for one in caller.shop.sell(30) if one.lines[0].kit_id)
    line = caller.complete(order.id)["ProductsSold"][0]["ProductsSold"]
    return line["product_kit_id"] == str(order.lines[0].kit_id)


def _marketplace_email(caller: Caller) -> object:
    order = next(one for one in caller.shop.sell(30) if one.marketplace)
    return caller.complete(order.id)["Customer"]["email"] == ""


def _paid_flag(caller: Caller) -> object:
    order = next(one for one in caller.shop.sell(30) if one.paid_at)
    record = caller.complete(order.id)
    assert record["payment_date"] == "2026-01-08"
    return record["has_payment"]


def _note(caller: Caller) -> object:
    order = caller.shop.sell(1)[0]
    order.store_note = "antes"
    _set(caller, order, store_note="depois")
    return caller.complete(order.id)["store_note"]


def _unknown_status(caller: Caller) -> object:
    return _set(caller, caller.shop.sell(1)[0], status_id="999").status_code


def _closed_edit(caller: Caller) -> object:
    order = caller.shop.sell(1)[0]
    _set(caller, order, status_id="69")
    return _set(caller, order, customer_note="x").status_code


def _tracking(caller: Caller) -> object:
    order = caller.shop.sell(1)[0]
    _set(caller, order, sending_code="BR1")
    return caller.complete(order.id)["status"]


def _cancel_twice(caller: Caller) -> object:
    order = caller.shop.sell(1)[0]
    return [caller.ask("PUT", f"/orders/cancel/{order.id}").status_code for _ in range(2)]


def _sold_stock(caller: Caller, *, cancel: bool) -> object:
    line = {"product_id": 100, "quantity": 2}
    body = {"Order": {"Customer": {"name": "Bento Leal"}, "ProductsSold": [line]}}
    key = caller.ask("POST", "/orders", body=body).json()["id"]
    if cancel:
        caller.ask("PUT", f"/orders/cancel/{key}")
    return caller.get("/products/100")["Product"]["stock"]


def _negative(caller: Caller) -> object:
    reply = caller.ask("PUT", "/products/100", body={"Product": {"stock": -3}})
    return reply.status_code, caller.get("/products/100")["Product"]["stock"]


def _parent_stock(caller: Caller) -> object:
    parent = caller.get("/products", has_variations="1")["Products"][0]["Product"]["id"]
    return caller.ask("PUT", f"/products/{parent}", body={"Product": {"stock": 3}}).status_code


def _cancelled_spelling(caller: Caller) -> object:
    return caller.get("/orders/statuses/24")["OrderStatus"]["type"]


CFOP = {"product_id": "100", "variation_id": "0", "cfop": "5102"}


def _invoiced(caller: Caller, **sent: Any) -> str:
    """The address of an order's invoices after one was sent."""
    path = f"/orders/{caller.shop.sell(1)[0].id}/invoices"
    body = {"number": "12345", "ProductCfop": [CFOP]} | sent
    assert caller.ask("POST", path, body=body).status_code == 201
    return path


def _cfop_places(caller: Caller) -> object:
    path = _invoiced(caller)
    found = [caller.get(one)["OrderInvoices"][0] for one in ("/orders/invoices", path)]
    return [("ProductCfop" in one, "ProductCfop" in one["OrderInvoice"]) for one in found]


def _complete_invoice(caller: Caller) -> object:
    number = int(_invoiced(caller).split("/")[2])
    return "OrderInvoice" in caller.complete(number)["OrderInvoice"][0]


def _no_invoices(caller: Caller) -> object:
    return caller.ask("GET", f"/orders/{caller.shop.sell(1)[0].id}/invoices").status_code


def _wrapped_invoice(caller: Caller) -> object:
    body = {"OrderInvoice": {"number": "12345"}}
    return caller.ask("POST", f"/orders/{caller.shop.sell(1)[0].id}/invoices", body=body).status_code


def _overwritten(caller: Caller) -> object:
    path = _invoiced(caller, link="https://nfe.example/1")
    caller.ask("PUT", f"{path}/1", body={"number": "12346"})
    return caller.get(path)["OrderInvoices"][0]["OrderInvoice"]["link"]


def _faturador(caller: Caller) -> object:
    order = next(one for one in caller.shop.sell(30) if one.marketplace and one.marketplace.name == "Mercado Livre")
    caller.shop.faults.next("faturador")
    return caller.ask("POST", f"/orders/{order.id}/invoices", body={"number": "12345"}).status_code


def _notice(caller: Caller) -> object:
    heard: list[Request] = []

    def listen(request: Request) -> Response:
        heard.append(request)
        return Response()

    with Server(listen) as listener:
        caller.tray.messenger.direct_to(listener.base_url)
        caller.shop.sell()
        caller.tray.messenger.step()
    return sorted(parse_qs(heard[0].body.decode()))


def _children(caller: Caller) -> object:
    order = caller.shop.sell(1)[0]
    order.children.append(order.id + 1)
    return caller.complete(order.id).get("OrderChilds", "absent")


PROBES: dict[str, Probe] = {
    "id_type": lambda caller: repr(caller.complete(caller.shop.sell(1)[0].id)["id"]),
    "no_date": lambda caller: caller.complete(caller.shop.sell(1)[0].id)["sending_date"],
    "postal_code": lambda caller: len(caller.complete(caller.shop.sell(1)[0].id)["Customer"]["zip_code"]),
    "notice_extras": _notice,
    "envelope_code": lambda caller: repr(_set(caller, caller.shop.sell(1)[0], taxes="0.00").json()["code"]),
    "limit_above_maximum": lambda caller: len(caller.ask("GET", "/products", limit=60).json().get("Products", [])),
    "page_past_the_end": lambda caller: caller.ask("GET", "/products", page=99).status_code,
    "causes": lambda caller: type(_refused(caller).json().get("causes")).__name__,
    "causes_key": lambda caller: "errors" in _refused(caller).json(),
    "error_body": lambda caller: _refused(caller).headers["content-type"],
    "validation_status": lambda caller: _refused(caller).status_code,
    "redirect_extras": lambda caller: len(_redirect(caller)),
    "redirect_store": lambda caller: _redirect(caller)["store"][0].isdigit(),
    "code": _code_twice,
    "old_refresh_token": _old_refresh,
    "old_access_token": _old_access,
    "refresh_needs": _renewals,
    "token_status": lambda caller: caller.exchange(caller.shop.install()).status_code,
    "uninstall": _uninstalled,
    "auth_counts": _auth_counted,
    "minute_limit": _shared_minute,
    "retry_after": _wait_header,
    "unknown_keys": lambda caller: _set(caller, caller.shop.sell(1)[0], tracking_code="x").status_code,
    "duplicate_variant": _duplicate,
    "kit_fields": _kit_line,
    "marketplace_email": _marketplace_email,
    "complete_path": lambda caller: caller.ask("GET", f"/orders/{caller.shop.sell(1)[0].id}/full").status_code,
    "has_payment": _paid_flag,
    "coupon_object": lambda caller: "coupon" in (caller.shop.sell(1) and caller.get("/orders")["Orders"][0]["Order"]),
    "store_note": _note,
    "line_name": lambda caller: caller.complete(caller.shop.sell(1)[0].id)["ProductsSold"][0]["ProductsSold"]["name"],
    "cancelled_type": _cancelled_spelling,
    "builtin_default": lambda caller: caller.get("/orders/statuses/24")["OrderStatus"]["default"],
    "unknown_status": _unknown_status,
    "closed_order_edit": _closed_edit,
    "tracking_moves_status": _tracking,
    "cancel_twice": _cancel_twice,
    "product_cfop": _cfop_places,
    "invoice_times": lambda caller: "created" in caller.get(_invoiced(caller))["OrderInvoices"][0]["OrderInvoice"],
    "invoice_in_order": _complete_invoice,
    "no_invoices": _no_invoices,
    "empty_invoice": _wrapped_invoice,
    "invoice_put": _overwritten,
    "faturador_status": _faturador,
    "stock_taken": lambda caller: _sold_stock(caller, cancel=False),
    "cancel_restores_stock": lambda caller: _sold_stock(caller, cancel=True),
    "negative_stock": _negative,
    "order_childs": _children,
    "parent_stock_write": _parent_stock,
    "reference_filter": lambda caller: len(caller.get("/products", reference="FER-FRI")["Products"]),
}


def _observe(name: str, value: object) -> object:
    choices = Choices().with_values({name: value})
    with TraySimulator(clock=Clock.standing(NINE_O_CLOCK), scenario=EVERYTHING, choices=choices) as tray:
        caller = Caller(tray, tray.stores[0])
        try:
            return PROBES[name](caller)
        finally:
            caller.http.close()


def _fields() -> Iterator[str]:
    yield from Choices.alternatives()


@pytest.mark.parametrize("name", list(_fields()))
def test_each_value_of_a_choice_can_be_told_from_the_others(name: str) -> None:
    seen = [repr(_observe(name, value)) for value in Choices.alternatives()[name]]
    assert len(seen) >= 2
    assert len(set(seen)) == len(seen), seen


def test_variations_change_one_thing_at_a_time() -> None:
    found = dict(Choices.variations())
    assert found["default"] == Choices()
    assert found["store_note=prepended"].store_note == "prepended"
    assert len(found) == 1 + sum(len(values) - 1 for values in Choices.alternatives().values())


@pytest.mark.parametrize("values", [{"moon": "full"}, {"store_note": "shredded"}])
def test_a_choice_that_does_not_exist_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a choice"):
        Choices().with_values(values)
