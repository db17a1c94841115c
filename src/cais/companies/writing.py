"""Many rows, each with values of its own, changed by one statement however many they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection as database
from django.db import models

Facts = Mapping[str, Any]
# Lengths and scales are the column's to judge: a cast to varchar(20) would cut a text that is too long in silence.
_BOUNDS: Final = re.compile(r"\(.*?\)")


def update_each(
    model: type[models.Model], facts: Mapping[int, Facts], *, how: Mapping[str, str] | None = None, only: str = "true"
) -> set[int]:
    """Write each row's facts (row id → field → value; all rows name the same fields). Returns the ids written.

    `how` says by column what else is written than `v.column`, and `only` which rows: SQL over `t` (the row) and `v`
    (its facts), written in code and never by a user. Raises what the database refuses.
    """
    if not facts:
        return set()
    ids = sorted(facts)
    fields: list[Any] = [model._meta.get_field(name) for name in facts[ids[0]]]
    assigned = {field.column: f'v."{field.column}"' for field in fields} | dict(how or {})
    sets = ", ".join(f'"{column}" = {value}' for column, value in assigned.items() if value)
    names = ", ".join(["id", *(f'"{field.column}"' for field in fields)])
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{_array(field)}" for field in fields)])
    query = (
        f'UPDATE "{model._meta.db_table}" t SET {sets} FROM unnest({arrays}) AS v ({names})'
        f" WHERE t.id = v.id AND {only} RETURNING t.id"
    )
    columns = [[field.get_db_prep_save(facts[key][field.name], database) for key in ids] for field in fields]
    with database.cursor() as cursor:
        cursor.execute(query, [ids, *columns])
        return {row[0] for row in cursor.fetchall()}


def _array(field: Any) -> str:
    kind = _BOUNDS.sub("", str(field.rel_db_type(database) if field.is_relation else field.db_type(database)))
    return ("text" if kind == "varchar" else kind) + "[]"
