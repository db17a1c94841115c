"""The suite's database: migrated once as the owner, copied for each process, used as the application's role."""

import fcntl
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings as product
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as exploring
from psycopg import sql
from psycopg.conninfo import make_conninfo

from cais.config.database import databases, is_users_server
from cais.config.secrets import given
from cais.ops import embedded, roles
from tests.worlds import Worlds, takes_part

FOLDER = "CAIS_TEST_DATA"
RUN = "CAIS_TEST_RUN"
PREFIX = "cais-tests-"
CHILDREN_SEE = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")

# The suite's data is thrown away: no need to wait for the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}

# The suite says the same thing of the same code twice. Who looks for new trouble: pytest --hypothesis-profile=explore
# How busy the machine is at the moment decides no test.
exploring.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
exploring.register_profile("explore", deadline=None)
exploring.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Name the run's folder before workers start, so that they inherit it; the server starts when first needed."""
    if _is_worker(config):
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended politely, the run still cleans up
    given_folder = os.environ.get(FOLDER)
    if not given_folder:
        _clear_what_killed_runs_left()
    config.stash[MADE] = None if given_folder else tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
    os.environ[FOLDER] = given_folder or config.stash[MADE] or ""
    os.environ[RUN] = secrets.token_hex(3)
    config.stash[STARTED] = not embedded.is_running(Path(os.environ[FOLDER]))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing: no database, no role, and no server that this run has started."""
    if _is_worker(config) or STARTED not in config.stash:
        return
    folder = Path(os.environ[FOLDER])
    if is_users_server(os.environ) or embedded.is_running(folder):
        _suite().drop_all()
    if config.stash[STARTED]:
        embedded.stop(folder)
    if made := config.stash[MADE]:
        shutil.rmtree(made)


def _clear_what_killed_runs_left() -> None:
    """A run ended by kill -9 could not stop its server: the next one does. A folder bears its run's pid."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)) and left.stat().st_uid == os.geteuid():
            embedded.stop(left)
            shutil.rmtree(left, ignore_errors=True)


MADE = pytest.StashKey[str | None]()
STARTED = pytest.StashKey[bool]()
WORLDS = pytest.StashKey[Worlds]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who shares a world comes first, one after another; the others stay in pytest-django's order."""
    items.sort(key=lambda item: not takes_part(item))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Nobody else's test runs inside an open world."""
    if (worlds := item.config.stash.get(WORLDS, None)) and not takes_part(item):
        worlds.end()


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@dataclass(frozen=True)
class Suite:
    """The databases of one run of the suite: a migrated template and one copy per process."""

    owner: Mapping[str, Any]
    application: Mapping[str, Any]
    folder: Path
    template: str

    @property
    def own(self) -> str:
        """This process's database."""
        return f"{self.template}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time makes or copies the template."""
        with (self.folder / ".suite.lock").open("w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def exists(self, database: str) -> bool:
        with roles.connect(self.owner) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            return found.fetchone() is not None

    def create(self, database: str, *, template: str) -> None:
        names = sql.Identifier(database), sql.Identifier(template)
        with roles.connect(self.owner) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def drop(self, database: str) -> None:
        with roles.connect(self.owner) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def drop_all(self) -> None:
        with roles.connect(self.owner) as connection:
            made = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.template])
            names = [name for (name,) in made]
            for name in names:
                self.drop(name)
            role = self.application["USER"]
            if role.startswith(self.template):
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))

    def use(self, database: str) -> None:
        """Point both of Django's aliases at this database."""
        for alias, settings in (("default", self.application), ("owner", self.owner)):
            connections[alias].close()
            connections[alias].settings_dict.update({name: settings[name] for name in CHILDREN_SEE})
            connections[alias].settings_dict["NAME"] = database

    def as_owner(self) -> Any:
        """A connection to this process's database as the owner of its tables."""
        return roles.connect(self.owner, database=self.own)


def _suite() -> Suite:
    folder = Path(os.environ[FOLDER])
    template = f"test_cais_{os.environ[RUN]}"
    env = {**os.environ, "CAIS_DATA": str(folder), "CAIS_POOL_SIZE": ""}
    if not is_users_server(env):
        pair = databases(env)
        return Suite(pair["owner"], pair["default"], folder, template)
    # The role is named after the database: the suite's own, never that of an installation on the same server.
    url = given(env, "CAIS_DATABASE_URL") or ""
    pair = databases({**env, "CAIS_DATABASE_URL": make_conninfo(url, dbname=template)})
    owner = databases(env)["owner"]
    return Suite(owner, pair["default"], folder, template)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: tests connect as a role that owns nothing, so row-level security is on."""
    suite = _suite()
    if not is_users_server(os.environ):
        embedded.ensure(suite.folder, settings=FAST)
    with django_db_blocker.unblock(), suite.alone():
        if not suite.exists(suite.template):
            _make_template(suite)
        suite.create(suite.own, template=suite.template)
        roles.grant({**suite.owner, "NAME": suite.own}, suite.application["USER"])
        suite.use(suite.own)
    empty_after_each_transactional_test(suite)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


def _make_template(suite: Suite) -> None:
    suite.create(suite.template, template="template0")
    try:
        suite.use(suite.template)
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        _give_keys_of_their_own(suite)
    except BaseException:
        connections.close_all()
        suite.drop(suite.template)  # the next process must not take a half-migrated one for whole
        raise
    connections.close_all()
    roles.ensure_application_role(suite.owner, {**suite.application, "NAME": suite.template})


def _give_keys_of_their_own(suite: Suite) -> None:
    """Beyond a thousand, and elsewhere in each table: 1 is a key of everything, and fits where it should not."""
    with roles.connect(suite.owner, database=suite.template) as connection:
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass,"
            " coalesce(last_value, 0) + 1000 * row_number() OVER (ORDER BY sequencename)::bigint)"
            " FROM pg_sequences WHERE schemaname = 'public'"
        )


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_nothing(django_test_environment: None) -> None:
    """A hash that is meant to be slow took a second of each test with people."""
    product.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def empty_after_each_transactional_test(suite: Suite) -> None:
    """Django would flush as the application, which may not TRUNCATE, and would leave out tables without a model."""
    with suite.as_owner() as connection:
        seeded = _tables_with_pages(connection)

    def empty(case: TransactionTestCase) -> None:
        with suite.as_owner() as connection:
            connection.execute("SET lock_timeout = '10s'")
            if used := _tables_with_pages(connection) - seeded:
                connection.execute("TRUNCATE " + ", ".join(sorted(used)) + " CASCADE")
            if lost := seeded - _tables_with_pages(connection):
                pytest.fail(f"Emptying the database also emptied what migrations had filled: {sorted(lost)}")

    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]


def _tables_with_pages(connection: Any) -> set[str]:
    """Tables that hold or held rows. By their files, since the owner may be subject to row-level security too."""
    rows = connection.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 0"
        " AND relnamespace = 'public'::regnamespace"
    )
    return {name for (name,) in rows}


@pytest.fixture(scope="session")
def _worlds_of_the_run(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Worlds]:
    made = Worlds(django_db_blocker)
    request.config.stash[WORLDS] = made
    yield made
    made.end()


@pytest.fixture
def worlds(request: pytest.FixtureRequest, _worlds_of_the_run: Worlds, django_db_blocker: Any) -> Iterator[Worlds]:
    """In place of `db`, for what takes long to make. Beside `db` it is made for the one test."""
    if takes_part(request.node):
        yield _worlds_of_the_run
        return
    own = Worlds(django_db_blocker)
    yield own
    own.end()


@pytest.fixture
def database_env(django_db_setup: None) -> dict[str, str]:
    """What a process of ours needs in its environment to use this test's database."""
    suite = _suite()
    return {
        "CAIS_DATA": str(suite.folder),
        "CAIS_DATABASE_URL": _url(suite.owner, suite.own),
        "CAIS_APP_DATABASE_URL": _url(suite.application, suite.own),
    }


def _url(settings: Mapping[str, Any], database: str) -> str:
    named = {"dbname": database, "host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"]}
    return make_conninfo(**named, password=settings["PASSWORD"] or None, **settings["OPTIONS"])
