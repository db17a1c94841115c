"""Tray's adapter to the contract: drives its simulator, knows nothing of its client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from cais.connectors.tray.connector import CONNECTOR
from cais.connectors.tray.simulator import Choices, TraySimulator
from cais.core.clock import BRASILIA
from cais.ports.capabilities import Window
from cais.ports.session import Account
from cais.simkit import Request, Response, Server
from tests.contract.face import Paths
from tests.contract.lending import account_for

BLOCKED = 1001
DAY = timedelta(days=1)


class Tray:
    name = "tray"
    connector = CONNECTOR
    paths = Paths(
        listing="GET /web_api/orders",
        fetch="GET /web_api/orders/",
        statuses="GET /web_api/orders/statuses",
        write_status="PUT /web_api/orders/",
        renew="GET /web_api/auth",
        list_invoices="GET /web_api/orders/",
        add_invoice="POST /web_api/orders/",
        replace_invoice="PUT /web_api/orders/",
        write_tracking="PUT /web_api/orders/",
        read_tracking="GET /web_api/orders/",
    )

    def __init__(self, simulator: TraySimulator, heard: list[Request]) -> None:
        self.simulator = simulator
        self.heard = heard
        (self.site,) = simulator.stores
        self.book = self.site.store.book

    def account(self) -> Account:
        return account_for({**self._typed(), "api_address": self.site.api_address, "code": self.site.install()})

    def unauthorised_account(self) -> Account:
        return account_for(self._typed())

    def lately(self) -> Window:
        now = datetime.fromtimestamp(self.simulator.clock.now(), BRASILIA)
        return Window(first=(now - DAY).date(), last=(now + DAY).date())

    def sell(self, count: int = 1) -> list[str]:
        return [str(order.id) for order in self.site.sell(count)]

    def sell_unreadable(self) -> str:
        (order,) = self.site.sell()
        order.lines[0].quantity = -1
        return str(order.id)

    def sell_with_status(self, words: str) -> str:
        (order,) = self.site.sell()
        with self.site.store.lock:
            self.book.set_status(order, self.book.invent_status(words), by="merchant")
        return str(order.id)

    def change(self, order_id: str) -> None:
        with self.site.store.lock:
            order = self.book.orders[int(order_id)]
            self.book.set_quantity(order, order.lines[0].id, quantity=order.lines[0].quantity + 1, by="merchant")

    def fault(self, name: str, *, times: int = 1, only: str = "", seconds: float = 5.0) -> None:
        self.site.faults.next(name, times=times, only=only, seconds=seconds)

    def limit_with_retry_after(self, only: str) -> float:
        self.site.choose(retry_after="present")
        self.fault("error_429", only=only)
        return 60.0

    def another_status(self, order_id: str) -> str:
        sent, done = self.book.status_named("ENVIADO").id, self.book.status_named("FINALIZADO").id
        return str(done if self.status_of(order_id) == str(sent) else sent)

    def status_of(self, order_id: str) -> str:
        return str(self.book.orders[int(order_id)].status_id)

    def status_writes(self, order_id: str) -> int:
        moves = (entry.facts for entry in self.simulator.ledger.entries(kind="status"))
        return sum(each["by"] == "api" and each["order_id"] == int(order_id) for each in moves)

    def tracking_of(self, order_id: str) -> tuple[str, str, str]:
        order = self.book.orders[int(order_id)]
        return order.sending_code, order.tracking_url, order.sending_date

    def tracking_writes(self, order_id: str) -> int:
        told = (entry.facts for entry in self.simulator.ledger.entries(kind="changed"))
        return sum("sending_code" in each["fields"] for each in told if each["order_id"] == int(order_id))

    def notices(self) -> list[tuple[str, bytes]]:
        self.simulator.messenger.step()
        return [(request.headers["content-type"], request.body) for request in self.heard]

    def account_number(self) -> str:
        return self.site.store.config.store_id

    def invoices_added(self, order_id: str) -> list[str]:
        told = self._invoices_told(order_id)
        return [str(each["sent"]["key"]) for each in told if each["act"] == "created"]

    def last_invoice(self, order_id: str) -> dict[str, Any]:
        last = self._invoices_told(order_id)[-1]
        sent = last["sent"]
        return {
            "id": str(last["invoice_id"]),
            "number": int(sent["number"]),
            "series": int(sent["serie"]),
            "total": Decimal(sent["value"]),
            "xml": sent["xml_danfe"],
            "cfops": [(each["product_id"], _variant(each), each["cfop"]) for each in sent["ProductCfop"]],
            **{name: sent[name] for name in ("key", "link")},
        }

    def issue_invoice(self, order_id: str, key: str) -> None:
        httpx.post(f"{self.site.base_url}/_sim/invoice", json={"order_id": order_id, "key": key}).raise_for_status()

    def expire_access(self) -> None:
        with self.site.store.lock:
            self.site.store.tokens.revoke_access()

    def withdraw_access(self) -> None:
        with self.site.store.lock:
            self.site.store.tokens.uninstall(self.site.store.choices)

    def block(self) -> None:
        self.site.store.trouble = BLOCKED

    def forgives_lost_renewals(self, on: bool) -> None:
        self.site.choose(code="reusable" if on else "single_use")

    def renewals(self) -> int:
        calls = (entry.facts for entry in self.simulator.ledger.entries(kind="call"))
        return sum(str(each["path"]).rstrip("/").endswith("/auth") and each["status"] in (200, 201) for each in calls)

    def calls(self) -> int:
        return len(self.simulator.ledger.entries(kind="call"))

    def as_another_store(self, query: dict[str, str]) -> dict[str, str]:
        return {**query, "api_address": "https://outra-loja.exemplo.com.br/web_api", "store": "999999"}

    def approve(self, url: str) -> dict[str, str]:
        with httpx.Client() as browser:
            asked = browser.get(url)
            if asked.status_code == 200:
                assert "Autorizar" in asked.text
                asked = browser.post(url, data={"approve": "1"})
        return dict(parse_qsl(urlsplit(asked.headers["location"]).query))

    def _invoices_told(self, order_id: str) -> list[Any]:
        told = (entry.facts for entry in self.simulator.ledger.entries(kind="invoice"))
        return [each for each in told if str(each["order_id"]) == order_id and each["by"] == "api"]

    def _typed(self) -> dict[str, str]:
        app = self.simulator.app
        keys = {"consumer_key": app.consumer_key, "consumer_secret": app.consumer_secret}
        return {"store_url": self.site.base_url, "profile": "standard", **keys}


def _variant(named: dict[str, str]) -> str:
    return "" if named["variation_id"] == "0" else named["variation_id"]


@contextmanager
def start_tray(**choices: object) -> Iterator[Tray]:
    """`choices` are those of the simulator's README; the first value of each is the default."""
    heard: list[Request] = []

    def listen(request: Request) -> Response:
        heard.append(request)
        return Response(status=200)

    with Server(listen) as listener, TraySimulator(choices=Choices().with_values(choices)) as simulator:
        simulator.messenger.direct_to(listener.base_url)
        yield Tray(simulator, heard)


def tray_variations() -> list[dict[str, object]]:
    """Every point that no public source decides, each with every value that is not the default, one at a time."""
    return [{name: value} for name, values in Choices.alternatives().items() for value in values[1:]]
