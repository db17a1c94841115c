"""The floor of the import: the same rows, written by psycopg alone, one transaction an order."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from bench.import_tables import SALES_ORDERS, TABLES, Table

# Copies live far above what sequences give out, each round in a range of its own.
_FAR = 1 << 45
_APART = 1 << 32
_FAR_NUMBER = 1_000_000_000

Statement = tuple[str, list[Any]]


@dataclass(slots=True)
class Floor:
    """Knows the rows of some orders that the engine imported and writes copies of them."""

    connection: psycopg.Connection[Any]
    _orders: dict[int, list[tuple[Table, list[str], dict[str, Any]]]] = field(default_factory=dict)
    _rounds: count[int] = field(default_factory=lambda: count(1))
    _numbers: count[int] = field(default_factory=lambda: count(_FAR_NUMBER))

    def learn(self, orders: list[int]) -> None:
        """Take the rows of these orders for a pattern."""
        found: dict[int, list[tuple[Table, list[str], dict[str, Any]]]] = defaultdict(list)
        for table in TABLES:
            columns = table.columns(self.connection)
            for row in table.rows(self.connection, orders):
                found[row["of_order"]].append((table, columns, row))
        self._orders = {key: found[key] for key in orders}

    @property
    def tables(self) -> int:
        return len({table.name for rows in self._orders.values() for table, _, _ in rows})

    def run(self, number: int) -> float:
        """Seconds to write so many orders. What is written is made ready before the clock starts."""
        work = self._prepare(number)
        began = time.perf_counter()
        for statements in work:
            with self.connection.transaction(), self.connection.cursor() as cursor:
                for query, values in statements:
                    cursor.execute(query, values)
        return time.perf_counter() - began

    def _prepare(self, number: int) -> list[list[Statement]]:
        work: list[list[Statement]] = []
        while len(work) < number:
            offset = _FAR + next(self._rounds) * _APART
            for rows in self._orders.values():
                work.append(self._statements(rows, offset))
                if len(work) == number:
                    break
        return work

    def _statements(self, rows: list[tuple[Table, list[str], dict[str, Any]]], offset: int) -> list[Statement]:
        """One INSERT a table."""
        by_table: dict[str, tuple[list[str], list[Any], list[str]]] = {}
        for table, columns, row in rows:
            values = [self._value(table, column, row, offset) for column in columns]
            _, all_values, marks = by_table.setdefault(table.name, (columns, [], []))
            all_values += values
            marks.append(f"({', '.join(['%s'] * len(values))})")
        return [
            (f"INSERT INTO {name} ({', '.join(columns)}) VALUES {', '.join(marks)}", values)
            for name, (columns, values, marks) in by_table.items()
        ]

    def _value(self, table: Table, column: str, row: dict[str, Any], offset: int) -> Any:
        value = row[column]
        if value is not None and column in table.keys:
            return value + offset
        if column in table.marked and value:
            return str(row["id"] + offset) if column == "document" else f"{offset // _APART}-{value}"
        if column == "number" and table.name == SALES_ORDERS:
            return next(self._numbers)
        return Jsonb(value) if isinstance(value, dict) else value
