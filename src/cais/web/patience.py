"""How long a page may keep the database busy: a search too wide ends with a sentence, not with a stuck page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

SECONDS = 4


class TooWideError(Exception):
    """The question took longer than a person should wait."""


@contextmanager
def patience(seconds: int = SECONDS) -> Iterator[None]:
    """Each statement inside may take so long. Raises TooWideError."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
            yield
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if "statement timeout" not in str(error):
            raise
        raise TooWideError from error
