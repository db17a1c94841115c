"""A world is made once and lent to one test after another as new: its rows behind a savepoint, its objects put back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, TypeVar

from django.db import connection
from django.test import TestCase

from tests.memory import Memory

T = TypeVar("T")

# A test finds what was just made: the next reading comes due after a minute, not before it begins.
OLDEST = 20.0


class _Behind(TestCase):
    """Django's own way to undo a test, without its hanging up of the connection that the world lives in."""

    @classmethod
    def setUpClass(cls) -> None:
        super(TestCase, cls).setUpClass()

    @classmethod
    def tearDownClass(cls) -> None:
        super(TestCase, cls).tearDownClass()


class _World:
    """What was made, in a transaction that is never committed."""

    def __init__(self, name: str, make: Callable[[], AbstractContextManager[Any]]) -> None:
        self.name = name
        with ExitStack() as so_far:
            so_far.enter_context(_never_committed())
            self.thing = so_far.enter_context(make())
            self._memory = Memory(self.thing)
            self.end = so_far.pop_all().close
        self._link = connection.connection
        self._since = time.monotonic()

    def serves(self, name: str) -> bool:
        young = time.monotonic() - self._since < OLDEST
        return self.name == name and young and connection.connection is self._link and not self._link.closed

    @contextmanager
    def lent(self) -> Iterator[Any]:
        case = _Behind(methodName="__init__")
        case._pre_setup()
        try:
            yield self.thing
        finally:
            case._post_teardown()
            self._memory.put_back()


@contextmanager
def _never_committed() -> Iterator[None]:
    _Behind.setUpClass()
    atomics = _Behind._enter_atomics()
    try:
        yield
    finally:
        _Behind._rollback_atomics(atomics)
        _Behind.tearDownClass()
        _Behind.doClassCleanups()


class Worlds:
    """At most one is open in a process: who asks for another, or for none, ends it."""

    def __init__(self, blocker: Any) -> None:
        self._blocker = blocker
        self._open: _World | None = None

    @contextmanager
    def lend(self, name: str, make: Callable[[], AbstractContextManager[T]]) -> Iterator[T]:
        """What `make` makes, as if for this test alone; the same name is always made the same way."""
        with self._blocker.unblock():
            if self._open is None or not self._open.serves(name):
                self.end()
                self._open = _World(name, make)
            with self._open.lent() as thing:
                yield thing

    def end(self) -> None:
        world, self._open = self._open, None
        if world is not None:
            with self._blocker.unblock():
                world.end()


def takes_part(item: Any) -> bool:
    """Whether a test takes a world that others have had: not one that also opens transactions in its own way."""
    named = item.fixturenames
    own_way = item.get_closest_marker("django_db") or {"db", "transactional_db", "live_server"} & set(named)
    return "worlds" in named and not own_way
