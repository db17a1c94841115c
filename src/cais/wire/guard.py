"""Which addresses Cais may speak to: the wall between a typed address and the inside of the network."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from cais.ports.errors import ConfigurationError, Unavailable
from cais.ports.session import Reach

Address = IPv4Address | IPv6Address

# IPv6 ranges that carry an IPv4 address inside: a public looking name could lead into the network through them.
CARRIERS = tuple(ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
# Where clouds tell a machine its own secrets, outside the link-local range.
METADATA = frozenset(ip_address(text) for text in ("fd00:ec2::254", "100.100.100.200", "168.63.129.16"))
# A range for private use that the standard library does not call private: the carriers' shared space.
SHARED = ip_network("100.64.0.0/10")


class NoSuchHost(Unavailable):
    """The name service knows no such host, now."""


def reach_from(environment: Mapping[str, str]) -> Reach:
    """Read CAIS_ALLOW_ADDRESSES; nothing set means public addresses only. Raises ValueError for any other word."""
    return Reach(environment.get("CAIS_ALLOW_ADDRESSES", "").strip() or Reach.NONE)


@dataclass(frozen=True, slots=True)
class Guard:
    """Resolves a host once and gives back only addresses that may be connected to."""

    reach: Reach = Reach.NONE

    def addresses(self, host: str, port: int) -> list[str]:
        """The allowed addresses of the host, to be connected to as they are, without asking the name service again.

        Raises ConfigurationError (private_address) when none is allowed, NoSuchHost when the name leads nowhere.
        """
        found = _resolve(host, port)
        allowed = [str(address) for address in found if self.allows(address)]
        if not allowed:
            raise ConfigurationError(self._refusal(host), code="private_address")
        return allowed

    def allows(self, address: Address) -> bool:
        plain = _unwrapped(address)
        if plain.is_loopback:
            return self.reach is not Reach.NONE
        if self.reach is Reach.LOOPBACK or _never(plain):
            return False
        return _is_public(plain) or self.reach is Reach.PRIVATE

    def _refusal(self, host: str) -> str:
        if self.reach is Reach.LOOPBACK:
            return f"Nesta instalação de demonstração só os simuladores podem ser chamados; {host} fica fora dela."
        return f"O endereço {host} leva para dentro de uma rede particular, e esta instalação não permite isso."


def _resolve(host: str, port: int) -> list[Address]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoSuchHost(f"O endereço {host} não foi encontrado na internet.", detail=f"{host}: {error}") from error
    return list(dict.fromkeys(ip_address(str(row[4][0]).partition("%")[0]) for row in rows))


def _unwrapped(address: Address) -> Address:
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return inner or address


def _never(address: Address) -> bool:
    """Addresses that no store can have, whatever the operator allows."""
    odd = address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved
    return odd or address in METADATA or _carried(address)


def _carried(address: Address) -> bool:
    return any(address.version == network.version and address in network for network in CARRIERS)


def _is_public(address: Address) -> bool:
    return address.is_global and not (address.version == 4 and address in SHARED)
