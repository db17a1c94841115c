"""The installation's secrets: from the environment, from a file it names, or made once in the data folder."""

import base64
import binascii
import fcntl
import json
import os
import secrets as randomness
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cais.config.folders import data_folder, make_data_folder
from cais.config.refusal import RefusedError

SECRETS_FILE = "secrets.json"
FERNET_KEY_BYTES = 32


class BadSecretError(RefusedError):
    """A secret was given and cannot be used. The message names its source, never its value."""


def secret_key(env: Mapping[str, str]) -> str:
    """Django's SECRET_KEY: `CAIS_SECRET_KEY`, `CAIS_SECRET_KEY_FILE`, or the data folder's."""
    return given(env, "CAIS_SECRET_KEY") or _kept(env, "secret_key")


def credential_keys(env: Mapping[str, str]) -> tuple[str, ...]:
    """Fernet keys for stored credentials: the first encrypts, all decrypt. A new one goes in front."""
    listed = given(env, "CAIS_CREDENTIAL_KEYS") or _kept(env, "credential_keys")
    keys = tuple(key.strip() for key in listed.replace("\n", ",").split(",") if key.strip())
    if not keys or not all(map(_is_fernet_key, keys)):
        raise BadSecretError("CAIS_CREDENTIAL_KEYS must be Fernet keys (32 bytes, url-safe base64), comma between")
    return keys


def application_role_password(env: Mapping[str, str]) -> str:
    """The password of the application's role on a server of the user's (the embedded one needs none)."""
    return _kept(env, "application_role_password")


def given(env: Mapping[str, str], name: str) -> str | None:
    """The value of `name`, or what the file named by `<name>_FILE` holds; None when neither is set."""
    if value := env.get(name, "").strip():
        return value
    path = env.get(f"{name}_FILE", "").strip()
    if not path:
        return None
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSecretError(f"{name}_FILE cannot be read: {error.strerror}") from error
    if not value:
        raise BadSecretError(f"{name}_FILE points to an empty file")
    return value


def _fresh(name: str) -> str:
    if name == "credential_keys":
        return base64.urlsafe_b64encode(randomness.token_bytes(FERNET_KEY_BYTES)).decode()
    return randomness.token_urlsafe(48)


def _is_fernet_key(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key)) == FERNET_KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _kept(env: Mapping[str, str], name: str) -> str:
    folder = data_folder(env)
    path = folder / SECRETS_FILE
    if value := _read(path).get(name):
        return value
    make_data_folder(folder)
    with _only_one(folder / ".secrets.lock"):
        stored = _read(path)
        if name not in stored:
            stored[name] = _fresh(name)
            _write(path, stored)
        return stored[name]


def _read(path: Path) -> dict[str, str]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        stored = None
    if not isinstance(stored, dict):
        # Making new keys over a damaged file would lose every stored credential for good.
        raise BadSecretError(f"{path} is damaged: restore it from a backup.")
    return {str(name): str(value) for name, value in stored.items()}


def _write(path: Path, stored: Mapping[str, str]) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(stored, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
