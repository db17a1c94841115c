"""A SEFAZ that answers what a test scripts: HTTPS on loopback that demands a client certificate."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from cais.connectors.sefaz.authorisers import authoriser_of
from cais.connectors.sefaz.client import Limits, SefazClient
from cais.core.clock import Clock
from cais.fiscal.documents import Environment
from cais.ports.session import Reach
from tests.fiscal.samples import a1_of, certificate, rsa_key

QUICK = Limits(connect=2.0, read=2.0, total=5.0, cap=64 * 1024)
Reply = tuple[int, bytes] | Callable[[socket.socket], None]


@dataclass
class Scripted:
    """`replies` are used up in order, the last one for ever; `asked` keeps what came: path, headers, body."""

    base_url: str = ""
    ca_bundle: Path = Path()
    replies: list[Reply] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The server's own certificate (its bundle to trust) and its key."""
    folder = tmp_path_factory.mktemp("authority")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sefaz.example")])
    now = datetime.now(UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    chosen = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(rsa_key("sefaz").public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(alternative, critical=False)
        .sign(rsa_key("sefaz"), hashes.SHA256())
    )
    bundle, key = folder / "bundle.pem", folder / "key.pem"
    bundle.write_bytes(chosen.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key.write_bytes(
        rsa_key("sefaz").private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return bundle, key


def _context(authority: tuple[Path, Path], clients: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority)
    context.load_verify_locations(cafile=str(clients))
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture
def scripted(authority: tuple[Path, Path], tmp_path: Path) -> Iterator[Scripted]:
    clients = tmp_path / "clients.pem"
    own = certificate("JURUBIM COMERCIO LTDA:11222333000181")
    clients.write_bytes(own.public_bytes(serialization.Encoding.PEM))
    script = Scripted(ca_bundle=authority[0])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            script.asked.append((self.path, dict(self.headers.items()), body))
            reply = script.next_reply()
            if callable(reply):
                self.close_connection = True
                reply(self.connection)
                return
            status, content = reply
            self.send_response(status)
            self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """The test tells what it sees."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = _context(authority, clients).wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    script.base_url = f"https://127.0.0.1:{server.server_address[1]}"
    yield script
    server.shutdown()
    server.server_close()
    thread.join(5)


def client_of(
    base_url: str,
    ca_bundle: Path | None,
    *,
    cnpj: str = "11222333000181",
    reach: Reach = Reach.LOOPBACK,
    clock: Clock | None = None,
    limits: Limits = QUICK,
) -> SefazClient:
    return SefazClient(
        authoriser=authoriser_of("SP", Environment.TRIAL, base_url=base_url),
        state="SP",
        a1=a1_of(cnpj),
        ca_bundle=ca_bundle,
        reach=reach,
        clock=clock or Clock(),
        limits=limits,
    )


@pytest.fixture
def client(scripted: Scripted) -> Iterator[SefazClient]:
    with client_of(scripted.base_url, scripted.ca_bundle) as client:
        yield client
