"""The vendors Cais can speak to: a folder here, or an installed package's entry point, is registered."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import cast

from cais.ports.capabilities import Connector

_LOCAL: dict[str, Connector] = {}


def register_local(connector: Connector) -> None:
    """Add a connector that lives inside this installation: the embedded back office."""
    _LOCAL[connector.manifest.name] = connector


@cache
def _found() -> dict[str, Connector]:
    found: dict[str, Connector] = {}
    for folder in pkgutil.iter_modules(__path__):
        if find_spec(f"{__name__}.{folder.name}.connector") is None:
            continue  # an authority, spoken to by its own room: no store and no ERP
        module = importlib.import_module(f"{__name__}.{folder.name}.connector")
        connector = cast(Connector, module.CONNECTOR)
        found[connector.manifest.name] = connector
    for point in entry_points(group="cais.connectors"):
        connector = cast(Connector, point.load())
        found[connector.manifest.name] = connector
    return found


def all_connectors() -> dict[str, Connector]:
    """Every connector by its manifest's name."""
    return {**_found(), **_LOCAL}


def get(name: str) -> Connector:
    """Raises KeyError when no such connector is installed."""
    return all_connectors()[name]
