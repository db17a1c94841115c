"""An HTTPS server on the loopback address that asks for a certificate, and can hang up on purpose."""

import contextlib
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cais.connectors.sefaz.simulator.authority import Identity
from cais.simkit import Delivery, Request, Response

LARGEST_BODY = 8 * 1024 * 1024
SECONDS_TO_GREET = 10.0
SECONDS_IDLE = 120.0
_NO_CHECK_TIME = 0x200000  # OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which the ssl module does not name


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request and the certificate of who sent it, DER; None when there was none."""

    request: Request
    certificate: bytes | None


def server_context(identity: Identity, *, trusted: bytes, demanding: bool) -> ssl.SSLContext:
    """TLS 1.2 or newer. Whether a certificate has run out is for the simulated clock to say, not for OpenSSL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.touch(mode=0o600)
        path.write_bytes(identity.pem())
        context.load_cert_chain(path)
    context.load_verify_locations(cadata=trusted.decode())
    context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
    context.verify_mode = ssl.CERT_REQUIRED if demanding else ssl.CERT_OPTIONAL
    return context


class TlsServer:
    """Serves ``answer`` on 127.0.0.1; ``context`` is asked for at each new connection."""

    def __init__(
        self, answer: Callable[[Arrival], Response], *, context: Callable[[], ssl.SSLContext], port: int = 0
    ) -> None:
        self._https = _HttpsServer(("127.0.0.1", port), answer, context)
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        return f"https://127.0.0.1:{self._https.server_address[1]}"

    def start(self) -> None:
        self._thread = threading.Thread(
            target=self._https.serve_forever, kwargs={"poll_interval": 0.02}, name="sefaz", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, close every connection, and interrupt answers that wait."""
        self._https.stopping.set()
        if self._thread is not None:
            self._https.shutdown()
            self._thread.join()
            self._thread = None
        self._https.close_connections()
        self._https.server_close()


class _HttpsServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        answer: Callable[[Arrival], Response],
        context: Callable[[], ssl.SSLContext],
    ) -> None:
        super().__init__(address, _Connection)
        self.answer = answer
        self.context = context
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()

    def get_request(self) -> tuple[socket.socket, Any]:
        """The greeting waits for the connection's own thread: a slow client must not hold up the others."""
        plain, address = super().get_request()
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.settimeout(SECONDS_TO_GREET)
        wrapped = self.context().wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        with self._guard:
            self._open.add(wrapped)
        return wrapped, address

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
    server: _HttpsServer
    connection: ssl.SSLSocket

    def handle(self) -> None:
        try:
            self.connection.do_handshake()
            self.connection.settimeout(SECONDS_IDLE)
            super().handle()
        except OSError:
            # Refused certificates, hang-ups and time-outs (ssl.SSLError is an OSError) end the connection, no more.
            self.close_connection = True

    def serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self._send(Response(status=413, content_type="text/plain"))
            return
        response = self.server.answer(self._arrival(self.rfile.read(length)))
        if response.delay and self.server.stopping.wait(response.delay):
            self.close_connection = True
            return
        self._send(response)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = serve  # noqa: N815 (names that http.server looks for)

    def _arrival(self, body: bytes) -> Arrival:
        headers = {name.lower(): str(value) for name, value in self.headers.items()}
        path = unquote(urlsplit(self.path).path)
        request = Request(method=self.command, path=path, query={}, headers=headers, body=body)
        return Arrival(request, self.connection.getpeercert(binary_form=True))

    def _send(self, response: Response) -> None:
        if response.delivery is Delivery.DROPPED:
            self.close_connection = True
            _hang_up(self.connection)
            return
        body = b"" if self.command == "HEAD" else response.body
        if response.delivery is Delivery.CUT:
            self.close_connection = True
            body = body[: len(body) // 2]
        # One write: header and body apart cost 40 ms a call between Nagle and the delayed acknowledgement.
        self.connection.sendall(self._head(response) + body)
        if response.delivery is Delivery.CUT:
            _hang_up(self.connection)

    def _head(self, response: Response) -> bytes:
        lines = [
            f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}",
            f"Content-Type: {response.content_type}",
            f"Content-Length: {len(response.body)}",
        ]
        if self.close_connection:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def finish(self) -> None:
        # The buffered writer may still hold nothing but a dead connection.
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """The simulator keeps its own ledger; standard error stays quiet."""


def _hang_up(connection: socket.socket) -> None:
    # The other side may have left first: then there is nothing to shut down.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
