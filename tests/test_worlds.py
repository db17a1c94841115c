"""A world that was lent is lent again as it was made, whatever a test did to its rows and to its objects."""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.db import DatabaseError, connection

from cais.companies.models import User
from cais.companies.services import found_group
from cais.simkit import Numbers
from tests.memory import Memory
from tests.worlds import Worlds


@dataclass
class Drawer:
    names: list[str] = field(default_factory=lambda: ["a"])
    counted: Counter[str] = field(default_factory=lambda: Counter("aab"))
    nested: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set, {"x": {1}}))
    line: deque[int] = field(default_factory=lambda: deque([1, 2]))
    numbers: Numbers = field(default_factory=Numbers)
    dice: random.Random = field(default_factory=lambda: random.Random(3))


@dataclass(slots=True)
class Switch:
    on: bool = False
    behind: object = None


def test_what_objects_held_is_put_back_into_the_same_objects() -> None:
    drawer, switch = Drawer(), Switch()
    switch.behind = drawer.names
    memory = Memory((drawer, switch))
    before = (next(Numbers()), random.Random(3).random())
    names = drawer.names

    drawer.names.append("b")
    drawer.names = []
    drawer.counted["a"] += 1
    drawer.nested["x"].add(2)
    drawer.nested["y"].add(3)
    drawer.line.popleft()
    next(drawer.numbers)
    drawer.dice.random()
    drawer.more = 1  # type: ignore[attr-defined]
    switch.on, switch.behind = True, None
    memory.put_back()

    assert drawer.names is names is switch.behind
    assert names == ["a"]
    assert drawer.counted == {"a": 2, "b": 1}
    assert drawer.nested == {"x": {1}}
    assert list(drawer.line) == [1, 2]
    assert (next(drawer.numbers), drawer.dice.random()) == before
    assert not hasattr(drawer, "more")
    assert not switch.on


def test_what_nobody_knows_how_to_put_back_is_refused() -> None:
    with pytest.raises(TypeError, match="itertools"):
        Memory({"a": [itertools.count()]})


@contextmanager
def _peopled() -> Iterator[User]:
    found_group("Grupo Emprestado")
    yield User.objects.create_user("ana@emprestado.example", "x", name="Ana")


@pytest.fixture
def own(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object) -> Iterator[Worlds]:
    """Apart from that of the run."""
    made = Worlds(django_db_blocker)
    yield made
    made.end()


def _here() -> int:
    return User.objects.filter(email="ana@emprestado.example").count()


def test_the_second_borrower_finds_what_was_made_not_what_the_first_left(own: Worlds) -> None:
    with own.lend("peopled", _peopled) as ana:
        key, ana.name = ana.pk, "Outra"
        ana.save()
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
    with own.lend("peopled", _peopled) as ana:
        assert (ana.pk, ana.name, User.objects.get(pk=key).name) == (key, "Ana", "Ana")


def test_another_world_is_another_transaction_and_nothing_stays(own: Worlds, django_db_blocker: object) -> None:
    with own.lend("peopled", _peopled):
        assert _here() == 1
    with own.lend("peopled too", _peopled):
        assert _here() == 1
    own.end()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        assert _here() == 0
