"""The embedded database runs while somebody uses it, and one supervisor at most works on a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from cais.ops import embedded
from cais.ops.occupancy import AlreadySupervisedError, database_in_use, only_supervisor

USES = (
    "import os, sys\n"
    "from cais.ops.occupancy import database_in_use\n"
    "with database_in_use(os.environ):\n"
    "    print('in', flush=True)\n"
    "    sys.stdin.read()\n"
)


class Other:
    """Another process that uses the same database."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USES],
            env={"CAIS_DATA": str(folder), "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == "in\n"

    def leave(self) -> None:
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0

    def be_killed(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=30)


def test_the_last_to_leave_stops_the_database(shared_folder: Path) -> None:
    other = Other(shared_folder)
    with database_in_use({"CAIS_DATA": str(shared_folder)}):
        other.leave()
        assert embedded.is_running(shared_folder)
    assert not embedded.is_running(shared_folder)


def test_who_leaves_first_does_not_stop_it_for_the_others(shared_folder: Path) -> None:
    other = Other(shared_folder)
    with database_in_use({"CAIS_DATA": str(shared_folder)}):
        pass
    assert embedded.is_running(shared_folder)
    other.leave()
    assert not embedded.is_running(shared_folder)


def test_a_user_killed_with_9_does_not_keep_the_database_running_for_ever(shared_folder: Path) -> None:
    Other(shared_folder).be_killed()
    assert embedded.is_running(shared_folder)
    with database_in_use({"CAIS_DATA": str(shared_folder)}):
        assert embedded.is_running(shared_folder)
    assert not embedded.is_running(shared_folder)


def test_a_second_supervisor_on_the_same_folder_is_refused_in_plain_words(tmp_path: Path) -> None:
    refused = pytest.raises(AlreadySupervisedError, match=r"already runs on .* \(process \d+\)")
    with only_supervisor(tmp_path), refused, only_supervisor(tmp_path):
        pass
    with only_supervisor(tmp_path):
        pass


def test_on_a_server_of_the_users_nothing_is_started_here(shared_folder: Path) -> None:
    env = {"CAIS_DATA": str(shared_folder), "CAIS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}
    with database_in_use(env):
        assert not embedded.is_running(shared_folder)
