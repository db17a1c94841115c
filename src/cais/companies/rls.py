"""Row-level security for every table with a group, kept right after each migration, by the owner role."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

_POLICY = "cais_group"
_SEES = "group_id = (SELECT nullif(current_setting('cais.group', true), '')::bigint)"
_PERSON = "(SELECT nullif(current_setting('cais.person', true), '')::bigint)"

# A person must find their memberships, and the groups behind them, before a group is chosen.
_SPECIAL = {
    "companies_membership": f"{_SEES} OR user_id = {_PERSON}",
    "companies_group": (
        "id = (SELECT nullif(current_setting('cais.group', true), '')::bigint)"
        f" OR id IN (SELECT m.group_id FROM companies_membership m WHERE m.user_id = {_PERSON})"
    ),
    # An address that stores call is of everybody who listens there; a listener is of one group.
    "hooks_door": "key IN (SELECT l.door_key FROM hooks_listener l)",
    "companies_groupevent": "pgh_obj_id = (SELECT nullif(current_setting('cais.group', true), '')::bigint)",
}


def tenant_tables() -> dict[str, str]:
    """Table name → the condition under which a session sees a row."""
    tables = {
        model._meta.db_table: _SEES
        for model in apps.get_models(include_auto_created=True)
        if any(field.attname == "group_id" for field in model._meta.concrete_fields)
        and model._meta.managed
        and not model._meta.proxy
    }
    return {**tables, **_SPECIAL}


def protect(*, using: str) -> None:
    """Switch row-level security on for every tenant table that exists; run as the owner of the tables."""
    with connections[using].cursor() as cursor:
        for table, condition in tenant_tables().items():
            if _exists(cursor, table):
                _protect_table(cursor, table, condition)
                for part in _partitions(cursor, table):
                    cursor.execute(f'ALTER TABLE "{part}" ENABLE ROW LEVEL SECURITY')  # no policy: only by the parent


def _exists(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    return bool(cursor.fetchone()[0])


def _partitions(cursor: Any, table: str) -> list[str]:
    cursor.execute("SELECT relid::regclass::text FROM pg_partition_tree(%s::regclass) WHERE level > 0", [table])
    return [row[0] for row in cursor.fetchall()]


def _protect_table(cursor: Any, table: str, condition: str) -> None:
    # Table names come from our own models and conditions from this file: neither is ever typed by anybody.
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    cursor.execute(f'DROP POLICY IF EXISTS {_POLICY} ON "{table}"')
    cursor.execute(f'CREATE POLICY {_POLICY} ON "{table}" USING ({condition}) WITH CHECK ({condition})')
