"""What became of the stores' notices: what they were answered, set against what was written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import psycopg

from proofs.truth import Key, Record

OK = 200
_STORED = """
SELECT c.name, n.external_id, count(*) FROM hooks_notice n JOIN connections_connection c ON c.id = n.connection_id
GROUP BY 1, 2
"""


def stored(connection: psycopg.Connection[Any]) -> Counter[Key]:
    """Notices written down, by the order they name."""
    return Counter({(store, number): rows for store, number, rows in connection.execute(_STORED).fetchall()})


def answered(store: str, entries: Iterable[Record]) -> Counter[Key]:
    """Notices that this store was told are in good hands: it will not send them again."""
    return Counter((store, str(entry["record"])) for entry in entries if entry["status"] == OK)


def lost(heard: Counter[Key], kept: Counter[Key]) -> int:
    """One written down whose answer was lost is sent again, and that is no harm."""
    return (heard - kept).total()
