"""Orders of former years: copies of what the engine imported, made by few statements."""

from __future__ import annotations

from typing import Any

import psycopg

from bench.import_tables import SALES_ORDERS, TABLES, Table

_STRIDE = 10_000_000
# Their sales orders are numbered from here, beside those that the engine goes on numbering.
_OLD_NUMBERS = 10_000_000
_PART = 50


def store(connection: psycopg.Connection[Any], orders: list[int], *, copies: int) -> None:
    """Copy the rows of these orders so many times, move the sequences beyond them, and look at the tables anew.

    `connection` is the superuser's: references and counters of a copy are right because those of the original are.
    """
    connection.execute("SET session_replication_role = replica")
    for table in TABLES:
        if table.kept:
            for first in range(1, copies + 1, _PART):
                _copy(connection, table, orders, first=first, last=min(copies, first + _PART - 1))
        _move_sequence(connection, table)
    connection.execute("SET session_replication_role = DEFAULT")
    _count(connection)
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")


def _copy(connection: psycopg.Connection[Any], table: Table, orders: list[int], *, first: int, last: int) -> None:
    columns = table.columns(connection)
    chosen = ", ".join(_column(table, column, len(orders)) for column in columns)
    connection.execute(
        f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {chosen}"
        f" FROM generate_series({first}::bigint, {last}) AS k(k), {table.name} t WHERE {table.mine} ORDER BY k.k, t.id",
        {"orders": orders},
    )


def _column(table: Table, column: str, orders: int) -> str:
    if column in table.stored:
        return table.stored[column]
    if column in table.keys:
        return f"t.{column} + k.k * {_STRIDE}"
    if column == "document" and column in table.marked:
        return f"CASE t.document WHEN '' THEN '' ELSE lpad((k.k * {_STRIDE} + t.id)::text, 14, '0') END"
    if column in table.marked:
        return f"k.k || '-' || t.{column}"
    if column == "number" and table.name == SALES_ORDERS:
        return f"t.number + k.k * {orders} + {_OLD_NUMBERS}"
    return f"t.{column}"


def _move_sequence(connection: psycopg.Connection[Any], table: Table) -> None:
    connection.execute(
        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}"
        f" WHERE id < {1 << 45}))"
    )


def _count(connection: psycopg.Connection[Any]) -> None:
    connection.execute("DELETE FROM orders_phasecount")
    connection.execute(
        "INSERT INTO orders_phasecount (group_id, connection_id, phase, movement_state, orders)"
        " SELECT group_id, connection_id, phase, movement_state, count(*) FROM orders_order GROUP BY 1, 2, 3, 4"
    )
