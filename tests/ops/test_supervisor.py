"""The supervisor: what ends is started again, and at the end nothing is left."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cais.ops import supervisor as module
from cais.ops.supervisor import Program, Supervisor

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str], monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "src")]))
    return Supervisor(say=said.append)


def program(name: str, folder: Path) -> Program:
    return Program(name, "tests.ops.programs", (name, str(folder)))


def pids(folder: Path, name: str) -> list[int]:
    path = folder / name
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def within_patience(holds: Callable[[], bool]) -> Callable[[], bool]:
    """A condition that fails the test rather than wait for ever."""
    deadline = time.monotonic() + PATIENCE

    def checked() -> bool:
        if time.monotonic() > deadline:
            pytest.fail("waited too long")
        return holds()

    return checked


def lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def wait_for(holds: Callable[[], bool]) -> None:
    checked = within_patience(holds)
    pause = threading.Event()
    while not checked():
        pause.wait(0.02)


def test_a_killed_program_is_started_again(supervisor: Supervisor, said: list[str], tmp_path: Path) -> None:
    with supervisor.on_duty():
        supervisor.keep(program("stays", tmp_path))
        assert supervisor.watch(until=within_patience(lambda: len(pids(tmp_path, "stays")) == 1))
        os.kill(pids(tmp_path, "stays")[0], signal.SIGKILL)
        assert supervisor.watch(until=within_patience(lambda: len(pids(tmp_path, "stays")) == 2))
    assert said == ["stays ended (SIGKILL); starting it again in 0.5 s"]
    assert not any(map(lives, pids(tmp_path, "stays")))


def test_a_program_that_ends_well_is_started_again_after_longer_and_longer_pauses(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    with supervisor.on_duty():
        supervisor.keep(program("leaves", tmp_path))
        assert supervisor.watch(until=within_patience(lambda: len(said) == 3))
    assert [line.split("again in ")[1] for line in said] == ["0.5 s", "1 s", "2 s"]


def test_a_signal_stops_the_programs_and_the_watch(supervisor: Supervisor, tmp_path: Path) -> None:
    def stop_once_started() -> bool:
        if pids(tmp_path, "stays"):
            os.kill(os.getpid(), signal.SIGINT)
        return False

    with supervisor.on_duty():
        supervisor.keep(program("stays", tmp_path))
        assert supervisor.watch(until=within_patience(stop_once_started)) is False
    assert not any(map(lives, pids(tmp_path, "stays")))


def test_a_program_deaf_to_sigterm_is_ended_with_all_that_it_started(
    supervisor: Supervisor, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.5)
    with supervisor.on_duty():
        supervisor.keep(program("stubborn", tmp_path))
        assert supervisor.watch(until=within_patience(lambda: len(pids(tmp_path, "stubborn")) == 2))
    assert said == ["stubborn did not stop within 0.5 s; ending it"]
    wait_for(lambda: not any(map(lives, pids(tmp_path, "stubborn"))))


def test_a_step_answers_with_its_exit_code(supervisor: Supervisor, tmp_path: Path) -> None:
    with supervisor.on_duty():
        assert supervisor.finish(program("leaves", tmp_path)) == 0
        assert supervisor.finish(program("fails", tmp_path)) == 3


def test_the_signals_are_given_back(supervisor: Supervisor) -> None:
    before = signal.getsignal(signal.SIGINT)
    with supervisor.on_duty():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_a_supervisor_killed_with_9_leaves_nothing_running(supervisor: Supervisor, tmp_path: Path) -> None:
    killed = subprocess.Popen([sys.executable, "-m", "tests.ops.programs", "supervises", str(tmp_path)], cwd=ROOT)
    try:
        wait_for(lambda: len(pids(tmp_path, "stays")) == 1)
        (child,) = pids(tmp_path, "stays")
        assert lives(child)
    finally:
        killed.kill()
        killed.wait()
    wait_for(lambda: not lives(child))
