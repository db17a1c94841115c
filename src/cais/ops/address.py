"""Addresses the web listens on: reading them, finding a free one, and knocking."""

import http.client
import socket
from typing import NamedTuple

from cais.config.refusal import RefusedError

DEFAULT_LISTEN = "127.0.0.1:8000"
KNOCK_SECONDS = 2.0


class BadListenError(RefusedError):
    """`CAIS_LISTEN` is not an address that the web can listen on."""


class Listen(NamedTuple):
    """Where the web answers."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Listen":
        """`host:port`, `[::1]:8000` or a port alone. Raises BadListenError."""
        host, _, port = text.rpartition(":")
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise BadListenError(f"CAIS_LISTEN must be host:port with a port from 1 to 65535, not {text!r}.")
        return cls(host.strip("[]") or "127.0.0.1", int(port))

    @property
    def text(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """What to open in a browser on this machine."""
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}
        return f"http://{Listen(everywhere.get(self.host, self.host), self.port).text}"

    def is_free(self) -> bool:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            socket.create_server((self.host, self.port), family=family).close()
        except OSError:
            return False
        return True

    def answers(self, path: str = "/") -> bool:
        """Whether a page comes back, whatever it says short of a failure of ours."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host
        connection = http.client.HTTPConnection(host, self.port, timeout=KNOCK_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def next_free(first: Listen, *, tries: int = 100) -> Listen:
    """This address or the next free port after it. Raises BadListenError when none of `tries` is free."""
    for port in range(first.port, min(first.port + tries, 65536)):
        candidate = Listen(first.host, port)
        if candidate.is_free():
            return candidate
    raise BadListenError(f"No free port from {first.port} on. Set CAIS_LISTEN.")
