"""Turns: one worker at a time does one kind of work at a connection, where two would only be in each other's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection as database

from cais.connections.models import Connection

# Classes of our advisory locks, far from those that others choose.
RENEWING = 0x43414953
TELLING_STOCK = 0x43414954
TELLING_PRICES = 0x43414955
GIVING_PRODUCTS = 0x43414956


@contextmanager
def turn(connection: Connection, work: int) -> Iterator[bool]:
    """False when another session has the turn. It needs no open transaction and ends with its process."""
    key = [work, connection.pk % 2**31]
    mine = _ask("SELECT pg_try_advisory_lock(%s, %s)", key)
    try:
        yield mine
    finally:
        if mine:
            _ask("SELECT pg_advisory_unlock(%s, %s)", key)


def _ask(query: str, key: list[int]) -> bool:
    with database.cursor() as cursor:
        cursor.execute(query, key)
        return bool(cursor.fetchone()[0])
