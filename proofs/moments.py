"""A value that changes now and then, and what it was at any moment."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Moments(Generic[T]):
    """`first` until the first change; changes are added in the order of their time."""

    first: T
    times: list[float] = field(default_factory=list)
    values: list[T] = field(default_factory=list)

    def add(self, at: float, value: T) -> None:
        self.times.append(at)
        self.values.append(value)

    @property
    def last(self) -> T:
        return self.values[-1] if self.values else self.first

    def at(self, moment: float) -> T:
        place = bisect_right(self.times, moment)
        return self.values[place - 1] if place else self.first

    def during(self, since: float, until: float) -> Iterator[T]:
        """Every value that held at some moment from `since` to `until`."""
        yield self.at(since)
        yield from self.values[bisect_right(self.times, since) : bisect_right(self.times, until)]

    def changes(self, since: float, until: float) -> list[float]:
        """The moments of the changes after `since`, up to `until`."""
        return self.times[bisect_right(self.times, since) : bisect_right(self.times, until)]

    def next_change(self, after: float) -> float | None:
        """The first change at or after this moment."""
        place = bisect_left(self.times, after)
        return self.times[place] if place < len(self.times) else None
