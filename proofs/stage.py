"""The stage of a proof: a data folder, a database, and processes that end with it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from psycopg import sql
from psycopg.conninfo import make_conninfo

from cais.config.database import application_role, databases, is_users_server
from cais.ops import embedded, roles
from cais.ops.child import command
from cais.ops.occupancy import database_in_use

PREFIX = "cais-proof-"
STOP_SECONDS = 20.0
OPEN_SECONDS = 30.0


class StageError(Exception):
    """The proof could not be set up, so it proves nothing."""


@dataclass(slots=True)
class Stage:
    """Keeps every process it started, ends them by their pid, and gives each a log of its own.

    What is put into `environment` holds for the processes started from then on.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, module: str, *arguments: str, name: str, **variables: str) -> subprocess.Popen[bytes]:
        """Run `python -m module` until `end`. Its output goes to files of that name."""
        with self.output(name).open("ab") as output, self.log(name).open("ab") as log:
            process = subprocess.Popen(
                command(os.getpid(), module, *arguments),
                env={**os.environ, **self.environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the proof alone, which then ends the others
            )
        self._running.append(process)
        return process

    def run(self, module: str, *arguments: str, name: str, seconds: float = 300.0) -> None:
        """Run it to its end. Raises StageError when it fails."""
        process = self.start(module, *arguments, name=name)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise StageError(f"{name} did not end within {seconds:g} s") from error
        self._running.remove(process)
        if code:
            raise StageError(f"{name} failed (exit code {code}):\n{self.last_words(name)}")

    def open(self, module: str, *arguments: str, name: str) -> dict[str, Any]:
        """Start a server and return what it says of itself in its first line. Raises StageError when it is silent."""
        process = self.start(module, *arguments, name=name)
        said, deadline = self.output(name), time.monotonic() + OPEN_SECONDS
        while not said.read_text(encoding="utf-8").endswith("\n"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise StageError(f"{name} did not open:\n{self.last_words(name)}")
            time.sleep(0.05)
        return dict(json.loads(said.read_text(encoding="utf-8").splitlines()[0]))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """-9 to it and to what it started: no goodbye, no cleaning up."""
        os.killpg(process.pid, signal.SIGKILL)  # each has a session of its own
        process.wait()
        if process in self._running:
            self._running.remove(process)

    def output(self, name: str) -> Path:
        return self.folder / f"{name}.out"

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def last_words(self, name: str, *, lines: int = 12) -> str:
        return "\n".join(self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def end_all(self) -> None:
        """Ask, wait, insist."""
        for process in self._running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            if process.poll() is None:
                process.kill()
                process.wait()
        self._running.clear()


@contextmanager
def stage(environment: Mapping[str, str]) -> Iterator[Stage]:
    """A folder and a database of our own; afterwards nothing is left, however the block ends."""
    _clear_what_killed_proofs_left()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    before = dict(os.environ)
    try:
        os.environ.update({"CAIS_DATA": str(folder), **environment})
        with _own_database(), database_in_use(os.environ):
            made = Stage(folder)
            try:
                made.run("cais.ops.migration", name="migration")
                yield made
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would leave half of it behind
                made.end_all()
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


def _clear_what_killed_proofs_left() -> None:
    """A proof ended by kill -9 takes its processes along, but not its folder, which bears its pid."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)) and left.stat().st_uid == os.geteuid():
            embedded.stop(left)
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _own_database() -> Iterator[None]:
    """On a server of the user's: a database beside the one named, dropped at the end. Else nothing."""
    if not is_users_server(os.environ):
        yield
        return
    owner = databases(os.environ)["owner"]
    name = f"{owner['NAME']}_proof_{os.getpid()}"
    made = sql.Identifier(name)
    with roles.connect(owner) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(made))
        os.environ["CAIS_DATABASE_URL"] = make_conninfo(os.environ["CAIS_DATABASE_URL"], dbname=name)
        os.environ.pop("CAIS_APP_DATABASE_URL", None)
        try:
            yield
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(made))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(application_role(name))))
