"""The application's role on a server of the user's: an embedded cluster plays that server, by its address alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cais.config.database import databases
from cais.ops import embedded, roles

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def server(shared_folder: Path) -> Iterator[embedded.Server]:
    folder = shared_folder / "server"
    yield embedded.ensure(folder)
    embedded.stop(folder)


@pytest.fixture
def superuser(server: embedded.Server) -> Iterator[Connection]:
    place = str(server.socket_folder)
    with psycopg.connect(host=place, dbname="postgres", user="postgres", autocommit=True) as connection:
        connection.execute("CREATE ROLE loja LOGIN CREATEROLE")
        connection.execute("CREATE DATABASE loja OWNER loja")
        yield connection


@pytest.fixture
def env(server: embedded.Server, superuser: Connection, shared_folder: Path) -> dict[str, str]:
    address = f"postgresql://loja@/loja?host={server.socket_folder}"
    return {"CAIS_DATA": str(shared_folder / "ours"), "CAIS_DATABASE_URL": address}


def initialise(env: dict[str, str]) -> tuple[Any, Any]:
    pair = databases(env)
    roles.ensure_application_role(pair["owner"], pair["default"])
    return pair["owner"], pair["default"]


def test_the_role_is_made_once_and_bears_the_databases_name(env: dict[str, str], superuser: Connection) -> None:
    initialise(env)
    initialise(env)
    found = superuser.execute(
        "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolpassword IS NOT NULL"
        " FROM pg_authid WHERE rolname = 'loja_app'"
    )
    assert found.fetchall() == [(True, False, False, False, False, True)]


def test_the_application_may_change_rows_of_present_and_later_tables_and_nothing_else(env: dict[str, str]) -> None:
    owner, application = initialise(env)
    with roles.connect(owner) as connection:
        connection.execute("CREATE TABLE before_grant (id serial)")
        roles.grant(owner, application["USER"])
        connection.execute("CREATE TABLE after_grant (id serial)")
    with roles.connect(application) as connection:
        for table in ("before_grant", "after_grant"):
            connection.execute(f"INSERT INTO {table} DEFAULT VALUES".encode())
            connection.execute(f"UPDATE {table} SET id = id + 1".encode())
            assert connection.execute(f"SELECT id FROM {table}".encode()).fetchall() == [(2,)]
            connection.execute(f"DELETE FROM {table}".encode())
            for refused in (f"TRUNCATE {table}", f"DROP TABLE {table}", f"ALTER TABLE {table} ADD x int"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(refused.encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")


def test_row_level_security_binds_the_application(env: dict[str, str]) -> None:
    owner, application = initialise(env)
    with roles.connect(owner) as connection:
        connection.execute("CREATE TABLE orders (grupo int)")
        connection.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")
        connection.execute("CREATE POLICY own ON orders USING (grupo = current_setting('t.grupo', true)::int)")
        connection.execute("INSERT INTO orders VALUES (1), (2)")
        roles.grant(owner, application["USER"])
    with roles.connect(application) as connection:
        assert connection.execute("SELECT grupo FROM orders").fetchall() == []
        connection.execute("SET t.grupo = 2")
        assert connection.execute("SELECT grupo FROM orders").fetchall() == [(2,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET row_security = off; SELECT grupo FROM orders")


def test_the_application_cannot_forge_the_record_of_migrations(env: dict[str, str]) -> None:
    owner, application = initialise(env)
    with roles.connect(owner) as connection:
        connection.execute("CREATE TABLE django_migrations (id int)")
        roles.grant(owner, application["USER"])
    with roles.connect(application) as connection:
        assert connection.execute("SELECT id FROM django_migrations").fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO django_migrations VALUES (1)")


def test_a_user_who_may_not_create_roles_is_told_the_sql_to_ask_for(env: dict[str, str], superuser: Connection) -> None:
    superuser.execute("ALTER ROLE loja NOCREATEROLE")
    with pytest.raises(roles.RoleRefusedError, match='CREATE ROLE "loja_app" LOGIN NOSUPERUSER NOBYPASSRLS'):
        initialise(env)


def test_a_role_that_steps_over_row_level_security_is_refused(env: dict[str, str], superuser: Connection) -> None:
    initialise(env)
    superuser.execute("ALTER ROLE loja_app BYPASSRLS")
    with pytest.raises(roles.RoleRefusedError, match="neither SUPERUSER nor BYPASSRLS"):
        initialise(env)


def test_the_owner_is_refused_as_the_applications_role(env: dict[str, str]) -> None:
    with pytest.raises(roles.RoleRefusedError, match="a role of its own"):
        initialise({**env, "CAIS_APP_DATABASE_URL": env["CAIS_DATABASE_URL"]})


def test_a_server_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    env = {"CAIS_DATA": str(tmp_path), "CAIS_DATABASE_URL": "postgresql://loja:segredo@127.0.0.1:1/loja"}
    with pytest.raises(roles.UnreachableError) as caught:
        initialise(env)
    assert "segredo" not in str(caught.value)
