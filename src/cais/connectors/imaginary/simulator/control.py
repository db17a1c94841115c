"""The `/_sim/` addresses: what another process may read from the imaginary vendor and make it do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from cais.connectors.imaginary.simulator.misbehaviour import Choices, refusal
from cais.simkit import Request, Response, Router, json_response

if TYPE_CHECKING:
    from cais.connectors.imaginary.simulator.vendor import ImaginaryVendor

Fields = Mapping[str, Any]
Command = Callable[[Fields, Mapping[str, str]], object]
SELL_FIELDS = ("lines", "paid", "status_id", "amounts", "changes")


class Control:
    """Every address answers JSON; a bad command answers 400 with words. Called under the vendor's lock."""

    def __init__(self, vendor: ImaginaryVendor) -> None:
        self._vendor = vendor
        self._commands: Router[Command] = Router()
        for method, pattern, command in (
            ("GET", "/status", self._status),
            ("GET", "/ledger", self._ledger),
            ("GET", "/calls", self._calls),
            ("GET", "/orders", self._orders),
            ("GET", "/erp/orders", self._erp_orders),
            ("GET", "/orders/:id/invoices", self._invoices),
            ("POST", "/orders/:id/invoices", self._issue),
            ("POST", "/sell", self._sell),
            ("POST", "/orders/:id/edit", self._edit),
            ("POST", "/orders/:id/cancel", self._cancel),
            ("POST", "/orders/:id/pay", self._pay),
            ("POST", "/products", self._products),
            ("GET", "/shelf", self._shelf),
            ("POST", "/shelf", self._put_on_shelf),
            ("POST", "/buy", self._buy),
            ("POST", "/faults", self._faults),
            ("POST", "/choices", self._choices),
            ("POST", "/expire", self._expire),
        ):
            self._commands.add(method, pattern, command)

    def answer(self, request: Request) -> Response:
        found = self._commands.find(request, under="/_sim")
        if found is None:
            return refusal(404, "unknown_address", "Este comando não existe.")
        command, place = found
        asked = request.query if request.method == "GET" else request.fields()
        if not isinstance(asked, Mapping):
            return refusal(400, "bad_body", "O corpo deve ser um objeto.")
        try:
            return json_response(command(asked, place))
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            return refusal(400, "bad_command", f"{type(error).__name__}: {error}")

    def _status(self, _: Fields, __: Mapping[str, str]) -> object:
        vendor = self._vendor
        return {
            **vendor.settings(),
            "time": vendor.clock.utc().isoformat(),
            "sold": len(vendor.ledger.sold()),
            "erp_orders": len(vendor.erp.orders),
            "calls": vendor.ledger.count_calls(),
            "doubled_references": vendor.ledger.doubled_references(),
            "choices": asdict(vendor.choices),
            "faults_fired": {name: each.fired for name, each in vendor.faults.switches.items() if each.fired},
        }

    def _ledger(self, asked: Fields, _: Mapping[str, str]) -> object:
        kind, events = asked.get("kind", ""), list(self._vendor.ledger.events)
        return {"events": [asdict(event) for event in events if kind in ("", event.kind)]}

    def _calls(self, asked: Fields, _: Mapping[str, str]) -> object:
        return {"calls": [asdict(call) for call in self._vendor.ledger.calls[-int(asked.get("last", 1000)) :]]}

    def _orders(self, _: Fields, __: Mapping[str, str]) -> object:
        return {"orders": list(self._vendor.store.orders.values())}

    def _erp_orders(self, _: Fields, __: Mapping[str, str]) -> object:
        return {"orders": [asdict(order) for order in self._vendor.erp.orders.values()]}

    def _sell(self, asked: Fields, _: Mapping[str, str]) -> object:
        order = {name: asked[name] for name in SELL_FIELDS if name in asked}
        return {"sold": [self._vendor.store.sell(**order) for _ in range(int(asked.get("count", 1)))]}

    def _edit(self, asked: Fields, place: Mapping[str, str]) -> object:
        self._vendor.store.edit(place["id"], **asked)
        return {"id": place["id"]}

    def _cancel(self, _: Fields, place: Mapping[str, str]) -> object:
        self._vendor.store.cancel(place["id"])
        return {"id": place["id"]}

    def _pay(self, _: Fields, place: Mapping[str, str]) -> object:
        self._vendor.store.pay(place["id"])
        return {"id": place["id"]}

    def _invoices(self, _: Fields, place: Mapping[str, str]) -> object:
        return {"invoices": self._vendor.invoices.of(place["id"])}

    def _issue(self, asked: Fields, place: Mapping[str, str]) -> object:
        return {"id": self._vendor.invoices.issue(place["id"], str(asked["key"]))}

    def _products(self, asked: Fields, _: Mapping[str, str]) -> object:
        put = self._vendor.erp.put_product
        for each in asked["products"]:
            quantity, active = str(each.get("quantity", "0")), bool(each.get("active", True))
            put(each["cnpj"], each["sku"], quantity=quantity, active=active)
        return {"products": len(asked["products"])}

    def _shelf(self, _: Fields, __: Mapping[str, str]) -> object:
        items = self._vendor.shelf.items.values()
        counted = [(item, None if item.stock is None else str(item.stock)) for item in items]
        rows = [{"id": it.id, "variant": it.variant, "sku": it.reference, "stock": shown} for it, shown in counted]
        return {"products": rows}

    def _put_on_shelf(self, asked: Fields, _: Mapping[str, str]) -> object:
        return {"products": [self._vendor.shelf.put(**each) for each in asked["products"]]}

    def _buy(self, asked: Fields, _: Mapping[str, str]) -> object:
        """{"lines": [[sku, quantity, price]]}; an empty id when the shelf does not show it."""
        return {"sold": self._vendor.store.buy(asked["lines"], paid=bool(asked.get("paid", True)))}

    def _faults(self, asked: Fields, _: Mapping[str, str]) -> object:
        """{"clear": true, "set": {name: {"probability": ...}}, "next": {name: {"times": ...}}}, each part optional."""
        if asked.get("clear"):
            self._vendor.faults.clear()
        for name, options in asked.get("set", {}).items():
            self._vendor.faults.set(name, **options)
        for name, options in asked.get("next", {}).items():
            self._vendor.faults.next(name, **options)
        return {name: asdict(switch) for name, switch in self._vendor.faults.switches.items()}

    def _choices(self, asked: Fields, _: Mapping[str, str]) -> object:
        known = {field.name for field in fields(Choices)}
        if unknown := set(asked) - known:
            raise KeyError(f"unknown choice: {', '.join(sorted(unknown))}")
        for name, value in asked.items():
            setattr(self._vendor.choices, name, value)
        return asdict(self._vendor.choices)

    def _expire(self, asked: Fields, _: Mapping[str, str]) -> object:
        self._vendor.access.expire(refresh_too=bool(asked.get("refresh_too")))
        return {"expired": True}
