"""Lists as the platform gives them: filters, sort, pages, chosen fields."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.errors import invalid, not_found
from cais.connectors.tray.simulator.wire import Json

DEFAULT_LIMIT = 30
MAXIMUM_LIMIT = 50
LONGEST_RANGE = 3700

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Row]):
    """How rows of one kind are listed: ``filters`` read the compared text, ``days`` name the day ranges.

    ``parts`` name the filters that find every text which the wanted one is part of.
    ``beside`` gives what lies next to the wrapped record instead of in it.
    """

    plural: str
    singular: str
    render: Callable[[Row], Json]
    filters: Mapping[str, Callable[[Row], str]]
    days: frozenset[str] = frozenset()
    commas: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    also_available: tuple[str, ...] = ()
    sorts: Mapping[str, Callable[[Row], object]] = field(default_factory=dict)
    default_direction: str = "asc"
    beside: Callable[[Row], Json] = lambda _row: {}


@dataclass(frozen=True, slots=True)
class Window:
    """Which page was asked for; ``shift`` moves later pages, as when rows move while they are read."""

    page: int
    limit: int
    shift: int = 0

    @classmethod
    def read(cls, query: Mapping[str, str], choices: Choices, *, shift: int = 0) -> "Window":
        limit = _positive(query.get("limit", ""), DEFAULT_LIMIT)
        if limit > MAXIMUM_LIMIT:
            if choices.limit_above_maximum == "refused":
                raise invalid("limit", "O limite máximo é 50")
            limit = MAXIMUM_LIMIT if choices.limit_above_maximum == "cut" else limit
        return cls(page=_positive(query.get("page", ""), 1), limit=limit, shift=shift)

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit

    def cut(self, rows: Sequence[Row]) -> Sequence[Row]:
        start = self.offset + (self.shift if self.page > 1 else 0)
        return rows[start : start + self.limit]

    def paging(self, total: int) -> Json:
        return {
            "total": total,
            "page": self.page,
            "offset": self.offset,
            "limit": self.limit,
            "maxLimit": MAXIMUM_LIMIT,
        }


def listed(
    listing: Listing[Row],
    rows: Sequence[Row],
    query: Mapping[str, str],
    *,
    window: Window,
    choices: Choices,
    settled: str = "",
) -> Json:
    """The whole answer; ``settled`` names a filter that chose the rows already.

    Raises Refusal when the choices say so for a limit or a page.
    """
    applied = {name: query[name] for name in listing.filters if query.get(name)}
    open_filters = {name: value for name, value in applied.items() if name != settled}
    chosen = [row for row in rows if _fits(listing, row, wanted=open_filters)] if open_filters else list(rows)
    sort_field, direction = _sort(query.get("sort", ""), listing)
    if sort_field in listing.sorts:
        key = listing.sorts[sort_field]
        chosen.sort(key=lambda row: key(row), reverse=direction == "desc")  # type: ignore[arg-type,return-value]
    if window.page > 1 and window.offset >= len(chosen) and choices.page_past_the_end == "not_found":
        raise not_found(listing.plural)
    fields = [name for name in query.get("attrs", "").split(",") if name]
    return {
        "paging": window.paging(len(chosen)),
        "sort": [{sort_field: direction}],
        "availableFilters": [*listing.filters, *listing.also_available],
        "appliedFilters": {f"{listing.singular}.{name}": value for name, value in applied.items()} or [],
        listing.plural: [
            {listing.singular: _only(listing.render(row), fields)} | listing.beside(row) for row in window.cut(chosen)
        ],
    }


def days_of(text: str) -> list[str]:
    """The days of ``2026-01-10`` or ``2026-01-10,2026-01-12``; nothing for what is no date."""
    first, _, last = text.partition(",")
    try:
        start = datetime.date.fromisoformat(first.strip()[:10])
        end = datetime.date.fromisoformat(last.strip()[:10]) if last else start
    except ValueError:
        return []
    length = min((end - start).days + 1, LONGEST_RANGE)
    return [(start + datetime.timedelta(days=number)).isoformat() for number in range(length)]


def _fits(listing: Listing[Row], row: Row, *, wanted: Mapping[str, str]) -> bool:
    for name, value in wanted.items():
        have = listing.filters[name](row)
        if name in listing.days:
            first, _, last = value.partition(",")
            if not first[:10] <= have[:10] <= (last or first)[:10]:
                return False
        elif name in listing.parts and value.lower() in have.lower():
            continue
        elif have != value and not (name in listing.commas and have in _split(value)):
            return False
    return True


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _sort(text: str, listing: Listing[Row]) -> tuple[str, str]:
    name, _, direction = text.rpartition("_")
    if name not in listing.sorts or direction not in ("asc", "desc"):
        return "id", listing.default_direction
    return name, direction


def _only(record: Json, fields: list[str]) -> Json:
    return {name: value for name, value in record.items() if name in fields} if fields else record


def _positive(text: str, default: int) -> int:
    return int(text) if text.isdigit() and int(text) > 0 else default
