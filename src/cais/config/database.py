"""Which database and which of its two roles: Django's DATABASES from the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from cais.config.folders import data_folder, socket_folder
from cais.config.refusal import RefusedError
from cais.config.secrets import application_role_password, given

DATABASE = "cais"
OWNER_ROLE = "cais_owner"
PORT = 5432
IDENTIFIER_BYTES = 63
POOL_TIMEOUT_SECONDS = 10

ENGINE = "django.db.backends.postgresql"
PARTS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}

Settings = dict[str, Any]


class BadDatabaseUrlError(RefusedError):
    """A database address that cannot be used. The message never shows the address: it may hold a password."""


# Every query of the application is short. Helpers of a parallel plan read on while the page is full already, and to
# start them, or to compile the query, costs more than the query: a search in a million orders took 130 ms instead of 5.
# What people look at lies in memory or on a disk without arms, where a page out of order costs what the next one costs.
FOR_SHORT_QUERIES = "-c max_parallel_workers_per_gather=0 -c jit=off -c random_page_cost=1.1"


class DatabasePair(NamedTuple):
    """Django's settings of the same database for its owner and for the application."""

    owner: Settings
    application: Settings


def databases(env: Mapping[str, str]) -> dict[str, Settings]:
    """Django's DATABASES. `default` is the application's role; `owner` is for migrations and upkeep.

    Starts nothing and asks no server: the address of the embedded server follows from the data folder.
    """
    pair = _of_users_server(env) if is_users_server(env) else _embedded(data_folder(env))
    options = pair.application["OPTIONS"]
    planning = " ".join([options.get("options", ""), FOR_SHORT_QUERIES]).strip()
    application = {**pair.application, "OPTIONS": {**options, "options": planning, **_pool(env)}}
    # In tests both aliases are one database; without the mirror Django's runner would create it twice.
    return {"default": application, "owner": {**pair.owner, "TEST": {"MIRROR": "default"}}}


def is_users_server(env: Mapping[str, str]) -> bool:
    """True when `CAIS_DATABASE_URL` (or its `_FILE`) names a server that Cais does not start itself."""
    return given(env, "CAIS_DATABASE_URL") is not None


def application_role(database: str) -> str:
    """The application's role. Roles are shared by a whole server, so the name carries the database's."""
    suffix = "_app"
    name = database.encode()[: IDENTIFIER_BYTES - len(suffix)].decode(errors="ignore")
    return name + suffix


def from_url(url: str, *, variable: str = "CAIS_DATABASE_URL") -> Settings:
    """Django's settings from a PostgreSQL address; what Django does not name (sslmode) goes to OPTIONS."""
    try:
        given_parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise BadDatabaseUrlError(
            f"{variable} is not a PostgreSQL address (postgresql://user@host/database)"
        ) from error
    if not given_parts.get("dbname"):
        raise BadDatabaseUrlError(f"{variable} does not name a database (postgresql://user@host/database)")
    named = {django: str(given_parts.pop(part, "") or "") for part, django in PARTS.items()}
    return {"ENGINE": ENGINE, **named, "OPTIONS": dict(given_parts), "CONN_HEALTH_CHECKS": True}


def _embedded(data: Path) -> DatabasePair:
    def role(name: str) -> Settings:
        return {
            "ENGINE": ENGINE,
            "NAME": DATABASE,
            "USER": name,
            "PASSWORD": "",
            "HOST": str(socket_folder(data)),
            "PORT": str(PORT),
            "OPTIONS": {},
            "CONN_HEALTH_CHECKS": True,
        }

    return DatabasePair(owner=role(OWNER_ROLE), application=role(application_role(DATABASE)))


def _of_users_server(env: Mapping[str, str]) -> DatabasePair:
    owner = from_url(given(env, "CAIS_DATABASE_URL") or "")
    if url := given(env, "CAIS_APP_DATABASE_URL"):
        return DatabasePair(owner, from_url(url, variable="CAIS_APP_DATABASE_URL"))
    own = {"USER": application_role(owner["NAME"]), "PASSWORD": application_role_password(env)}
    return DatabasePair(owner, {**owner, **own})


def _pool(env: Mapping[str, str]) -> Settings:
    """Connections kept for the web's threads (`CAIS_POOL_SIZE`, set by `cais web`); others take none."""
    size = int(env.get("CAIS_POOL_SIZE") or 0)
    if not size:
        return {}
    return {"pool": {"min_size": min(2, size), "max_size": size, "timeout": POOL_TIMEOUT_SECONDS}}
