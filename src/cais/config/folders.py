"""Where this installation keeps its database, its secrets and its locks."""

import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

SOCKET_PATH_ROOM = 85
"""Bytes left for a socket's folder: a unix socket's whole path is 103 bytes on macOS, 107 on Linux."""


def data_folder(env: Mapping[str, str]) -> Path:
    """`CAIS_DATA`, else the place the system keeps a user's (or, for root, a service's) data."""
    if given := env.get("CAIS_DATA"):
        return Path(given).expanduser().resolve()
    if given := env.get("XDG_DATA_HOME"):
        return Path(given).resolve() / "cais"
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root, and its own account cannot enter root's home.
        return Path("/var/lib/cais")
    return Path.home().resolve() / ".local" / "share" / "cais"


def make_data_folder(folder: Path) -> Path:
    """Create it when missing. Closed to others; but the database's account may cross root's."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = 0o711 if os.geteuid() == 0 else 0o700
    if stat.S_IMODE(folder.stat().st_mode) != wanted and folder.stat().st_uid == os.geteuid():
        folder.chmod(wanted)
    return folder


def socket_folder(data: Path) -> Path:
    """Where the embedded server listens: in the data folder, or in a short place when its path is too long."""
    inside = data / "run"
    if len(os.fsencode(inside)) <= SOCKET_PATH_ROOM:
        return inside
    # Not tempfile.gettempdir(): every process must come to the same answer whatever its TMPDIR is.
    return Path("/tmp") / f"cais-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"
