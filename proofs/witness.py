"""A witness in the database: every change that a figure is made of, at the instant of its commit.

It is installed by the proof as the owner of the database. Each row that changes is noted by a trigger that fires when
its transaction commits, so that what was known at which moment does not depend on any clock of the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

LEDGER, WANTS = "stock_ledgerentry", "movements_reservation"
POLICY, EXCEPTION = "offering_stockpolicy", "offering_stockexception"
TABLES = (LEDGER, WANTS, POLICY, EXCEPTION)

_MAKE = """
CREATE TABLE proof_witness (
    id bigserial PRIMARY KEY, at float8 NOT NULL, tx bigint NOT NULL, relation text NOT NULL, gone boolean NOT NULL,
    facts jsonb NOT NULL);
CREATE FUNCTION proof_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO proof_witness (at, tx, relation, gone, facts)
    VALUES (extract(epoch FROM clock_timestamp()), txid_current(), TG_TABLE_NAME, TG_OP = 'DELETE',
            CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END);
    RETURN NULL;
END $$
"""
_FOLLOW = """
CREATE CONSTRAINT TRIGGER proof_note AFTER INSERT OR UPDATE OR DELETE ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION proof_note()
"""
_READ = "SELECT at, tx, relation, gone, facts FROM proof_witness ORDER BY id"


@dataclass(frozen=True, slots=True)
class Event:
    """One row as its transaction left it. `at` in unix seconds, of the database's clock; `tx` is its transaction."""

    at: float
    tx: int
    relation: str
    is_gone: bool
    facts: Mapping[str, Any]


def install(connection: psycopg.Connection[Any]) -> None:
    """Before anything is written that is to be known."""
    with connection.transaction():
        connection.execute(_MAKE)
        for table in TABLES:
            connection.execute(_FOLLOW.format(table=table))


def events(connection: psycopg.Connection[Any]) -> list[Event]:
    """Everything noted so far, in the order of the commits."""
    return [Event(*row) for row in connection.execute(_READ).fetchall()]
