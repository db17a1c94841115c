"""Which function answers a method and a path."""

import re
from collections.abc import Callable
from typing import Generic, TypeVar

from cais.simkit.http import Request

Target = TypeVar("Target", bound=Callable[..., object])
_PLACE = re.compile(r":(\w+)")


class Router(Generic[Target]):
    """Patterns like ``/orders/:id/complete``; the first that fits wins, a trailing slash does not matter."""

    def __init__(self) -> None:
        self._fixed: dict[tuple[str, str], Target] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Target]] = []

    def add(self, method: str, pattern: str, target: Target) -> None:
        if ":" not in pattern:
            self._fixed[method, pattern] = target
            return
        expression = _PLACE.sub(r"(?P<\1>[^/]+)", pattern)
        self._patterns.append((method, re.compile(f"^{expression}$"), target))

    def find(self, request: Request, *, under: str = "") -> tuple[Target, dict[str, str]] | None:
        """The target and the values of the pattern's places, or None."""
        path = request.path[len(under) :].rstrip("/") or "/"
        fixed = self._fixed.get((request.method, path))
        if fixed is not None:
            return fixed, {}
        for method, expression, target in self._patterns:
            found = expression.match(path) if method == request.method else None
            if found is not None:
                return target, found.groupdict()
        return None
