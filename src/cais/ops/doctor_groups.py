"""Checks of `cais doctor` that look at every group's rows in turn, and name what is not as it should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psycopg

from cais.ops import roles

_NAMED = 10


@dataclass(frozen=True, slots=True)
class Check:
    """`query` gives one row for each fault of a group; `words` says it, with a place for each column."""

    text: str
    query: bytes
    words: str


def in_every_group(connection: psycopg.Connection[roles.Row], checks: Iterable[Check]) -> Iterator[tuple[bool, str]]:
    """For each check whether it holds in every group, with the first faults named."""
    groups = [row[0] for row in connection.execute(b"SELECT cais_group_ids()").fetchall()]
    for check in checks:
        wrong = [words for group in groups for words in _wrong(connection, group, check)]
        more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        connection.execute(b"SELECT set_config('cais.group', '', false)")
        yield not wrong, check.text + ("".join(f"\n      {words}" for words in wrong[:_NAMED]) + more)


def _wrong(connection: psycopg.Connection[roles.Row], group: object, check: Check) -> list[str]:
    connection.execute(b"SELECT set_config('cais.group', %s, false)", [str(group)])
    return [f"group {group}, {check.words.format(*row)}" for row in connection.execute(check.query).fetchall()]
