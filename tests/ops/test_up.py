"""`cais up` as a whole: it answers, it stops, and however it ends nothing is left running."""

import fcntl
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from cais.ops import embedded
from cais.ops.address import Listen, next_free

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0

pytestmark = pytest.mark.slow


class Up:
    """`cais up` in a process of its own, on a free port."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        # Each process of the suite has ports of its own: between finding one and taking it lies a start.
        number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        self.listen = next_free(Listen("127.0.0.1", 18400 + 100 * number))
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CAIS_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cais.ops.cli", "up"],
            env={
                **kept,
                "PYTHONPATH": str(ROOT / "src"),
                "CAIS_DATA": str(folder),
                "CAIS_LISTEN": self.listen.text,
                **(environment or {}),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.said += line

    def ready(self) -> None:
        wait_for(lambda: f"Cais answers on {self.listen.url}" in self.said, self)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def wait_for(holds: Callable[[], bool], up: Up) -> None:
    deadline = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not holds():
        if time.monotonic() > deadline or (up.process.poll() is not None and not up._reader.is_alive()):
            assert holds(), up.said
        pause.wait(0.05)


def users_of(place: str) -> set[str]:
    """Who is at work in the database loja, we apart."""
    query = "SELECT usename::text FROM pg_stat_activity WHERE datname = 'loja' AND pid <> pg_backend_pid()"
    with psycopg.connect(host=place, dbname="loja", user="postgres") as connection:
        return {name for (name,) in connection.execute(query)}


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def ups() -> Iterator[list[Up]]:
    """Those a test has started: ended after it, whatever happened."""
    started: list[Up] = []
    yield started
    for up in started:
        if up.process.poll() is None:
            up.end(signal.SIGTERM)
        embedded.stop(up.folder)


@pytest.fixture
def used_folder(django_db_setup: None, shared_folder: Path) -> Path:
    """Of an installation that has run before: made once in a run, by a start from nothing, and copied."""
    run = Path(os.environ["CAIS_TEST_DATA"])
    made = run / "used"
    with (run / ".used.lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not made.exists():
            _run_once(shared_folder)
            subprocess.run(["cp", "-a", shared_folder, run / "used.part"], check=True)
            (run / "used.part").rename(made)
            return shared_folder
    subprocess.run(["cp", "-a", f"{made}/.", shared_folder], check=True)  # as root the database belongs to another
    return shared_folder


def _run_once(folder: Path) -> None:
    up = Up(folder)
    try:
        up.ready()
    finally:
        up.end(signal.SIGTERM)
        embedded.stop(folder)


def assert_it_answers_and_stops(up: Up, number: signal.Signals) -> None:
    up.ready()
    assert up.listen.answers("/conta/login/")
    family = up.family()
    assert len(family) >= 2
    assert up.end(number) == 0
    assert living(family) == []
    assert not embedded.is_running(up.folder)


def test_from_nothing_it_answers_and_control_c_stops_all_of_it(shared_folder: Path, ups: list[Up]) -> None:
    ups.append(Up(shared_folder))
    assert_it_answers_and_stops(ups[0], signal.SIGINT)


def test_started_again_it_answers_and_a_polite_end_stops_all_of_it(used_folder: Path, ups: list[Up]) -> None:
    ups.append(Up(used_folder))
    assert_it_answers_and_stops(ups[0], signal.SIGTERM)


def test_killed_with_9_it_leaves_neither_a_process_nor_the_database(used_folder: Path, ups: list[Up]) -> None:
    up = Up(used_folder)
    ups.append(up)
    up.ready()
    family = up.family()
    up.end(signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    gone = threading.Event()
    while living(family) or embedded.is_running(used_folder):
        assert time.monotonic() < deadline
        gone.wait(0.1)


def test_a_database_killed_under_it_comes_back_by_itself(used_folder: Path, ups: list[Up]) -> None:
    up = Up(used_folder)
    ups.append(up)
    up.ready()
    pid_file = used_folder / "postgres" / "postmaster.pid"
    killed = int(pid_file.read_text().splitlines()[0])
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: pid_file.exists() and int((pid_file.read_text() or "0").splitlines()[0]) != killed, up)
    assert up.end(signal.SIGINT) == 0
    assert not embedded.is_running(used_folder)


def test_a_second_one_on_the_same_folder_is_refused(used_folder: Path, ups: list[Up]) -> None:
    first = Up(used_folder)
    ups.append(first)
    first.ready()
    second = Up(used_folder)
    ups.append(second)
    assert second.process.wait(PATIENCE) == 1
    second._reader.join(PATIENCE)
    assert re.fullmatch(r"cais: Cais already runs on \S+ \(process \d+\)\. Stop it first, .*\n", second.said)
    assert first.listen.answers("/conta/login/")


def test_it_runs_the_same_on_a_server_of_the_users(shared_folder: Path, ups: list[Up]) -> None:
    server = embedded.ensure(shared_folder / "server")
    try:
        place = str(server.socket_folder)
        with psycopg.connect(host=place, dbname="postgres", user="postgres", autocommit=True) as connection:
            connection.execute("CREATE ROLE loja LOGIN CREATEROLE")
            connection.execute("CREATE DATABASE loja OWNER loja")
        up = Up(shared_folder / "ours", {"CAIS_DATABASE_URL": f"postgresql://loja@/loja?host={place}"})
        ups.append(up)
        up.ready()
        wait_for(lambda: users_of(place) == {"loja_app"}, up)
        assert up.end(signal.SIGINT) == 0
        assert not (shared_folder / "ours" / "postgres").exists()
        assert embedded.is_running(shared_folder / "server")  # it is theirs to stop
    finally:
        embedded.stop(shared_folder / "server")
