"""A tiny server on the loopback that answers exactly the bytes a test gives it, and a meter that remembers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from cais.core.clock import Clock
from cais.ports.errors import RateLimited
from cais.ports.session import Exchange, Priority, Reach
from cais.wire.http import Http, Timeouts
from cais.wire.redact import Redactor

Speak = Callable[[socket.socket], None]


def answer(body: bytes, *, status: str = "200 OK", headers: str = "", length: int | None = None) -> Speak:
    """The whole answer at once; `length` may lie about the body."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n{headers}\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


@dataclass
class Server:
    """Serves one connection after another; `speak` answers each request once its head and body are read."""

    speak: Speak = field(default_factory=lambda: answer(b"{}"))
    requests: list[bytes] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        try:
            self.requests.append(_request(connection))
            self.speak(connection)
        except OSError:
            return


def _request(connection: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        piece = connection.recv(65_536)
        if not piece:
            return read
        read += piece
    head, _, body = read.partition(b"\r\n\r\n")
    wanted = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < wanted:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found.port = listener.getsockname()[1]
        thread = threading.Thread(target=found.serve, args=(listener,), daemon=True)
        thread.start()
        yield found
        found.released.set()
        # shutdown, not close alone, wakes the accept that the thread waits in.
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)
    assert not thread.is_alive()


@dataclass
class Journal:
    """The engine's side of the meter, kept in memory; `left` calls may still be spent."""

    left: int = 100
    spent: list[Priority] = field(default_factory=list)
    kept: list[Exchange] = field(default_factory=list)

    def spend(self, priority: Priority) -> None:
        if not self.left:
            raise RateLimited("Sem chamadas por agora.", retry_after=7.0)
        self.left -= 1
        self.spent.append(priority)

    def record(self, exchange: Exchange) -> None:
        self.kept.append(exchange)


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def http(journal: Journal) -> Http:
    return Http(journal, clock=Clock(), reach=Reach.LOOPBACK, timeouts=Timeouts(connect=2, read=2, total=4))


@pytest.fixture
def quick(journal: Journal) -> Http:
    """For servers that never answer: gives up after a fraction of a second."""
    limits = Timeouts(connect=0.3, read=0.3, total=0.5)
    return Http(journal, clock=Clock(), reach=Reach.LOOPBACK, timeouts=limits, redactor=Redactor(["segredo-do-app"]))
