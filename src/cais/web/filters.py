"""What filters of lists have in common: days in an address, what stays of it, and the chips that are drawn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from cais.web.keyset import without_place
from cais.web.parts import Choice, FilterChip

_FROM, _TO = "data_de", "data_ate"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both ends included; an end that is None is open."""

    start: date | None = None
    end: date | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Period:
        return cls(_day_of(query.get(_FROM, "")), _day_of(query.get(_TO, "")))

    def within(self, field: str) -> Q:
        found = Q()
        if self.start:
            found &= Q(**{f"{field}__gte": _begin_of(self.start)})
        if self.end:
            found &= Q(**{f"{field}__lt": _begin_of(self.end + timedelta(days=1))})
        return found


def period_chip(query: QueryDict, label: str, period: Period) -> FilterChip:
    words = [f"desde {period.start:%d/%m}"] if period.start else []
    words += [f"até {period.end:%d/%m}"] if period.end else []
    given = {name: "" for name in (_FROM, _TO) if name in query}
    return FilterChip(
        "data",
        label,
        kind="period",
        value_label=" ".join(words),
        clear_url=without_place(query, **given) if given else "",
        start=period.start.isoformat() if period.start else "",
        end=period.end.isoformat() if period.end else "",
        hidden=hidden_fields(query, _FROM, _TO),
    )


def choice_chip(
    query: QueryDict,
    name: str,
    label: str,
    values: Sequence[tuple[str, str]],
    chosen: Collection[str],
    *,
    many: bool = False,
) -> FilterChip:
    """`values`: what the address says and what is read. A chosen one that is not among them is not drawn."""
    words = [text for value, text in values if value in chosen]
    return FilterChip(
        name,
        label,
        kind="many" if many else "one",
        value_label=words[0] if len(words) == 1 else f"{len(words)} opções" if words else "",
        clear_url=without_place(query, **{name: ""}) if name in query else "",
        choices=[Choice(value, text, value in chosen) for value, text in values],
        hidden=hidden_fields(query, name),
    )


def hidden_fields(query: QueryDict, *without: str) -> list[tuple[str, str]]:
    """All that the address asks, but for these names and the place in the list."""
    left_out = {*without, "depois", "antes"}
    return [(name, value) for name, values in query.lists() if name not in left_out for value in values]


def only(query: QueryDict, names: Collection[str]) -> str:
    """A query string of what the address asks by these names."""
    kept = QueryDict(mutable=True)
    for name in names:
        if values := [value for value in query.getlist(name) if value]:
            kept.setlist(name, values)
    return kept.urlencode()


def _day_of(text: str) -> date | None:
    """Nonsense is no day, nor is the calendar's last, which no day follows."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found < date.max else None


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
