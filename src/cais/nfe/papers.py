"""What people take away of a note: its nfeProc, its DANFE, and the way back from a link nobody can guess."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.db import connection as database

from cais.fiscal.danfe import DanfePress, NotPrintable, merge
from cais.nfe.models import Nfe, State


@cache
def _press() -> DanfePress:
    """One per process: its drawing processes start with the first sheet and end with ours."""
    return DanfePress(settings.DATA_FOLDER / "danfe")


def xml(nfe: Nfe) -> bytes:
    """The nfeProc as it was stored. Raises NotPrintable while there is none."""
    if not nfe.proc:
        raise NotPrintable("the note is not authorised")
    return bytes(nfe.proc)


def danfe(nfe: Nfe) -> bytes:
    """The A4 PDF. Raises NotPrintable for a note not authorised, DrawingFailed."""
    return danfes([nfe])[0]


def danfes(notes: Iterable[Nfe]) -> list[bytes]:
    """The same for many, drawn side by side. Never within a transaction: a sheet takes some 80 ms."""
    return _press().sheets([xml(nfe) for nfe in notes])


def danfe_of_many(notes: Iterable[Nfe]) -> bytes:
    """One PDF with the sheets in the order given."""
    return merge(danfes(notes))


def close_press() -> None:
    """End the drawing processes of this process."""
    if _press.cache_info().currsize:
        _press().close()
        _press.cache_clear()


def group_of_link(token: str) -> int | None:
    """The group whose note has this link; None for a link that nobody gave. The note is then `by_link` in its scope."""
    with database.cursor() as cursor:
        cursor.execute("SELECT cais_group_of_note(%s)", [token])
        row: tuple[int | None] = cursor.fetchone()
    return row[0]


def by_link(token: str) -> Nfe | None:
    """The authorised note behind a link, in the current group's scope."""
    return Nfe.objects.filter(link_token=token, state=State.AUTHORISED).first()
