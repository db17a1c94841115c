"""Folded text, small letters without accents, the same in Python and in the database: *João* is found by joao."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db.models import CharField, Func, TextField
from django.db.models.lookups import Contains

_MARKS = re.compile("[\u0300-\u036f]")


def fold(text: str) -> str:
    """What `cais_folded` of the database makes of it."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text.lower()))


class Folded(Func):
    """The folded text of an expression."""

    function = "cais_folded"
    output_field = TextField()


@CharField.register_lookup
@TextField.register_lookup
class FoldedContains(Contains):
    """`name__folded_contains`: contained whatever the accents and the case."""

    lookup_name = "folded_contains"

    def get_prep_lookup(self) -> Any:
        return fold(super().get_prep_lookup())

    def process_lhs(self, *arguments: Any, **options: Any) -> tuple[str, Any]:
        sql, params = super().process_lhs(*arguments, **options)
        return f"cais_folded({sql})", params

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return str(connection.operators["contains"] % rhs)
