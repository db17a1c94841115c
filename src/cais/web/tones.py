"""How a status is shown: its tone, its icon and its words."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["off", "run", "ok", "warn", "err", "unk"]


@dataclass(frozen=True, slots=True)
class StatusWord:
    """How one status is shown. `icon` is a heroicons outline name; `help` is the sentence on hover."""

    code: str
    tone: Tone
    icon: str
    label: str
    help: str


@dataclass(frozen=True, slots=True)
class TrailTones:
    """The four planks of the trail; an empty string is a plank not reached yet."""

    movement: Tone | Literal[""] = ""
    erp: Tone | Literal[""] = ""
    invoice: Tone | Literal[""] = ""
    store: Tone | Literal[""] = ""


def table(*words: StatusWord) -> dict[str, StatusWord]:
    """The words by their codes."""
    return {word.code: word for word in words}
