"""`cais up`: the database, the migrations, the web and the worker, kept running by one process."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from cais.config.database import is_users_server
from cais.config.folders import data_folder
from cais.config.refusal import RefusedError
from cais.ops import embedded
from cais.ops.address import DEFAULT_LISTEN, BadListenError, Listen
from cais.ops.binaries import EmbeddedDatabaseError
from cais.ops.occupancy import database_in_use, only_supervisor
from cais.ops.supervisor import Program, Supervisor

WORKER_GRACE_SECONDS = 12
"""Below the supervisor's own patience, so that a worker ends its jobs by itself rather than being ended."""


TEND_SECONDS = 2.0


class StepFailedError(RefusedError):
    """A step before the start did not succeed; its own output says why."""


def say(line: str) -> None:
    """One line to the operator, at once even into a file or a pipe."""
    print(line, flush=True)


def up() -> None:
    """Run everything until told to stop. Raises StepFailedError, BadListenError and AlreadySupervisedError."""
    listen = Listen.parse(os.environ.get("CAIS_LISTEN") or DEFAULT_LISTEN)
    supervisor = Supervisor(say=say)
    with only_supervisor(data_folder(os.environ)), database_in_use(os.environ), supervisor.on_duty():
        if not listen.is_free():
            raise BadListenError(f"{listen.text} is taken. Stop what listens there, or set CAIS_LISTEN.")
        say("Bringing the database to this version")
        if not step(supervisor, Program("migrate", "cais.ops.migration")):
            return
        serve(supervisor, listen, once_ready=lambda: say(f"Cais answers on {listen.url}"))


def step(supervisor: Supervisor, program: Program) -> bool:
    """Run a step to its end. False when a signal came first; StepFailedError when it failed."""
    code = supervisor.finish(program)
    if code is None:
        return False
    if code:
        raise StepFailedError(f"{program.name} failed (exit code {code}); see above.")
    return True


def serve(supervisor: Supervisor, listen: Listen, *, once_ready: Callable[[], None]) -> None:
    """Keep web and worker running until a signal; call `once_ready` when the first page answers."""
    supervisor.keep(_program("web", {"CAIS_LISTEN": listen.text}))
    supervisor.keep(_program("worker", {"CAIS_WORKER_GRACE_SECONDS": str(WORKER_GRACE_SECONDS)}))
    if supervisor.watch(until=listen.answers):
        once_ready()
        supervisor.watch(until=_database_tended(data_folder(os.environ)))
    say("Stopping")


def _database_tended(data: Path) -> Callable[[], bool]:
    """A condition that never holds, and on the way brings back an embedded database that was killed.

    The worker would bring it back too, but only after half a minute of trying to reach it.
    """
    due = 0.0

    def tend() -> bool:
        nonlocal due
        if time.monotonic() >= due and not is_users_server(os.environ):
            try:
                embedded.ensure(data)
            except EmbeddedDatabaseError as error:
                say(str(error))
            due = time.monotonic() + TEND_SECONDS
        return False

    return tend


def _program(name: str, environment: Mapping[str, str]) -> Program:
    return Program(name, "cais.ops.serve", (name,), environment)
