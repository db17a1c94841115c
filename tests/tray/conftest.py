"""The engine's side in memory, a store that answers what a test scripts, and the simulator."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from cais.connectors.tray.simulator import TraySimulator
from cais.core.clock import BRASILIA, Clock
from cais.ports.session import Account, Exchange, Priority, Reach, Tokens

SETTINGS = {"consumer_key": "chave-do-app", "consumer_secret": "segredo-do-app", "code": "codigo-guardado"}


@dataclass
class Shelf:
    """A token store in memory: one lock for the right to renew, as the engine's advisory lock gives."""

    saved: list[Tokens] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> Tokens | None:
        return self.saved[-1] if self.saved else None

    @contextmanager
    def renewing(self) -> Iterator[None]:
        with self.lock:
            yield

    def save(self, tokens: Tokens) -> None:
        assert self.lock.locked(), "a pair is saved only by the owner of the right to renew"
        self.saved.append(tokens)


@dataclass
class Meter:
    spent: list[Priority] = field(default_factory=list)
    kept: list[Exchange] = field(default_factory=list)

    def spend(self, priority: Priority) -> None:
        self.spent.append(priority)

    def record(self, exchange: Exchange) -> None:
        self.kept.append(exchange)


def tokens(access: str = "A1", refresh: str = "R1", *, minutes: float = 60, days: float = 20) -> Tokens:
    now = Clock().now()
    return Tokens(
        access=access,
        refresh=refresh,
        access_expires_at=now + timedelta(minutes=minutes),
        refresh_expires_at=now + timedelta(days=days),
        account_id="391250",
    )


def account(url: str, *stored: Tokens, reach: Reach = Reach.LOOPBACK, **settings: str) -> Account:
    return Account(
        key="1",
        modality="rest",
        settings={**SETTINGS, "store_url": url, **settings},
        tokens=Shelf(list(stored)),
        meter=Meter(),
        clock=Clock(),
        reach=reach,
    )


def token_reply(access: str = "A2", refresh: str = "R2", **more: str) -> dict[str, str]:
    now = datetime.now(BRASILIA)
    return {
        "message": "Created tokens",
        "code": "200",
        "access_token": access,
        "refresh_token": refresh,
        "date_expiration_access_token": f"{now + timedelta(hours=3):%Y-%m-%d %H:%M:%S}",
        "date_expiration_refresh_token": f"{now + timedelta(days=30):%Y-%m-%d %H:%M:%S}",
        "date_activated": f"{now:%Y-%m-%d %H:%M:%S}",
        "store_id": "391250",
        **more,
    }


def refusal(error_code: int, *causes: str) -> tuple[int, dict[str, Any]]:
    name = "Unauthorized access"
    return 401, {"code": 401, "url": "//x", "name": name, "error_code": error_code, "causes": list(causes)}


Reply = tuple[int, Any]
LOST = (0, None)


@dataclass(frozen=True)
class Heard:
    method: str
    path: str
    query: dict[str, str]
    body: str


@dataclass
class Script:
    """A store whose every answer is a function of what it heard; `LOST` closes the connection without one."""

    answer: Callable[[Heard], Reply] = lambda _heard: (404, {"code": 404, "name": "Not Found"})
    heard: list[Heard] = field(default_factory=list)
    url: str = ""

    @property
    def said(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.heard]


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            heard = Heard(self.command, parts.path, dict(parse_qsl(parts.query)), body)
            script.heard.append(heard)
            status, reply = script.answer(heard)
            if not status:
                return
            raw = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = _respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    return Handler


@pytest.fixture
def script() -> Iterator[Script]:
    found = Script()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found))
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def shop() -> Iterator[TraySimulator]:
    with TraySimulator() as simulator:
        yield simulator


def shop_account(simulator: TraySimulator, **settings: str) -> Account:
    """A connection to the simulator's first store, as its owner just authorised it."""
    (site,) = simulator.stores
    keys = {"consumer_key": simulator.app.consumer_key, "consumer_secret": simulator.app.consumer_secret}
    return account(site.base_url, api_address=site.api_address, **{**keys, "code": site.install(), **settings})
