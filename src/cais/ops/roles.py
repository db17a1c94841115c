"""The application's database role: made on a server of the user's, granted rows but no ownership."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from cais.config.refusal import RefusedError

LIMITS = {"statement_timeout": "5min", "idle_in_transaction_session_timeout": "5min"}
"""A query with a bad plan, or a transaction left open by a hung process, must not hold the queue for ever."""

Row = tuple[Any, ...]


class UnreachableError(RefusedError):
    """The database does not answer, or not to this role."""


class RoleRefusedError(RefusedError):
    """The application's role cannot be made or used; the message says what the operator can do."""


def connect(settings: Mapping[str, Any], *, database: str | None = None) -> "psycopg.Connection[Row]":
    """A plain connection in autocommit from Django's settings of a database. Raises UnreachableError."""
    options = {name: value for name, value in settings["OPTIONS"].items() if name != "pool"}
    try:
        return psycopg.connect(
            host=settings["HOST"] or None,
            port=settings["PORT"] or None,
            dbname=database or settings["NAME"],
            user=settings["USER"] or None,
            password=settings["PASSWORD"] or None,
            autocommit=True,
            **{"connect_timeout": 10, **options},
        )
    except psycopg.OperationalError as error:
        raise UnreachableError(f"The database does not let us in: {error}") from error


def ensure_application_role(owner: Mapping[str, Any], application: Mapping[str, Any]) -> None:
    """Make the application's role when it is missing, and refuse one that could step over row-level security."""
    role = application["USER"]
    if role == owner["USER"]:
        raise RoleRefusedError("The application must not connect as the owner of the tables: use a role of its own.")
    with connect(owner) as connection:
        rights = _rights(connection, role)
        if rights is None:
            _create(connection, role, password=application["PASSWORD"])
        elif rights != (False, False):
            raise RoleRefusedError(f'Role "{role}" must be neither SUPERUSER nor BYPASSRLS.')
    _try_login(application)


def grant(owner: Mapping[str, Any], role: str) -> None:
    """Give the role the rows of every table, now and later; no TRUNCATE, no ownership, no schema changes."""
    with connect(owner) as connection, connection.transaction():
        names = {"role": sql.Identifier(role), "database": sql.Identifier(owner["NAME"])}
        for grant_ in GRANTS:
            connection.execute(sql.SQL(grant_).format(**names))
        if connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() != (None,):
            revoke = sql.SQL("REVOKE INSERT, UPDATE, DELETE ON public.django_migrations FROM {role}")
            connection.execute(revoke.format(**names))


GRANTS = (
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {role}",
)


def limit_sessions(connection: "psycopg.Connection[Row]", role: str) -> None:
    """Bound what one session of the role may take, whatever its client asks for at the start."""
    for setting, value in LIMITS.items():
        limit = sql.SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(limit.format(sql.Identifier(role), sql.Identifier(setting), sql.Literal(value)))


def _rights(connection: "psycopg.Connection[Row]", role: str) -> Row | None:
    query = "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s"
    return connection.execute(query, [role]).fetchone()


def _create(connection: "psycopg.Connection[Row]", role: str, *, password: str) -> None:
    name = sql.Identifier(role)
    try:
        with connection.transaction():
            create = sql.SQL("CREATE ROLE {} LOGIN NOCREATEDB NOCREATEROLE PASSWORD {}")
            connection.execute(create.format(name, sql.Literal(password)))
            limit_sessions(connection, role)
    except psycopg.errors.InsufficientPrivilege as error:
        raise RoleRefusedError(
            "The user of CAIS_DATABASE_URL may not create roles. Ask the database's administrator to run:\n"
            f"  CREATE ROLE \"{role}\" LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '<a password>';\n"
            "then set CAIS_APP_DATABASE_URL to the same address with that role and password."
        ) from error


def _try_login(application: Mapping[str, Any]) -> None:
    try:
        connect(application).close()
    except UnreachableError as error:
        raise RoleRefusedError(
            f'Role "{application["USER"]}" exists but this installation cannot log in with it: {error}\n'
            "Set CAIS_APP_DATABASE_URL to its address, or copy secrets.json from the installation that made it."
        ) from error
