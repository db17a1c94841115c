"""Form bodies in the nested spelling of PHP, turned into the same shape as a JSON body."""

import re
from collections.abc import Iterable
from typing import cast

_PARTS = re.compile(r"\[([^\]]*)\]")


class BodyError(ValueError):
    """The body of a request could not be read."""


def nested_form(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """``Order[lines][0][id]=7`` becomes ``{"Order": {"lines": [{"id": "7"}]}}``.

    The spelling with quoted brackets, ``["Order"]["id"]``, is read the same way.
    Raises BodyError when one name is used as a value and as a group.
    """
    root: dict[str, object] = {}
    for name, value in pairs:
        _place(root, _split(name), value)
    return cast("dict[str, object]", _lists(root))


def _split(name: str) -> list[str]:
    head, bracket, _ = name.partition("[")
    parts = [part.strip("\"'") for part in _PARTS.findall(name)] if bracket else []
    return [head, *parts] if head else parts or [name]


def _place(root: dict[str, object], path: list[str], value: str) -> None:
    here = root
    for part in path[:-1]:
        step = here.setdefault(part or str(len(here)), {})
        if not isinstance(step, dict):
            raise BodyError(f"{part} is a value and a group at once")
        here = step
    here[path[-1] or str(len(here))] = value


def _lists(node: object) -> object:
    if not isinstance(node, dict):
        return node
    values = {key: _lists(value) for key, value in node.items()}
    if values and all(key == str(position) for position, key in enumerate(values)):
        return list(values.values())
    return values
