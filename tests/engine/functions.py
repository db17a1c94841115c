"""Functions of a store, switched on without the rehearsal that its page asks for first."""

from __future__ import annotations

from cais.connections.models import Connection
from cais.ports.manifest import Capability
from tests.engine.house import House


def switch_on(home: House, *functions: Capability) -> None:
    wanted = sorted({*home.store.functions, *functions})
    Connection.objects.filter(pk=home.store.pk).update(functions=wanted)
    home.store.refresh_from_db()
