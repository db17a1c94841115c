"""Which SEFAZ authorises the notes of a state, and at which addresses: data, editable without a new release."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from cais.connectors.sefaz.soap import Service
from cais.fiscal.documents import Environment

# An operator's own table, read instead of ours when an address changes before we do.
TABLE = "NFE_AUTHORISERS"
COMMON = "SVRS"


class NoAuthoriser(Exception):
    """The table has no such state, or is not written as it should be; the words are for the operator."""


@dataclass(frozen=True, slots=True)
class Authoriser:
    """One SEFAZ in one environment: its name (SP, SVRS, …) and an address per service."""

    name: str
    environment: Environment
    addresses: Mapping[Service, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The file: state to authoriser; authoriser, environment (tpAmb) and service to address."""

    states: dict[str, str]
    authorisers: dict[str, dict[str, dict[str, str]]]


def authoriser_of(state: str, environment: Environment, *, table: Path | None = None, base_url: str = "") -> Authoriser:
    """The authoriser of a state. Raises NoAuthoriser.

    `base_url` sends every service to another host laid out as the one that serves most states: the simulator.
    """
    rows = _read(table)
    name = rows.states.get(state, "")
    listed = rows.authorisers.get(name, {}).get(environment.value, {})
    addresses = {service: listed[service.value] for service in Service if service.value in listed}
    if len(addresses) != len(Service):
        raise NoAuthoriser(f"A tabela de autorizadores da NF-e não diz tudo o que é preciso para {state}.")
    if base_url:
        paths = _read(None).authorisers[COMMON][environment.value]
        addresses = {service: base_url.rstrip("/") + urlsplit(paths[service.value]).path for service in Service}
    return Authoriser(name, environment, addresses)


def table_from(environment: Mapping[str, str]) -> Path | None:
    """The file named by NFE_AUTHORISERS, None for the one that comes with Cais."""
    path = environment.get(TABLE, "").strip()
    return Path(path) if path else None


def _read(table: Path | None) -> _Table:
    source = table or files("cais.connectors.sefaz").joinpath("data/authorisers.json")
    try:
        rows = json.loads(source.read_text(encoding="utf-8"))
        return _Table(states=dict(rows["states"]), authorisers=dict(rows["authorisers"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoAuthoriser(f"A tabela de autorizadores da NF-e não pôde ser lida: {error}") from error
