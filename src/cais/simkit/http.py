"""A small threaded HTTP/1.1 server on the loopback address, able to answer badly on purpose."""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from enum import Enum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from cais.simkit.forms import BodyError, nested_form

LARGEST_BODY = 8 * 1024 * 1024
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Delivery(Enum):
    """How an answer travels: complete, cut in the middle, or not at all."""

    WHOLE = "whole"
    CUT = "cut"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it arrived; header names are lower case, the last of equal query names wins."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def fields(self) -> object:
        """The body, JSON or form alike; an empty body is an empty dict. Raises BodyError."""
        if not self.body.strip():
            return {}
        if "form-urlencoded" in self.headers.get("content-type", ""):
            return nested_form(parse_qsl(self._text(), keep_blank_values=True))
        try:
            return json.loads(self._text())
        except ValueError as error:
            raise BodyError(f"the body is not JSON: {error}") from error

    def _text(self) -> str:
        try:
            return self.body.decode()
        except UnicodeDecodeError as error:
            raise BodyError("the body is not UTF-8") from error


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; ``delay`` is in real seconds, ``fault`` names the switch that spoiled it."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    delivery: Delivery = Delivery.WHOLE
    delay: float = 0.0
    fault: str = ""


def json_response(payload: object, *, status: int = 200) -> Response:
    return Response(status=status, body=json.dumps(payload, ensure_ascii=False).encode())


class Server:
    """Serves ``answer`` on 127.0.0.1; ``port`` 0 takes a free one. Also a context manager."""

    def __init__(self, answer: Callable[[Request], Response], *, port: int = 0) -> None:
        self._http = _HttpServer(("127.0.0.1", port), answer)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Server":
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, name="simulator", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening, close every connection, and interrupt answers that wait."""
        self._http.stopping.set()
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.close_connections()
        self._http.server_close()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Callable[[Request], Response]) -> None:
        super().__init__(address, _Connection)
        self.answer = answer
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the game; anything else must be seen."""
        if not self.stopping.is_set():
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        with self._guard:
            connections = list(self._open)
        for connection in connections:
            _hang_up(connection)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _HttpServer

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self._send(Response(status=413, body=b"{}"))
            return
        response = self.server.answer(self._request(self.rfile.read(length)))
        if response.delay and self.server.stopping.wait(response.delay):
            self.close_connection = True
            return
        self._send(response)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = serve  # noqa: N815 (names that http.server looks for)

    def _request(self, body: bytes) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=_lower(self.headers),
            body=body,
        )

    def _send(self, response: Response) -> None:
        if response.delivery is Delivery.DROPPED:
            self.close_connection = True
            _hang_up(self.connection)
            return
        body = b"" if self.command == "HEAD" else response.body
        if response.delivery is Delivery.CUT:
            self.close_connection = True
            body = body[: len(body) // 2]
        self.connection.sendall(self._head(response) + body)
        if response.delivery is Delivery.CUT:
            _hang_up(self.connection)

    def _head(self, response: Response) -> bytes:
        lines = [
            f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}",
            f"Content-Type: {response.content_type}",
            f"Content-Length: {len(response.body)}",
            *(f"{name}: {value}" for name, value in response.headers),
        ]
        if self.close_connection:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def log_message(self, format: str, *args: object) -> None:
        """The simulators keep their own ledger; standard error stays quiet."""


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in headers.items()}


def _hang_up(connection: socket.socket) -> None:
    # The other side may have left first: then there is nothing to shut down.
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
