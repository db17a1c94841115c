"""The functions of a connection: which a person may switch on, and what follows (feature A5)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import transaction

from cais.connections.models import Connection
from cais.ports.manifest import Capability, Modality
from cais.rehearsals.models import Rehearsal
from cais.rehearsals.services import has_seen
from cais.shelves.facets import FACETS
from cais.shelves.marks import mark_all

NEEDS_REHEARSAL: Final = {
    Capability.WRITE_STOCK: Rehearsal.Scope.STOCK,
    Capability.WRITE_PRICES: Rehearsal.Scope.PRICES,
    Capability.WRITE_PRODUCTS: Rehearsal.Scope.EXPORT,
}
_REHEARSED: Final = {
    Rehearsal.Scope.STOCK: "o estoque",
    Rehearsal.Scope.PRICES: "os preços",
    Rehearsal.Scope.EXPORT: "a exportação de produtos",
}


def offered(connection: Connection) -> list[Capability]:
    """What a person may switch at this connection."""
    return sorted(connection.manifest.modalities[Modality(connection.modality)].capabilities)


def choose(connection: Connection, wanted: Collection[str]) -> list[str]:
    """Switch on what is wanted and may be, everything else off. Returns a sentence for each refusal."""
    functions, refusals = [], []
    for item in offered(connection):
        if item.value not in wanted:
            continue
        refusal = "" if item in connection.functions else _refusal(connection, item, wanted)
        if refusal:
            refusals.append(refusal)
        else:
            functions.append(item.value)
    _save(connection, functions)
    return refusals


def switch(connection: Connection, function: Capability, *, on: bool) -> str:
    """Switch one function. Returns why not, empty when it was done."""
    others = [name for name in connection.functions if name != function]
    refusals = choose(connection, [*others, function.value] if on else others)
    return refusals[0] if refusals else ""


def _refusal(connection: Connection, item: Capability, wanted: Collection[str]) -> str:
    scope = NEEDS_REHEARSAL.get(item)
    if scope is None:
        return ""
    if item is Capability.WRITE_STOCK and Capability.IMPORT_ORDERS not in wanted:
        return "Para enviar estoque, deixe ligado receber pedidos: sem eles o Cais apagaria as vendas da loja."
    if not has_seen(connection, scope):
        what = _REHEARSED[scope]
        return f"Ensaie {what} e veja o ensaio antes de ligar o envio: assim você sabe o que mudaria na loja."
    return ""


def _save(connection: Connection, functions: list[str]) -> None:
    begun = [
        facet for facet in FACETS if facet.capability in functions and facet.capability not in connection.functions
    ]
    with transaction.atomic():
        connection.functions = functions
        connection.save(update_fields=["functions"])
        for facet in begun:
            mark_all(connection, facet.kind)
