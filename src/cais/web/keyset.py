"""Pages by key: the next page begins after the last row seen, so rows that arrive meanwhile shift nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from cais.web.wording import plural_text

Row = TypeVar("Row", bound=Model)
SIZE = 50
COUNTED = 10_000
_AFTER, _BEFORE = "depois", "antes"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    previous_url: str = ""
    next_url: str = ""


def page_of(rows: QuerySet[Row], query: QueryDict, *, keys: Sequence[str], descending: bool = False) -> Page[Row]:
    """One page of the rows in the order of `keys`, which together are unique. The place is in the URL."""
    backwards = is_backwards(query)
    place = place_of(query, keys)
    ahead = descending == backwards  # the direction in which this page is read, as the keys grow or fall
    try:
        rows = rows.filter(_beyond(keys, place, growing=ahead)) if place else rows
    except (TypeError, ValueError, ValidationError):
        place = []  # a place of another list
    found = list(_ordered(rows, keys, growing=ahead)[: SIZE + 1])
    more, found = len(found) > SIZE, found[:SIZE]
    if backwards:
        found.reverse()
    has_previous = more if backwards else bool(place)
    has_next = bool(place) if backwards else more
    return Page(
        found,
        _url(query, _BEFORE, found[0], keys) if found and has_previous else "",
        _url(query, _AFTER, found[-1], keys) if found and has_next else "",
    )


def near(rows: QuerySet[Row], ids: Sequence[int], query: QueryDict, *, keys: Sequence[str]) -> Sequence[int] | None:
    """Of the ids of a whole list, in its order, those that the page of this address may show.

    None where they cannot tell: the page does not begin beside a row that is still where it was.
    """
    place, backwards = place_of(query, keys), is_backwards(query)
    if not place:
        return None if backwards else ids[: SIZE + 1]
    try:
        at = ids.index(rows.filter(**dict(zip(keys, place, strict=True))).values_list("pk", flat=True)[0])
    except (IndexError, TypeError, ValueError, ValidationError):
        return None
    return ids[max(0, at - SIZE - 1) : at] if backwards else ids[at + 1 : at + SIZE + 2]


def count_up_to(rows: QuerySet[Row], most: int = COUNTED) -> int:
    """The number of rows, counted no further than one past `most`."""
    return rows.order_by()[: most + 1].count()


def total_text(number: int, one: str, many: str) -> str:
    """1.284 produtos, or mais de 10.000 produtos."""
    return f"mais de 10.000 {many}" if number > COUNTED else plural_text(number, one, many)


def searched(query: QueryDict) -> str:
    """What was typed in the list's search field, within bounds."""
    return query.get("q", "").replace("\0", "").strip()[:100]


def without_place(query: QueryDict, **changes: str) -> str:
    """The query string of the first page with these changes; an empty value takes the name out."""
    kept = query.copy()
    for name in (_AFTER, _BEFORE):
        kept.pop(name, None)
    for name, value in changes.items():
        kept[name] = value
        if not value:
            del kept[name]
    return f"?{kept.urlencode()}"


def is_backwards(query: QueryDict) -> bool:
    """The page ends before its place, in place of beginning after it."""
    return _BEFORE in query


def place_of(query: QueryDict, keys: Sequence[str]) -> list[object]:
    """The key where the page begins; none when the URL was cut or invented."""
    try:
        place = json.loads(query.get(_BEFORE) or query.get(_AFTER) or "[]")
    except ValueError:
        return []
    if not isinstance(place, list) or len(place) != len(keys):
        return []
    usable = all(isinstance(part, str | int) and "\0" not in str(part) for part in place)
    return place if usable else []


def _beyond(keys: Sequence[str], place: Sequence[object], *, growing: bool) -> Q:
    """(a, b) > (x, y) written out. That a is not before x follows from it, and lets an index begin there."""
    sign = "gt" if growing else "lt"
    beyond, equal = Q(), Q()
    for key, value in zip(keys, place, strict=True):
        beyond |= equal & Q(**{f"{key}__{sign}": value})
        equal &= Q(**{key: value})
    return Q(**{f"{keys[0]}__{sign}e": place[0]}) & beyond


def _ordered(rows: QuerySet[Row], keys: Sequence[str], *, growing: bool) -> QuerySet[Row]:
    return rows.order_by(*(key if growing else f"-{key}" for key in keys))


def _url(query: QueryDict, name: str, row: Model, keys: Sequence[str]) -> str:
    place = [reduce(getattr, key.split("__"), row) for key in keys]
    return without_place(query, **{name: json.dumps(place, ensure_ascii=False, separators=(",", ":"), default=str)})
