"""`cais doctor`: is this installation whole? One line for each check."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from cais.config.database import databases
from cais.ops import roles
from cais.ops.doctor_sales import sales_agree
from cais.ops.doctor_stock import stock_sums
from cais.ops.occupancy import database_in_use

OLDEST_MAJOR = 15
WORKER_SILENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    well: bool
    text: str


def examine(*, say: Callable[[str], None] = print) -> bool:
    """Run every check and print its finding; True when all is well."""
    with database_in_use(os.environ):
        settings = databases(os.environ)["default"]
        try:
            connection = roles.connect(settings)
        except roles.UnreachableError as error:
            say(_line(Finding(False, str(error))))
            return False
        with connection:
            findings = list(_findings(connection))
    for finding in findings:
        say(_line(finding))
    return all(finding.well for finding in findings)


def _line(finding: Finding) -> str:
    return f"{'ok  ' if finding.well else 'FAIL'}  {finding.text}"


def _findings(connection: "psycopg.Connection[roles.Row]") -> Iterator[Finding]:
    yield _version(connection)
    yield _role(connection)
    yield _ownership(connection)
    unapplied = _migrations()
    yield unapplied
    if unapplied.well:
        yield _row_security(connection)
        yield from (Finding(well, text) for well, text in [*stock_sums(connection), *sales_agree(connection)])
        yield _worker(connection)
        yield _summaries(connection)
    yield _public_address()


def _one(connection: "psycopg.Connection[roles.Row]", query: str, *values: object) -> Any:
    row = connection.execute(query.encode(), values).fetchone()
    return row[0] if row else None


def _version(connection: "psycopg.Connection[roles.Row]") -> Finding:
    major = connection.info.server_version // 10000
    return Finding(major >= OLDEST_MAJOR, f"database answers: PostgreSQL {major} (needs {OLDEST_MAJOR} or newer)")


def _role(connection: "psycopg.Connection[roles.Row]") -> Finding:
    free = _one(connection, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return Finding(not free, f"role {connection.info.user} is bound by row-level security")


def _ownership(connection: "psycopg.Connection[roles.Row]") -> Finding:
    owned = _one(connection, "SELECT count(*) FROM pg_class WHERE pg_has_role(relowner, 'USAGE')")
    return Finding(not owned, f"role {connection.info.user} owns nothing (found {owned})")


def _migrations() -> Finding:
    import django
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connections["default"])
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    hint = "" if not missing else f" ({missing} to apply: cais migrate)"
    return Finding(not missing, f"migrations are applied{hint}")


def _row_security(connection: "psycopg.Connection[roles.Row]") -> Finding:
    from cais.companies.rls import tenant_tables

    tables = sorted(tenant_tables())
    protected = connection.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relrowsecurity"
        " AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid)",
        [tables],
    ).fetchall()
    bare = sorted(set(tables) - {name for (name,) in protected})
    found = f" (missing on {', '.join(bare)})" if bare else f" ({len(tables)} tables)"
    return Finding(not bare, f"row-level security is on for every group's table{found}")


def _worker(connection: "psycopg.Connection[roles.Row]") -> Finding:
    silent = _one(connection, "SELECT extract(epoch FROM now() - max(last_heartbeat))::int FROM procrastinate_workers")
    if silent is None:
        return Finding(False, "no worker has been seen: cais up, or cais worker")
    return Finding(silent <= WORKER_SILENCE_SECONDS, f"a worker was heard {silent} s ago")


def _summaries(connection: "psycopg.Connection[roles.Row]") -> Finding:
    """What the charts read is the sum of what was sold, in every group."""
    from cais.backoffice.daily import UNEQUAL as COMPANIES
    from cais.companies.scope import GROUP
    from cais.orders.daily import UNEQUAL as ORDERS

    wrong = 0
    for (group,) in connection.execute("SELECT cais_group_ids()").fetchall():
        _one(connection, "SELECT set_config(%s, %s, false)", GROUP, str(group))
        wrong += _one(connection, ORDERS) + _one(connection, COMPANIES)
    _one(connection, "SELECT set_config(%s, '', false)", GROUP)
    return Finding(not wrong, f"daily sums equal the orders{f' ({wrong} do not)' if wrong else ''}")


def _public_address() -> Finding:
    address = os.environ.get("CAIS_PUBLIC_URL", "")
    return Finding(bool(address), f"public address: {address or 'not set (CAIS_PUBLIC_URL)'}")
