"""Many rows from one, by one statement."""

from __future__ import annotations

from typing import Any

import psycopg


def copy_rows(
    connection: psycopg.Connection[Any], table: str, changes: dict[str, str], source: str, known: dict[str, Any]
) -> None:
    """Rows of the table as `t` has them, but for the columns that change. Names and sources are this file's own."""
    columns = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' AND attname <> 'id'",
        [table],
    )
    names = [name for (name,) in columns]
    chosen = ", ".join(changes.get(name, f"t.{name}") for name in names)
    statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {source}"
    connection.execute(_percent(statement), known)


def _percent(statement: str) -> str:
    """The remainder's sign, doubled for the driver; placeholders stay."""
    return statement.replace("%", "%%").replace("%%(", "%(")
