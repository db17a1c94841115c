"""The figures as people read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from proofs.counting import FAILING

_WIDTH = 36


def table(figures: Mapping[str, object], wrong: Collection[str]) -> str:
    """What must be zero first, then the rest; a figure that is wrong is marked."""
    must = [key for key in figures if any(word in key for word in FAILING)]
    rest = [key for key in figures if key not in must]
    rows = [_row(key, figures[key], mark="  <- must be 0" if key in wrong else "") for key in must]
    return "\n".join([*rows, "", *(_row(key, figures[key]) for key in rest), ""])


def _row(key: str, value: object, *, mark: str = "") -> str:
    shown = ", ".join(f"{name} {count}" for name, count in value.items()) if isinstance(value, Mapping) else str(value)
    return f"{key.replace('_', ' '):<{_WIDTH}}{shown}{mark}"
