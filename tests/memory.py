"""What objects held at one moment, and how it is put back into the very same objects."""

from __future__ import annotations

import dataclasses
import random
import re
import ssl
import threading
import types
from collections import deque
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from functools import partial
from pathlib import PurePath
from socketserver import BaseServer
from typing import Any

# What cannot change, and what goes on as it is: a server listens, a lock is free between tests, a key is a key.
_FIXED = (type(None), bool, int, float, str, bytes, Decimal, date, time, timedelta, tzinfo, Enum, PurePath, re.Pattern)
_CODE = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)
_LIVING = (BaseServer, threading.Thread, threading.Event, type(threading.Lock()), type(threading.RLock()))
_KEYS = (ssl.SSLContext,)
_KEYS_OF = ("cryptography.", "lxml.")
# Objects of these are looked into; of any other kind nobody here knows how it changes, so that it is refused.
_OURS = ("cais.", "tests.", "django.db.models.")


class Memory:
    """Of an object and of whatever is reached from it.

    Raises TypeError for a kind of object that it could not put back: forgotten, it would carry from test to test.
    """

    def __init__(self, root: object) -> None:
        self._seen: dict[int, object] = {}
        self._undo: list[Callable[[], object]] = []
        waiting = [root]
        while waiting:
            found = waiting.pop()
            if id(found) in self._seen or isinstance(found, (*_FIXED, *_CODE, *_LIVING, *_KEYS)):
                continue
            self._seen[id(found)] = found  # held, so that its id stays its own
            waiting.extend(self._within(found))

    def put_back(self) -> None:
        for undo in self._undo:
            undo()

    def _within(self, found: Any) -> Iterable[object]:
        """Remember what it holds, and say what that is."""
        if isinstance(found, types.MethodType):
            return [found.__self__]
        if isinstance(found, partial):
            return [found.func, *found.args, *found.keywords.values()]
        if isinstance(found, tuple | frozenset):
            return found
        if isinstance(found, random.Random):
            self._undo.append(partial(found.setstate, found.getstate()))
            return []
        if isinstance(found, dict | set | list | deque):
            return self._within_container(found)
        if type(found).__module__.startswith(_KEYS_OF):
            return []
        if type(found).__module__.startswith(_OURS) or dataclasses.is_dataclass(found):
            return self._within_object(found)
        raise TypeError(f"Nobody knows how to put back {type(found)}: {found!r}")

    def _within_container(self, found: Any) -> Iterable[object]:
        held = list(found.items()) if isinstance(found, dict) else list(found)
        fill: Any = found.update if isinstance(found, set) else getattr(found, "extend", None)
        if isinstance(found, dict):
            fill = partial(dict.update, found)  # a Counter's own update would count what it is given

        def undo() -> None:
            found.clear()
            fill(held)

        self._undo.append(undo)
        return held

    def _within_object(self, found: Any) -> Iterable[object]:
        slots = {name: getattr(found, name) for name in _slots(found) if hasattr(found, name)}
        loose = dict(getattr(found, "__dict__", {}))
        if not (dataclasses.is_dataclass(found) and found.__dataclass_params__.frozen):
            self._undo.append(partial(_fill_again, found, slots, loose))
        return [*slots.values(), *loose.values()]


def _fill_again(found: object, slots: dict[str, object], loose: dict[str, object]) -> None:
    for name, value in slots.items():
        setattr(found, name, value)
    if hasattr(found, "__dict__"):  # filled past __setattr__: a model forgets related rows when their key is set
        vars(found).clear()
        vars(found).update(loose)


def _slots(found: object) -> list[str]:
    named = (vars(kind).get("__slots__", ()) for kind in type(found).__mro__)
    return [name for names in named for name in ([names] if isinstance(names, str) else names)]
