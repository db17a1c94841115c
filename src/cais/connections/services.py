"""Making and changing connections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cais import connectors
from cais.companies.models import Company
from cais.connections import health
from cais.connections.models import Connection, Health
from cais.connections.vault import keep_secret
from cais.ports.manifest import STARTS_OFF, Modality, Role


def make_connection(
    company: Company, *, connector: str, modality: str, name: str, values: Mapping[str, str], **facts: Any
) -> Connection:
    """A new connection with every function its modality offers switched on, but what changes a shelf.

    `values` holds secrets too.
    """
    manifest = connectors.get(connector).manifest
    role = Role.STORE if Role.STORE in manifest.roles else Role.ERP
    offers = manifest.modalities[Modality(modality)]
    with transaction.atomic():
        connection = Connection.objects.create(
            group=company.group,
            company=company,
            connector=connector,
            modality=modality,
            role=facts.pop("role", role),
            name=name,
            functions=sorted(offers.capabilities - STARTS_OFF),
            **facts,
        )
        Health.objects.create(group=company.group, connection=connection)
        change_settings(connection, values)
    return connection


def change_settings(connection: Connection, values: Mapping[str, str]) -> None:
    """Store what was typed; a secret left empty keeps its old value. What failed before is tried again at once."""
    plain = dict(connection.settings)
    for setting in connection.manifest.settings:
        value = values.get(setting.name)
        if value is None:
            continue
        if not setting.secret:
            plain[setting.name] = value.strip()
        elif value:
            keep_secret(connection, setting.name, value.strip())
    if plain != connection.settings:
        connection.settings = plain
        connection.save(update_fields=["settings"])
    health.try_again(connection)


def pause(connection: Connection, *, paused: bool) -> None:
    """*Pausar*: nothing is read or written while it lasts; nothing is lost."""
    connection.paused = paused
    connection.save(update_fields=["paused"])
