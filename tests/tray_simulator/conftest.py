"""A simulated store on a free port with a standing clock, and a plain caller that knows nothing of Cais."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from cais.connectors.tray.simulator import MAIN_STORE, SECOND_STORE, Scenario, SimulatedStore, TraySimulator
from cais.simkit import Clock

# 2026-01-08 12:00:00 UTC, which is 09:00:00 in Brasília.
NINE_O_CLOCK = 1767873600.0


class Caller:
    """One authorised application calling one store."""

    def __init__(self, tray: TraySimulator, shop: SimulatedStore) -> None:
        self.tray = tray
        self.shop = shop
        self.http = httpx.Client(base_url=shop.api_address, timeout=10)
        self.tokens = self.exchange(shop.install()).json()

    def exchange(self, code: str, **changed: str) -> httpx.Response:
        app = self.tray.app
        sent = {"consumer_key": app.consumer_key, "consumer_secret": app.consumer_secret, "code": code}
        return self.http.post("/auth", data=sent | changed)

    def renew(self, refresh_token: str, **more: str) -> httpx.Response:
        return self.http.get("/auth", params={"refresh_token": refresh_token, **more})

    def ask(self, method: str, path: str, /, *, body: Any = None, form: Any = None, **query: Any) -> httpx.Response:
        query.setdefault("access_token", self.tokens["access_token"])
        return self.http.request(method, path, params=query, json=body, data=form)

    def get(self, path: str, /, **query: Any) -> Any:
        reply = self.ask("GET", path, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def complete(self, order_id: int) -> Any:
        return self.get(f"/orders/{order_id}/complete")["Order"]


@pytest.fixture
def tray() -> Iterator[TraySimulator]:
    simulator = TraySimulator(
        stores=(MAIN_STORE, SECOND_STORE), clock=Clock.standing(NINE_O_CLOCK), scenario=Scenario.clean(seed=5)
    )
    with simulator:
        yield simulator


@pytest.fixture
def shop(tray: TraySimulator) -> SimulatedStore:
    return tray.stores[0]


@pytest.fixture
def caller(tray: TraySimulator, shop: SimulatedStore) -> Iterator[Caller]:
    one = Caller(tray, shop)
    yield one
    one.http.close()
