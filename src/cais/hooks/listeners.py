"""Which address a connection's store should call, and keeping the listeners equal to the connections."""

from __future__ import annotations

import logging
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac

from cais.connections.account import open_account
from cais.connections.models import Connection
from cais.connections.vault import VaultError
from cais.hooks.models import Door, Listener
from cais.ports.capabilities import Announcer, Doorbell
from cais.ports.manifest import Capability

log = logging.getLogger(__name__)
_SALT = "cais.hooks.door"
_NEEDED = (Capability.HEAR_NOTICES, Capability.IMPORT_ORDERS)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the store should send its notices. `reachable`: under HTTPS and not on this machine only."""

    url: str
    reachable: bool


def door_key(connector: str, app: str) -> str:
    """The secret part of an address: the same as long as the installation's secret key is, and not to be guessed."""
    sealed = salted_hmac(_SALT, f"{connector}\n{app}", algorithm="sha256").digest()
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def address_of(connection: Connection) -> Address | None:
    """None while the application is not known, or this installation has no public address."""
    try:
        bell = _bell(connection)
    except VaultError:  # told by whoever needs the access
        return None
    if bell is None or not bell.app or not settings.PUBLIC_URL:
        return None
    path = reverse("notice", args=[connection.connector, door_key(connection.connector, bell.app)])
    public = urlsplit(settings.PUBLIC_URL)
    here = public.hostname in ("localhost", "127.0.0.1", "::1")
    return Address(f"{settings.PUBLIC_URL}{path}", reachable=public.scheme == "https" and not here)


def align_listeners(group_id: int) -> None:
    """Make the group's listeners what its connections say: a new one, another store behind one, one switched off."""
    rows = Connection.objects.filter(group_id=group_id, role="store").select_related("listener")
    for connection in rows:
        try:
            _align(connection, _bell(connection))
        except VaultError:
            # A notice needs no access: who listened goes on listening, and the locked secrets are told elsewhere.
            log.debug("connection %s: its secrets do not open", connection.pk)


def _align(connection: Connection, bell: Doorbell | None) -> None:
    known: Listener | None = getattr(connection, "listener", None)
    if bell is None or not (bell.app and bell.seller):
        if known is not None:
            known.delete()
        return
    key = door_key(connection.connector, bell.app)
    if known is not None and (known.door_key, known.seller) == (key, bell.seller):
        return
    with transaction.atomic():
        Listener.objects.update_or_create(
            connection=connection,
            defaults={"group_id": connection.group_id, "door_key": key, "seller": bell.seller},
        )
        # After the listener: a group sees, and makes, only the doors that it listens at.
        Door.objects.bulk_create([Door(key=key, connector=connection.connector)], ignore_conflicts=True)


def _bell(connection: Connection) -> Doorbell | None:
    """None when nobody wants to hear. Raises VaultError."""
    if not all(connection.does(capability) for capability in _NEEDED):
        return None
    return cast(Announcer, connection.vendor).doorbell(open_account(connection))
