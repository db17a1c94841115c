"""Numbers given one after another, by an object whose place can be seen and set."""

from __future__ import annotations


class Numbers:
    """An endless iterator like itertools.count, which hides how far it came."""

    def __init__(self, first: int = 1) -> None:
        self.following = first

    def __iter__(self) -> Numbers:
        return self

    def __next__(self) -> int:
        self.following += 1
        return self.following - 1
