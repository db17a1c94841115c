"""Who uses a data folder: the embedded database runs while somebody does, and one supervisor at most."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path

from cais.config.database import is_users_server
from cais.config.folders import data_folder, make_data_folder
from cais.config.refusal import RefusedError
from cais.ops import embedded


class AlreadySupervisedError(RefusedError):
    """Another supervisor works on this data folder; the message names it."""


@contextmanager
def database_in_use(env: Mapping[str, str]) -> Iterator[None]:
    """Keep the database running for the length of the block; the last to leave stops an embedded one.

    Each user holds a shared lock, which the system drops when the process dies: after any kill -9 the
    next to leave still knows whether it is the last. On a server of the user's nothing is started or stopped.
    """
    if is_users_server(env):
        yield
        return
    data = make_data_folder(data_folder(env))
    with (data / ".users.lock").open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        try:
            embedded.ensure(data)
            yield
        finally:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                embedded.stop(data)


@contextmanager
def only_supervisor(data: Path) -> Iterator[None]:
    """Hold the data folder against a second supervisor; AlreadySupervisedError when there is one."""
    make_data_folder(data)
    with (data / ".supervisor.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadySupervisedError(
                f"Cais already runs on {data}{_process(file)}. Stop it first, or set CAIS_DATA to another folder."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _process(file: TextIOWrapper) -> str:
    file.seek(0)
    pid = file.read().strip()
    return f" (process {pid})" if pid else ""
