"""Encryption of credentials at rest, with a list of keys that may rotate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from cais.connections.models import Connection, Secret


class VaultError(Exception):
    """A stored secret cannot be opened with any of the configured keys."""


@cache
def _vault() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])


def seal(text: str) -> bytes:
    return _vault().encrypt(text.encode())


def unseal(ciphertext: bytes | memoryview) -> str:
    """Raises VaultError when no key fits: the keys were changed or lost."""
    try:
        return _vault().decrypt(bytes(ciphertext)).decode()
    except InvalidToken as error:
        raise VaultError("no configured key opens this secret") from error


def seal_json(values: Mapping[str, str]) -> bytes:
    return seal(json.dumps(dict(values)))


def unseal_json(ciphertext: bytes | memoryview) -> dict[str, str]:
    opened: dict[str, str] = json.loads(unseal(ciphertext))
    return opened


def keep_secret(connection: Connection, name: str, value: str) -> None:
    """Store a secret setting; an empty value removes it."""
    if not value:
        Secret.objects.filter(connection=connection, name=name).delete()
        return
    Secret.objects.update_or_create(
        connection=connection, name=name, defaults={"group": connection.group, "ciphertext": seal(value)}
    )


def secrets_of(connection: Connection) -> dict[str, str]:
    return {row.name: unseal(row.ciphertext) for row in Secret.objects.filter(connection=connection)}
