"""The second wall: which group's rows the current database session may see (row-level security asks)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

GROUP = "cais.group"
PERSON = "cais.person"


def _swap(setting: str, value: str, using: str) -> str:
    """Set a session setting and return what it was."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting(%s, true), ''), set_config(%s, %s, false)", [setting, setting, value]
        )
        row: tuple[Any, ...] = cursor.fetchone()
    return str(row[0])


@contextmanager
def _scoped(setting: str, value: str, using: str) -> Iterator[None]:
    before = _swap(setting, value, using)
    try:
        yield
    finally:
        link = connections[using]
        # A transaction about to be rolled back takes the setting back by itself; a closed connection forgets it.
        if link.connection is not None and not link.needs_rollback:
            _swap(setting, before, using)


@contextmanager
def group_scope(group_id: int, *, using: str = "default") -> Iterator[None]:
    """Within it the session sees the rows of this group only; outside it sees none."""
    with _scoped(GROUP, str(group_id), using):
        yield


@contextmanager
def person_scope(user_id: int, *, using: str = "default") -> Iterator[None]:
    """Within it the session also sees this person's own memberships, in whatever group."""
    with _scoped(PERSON, str(user_id), using):
        yield


def group_ids(*, using: str = "default") -> list[int]:
    """Every group of the installation, by a function that may look past the wall but tells ids only."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT cais_group_ids()")
        return [row[0] for row in cursor.fetchall()]
