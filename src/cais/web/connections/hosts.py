"""Which hosts a connection's store has: what a page's policy may name, and nothing that could say more."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from cais.connections.models import Connection

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?")


def host_of(address: str) -> str:
    """Host and port of an address; empty for what is none, or could say more in a header than a host."""
    try:
        host = urlsplit(address if "://" in address else f"https://{address}").netloc.lower()
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def origins_of_host(host: str) -> list[str]:
    return [f"https://{host}", f"http://{host}"] if host else []


def store_origins(connection: Connection) -> list[str]:
    """The origins of the addresses that were typed for this connection."""
    hosts = dict.fromkeys(host_of(str(value)) for value in connection.settings.values())
    return [origin for host in hosts if "." in host or host.startswith("localhost") for origin in origins_of_host(host)]
