"""Cuts of one list: tabs that keep what else was asked for and begin at the first page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.http import QueryDict

from cais.web.keyset import without_place
from cais.web.parts import Tab
from cais.web.status_words import Tone

_QUIET: Mapping[str, Tone] = {}


def cut_tabs(
    asked: QueryDict,
    cuts: Sequence[tuple[str, str]],
    count: Callable[[str], int | None],
    *,
    current: str,
    name: str = "aba",
    tones: Mapping[str, Tone] = _QUIET,
) -> list[Tab]:
    """A tab for each (code, label). `name` is what the address calls the cut; a count of None is not shown."""
    return [
        Tab(
            label,
            without_place(asked, **{name: code}),
            count=count(code),
            tone=tones.get(code, ""),
            current=code == current,
        )
        for code, label in cuts
    ]
