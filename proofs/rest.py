"""Waiting until the engine is at rest: nothing is due and nothing changes, seen by SQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

STILL_SECONDS = 3.0
LOOK_SECONDS = 0.25

# A movement that the ERP refused looks again by itself every quarter of an hour: it waits for a person, not for us.
# Where a company can invoice, somebody is asking for the notes of whatever became a sale.
_BUSY = """
SELECT (SELECT count(*) FROM hooks_notice WHERE merged_at IS NULL)
     + (SELECT count(*) FROM intake_document WHERE due_at IS NOT NULL AND hold = '')
     + (SELECT count(*) FROM orders_order WHERE due_at IS NOT NULL)
     + (SELECT count(*) FROM movements_movement WHERE due_at IS NOT NULL AND hold = '' AND state <> 'error')
     + (SELECT count(*) FROM publishing_erporderpublication WHERE due_at IS NOT NULL AND hold = '')
     + (SELECT count(*) FROM publishing_statuspublication WHERE due_at IS NOT NULL AND hold = '')
     + (SELECT count(*) FROM nfe_nfe WHERE due_at IS NOT NULL)
     + (SELECT count(*) FROM nfe_invoicepublication WHERE due_at IS NOT NULL AND hold = '')
     + (SELECT count(*) FROM shelves_mark)
     + (SELECT count(*) FROM shelves_stockpublication WHERE due_at IS NOT NULL AND hold = '')
     + (SELECT count(*) FROM shelves_shelfreading WHERE due_at <= now() OR begun_at IS NOT NULL)
     + (SELECT count(*) FROM orders_order WHERE phase = 'integrated' AND EXISTS (SELECT FROM nfe_fiscalsetup))
"""
_SEEN = """
SELECT concat_ws('/',
    (SELECT max(id) FROM stock_ledgerentry),
    (SELECT md5(string_agg(concat(external_id, digest, recorded_digest), ',' ORDER BY id)) FROM intake_document),
    (SELECT md5(string_agg(concat(external_id, digest, phase), ',' ORDER BY id)) FROM orders_order),
    (SELECT md5(string_agg(concat(company_id, number, state), ',' ORDER BY id)) FROM backoffice_salesorder),
    (SELECT md5(string_agg(published_digest, ',' ORDER BY id)) FROM publishing_statuspublication),
    (SELECT md5(string_agg(concat(published_digest, published_at), ',' ORDER BY id)) FROM shelves_stockpublication),
    (SELECT md5(string_agg(concat(key, state), ',' ORDER BY id)) FROM nfe_nfe))
"""
_LAST_READINGS = """
SELECT array_agg(extract(epoch FROM read_at)::float8 ORDER BY id) FROM intake_cursor WHERE kind = 'orders'
"""
# The first reading that ends after a change may have begun before it; the second has seen it.
READINGS = 2


def wait_for_rest(connection: psycopg.Connection[Any], *, seconds: float, meanwhile: Callable[[], None]) -> bool:
    """True once nothing is due and nothing has changed for a while, whole readings of the store included; else False.

    A store that is read seldom, since it has few calls left, is waited for.
    """
    deadline = time.monotonic() + seconds
    seen, since, readings = "", time.monotonic(), Readings()
    while time.monotonic() < deadline:
        meanwhile()
        seen_now, busy = _one(connection, _SEEN), _one(connection, _BUSY)
        if seen_now != seen:
            seen, readings = seen_now, Readings()
            since = time.monotonic()
        if busy:  # upkeep looks at waiting orders again and again; as long as it changes nothing, readings count
            since = time.monotonic()
        readings.note(_one(connection, _LAST_READINGS))
        if time.monotonic() - since >= STILL_SECONDS and readings.are_enough:
            return True
        time.sleep(LOOK_SECONDS)
    return False


@dataclass(slots=True)
class Readings:
    """The moments at which each store was read; the first was before we looked."""

    _ends: dict[int, set[float]] = field(default_factory=dict)

    def note(self, ends: Sequence[float]) -> None:
        for store, end in enumerate(ends):
            self._ends.setdefault(store, set()).add(end)

    @property
    def are_enough(self) -> bool:
        return all(len(ends) > READINGS for ends in self._ends.values())


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
